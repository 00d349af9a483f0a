"""Values made on first use, by the first thread that asks."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from kb.errors import KbError
from kb.types import Library

if TYPE_CHECKING:
    from kb.retrieval.answering.live import LiveAnswerer
    from kb.retrieval.query.suggest import Suggester

_log = logging.getLogger(__name__)
_Made = TypeVar("_Made")


class Lazy(Generic[_Made]):
    """A value made on first use, once; an error on the way is raised, and the next use tries again."""

    def __init__(self, make: Callable[[], _Made]) -> None:
        """Make nothing yet.

        :param make: Returns the value; may raise.
        """
        self._make = make
        self._lock = threading.RLock()
        self._made: list[_Made] = []

    def get(self) -> _Made:
        """Return the value, making it on first use."""
        if not self._made:
            with self._lock:
                if not self._made:
                    self._made.append(self._make())
        return self._made[0]

    def peek(self) -> _Made | None:
        """Return the value if it was made, or None."""
        return self._made[0] if self._made else None


class AnswererSlot:
    """The answerer, loaded on first use; while loading fails, it is tried again, but not on every use."""

    def __init__(
        self, load: Callable[[], LiveAnswerer], retry_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Load nothing yet.

        :param load: Loads the newest good index, or raises a :class:`KbError`.
        :param retry_seconds: Least time between two attempts.
        :param clock: Seconds that only grow.
        """
        self._load = load
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._answerer: LiveAnswerer | None = None
        self._failure: KbError | None = None
        self._next_try = 0.0

    def get(self) -> LiveAnswerer:
        """Return the answerer.

        :return: The one answerer, shared by all threads.
        :raises KbError: Why there is none, as the last attempt found.
        """
        answerer = self._answerer
        if answerer is not None:
            return answerer
        with self._lock:
            if self._answerer is None:
                self._answerer = self._attempt()
            return self._answerer

    def close(self) -> None:
        """Stop watching for a new index, if one was loaded."""
        if self._answerer is not None:
            self._answerer.close()

    def _attempt(self) -> LiveAnswerer:
        if self._failure is not None and self._clock() < self._next_try:
            # A fresh instance: one exception raised by several threads would gather all their tracebacks.
            raise type(self._failure)(str(self._failure))
        try:
            return self._load()
        except KbError as error:
            if str(error) != str(self._failure):
                _log.warning("Not ready: %s", error)
            self._failure = error
            self._next_try = self._clock() + self._retry_seconds
            raise


class SuggesterSlot:
    """The suggester of the library that serves, made again when another library serves, and when it is told to."""

    def __init__(self, make: Callable[[Library], Suggester]) -> None:
        """Make nothing yet.

        :param make: Makes a library's suggester with what customers ask and read now.
        """
        self._make = make
        self._lock = threading.Lock()
        self._made: tuple[Library, Suggester] | None = None

    def get(self, library: Library) -> Suggester:
        """Return the suggester of a library.

        :param library: The one that serves now; compared by identity.
        :return: The library's own; while another thread makes it, the previous one, so that no caller waits.
        """
        made = self._made
        if made is not None and made[0] is library:
            return made[1]
        if made is not None and self._lock.locked():
            return made[1]
        with self._lock:
            if self._made is None or self._made[0] is not library:
                self._made = (library, self._make(library))
            return self._made[1]

    def renew(self, library: Library) -> None:
        """Make the suggester again, with what customers ask and read now; nobody waits for it.

        :param library: The one that serves now.
        """
        made = self._make(library)
        with self._lock:
            self._made = (library, made)
