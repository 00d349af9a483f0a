"""The vector engine while it serves: asked if it holds the version that answers, done without while it is gone."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Final, TypeVar

import psycopg

from kb.common.background import Background, doubled
from kb.errors import EngineDisagrees, EngineUnavailable, KbError
from kb.retrieval.engine import sql
from kb.retrieval.engine.connections import LONG_PATIENCE_SECONDS, PATIENCE_SECONDS, EngineAddress, ReadingPool
from kb.retrieval.engine.pgvector import PgvectorEngine, compare, current_version
from kb.retrieval.engine.rows import VersionRows
from kb.retrieval.index.engine import EmbeddedEngine, Positions, VectorEngine
from kb.retrieval.index.index import Index
from kb.settings.settings import EngineGone, Settings
from kb.types import Say, Scores, Vector

_log = logging.getLogger(__name__)
_Found = TypeVar("_Found")

_LOOK_SECONDS: Final = 5.0
"""Time between two looks at an engine that answers."""
_FIRST_PAUSE: Final = timedelta(seconds=0.5)
_LONGEST_PAUSE: Final = timedelta(seconds=30)
"""Pauses between two attempts to reach an engine that is gone, or disagrees."""
_OTHER_NODE: Final = 2.5
"""How many times its patience a question waits for another node, if no copy may answer it."""
_STEADY_SECONDS: Final = 60.0
"""Time after which an engine that was lost counts as steady again."""
_LOOKS_APART: Final = 2
"""Looks in a row at which the engine's current version is another, before it is said: publications take a moment."""


class EngineClient:
    """The vector engine as one process uses it, across the versions that the process serves."""

    def __init__(
        self, address: EngineAddress, gone: EngineGone, say: Say = _log.warning, patience: float = PATIENCE_SECONDS
    ) -> None:
        """Connect to nothing yet.

        :param address: The engine.
        :param gone: What answers while it is gone.
        :param say: Called when it is gone, disagrees, and answers again.
        :param patience: Seconds that a question waits for it.
        """
        self.address = address
        self.pool = ReadingPool(address, patience)
        self.patience = patience
        self._gone = gone
        self._say = say
        self._serving: _Version | None = None
        self._watch = Background("vector-engine", self._look)
        self._failures = 0
        self._losses = 0
        self._lost_at = -_STEADY_SECONDS
        self._elsewhere = 0
        self._lock = threading.Lock()
        self.answered_by_copy = 0
        """Looks at the vectors that the copy in the index folder answered."""
        self.other_version = ""
        """The engine's current version, if it is not the one that serves."""

    @classmethod
    def of(cls, settings: Settings, say: Say = _log.warning) -> EngineClient:
        """Return the client of the engine that the settings name.

        :param settings: What begins with ``index_engine`` is read.
        :param say: Called when the engine is gone, disagrees, and answers again.
        :return: The client, to be closed.
        :raises ConfigError: If its address is missing or cannot be read.
        """
        return cls(EngineAddress.of(settings), settings.index_engine_gone, say)

    @property
    def is_up(self) -> bool:
        """Whether questions are asked of the engine now."""
        serving = self._serving
        return serving is not None and serving.up.is_set()

    def attached(self, index: Index) -> Index:
        """Return an index whose questions are asked of the engine, once every row there is that of the index.

        :param index: The one that will serve.
        :return: The same; while the engine is gone or disagrees, the copy answers, or nothing.
        """
        serving = _Version(self, index, has_copy=self._gone is EngineGone.COPY)
        self._compare(serving)
        self._serving = serving
        self._watch.start()
        return index.asked_of(serving)

    def close(self) -> None:
        """Stop looking, and close all connections."""
        self._watch.stop()
        self.pool.close()

    def lost(self, error: KbError, serving: _Version) -> None:
        """Take note that the engine failed in the middle of a question, and begin to look for it.

        :param error: What it said.
        :param serving: The version that was asked.
        """
        with self._lock:  # several threads meet the same failure
            is_news = serving.up.is_set()
            serving.up.clear()
        if is_news:
            now = time.monotonic()
            self._losses = self._losses + 1 if now - self._lost_at < _STEADY_SECONDS else 0
            self._lost_at = now
            serving.said = type(error).__name__
            self._say(f"{error} {self._meanwhile(serving)}")
        if serving is self._serving:
            self._watch.wake()

    def count_copy(self) -> None:
        """Count an answer of the copy."""
        with self._lock:
            self.answered_by_copy += 1

    def _meanwhile(self, serving: _Version) -> str:
        if serving.copy is None:
            return "Until it answers again, no question is answered."
        return f"Until it answers again, the vectors of {serving.rows.version} in the index folder answer."

    def _look(self) -> float:
        """Look at the engine; the watching thread's work."""
        serving = self._serving
        if serving is None:
            return _LOOK_SECONDS
        if serving.up.is_set():
            self._look_briefly(serving)
        if not serving.up.is_set() and not self._is_stopped_in_pause():
            self._return(serving)
        if serving.up.is_set():
            return _LOOK_SECONDS
        return doubled(_FIRST_PAUSE, self._failures, _LONGEST_PAUSE).total_seconds()

    def _return(self, serving: _Version) -> None:
        """Try to reach any node, and ask it again.

        Rows that were compared before are those of a version on record, on every node: they are asked at once, so that
        nobody waits for a comparison, and compared again right after.
        """
        if serving.was_compared and self._is_on_record(serving):
            self._take(serving)
        self._compare(serving)

    def _is_on_record(self, serving: _Version) -> bool:
        try:
            with self.pool.connection() as connection:
                found = connection.execute(sql.of(sql.RECORDED, self.address.schema), [serving.rows.version]).fetchone()
        except KbError:
            return False  # said by the comparison that follows
        return found is not None and found[0] == serving.rows.digest

    def _take(self, serving: _Version) -> None:
        """Ask the engine from now on."""
        if serving.said:
            self._say(f"The vector engine ({self.address}) answers again, from {serving.rows.version}.")
        serving.said = ""
        self._failures = 0
        serving.up.set()

    def _is_stopped_in_pause(self) -> bool:
        """Wait before an engine that was lost time and again, as under too much load, is asked again."""
        pause = doubled(_FIRST_PAUSE, self._losses, _LONGEST_PAUSE).total_seconds() if self._losses else 0.0
        return self._watch.pause(pause)

    def _look_briefly(self, serving: _Version) -> None:
        """See that the engine has the version on record, and which one is current there."""
        try:
            with self.pool.connection() as connection:
                found = connection.execute(sql.of(sql.RECORDED, self.address.schema), [serving.rows.version]).fetchone()
                current = current_version(connection, self.address.schema)
            if found is None or found[0] != serving.rows.digest:
                raise EngineDisagrees(f"The vector engine no longer has the index version {serving.rows.version}.")
        except KbError as error:
            self.lost(error, serving)
            return
        self._note_current(current, serving)

    def _note_current(self, current: str, serving: _Version) -> None:
        self._elsewhere = self._elsewhere + 1 if current != serving.rows.version else 0
        self.other_version = current if self._elsewhere else ""
        if self._elsewhere == _LOOKS_APART:
            self._say(
                f"The vector engine's current version is {current or 'none'}, but {serving.rows.version} is served "
                "here, from its own rows there. If no newer index is on its way here: kb engine push"
            )

    def _compare(self, serving: _Version) -> None:
        """Compare every row with the folder's, and take the engine into service if they are the same."""
        try:
            with self.address.reading(LONG_PATIENCE_SECONDS) as connection:
                compare(connection, self.address, serving.rows)
                current = current_version(connection, self.address.schema)
        except psycopg.Error as error:
            self._stays_away(self.address.unavailable(error), serving)
        except KbError as error:
            self._stays_away(error, serving)
        else:
            serving.was_compared = True
            self._note_current(current, serving)
            self._take(serving)

    def _stays_away(self, error: KbError, serving: _Version) -> None:
        self._failures += 1
        serving.up.clear()
        if type(error).__name__ != serving.said:  # once for each kind, however often it is tried
            serving.said = type(error).__name__
            self._say(f"{error} {self._meanwhile(serving)}")


