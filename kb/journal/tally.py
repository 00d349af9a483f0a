"""What the journal has counted since it was opened, for ``/metrics``."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

LATENCY_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""Upper bounds of the histogram's buckets."""


@dataclass(frozen=True, slots=True)
class Counted:
    """A moment's figures."""

    asked: Mapping[tuple[str, str], int]
    """Questions by outcome and source."""
    latency: tuple[int, ...]
    """Questions in each bucket, and above the last one."""
    latency_sum: float
    """Seconds that all questions took together."""
    events: Mapping[str, int]
    """Events by kind."""
    waiting: int
    """Entries that are not written yet."""
    failures: int
    """Attempts to write that failed."""
    lost: int
    """Entries given up."""
    healthy: bool
    """Whether the last attempt to write went well."""


@dataclass(slots=True)
class Tally:
    """Counts under its owner's lock."""

    asked: Counter[tuple[str, str]] = field(default_factory=Counter)
    events: Counter[str] = field(default_factory=Counter)
    latency: list[int] = field(default_factory=lambda: [0] * (len(LATENCY_SECONDS) + 1))
    latency_sum: float = 0.0
    failures: int = 0
    lost: int = 0

    def question(self, outcome: str, source: str, took_ms: float) -> None:
        """Count a question."""
        self.asked[outcome, source] += 1
        seconds = took_ms / 1000
        self.latency[bisect_left(LATENCY_SECONDS, seconds)] += 1
        self.latency_sum += seconds

    def now(self, *, waiting: int, healthy: bool) -> Counted:
        """Return the figures of this moment."""
        return Counted(
            asked=dict(self.asked),
            latency=tuple(self.latency),
            latency_sum=self.latency_sum,
            events=dict(self.events),
            waiting=waiting,
            failures=self.failures,
            lost=self.lost,
            healthy=healthy,
        )
