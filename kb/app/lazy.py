"""The places of the answerer, which an application starts without, too, and of what suggests from its library."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable

from kb.errors import KbError
from kb.retrieval.query.suggest import Suggester
from kb.types import Answerer, Library

_log = logging.getLogger(__name__)


class AnswererSlot:
    """Gives the answerer, loading it when first asked; while that fails, tries again now and then."""

    def __init__(
        self, load: Callable[[], Answerer], retry_seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> None:
        """Remember how to load; nothing is loaded yet.

        :param load: Loads the newest good index, or raises a :class:`KbError`.
        :param retry_seconds: Least time between two attempts.
        :param clock: Seconds that only grow.
        """
        self._load = load
        self._retry_seconds = retry_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._answerer: Answerer | None = None
        self._failure: KbError | None = None
        self._next_try = 0.0

    def get(self) -> Answerer:
        """Return the answerer.

        :return: The one and only, shared by all threads.
        :raises KbError: Why there is none, as the last attempt found.
        """
        answerer = self._answerer
        if answerer is not None:
            return answerer
        with self._lock:
            if self._answerer is None:
                self._answerer = self._attempt()
            return self._answerer

    def _attempt(self) -> Answerer:
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
    """Gives the suggester of a library, making one when the library is another than before."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._lock = threading.Lock()
        self._made: tuple[Library, Suggester] | None = None

    def get(self, library: Library) -> Suggester:
        """Return the suggester of a library.

        :param library: The one that serves now; compared by identity.
        :return: The library's own; while another thread makes it, the one before, so that nobody waits.
        """
        made = self._made
        if made is not None and made[0] is library:
            return made[1]
        if made is not None and self._lock.locked():
            return made[1]
        with self._lock:
            if self._made is None or self._made[0] is not library:
                self._made = (library, Suggester(library))
            return self._made[1]