class _Version:
    """One version in the engine, with the copy in the index folder behind it."""

    def __init__(self, client: EngineClient, index: Index, *, has_copy: bool) -> None:
        searchable = index.searchable
        self._client = client
        self.rows = VersionRows.of(index.version, searchable)
        self.engine: VectorEngine = PgvectorEngine(client.pool, client.address.schema, index.version, searchable.starts)
        self.copy: VectorEngine | None = (
            EmbeddedEngine(searchable.vectors, searchable.starts, searchable.article_of_row) if has_copy else None
        )
        self.up = threading.Event()
        self.was_compared = False
        """Whether every row there was found to be the folder's once."""
        self.said = ""
        """The kind of error that was said last."""

    def candidates(self, query: Vector, nominated: Positions | None, nearest: int) -> tuple[Positions, Scores]:
        """Return candidates and their greatest cosines; see :class:`kb.retrieval.index.engine.VectorEngine`."""
        return self._ask(lambda engine: engine.candidates(query, nominated, nearest))

    def of_units(self, query: Vector, articles: Sequence[int]) -> dict[int, Scores]:
        """Return the cosine of every unit of some articles; see :class:`kb.retrieval.index.engine.VectorEngine`."""
        return self._ask(lambda engine: engine.of_units(query, articles))

    def _ask(self, question: Callable[[VectorEngine], _Found]) -> _Found:
        if self.up.is_set():
            try:
                return question(self.engine)
            except (EngineUnavailable, EngineDisagrees) as error:
                self._client.lost(error, self)
        if self.copy is not None:
            self._client.count_copy()
            return question(self.copy)
        if self.up.wait(_OTHER_NODE * self._client.patience):
            return question(self.engine)
        raise EngineUnavailable(
            f"The vector engine ({self._client.address}) does not answer, and 'index_engine_gone' is 'refuse'. "
            "Check that it runs; 'kb doctor' tries it."
        )
