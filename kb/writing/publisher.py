"""Publishes texts one after the other: checks, writes the file, builds the index, and keeps the state in git.

Each step can be repeated. A process that is killed at any point leaves a publication that says what the file was before
and is to be, and the next process goes on from what it finds on disk: nothing is lost, and nothing is done by halves.
"""

from __future__ import annotations

import logging
import posixpath
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from filelock import FileLock, Timeout

from kb.common.background import Background
from kb.common.files import delete_file, replace_file, sha256
from kb.content.articles.parse import split_front_matter
from kb.content.editing.edit import FileText
from kb.content.editing.transaction import FileChange, apply_changes, complete_unfinished
from kb.content.markdown.links import links
from kb.errors import ArticlesError, JournalUnavailable, KbError, WritingRefused
from kb.types import Severity
from kb.writing.building import BuildStopped
from kb.writing.files import ArticleFiles
from kb.writing.records import PublicationState, PublicationStep

if TYPE_CHECKING:
    from kb.authoring.draft_desk import DraftDesk
    from kb.writing.draft_store import DraftStore
    from kb.writing.history import GitHistory
    from kb.writing.live_index import LiveIndex
    from kb.writing.publication_store import KeptPublication, PublicationStore

LOCK: Final = ".publishing.lock"
"""Next to the index: one process publishes at a time, however many serve."""
_AGAIN_SECONDS: Final = 2.0
"""The wait for another process that publishes, and for a database that fails."""
_log = logging.getLogger(__name__)


class _Failed(Exception):
    """The publication cannot go on; its text is the reason, as a sentence."""


@dataclass(frozen=True)
class Stores:
    """Where drafts, publications and their history are kept."""

    drafts: DraftStore
    publications: PublicationStore
    git: GitHistory


