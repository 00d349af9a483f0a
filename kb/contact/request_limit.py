"""How many requests to the help desk one visitor may send, so that nobody floods the people who answer them."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Final

from kb.common.limits import Buckets
from kb.errors import TooBusy

PER_HOUR: Final = 5
"""Requests of one visitor."""
ALL_PER_HOUR: Final = 500
"""Requests of all visitors together; more is a flood, no matter who sends it."""
_HOUR: Final = 3600.0
_ALL: Final = "everybody"


class RequestLimit:
    """A limit per visitor and one for all, in memory; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nothing sent.

        :param clock: Seconds from any point on, never going back.
        """
        self._lock = threading.Lock()
        self._one = Buckets(PER_HOUR, clock=clock, seconds=_HOUR)
        self._all = Buckets(ALL_PER_HOUR, clock=clock, seconds=_HOUR)

    def take(self, visitor: str) -> None:
        """Count a request that is about to be kept.

        :param visitor: Who sends it.
        :raises TooBusy: If it is one too many.
        """
        with self._lock:
            wait = self._one.take(visitor) or self._all.take(_ALL)
        if wait > 0:
            raise TooBusy(math.ceil(wait))
