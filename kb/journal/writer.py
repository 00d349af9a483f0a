"""The journal's writer: one thread writes everything, in batches and in order.

:meth:`Store.record_query` returns when the question is in memory; it is committed within a second, and when the store
is closed. :meth:`Store.record_event` returns after the commit for the kinds in :data:`COMMITTED`. When the database
fails, the writer tries again; meanwhile it keeps entries up to a bound, and gives up the oldest above it.
"""

from __future__ import annotations

import atexit
import logging
import threading
import time
from collections import OrderedDict, deque
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from kb.common.background import Background, doubled
from kb.database import engine as database
from kb.database.tables import journal
from kb.errors import JournalUnavailable, KbError
from kb.journal import encode
from kb.journal.batch import Counted, Entry, MonthsAhead, commit, uncounted
from kb.journal.metrics import JournalMetrics
from kb.types import Answer, EventKind, NoAnswer, NoAnswerReason, QuerySource, Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.engine import Engine

_log = logging.getLogger(__name__)

COMMITTED: Final = frozenset({EventKind.CHOSE, EventKind.HELPFUL, EventKind.NOT_HELPFUL, EventKind.CONTACTED})
"""Kinds of events that are committed before they are confirmed."""
BATCH: Final = 500
"""Most entries of one transaction."""
_GATHER_SECONDS: Final = 0.2
"""The time for which a batch is gathered; far below the promised second."""
_FIRST_RETRY: Final = timedelta(seconds=0.5)
_LONGEST_RETRY: Final = timedelta(seconds=30)
_PATIENCE_SECONDS: Final = 30.0
"""The longest wait of a customer's click for its commit."""
_REMEMBERED: Final = 10_000
"""Ids of recorded questions that are remembered, so that a page drawn again costs nothing."""