class Publisher:
    """A thread that publishes what waits; one text at a time, in the order in which it was asked for."""

    def __init__(self, stores: Stores, files: ArticleFiles, checks: DraftDesk, live: LiveIndex) -> None:
        """Prepare the thread; it does nothing before :meth:`wake`.

        :param stores: Where drafts, publications and their history are kept.
        :param files: The articles' files.
        :param checks: Follows the articles on disk.
        :param live: Brings the index up to date.
        """
        self._stores = stores
        self._files = files
        self._checks = checks
        self._live = live
        self._background = Background("publisher", self._work)

    def wake(self) -> None:
        """Publish what waits, from the thread."""
        self._background.start()
        self._background.wake()

    def stop(self) -> None:
        """Stop; a publication that runs goes on at the next start."""
        self._background.tell_to_stop()
        self._live.stop()
        self._background.stop()

    # ---------------------------------------------------------------------------------------- the thread

    def _work(self) -> float | None:
        try:
            return None if self.publish_waiting() else _AGAIN_SECONDS
        except JournalUnavailable as error:
            _log.warning("Publications have to wait: %s", error)
            return _AGAIN_SECONDS

    def publish_waiting(self) -> bool:
        """Publish what waits, one after the other, unless another process does.

        :return: Whether nothing is left to do here.
        :raises JournalUnavailable: If the database fails; what was begun goes on later.
        """
        first = self._stores.publications.next()
        if first is None:
            return True
        try:
            with self._alone():
                while (publication := self._stores.publications.next()) is not None:
                    self._publish(publication)
        except Timeout:
            return False
        except BuildStopped:
            return True
        except OSError as error:  # of the lock: the others would meet the same
            self._end_badly(first, f"{self._live.index} cannot be written: {error.strerror}. Check its permissions.")
            return False
        return True

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._live.index.mkdir(parents=True, exist_ok=True)
        with FileLock(self._live.index / LOCK, timeout=0):
            yield

    def _publish(self, publication: KeptPublication) -> None:
        """Take one publication to its end; an error of ours is its end, and anything else is, too, with a log entry."""
        try:
            revision, reason = self._steps(publication)
        except _Failed as failure:
            self._end_badly(publication, str(failure))
        except (JournalUnavailable, BuildStopped):
            raise
        except KbError as error:
            self._end_badly(publication, str(error))
        except Exception as error:  # noqa: BLE001 — the next one must not wait for ever, and this one must be put back
            _log.exception("The publication %d of %r failed", publication.id, publication.planned.article_id)
            self._end_badly(publication, f"It stopped at an unexpected error ({type(error).__name__}); see the log.")
        else:
            self._stores.publications.set(publication.id, PublicationState.DONE, revision=revision, reason=reason)

    def _steps(self, publication: KeptPublication) -> tuple[str, str]:
        """Take one publication through all steps; return its revision, and what did not work although it is live."""
        self._enter(publication, PublicationStep.CHECKING)
        complete_unfinished(self._files.folder)
        pictures = self._pictures_shown(publication)
        if self._digest(publication) != publication.result:
            self._check(publication, pictures)
            self._enter(publication, PublicationStep.WRITING)
            self._write(publication, pictures)
        self._enter(publication, PublicationStep.BUILDING)
        self._live.publish()
        self._enter(publication, PublicationStep.KEEPING)
        revision, reason = self._keep(publication, pictures)
        planned = publication.planned
        if planned.draft_id is not None:
            written = [posixpath.basename(name) for name in pictures]
            self._stores.drafts.publish(
                planned.draft_id, planned.draft_number, base=publication.result, written=written
            )
        return revision, reason

    def _enter(self, publication: KeptPublication, step: PublicationStep) -> None:
        self._stores.publications.set(publication.id, PublicationState.RUNNING, step)

    # ----------------------------------------------------------------------------------------- the steps

    def _digest(self, publication: KeptPublication) -> str:
        data = self._files.read(publication.planned.below)
        return "" if data is None else sha256(data)

    def _pictures_shown(self, publication: KeptPublication) -> dict[str, bytes]:
        """Return the waiting pictures that the text shows, by their paths below the folder."""
        planned = publication.planned
        if planned.draft_id is None:
            return {}
        _, body, _ = split_front_matter(FileText.of(planned.after.encode()).text)
        named = {link.href for link in links(body) if link.is_image}
        folder = posixpath.dirname(planned.below)
        waiting = self._stores.drafts.pictures(planned.draft_id)
        return {posixpath.join(folder, name): data for name, data in waiting.items() if name in named}

    def _check(self, publication: KeptPublication, pictures: Mapping[str, bytes]) -> None:
        """Refuse a text over a file that someone else has changed, or with which no index could be built."""
        planned = publication.planned
        if self._digest(publication) != publication.base:
            raise _Failed(
                f"{self._files.path(planned.below)} was changed by someone else since the text was begun. Nothing was "
                "written. Open the article to see both texts."
            )
        for below, data in pictures.items():
            if self._files.read(below) not in (None, data):
                raise _Failed(f"There is another picture {self._files.path(below)} by now. Upload yours again.")
        self._checks.look()
        path, shown = self._files.path(planned.below), {self._files.path(name): pictures[name] for name in pictures}
        found = self._checks.findings_with({path: planned.after.encode()}, shown)
        errors = [finding for finding in found if finding.severity is Severity.ERROR]
        if errors:
            raise _Failed(f"Nothing was written, because an error stands in the way: {errors[0]}.")

    def _write(self, publication: KeptPublication, pictures: Mapping[str, bytes]) -> None:
        """Write pictures first: an article never shows one that is not there."""
        planned, folder = publication.planned, self._files.folder
        new = [name for name in pictures if self._files.read(name) is None]
        self._stores.publications.set(
            publication.id, PublicationState.RUNNING, PublicationStep.WRITING, pictures=[*publication.pictures, *new]
        )
        try:
            (folder / planned.below).parent.mkdir(parents=True, exist_ok=True)
            for name in new:
                replace_file(folder / name, pictures[name])
        except OSError as error:
            place = error.filename or folder
            raise _Failed(
                f"{place} cannot be written: {error.strerror}. Check the permissions and the disk."
            ) from error
        apply_changes(folder, [FileChange(planned.below, publication.base or None, planned.after)])

    def _keep(self, publication: KeptPublication, pictures: Mapping[str, bytes]) -> tuple[str, str]:
        """Commit the file with its pictures; where git cannot, the publication itself is the kept copy."""
        planned = publication.planned
        if not self._stores.git.keeps(planned.below):
            return "", ""
        try:
            return self._stores.git.commit([planned.below, *sorted(pictures)], planned.who, planned.message), ""
        except ArticlesError as error:
            _log.warning("The publication of %r is live and not committed: %s", planned.article_id, error)
            return "", f"It is live, and a copy is kept, but {error}"

    # ----------------------------------------------------------------------------------------- the bad end

    def _end_badly(self, publication: KeptPublication, reason: str) -> None:
        """Put everything back as it was, and say why."""
        current = self._stores.publications.get(publication.id)
        try:
            self._put_back(current)
        except (KbError, OSError) as error:
            _log.error("The publication of %r could not be taken back: %s", publication.planned.article_id, error)
            reason = f"{reason} The file could not be put back: {error}"
        _log.warning("The publication of %r failed: %s", publication.planned.article_id, reason)
        self._stores.publications.set(publication.id, PublicationState.FAILED, reason=reason)

    def _put_back(self, publication: KeptPublication) -> None:
        """Put the file back, and remove the pictures that came with it; a file that others changed stays."""
        planned, digest = publication.planned, self._digest(publication)
        if digest not in (publication.result, publication.base):
            if publication.step is not PublicationStep.CHECKING:
                raise WritingRefused(f"{self._files.path(planned.below)} was changed by someone else meanwhile.")
            return
        if digest != publication.base:
            change = FileChange(planned.below, publication.result, planned.before)
            apply_changes(self._files.folder, [change])
        for name in publication.pictures:
            delete_file(self._files.folder / name)
        self._live.take_back()
