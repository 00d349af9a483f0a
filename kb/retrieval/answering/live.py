"""The newest good index, picked up while the app runs.

A new version is loaded and verified next to the one that serves, and replaces it between two questions. A version that
cannot be loaded is reported once and never replaces a good one.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeAlias

from kb.common import memory
from kb.common.background import LOOK_AGAIN_SECONDS, Background
from kb.errors import IndexDamaged, KbError
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.encoder.models import AUTO
from kb.retrieval.index.index import VECTORS, Index
from kb.retrieval.index.versions import current_name, read_version, readable_versions
from kb.settings.settings import IndexEngine, Settings
from kb.types import DEFAULT_K, Answer, Answerer, Library, Say

if TYPE_CHECKING:
    from kb.retrieval.engine.serving import EngineClient

_log = logging.getLogger(__name__)

_ANSWERS_REMEMBERED = 256
"""Answers kept in memory, the last ones; some 20 kB each."""
_LONGEST_REMEMBERED = 2000
"""Characters of a question whose answer is kept."""

LoadFirst: TypeAlias = Callable[[Settings, Say], Index]
"""Loads the first index, like :func:`load_newest`."""


def load_newest(settings: Settings, report: Say) -> Index:
    """Load the published version, or the last good one before it.

    :param settings: ``index`` and ``encoder`` are read.
    :param report: Called for each version that is refused, and for an encoder that is not the configured one.
    :return: The index that serves.
    :raises IndexMissing: If nothing was built.
    :raises IndexDamaged: If no version is good.
    """
    for version in readable_versions(settings.index, report, _mapped(settings)):
        try:
            index = Index.load(version)
        except KbError as error:
            report(str(error))
            continue
        built_with = version.manifest["encoder"]["name"]
        if settings.encoder not in (AUTO, built_with):
            report(
                f"{settings.index} was built with the encoder {built_with!r}, but {settings.encoder!r} is configured; "
                "the index answers with its own until it is built again: kb build"
            )
        return index
    raise IndexDamaged(f"No version of the index in {settings.index} is good. Build again: kb build --full")


def _engine_client(settings: Settings, report: Say) -> EngineClient | None:
    """Return the engine that holds the vectors outside this process, if the settings name one."""
    if settings.index_engine is IndexEngine.FAISS:
        return None
    from kb.retrieval.engine.serving import EngineClient  # noqa: PLC0415 - the database's driver, only where it is used

    return EngineClient.of(settings, report)


def _mapped(settings: Settings) -> tuple[str, ...]:
    """Return the files that stay on disk: with another engine, the vectors are only read where it is gone."""
    return () if settings.index_engine is IndexEngine.FAISS else (VECTORS,)


class EarlyIndex:
    """A loader of the newest good index, in a thread of its own while the rest of the program is imported."""

    def __init__(self, settings: Settings) -> None:
        """Start loading.

        :param settings: As for :func:`load_newest`.
        """
        self._said: list[str] = []
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="early-index")
        self._loading: Future[Index] | None = self._pool.submit(load_newest, settings, self._said.append)

    def __call__(self, settings: Settings, report: Say) -> Index:
        """Return the index that was loaded early, the first time; later load like :func:`load_newest`."""
        loading, self._loading = self._loading, None
        if loading is None:
            return load_newest(settings, report)
        self._pool.shutdown(wait=True)
        for message in self._said:
            report(message)
        return loading.result()


class LiveAnswerer:
    """An answerer from the newest good index; safe to share between threads."""

    def __init__(
        self,
        settings: Settings,
        report: Say = _log.warning,
        load: LoadFirst = load_newest,
    ) -> None:
        """Load the newest good index.

        :param settings: ``index``, ``encoder`` and ``watch_seconds`` are read.
        :param report: Called for each version that is refused.
        :param load: Loads the first index.
        :raises KbIndexError: If there is no good index.
        """
        self._settings = settings
        self._report = report
        self._lately: OrderedDict[tuple[str, str, int, bool, str | None], Answer] = OrderedDict()
        self._lately_lock = threading.Lock()
        self._refused: set[str] = set()
        self._refused_state: object = None
        self._refused_at = 0.0
        self._refreshing = threading.Lock()
        self._watcher = Background("index-watcher", self._look)
        state = self._published_state()
        self.vector_engine = _engine_client(settings, report)
        """The engine that holds the vectors outside this process, if there is one."""
        self._answerer = self._answering(load(settings, report))
        if state and state[0] != self.index_version:
            self._refused_state, self._refused_at = state, time.monotonic()  # load_newest has reported it

    @property
    def index(self) -> Index:
        """The index that answers now, with its encoder and manifest."""
        return self._answerer.index

    @property
    def index_version(self) -> str:
        """The version that answers now."""
        return self._answerer.index_version

    @property
    def library(self) -> Library:
        """The articles of that version."""
        return self._answerer.library

    def ask(self, text: str, k: int = DEFAULT_K, *, exact: bool = False, language: str | None = None) -> Answer:
        """Answer from the version that is current when the question arrives; see :meth:`IndexAnswerer.ask`.

        What was asked a moment ago, word for word, is not computed again: a page asks whenever it is drawn.
        """
        return self.ask_version(self._answerer, text, k, exact=exact, language=language)

    def pinned(self) -> Answerer:
        """Return an answerer of the version that is current now; it keeps that version.

        A page or an answer that takes more than one thing from the index takes them from here, so that none of it is
        from another version.
        """
        return _Pinned(self, self._answerer)

    def ask_version(self, answerer: IndexAnswerer, text: str, k: int, *, exact: bool, language: str | None) -> Answer:
        """Answer from a version, or return what it answered a moment ago.

        :param answerer: The version, which has served here.
        :param text: The question.
        :param k: The most hits.
        :param exact: Whether typing errors stay.
        :param language: The reader's.
        :return: The answer.
        """
        key = (answerer.index_version, text, k, exact, language)
        with self._lately_lock:
            known = self._lately.get(key)
            if known is not None:
                self._lately.move_to_end(key)
                return known
        answer = answerer.ask(text, k, exact=exact, language=language)
        if len(text) <= _LONGEST_REMEMBERED:
            with self._lately_lock:
                self._lately[key] = answer
                while len(self._lately) > _ANSWERS_REMEMBERED:
                    self._lately.popitem(last=False)
        return answer

    def refresh(self) -> bool:
        """Switch to the published version, if it is a different one and good.

        :return: Whether the index was swapped.
        """
        with self._refreshing:
            try:
                name = current_name(self._settings.index)
                if name == self.index_version:
                    return False
                state = self._published_state()
                if state == self._refused_state and time.monotonic() - self._refused_at < LOOK_AGAIN_SECONDS:
                    return False
                self._refused_state, self._refused_at = state, time.monotonic()
                index = Index.load(read_version(self._settings.index, name, _mapped(self._settings)))
            except KbError as error:
                return self._refuse(error)
            self._answerer = self._answering(index)
            with self._lately_lock:
                self._lately.clear()
            self._refused.clear()
            self._refused_state = None
            memory.give_back()
            _log.info("index %s serves", name)
            return True

    def _published_state(self) -> tuple[str, ...]:
        """Return the published version's name and the sizes and times of its files; empty when there is none.

        A refused version is not read again until this changes or a minute is over, because reading takes a tenth of a
        second; it may have been good, and the disk or the memory not.
        """
        try:
            name = current_name(self._settings.index)
            found = [(f.name, f.stat()) for f in (self._settings.index / "versions" / name).iterdir()]
        except (KbError, OSError):
            return ()
        return (name, *sorted(f"{file} {stat.st_size} {stat.st_mtime_ns}" for file, stat in found))

    def _refuse(self, error: KbError) -> bool:
        """Report once that a version was refused and which one continues to serve."""
        message = str(error)
        if message not in self._refused:
            self._refused.add(message)
            self._report(f"{message} ({self.index_version} goes on serving)")
        return False

    def start_watching(self) -> None:
        """Look for a new version every ``watch_seconds`` from a thread of its own, until :meth:`close`."""
        self._watcher.start()

    def _look(self) -> float:
        self.refresh()
        return self._settings.watch_seconds

    def _answering(self, index: Index) -> IndexAnswerer:
        return IndexAnswerer(index if self.vector_engine is None else self.vector_engine.attached(index))

    def close(self) -> None:
        """Stop watching."""
        self._watcher.stop(None)
        if self.vector_engine is not None:
            self.vector_engine.close()


class _Pinned:
    """One version of a :class:`LiveAnswerer`, with its memory of what was asked a moment ago."""

    def __init__(self, live: LiveAnswerer, answerer: IndexAnswerer) -> None:
        """Hold on to a version."""
        self._live, self._answerer = live, answerer
        self.index_version, self.library = answerer.index_version, answerer.library

    def ask(self, text: str, k: int = DEFAULT_K, *, exact: bool = False, language: str | None = None) -> Answer:
        """Answer from this version."""
        return self._live.ask_version(self._answerer, text, k, exact=exact, language=language)
