"""How many requests to the help desk one visitor may send, so that nobody floods the people who answer them."""

from __future__ import annotations

import math
from datetime import timedelta
from typing import Final

from kb.common.limits import ClientLimit, Limit
from kb.errors import TooBusy

PER_HOUR: Final = 5
"""Requests of one visitor."""
ALL_PER_HOUR: Final = 500
"""Requests of all visitors together; more is a flood, no matter who sends it."""
HOUR: Final = timedelta(hours=1)
_ALL: Final = "everybody"


class RequestLimit:
    """A limit per visitor and one for all; safe to share between threads."""

    def __init__(self, one: ClientLimit | None = None, everybody: ClientLimit | None = None) -> None:
        """Start with nothing sent.

        :param one: Counts each visitor's; by default, in memory.
        :param everybody: Counts those of all visitors together; by default, in memory.
        """
        self._one = one or Limit(PER_HOUR, HOUR)
        self._all = everybody or Limit(ALL_PER_HOUR, HOUR)

    def take(self, visitor: str) -> None:
        """Count a request that is about to be kept.

        :param visitor: Who sends it.
        :raises TooBusy: If it is one too many.
        """
        wait = self._one.take(visitor) or self._all.take(_ALL)
        if wait > 0:
            raise TooBusy(math.ceil(wait))
