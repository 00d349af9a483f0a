"""The composition root: everything is made from the settings on first use and passed in from here.

The command line makes a container for one command. The server makes one, hands it to its routes, and names it the
current one, since Streamlit runs pages as scripts that nothing can be passed to. Tests make one with fakes in it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kb.accounts.local import Accounts
from kb.accounts.sso_audit import SignIns
from kb.app import opening
from kb.app.admission import Admission
from kb.app.asked import recalled
from kb.app.ending import Ending
from kb.app.index_files import IndexFiles
from kb.app.lazy import AnswererSlot, Lazy, SuggesterSlot
from kb.app.limits import Limits, open_limits
from kb.app.place import Place
from kb.app.seen import PastVersions
from kb.app.visits import Visits
from kb.errors import ConfigError, JournalUnavailable
from kb.settings.settings import Settings, load_settings

# The database's library, the model's runtime and the vectors are imported where they are opened: a command that needs
# none of them starts in a third of the time.
if TYPE_CHECKING:
    from kb.app.caretaker import Caretaker
    from kb.app.index_source import IndexSource
    from kb.app.lessons import LessonDesk
    from kb.authoring.draft_desk import DraftDesk
    from kb.contact.courier import Courier
    from kb.contact.sealed import SealedSheets
    from kb.database.engine import Database
    from kb.gaps.book import GapBook
    from kb.gaps.collect import Grouper
    from kb.journal.writer import Store
    from kb.retrieval.answering.live import LiveAnswerer, LoadFirst
    from kb.retrieval.index.index import Index
    from kb.retrieval.query.suggest import Suggester
    from kb.review.lessons import LessonBook
    from kb.review.questions import QuestionsBook
    from kb.review.sample import SampleBook
    from kb.types import Library
    from kb.writing.desk import WritingDesk


class Container:
    """Everything that one installation shares: opened once, on first use, from any thread."""

    def __init__(
        self, settings: Settings | Callable[[], Settings] = load_settings, load: LoadFirst | None = None
    ) -> None:
        """Open nothing yet.

        :param settings: The settings, or what reads them on first use.
        :param load: Returns the first index; None loads the newest one when it is first needed.
        """
        self._settings = Lazy((lambda: settings) if isinstance(settings, Settings) else settings)
        self._load = load
        self.listens_on: str | None = None
        """The address that our server listens on: empty where it is not known, None under another server."""
        self.shut_out: Callable[[str], None] | None = None
        """Keeps a client's connections out for a while; None where another server takes them."""
        self.place: Place | None = None
        """The place of this process among several that serve; None for one that serves alone."""
        self._answerer = Lazy(lambda: AnswererSlot(self._open_answerer, self.settings.watch_seconds))
        self._admission = Lazy(self._open_admission)
        self.ending = Ending()
        """Whether this process is about to end."""
        self.index_files = IndexFiles()
        """What the last verification of the index on disk found."""
        self._suggester = SuggesterSlot(self._make_suggester)
        self._engine = Lazy(self._open_engine)
        self._migrated = Lazy(self._migrate)
        self._journal = Lazy(lambda: opening.open_journal(self.settings, self.engine))
        self._accounts = Lazy(lambda: opening.open_accounts(self.settings, self._migrated.get()))
        self._sign_ins = Lazy(lambda: opening.open_sign_ins(self._migrated.get()))
        self._courier = Lazy(lambda: opening.open_courier(self.settings, self._migrated.get()))
        self._caretaker = Lazy(opening.make_caretaker)
        self._index_source = Lazy(lambda: opening.open_index_source(self.settings))
        self._drafts = Lazy(lambda: opening.open_drafts(self.settings))
        self._lesson_desk = Lazy(self._open_lesson_desk)
        self._writing = Lazy(self._open_writing)
        self._visits = Lazy(lambda: Visits(lambda: self.journal, recall=lambda visit: recalled(self.journal, visit)))
        self._sheets = Lazy(lambda: opening.open_sheets(self._migrated.get()))
        self._limits = Lazy(lambda: open_limits(None if self._serves_alone else self._migrated.get()))
        self._past_versions = Lazy(lambda: PastVersions(self.settings))

    @property
    def settings(self) -> Settings:
        """The settings, read once.

        :raises ConfigError: If site.yaml or a value cannot be used.
        """
        return self._settings.get()

    @property
    def answerer(self) -> LiveAnswerer:
        """The answerer, which picks up a new index automatically.

        :raises KbError: If no index can be loaded yet.
        """
        return self._answerer.get().get()

    @property
    def admission(self) -> Admission:
        """The queue that every customer's question goes through."""
        return self._admission.get()

    @property
    def suggester(self) -> Suggester:
        """The suggester of the library that serves now.

        :raises KbError: If no index can be loaded yet.
        """
        return self._suggester.get(self.answerer.library)

    def renew_suggestions(self) -> None:
        """Take what customers ask and read by now into the suggestions.

        :raises KbError: If no index can be loaded yet.
        """
        self._suggester.renew(self.answerer.library)

    def _make_suggester(self, library: Library) -> Suggester:
        return opening.make_suggester(library, (lambda: self.engine) if self.has_journal else None)

    @property
    def has_journal(self) -> bool:
        """Whether there is a journal to read: a file that exists, or any database server."""
        scheme, _, path = self.settings.database_url.partition("://")
        return not scheme.startswith("sqlite") or Path(path.removeprefix("/")).expanduser().is_file()

    @property
    def engine(self) -> Database:
        """The database, possibly not yet migrated.

        :raises ConfigError: If its address cannot be used.
        """
        return self._engine.get()

    @property
    def journal(self) -> Store:
        """The journal's writer, which has its own thread and survives a failing database.

        :raises ConfigError: If the database's address cannot be used.
        """
        return self._journal.get()

    @property
    def gaps(self) -> GapBook:
        """The gaps, in a database whose tables are up to date.

        :raises ConfigError: If the database's address cannot be used.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        from kb.gaps.book import GapBook

        return GapBook(self._migrated.get())

    @property
    def questions(self) -> QuestionsBook:
        """The customers' questions, as leads review them, in a database whose tables are up to date.

        :raises ConfigError: If the database's address cannot be used.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        from kb.review.questions import QuestionsBook

        return QuestionsBook(self._migrated.get())

    @property
    def lessons(self) -> LessonBook:
        """The lessons, in a database whose tables are up to date; :attr:`lesson_desk` brings the articles in.

        :raises ConfigError: If the database's address cannot be used.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        from kb.review.lessons import LessonBook

        return LessonBook(self._migrated.get())

    @property
    def lesson_desk(self) -> LessonDesk:
        """The desk on which leads propose lessons, and editors accept them.

        :raises ConfigError: If the database's address cannot be used.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        return self._lesson_desk.get()

    @property
    def samples(self) -> SampleBook:
        """The weekly samples of answers, in a database whose tables are up to date.

        :raises ConfigError: If the database's address cannot be used.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        from kb.review.sample import SampleBook

        return SampleBook(self._migrated.get())

    @property
    def accounts(self) -> Accounts:
        """The local accounts, read from the database on every call.

        :raises ConfigError: If the database's address cannot be used.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        return self._accounts.get()

    @property
    def refused_sign_ins(self) -> dict[str, int]:
        """How many attempts to sign in were refused since the start, by the reason; empty before the first attempt."""
        accounts = self._accounts.peek()
        return accounts.refused() if accounts is not None else {}

    @property
    def sign_ins(self) -> SignIns:
        """The record of sign-ins through the identity provider.

        :raises ConfigError: If the database's address cannot be used.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        return self._sign_ins.get()

    @property
    def courier(self) -> Courier | None:
        """The running courier; None if the operator does not offer help-desk requests.

        :raises ConfigError: If a secret is missing.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        return self._courier.get() if self.settings.site.handover is not None else None

    @property
    def caretaker(self) -> Caretaker:
        """The thread that does chores; the server plans them, and starts and stops it."""
        return self._caretaker.get()

    @property
    def index_source(self) -> IndexSource | None:
        """The thread that pulls releases of the index; None if ``index_source`` is not set. The server starts it.

        :raises ConfigError: If the place or a key cannot be used.
        """
        return self._index_source.get() if self.settings.index_source else None

    @property
    def followed_source(self) -> IndexSource | None:
        """The same, if this process is the one that follows it; it is not made for being asked."""
        return self._index_source.peek()

    @property
    def drafts(self) -> DraftDesk:
        """The desk on which editors try drafts."""
        return self._drafts.get()

    @property
    def writing(self) -> WritingDesk:
        """The desk on which editors write articles in the browser, and publish them.

        :raises ConfigError: If the database's address cannot be used.
        :raises JournalUnavailable: If the database cannot be opened.
        """
        return self._writing.get()

    @property
    def visits(self) -> Visits:
        """The visits of customers: their last questions, and what is recorded of them."""
        return self._visits.get()

    @property
    def sheets(self) -> SealedSheets | None:
        """The case sheets that another process may have to go on with; None where a visit has one process alone.

        :raises ConfigError: If the database's address cannot be used.
        """
        if self._serves_alone:
            return None
        try:
            return self._sheets.get()
        except JournalUnavailable:  # the sheet stays in this process; the journal's writer reports the database
            return None

    @property
    def limits(self) -> Limits:
        """What bounds attempts to sign in and requests to the help desk; raises as :attr:`writing` does."""
        return self._limits.get()

    @property
    def _serves_alone(self) -> bool:
        return self.place is None and self.settings.database_url.startswith("sqlite")

    @property
    def past_versions(self) -> PastVersions:
        """The index versions that no longer serve, as long as they are kept."""
        return self._past_versions.get()

    def newest_index(self, report: Callable[[str], None]) -> Index:
        """Load the newest good index once, without watching for a newer one.

        :param report: Called with each version that is refused.
        :return: The index.
        :raises KbIndexError: If there is no good index.
        """
        from kb.retrieval.answering.live import load_newest

        return load_newest(self.settings, report)

    def grouper(self, index: Index) -> Grouper:
        """Return the grouper of questions that belongs to an index.

        :param index: Its encoder compares questions.
        :return: The grouper; the names of the provider do not make two questions alike.
        """
        return opening.make_grouper(self.settings, index)

    def close(self) -> None:
        """Stop the started threads and write pending records; unopened parts stay closed."""
        caretaker, courier, writing = self._caretaker.peek(), self._courier.peek(), self._writing.peek()
        if writing is not None:
            writing.close()
        if caretaker is not None:
            caretaker.stop()
        source = self._index_source.peek()
        if source is not None:
            source.stop()
        if courier is not None:
            courier.stop()
        admission = self._admission.peek()
        if admission is not None:
            admission.close()
        slot, journal, engine = self._answerer.peek(), self._journal.peek(), self._engine.peek()
        if slot is not None:
            slot.close()
        if journal is not None:
            journal.close()
        elif engine is not None:
            engine.dispose()

    def _open_answerer(self) -> LiveAnswerer:
        return opening.open_answerer(self.settings, self._load)

    def _open_admission(self) -> Admission:
        try:
            return opening.open_admission(self.settings)
        except ConfigError:  # reported by what cannot go on without them
            return opening.open_admission(Settings())

    def _open_engine(self) -> Database:
        from kb.database.engine import open_engine

        return open_engine(self.settings.database_url)

    def _migrate(self) -> Database:
        from kb.database.engine import upgrade

        upgrade(self.engine)
        return self.engine

    def _open_lesson_desk(self) -> LessonDesk:
        from kb.app.lessons import LessonDesk

        return LessonDesk(self.lessons, self.drafts, self.settings)

    def _open_writing(self) -> WritingDesk:
        from kb.app.writing import open_desk

        return open_desk(self.settings, self._migrated.get(), self.drafts, self._answerer)


_lock = threading.Lock()
_current: Container | None = None


def use(container: Container | None) -> None:
    """Name the container that Streamlit's pages use.

    :param container: None goes back to one of the environment's settings, made on the next use.
    """
    global _current  # noqa: PLW0603 - the one place where a process keeps it
    with _lock:
        _current = container


def current() -> Container:
    """Return the container that Streamlit's pages use: the server's, or under ``streamlit run`` their own."""
    global _current  # noqa: PLW0603
    with _lock:
        if _current is None:
            _current = Container()
        return _current