class Store:
    """The journal (:class:`kb.types.Journal`) of a process, shared by all its threads."""

    def __init__(
        self,
        engine: Engine,
        *,
        backlog: int = 10_000,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        has_room: Callable[[], bool] = lambda: True,
        counted: Counted = uncounted,
    ) -> None:
        """Start the writer; its first batch brings the tables up to date, unless :meth:`prepare` has.

        :param engine: From :func:`kb.database.engine.open_engine`.
        :param backlog: The most entries kept while the database fails.
        :param clock: Returns the moment, aware.
        :param has_room: Returns whether new questions may be kept.
        :param counted: Adds to the daily counts what a batch changes; without it, their next reader does.
        """
        self._has_room = has_room
        self._counted = counted
        self._months = MonthsAhead(engine)
        self.engine = engine
        self._backlog = max(1, backlog)
        self._clock = clock
        self._changed = threading.Condition()
        self._queue: deque[Entry] = deque()
        self._in_hand = 0
        self._urgent = 0
        self._flushing = 0
        self._known: OrderedDict[str, None] = OrderedDict()
        self.metrics = JournalMetrics()
        self.metrics.waiting.set_function(lambda: self.waiting)
        self.lost = 0
        """Entries given up."""
        self._failures = 0
        """Failed attempts in a row."""
        self._retry_at = 0.0
        self._upgraded = False
        self._closing = False
        self._background = Background("journal", self._work, self._finish)
        self._background.start()
        atexit.register(self.close)

    # ------------------------------------------------------------------------------------------ recording

    def record_query(
        self, answer: Answer, *, source: QuerySource, visit: str, traffic: Traffic = Traffic.CUSTOMER
    ) -> str:
        """Record a question within a second; an empty one has an id but no row.

        :param answer: The question and its outcome.
        :param source: Where the question came from.
        :param visit: The visit's random key.
        :param traffic: The origin of the request.
        :return: The question's id, 32 hexadecimal digits.
        """
        row = encode.query_row(answer, source=source, visit=visit, traffic=traffic, at=self._clock())
        asked: str = row["query_id"]
        outcome = answer.outcome
        if isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.EMPTY_QUERY:
            return asked
        with self._changed:
            if asked in self._known:
                self._known.move_to_end(asked)
                return asked
            self._remember(asked)
            self.metrics.question(row["outcome"], row["source"], row["took_ms"])
            if not self._has_room():
                self.metrics.left_out.inc()
                return asked
            self._put(Entry(journal.queries, row))
        return asked

    def record_event(
        self,
        query_id: str,
        kind: EventKind,
        *,
        article_id: str = "",
        reason: str = "",
        text: str = "",
        visit: str = "",
    ) -> None:
        """Record an event; the same one of the same question counts once.

        :param query_id: The id that :meth:`record_query` returned; empty for an event without a question.
        :param kind: The kind of event; those in :data:`COMMITTED` are committed before this returns.
        :param article_id: The article it concerns.
        :param reason: The reason, one of the choices offered.
        :param text: The customer's own words.
        :param visit: The visit's random key; needed where there is no question.
        :raises QueryUnknown: If it must be committed and no such question was recorded.
        :raises JournalUnavailable: If it must be committed and cannot be; then it is not kept.
        """
        row = encode.event_row(
            query_id, kind, article_id=article_id, reason=reason, text=text, visit=visit, at=self._clock()
        )
        done: Future[None] | None = Future() if kind in COMMITTED else None
        with self._changed:
            if self._closing and done is not None:
                raise JournalUnavailable("The journal is closed, since the program ends. Try again.")
            self.metrics.event(kind.value)
            self._put(Entry(journal.events, row, done))
        if done is None:
            return
        try:
            done.result(_PATIENCE_SECONDS)
        except Late:
            # If it is written after all, it is written once: another attempt sends the same event.
            raise JournalUnavailable("The journal's database does not answer in time. Try again.") from None

    def knows(self, query_id: str) -> bool:
        """Return whether a question was recorded.

        :param query_id: The id that :meth:`record_query` returned, here or in another process.
        :return: Whether it is in memory or in the database.
        :raises JournalUnavailable: If only the database knows, and it fails.
        """
        with self._changed:
            if query_id in self._known:
                return True
        with database.reading(self.engine) as connection:
            found = connection.execute(sa.select(journal.queries.c.seq).where(journal.queries.c.query_id == query_id))
            return found.first() is not None

    def prepare(self) -> None:
        """Bring the tables up to date now; a failure is logged, and tried again later."""
        try:
            self._upgrade()
        except JournalUnavailable as error:
            with self._changed:
                self._note_failure(error)

    @property
    def waiting(self) -> int:
        """The number of entries that are not written yet."""
        with self._changed:
            return len(self._queue) + self._in_hand

    @property
    def is_up(self) -> bool:
        """Whether the last attempt to write succeeded."""
        return not self._failures

    def flush(self, seconds: float | None = None) -> bool:
        """Wait until all entries are written, or given up by :meth:`close`.

        :param seconds: The longest wait; None for as long as it takes.
        :return: Whether no entry is left.
        """
        with self._changed:
            self._flushing += 1
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._queue and not self._in_hand, seconds)
            self._flushing -= 1
            return done

    def close(self) -> None:
        """Write what is left, with one more attempt if the database fails, and stop."""
        atexit.unregister(self.close)
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self._background.stop(None)
        self.engine.dispose()

    # --------------------------------------------------------------------------------------------- queue

    def _remember(self, asked: str) -> None:
        self._known[asked] = None
        while len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)

    def _put(self, entry: Entry) -> None:
        if self._closing:
            self._lose(1)
            return
        self._queue.append(entry)
        self._urgent += entry.done is not None
        self._trim()
        self._changed.notify_all()
        self._background.wake()

    def _trim(self) -> None:
        """Give up the oldest entries above the bound; those that a caller waits for do not count."""
        while len(self._queue) - self._urgent > self._backlog:
            oldest = next(n for n, entry in enumerate(self._queue) if entry.done is None)
            entry = self._queue[oldest]
            del self._queue[oldest]
            if not self.lost:
                _log.error("The journal gives entries up: more than %d wait for the database.", self._backlog)
            self._lose(1)
            if entry.table is journal.queries:
                self._known.pop(entry.row["query_id"], None)

    def _lose(self, count: int) -> None:
        self.lost += count
        self.metrics.lost.inc(count)

    # -------------------------------------------------------------------------------------------- writer

    def _work(self) -> float | None:
        """Write a batch if there is one; after a failure wait first, unless a caller waits for an entry."""
        with self._changed:
            wait = self._retry_at - time.monotonic()
            if wait > 0 and not self._urgent:
                return wait
        batch = self._take()
        if not batch:
            return None
        self._try(batch)
        return 0.0

    def _finish(self) -> None:
        """Write what is left; the first failure gives up the rest."""
        while batch := self._take():
            if not self._try(batch):
                self._give_up()

    def _take(self) -> list[Entry]:
        """Return the next batch, gathered for a moment; an empty one when nothing waits."""
        with self._changed:
            if self._queue:
                self._changed.wait_for(
                    lambda: self._urgent or self._flushing or self._closing or len(self._queue) >= BATCH,
                    timeout=_GATHER_SECONDS,
                )
            batch = [self._queue.popleft() for _ in range(min(BATCH, len(self._queue)))]
            self._urgent -= sum(entry.done is not None for entry in batch)
            self._in_hand = len(batch)
            return batch

    def _try(self, batch: Sequence[Entry]) -> bool:
        try:
            self._write(batch)
        except JournalUnavailable as error:
            if self._upgraded and database.lacks_tables(error):
                self._upgraded = False  # another file has the journal's name by now: it gets its tables, and the batch
                return self._try(batch)
            self._failed(batch, error)
            return False
        except Exception as error:  # noqa: BLE001 - whatever it is, the batch is kept and the thread goes on
            said = f"The journal cannot be written: {type(error).__name__}. Check the server's memory and its log."
            self._failed(batch, JournalUnavailable(said))
            return False
        self._succeeded()
        return True

    def _write(self, batch: Sequence[Entry]) -> None:
        """Write a batch in one transaction, or each entry in its own when the database refuses a row."""
        self._upgrade()
        self._months.see_to([entry.at for entry in batch])
        try:
            self._commit(batch)
        except (KbError, MemoryError, OSError):
            raise  # the rows are as good as they were
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one row, the others are written
            if len(batch) > 1:
                for entry in batch:
                    self._write([entry])
                return
            _log.error("The journal refused an entry: %s.", type(error).__name__)
            with self._changed:
                self._lose(1)
            batch[0].tell(JournalUnavailable("The journal refused the entry. See the server's log."))

    def _commit(self, batch: Sequence[Entry]) -> None:
        """Commit a batch; what cannot be counted is written all the same, and counted by the next reader."""
        try:
            commit(self.engine, batch, self._counted)
        except (KbError, MemoryError, OSError):
            raise
        except Exception as error:
            if self._counted is uncounted:
                raise
            commit(self.engine, batch)  # raises, too, if it was a row and not the counts
            _log.warning(
                "Questions were written, but not counted (%s); the next report counts their days.", type(error).__name__
            )

    def _upgrade(self) -> None:
        if not self._upgraded:
            database.upgrade(self.engine)
            self._upgraded = True

    def _failed(self, batch: Sequence[Entry], error: JournalUnavailable) -> None:
        """Keep the entries that no caller waits for, and pass the error to the callers that wait."""
        with self._changed:
            self._note_failure(error)
            entries = [*batch, *self._queue]
            waited = [entry for entry in entries if entry.done is not None]
            self._queue = deque(entry for entry in entries if entry.done is None)
            self._in_hand = self._urgent = 0
            self._retry_at = time.monotonic() + doubled(_FIRST_RETRY, self._failures, _LONGEST_RETRY).total_seconds()
            self._trim()
        for entry in waited:
            entry.tell(type(error)(str(error)))

    def _note_failure(self, error: JournalUnavailable) -> None:
        self.metrics.failures.inc()
        self.metrics.up.set(0)
        self._failures += 1
        if self._failures == 1:
            _log.error(
                "%s Questions are answered; what is asked is kept in memory, up to %d entries.", error, self._backlog
            )

    def _succeeded(self) -> None:
        with self._changed:
            self._in_hand = 0
            if self._failures:
                self._failures = 0
                self._retry_at = 0.0
                self.metrics.up.set(1)
                _log.warning("The journal's database can be written again; %d entries were lost.", self.lost)
            self._changed.notify_all()

    def _give_up(self) -> None:
        """Log what is lost at the end."""
        with self._changed:
            if self._queue:
                _log.error(
                    "The program ends while the journal's database fails: %d entries are lost.", len(self._queue)
                )
            self._lose(len(self._queue))
            self._queue.clear()
            self._changed.notify_all()


def open_store(url: str, *, backlog: int = 10_000) -> Store:
    """Open the journal and bring its tables up to date; after a failure it tries again later.

    :param url: The address of the database.
    :param backlog: The most entries kept while it fails.
    :return: A running store.
    :raises ConfigError: If the address cannot be used.
    """
    store = Store(database.open_engine(url), backlog=backlog)
    store.prepare()
    return store
