"""Intervals of a proportion: exact (Clopper and Pearson, 1934), and quick (Wilson, 1927).

Without a library: the server has none for it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

CONFIDENCE: Final = 0.95
_Z95: Final = 1.959963984540054
"""The normal distribution has 95 % between minus and plus this."""
_HALVINGS: Final = 60
"""Bisection down to the last bit of a number between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Interval:
    """Two ends between which a true share lies, 0 to 1."""

    low: float
    high: float


def exact_interval(count: int, n: int, confidence: float = CONFIDENCE) -> Interval:
    """Return the exact two-sided interval of a share.

    :param count: How many of the n were it, 0 to n.
    :param n: How many were looked at; with none, nothing is known.
    :param confidence: The probability, at least, that the interval holds the true share.
    :return: The ends.
    :raises ValueError: If the count is not between 0 and n.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no share")
    tail = (1 - confidence) / 2
    low = 0.0 if count == 0 else _rising_to(tail, lambda share: 1 - at_most(count - 1, n, share))
    high = 1.0 if count == n else _rising_to(1 - tail, lambda share: 1 - at_most(count, n, share))
    return Interval(low, high)


def score_interval(count: int, n: int) -> Interval:
    """Return Wilson's two-sided 95 % interval of a share, in no time however many were looked at.

    :param count: How many of the n were it, 0 to n.
    :param n: How many were looked at; with none, nothing is known.
    :return: The ends; on average, not always, the interval holds the true share as often as it says.
    :raises ValueError: If the count is not between 0 and n.
    """
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n} is no share")
    if not n:
        return Interval(0.0, 1.0)
    share, z2 = count / n, _Z95 * _Z95
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = _Z95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n * n)) / (1 + z2 / n)
    return Interval(max(0.0, middle - half) if count else 0.0, min(1.0, middle + half) if count < n else 1.0)


def at_most(count: int, n: int, share: float) -> float:
    """Return the probability of at most ``count`` of n, each with the probability ``share``."""
    if share >= 1:
        return float(count >= n)
    if share <= 0:
        return 1.0
    odds, total = math.log(share) - math.log1p(-share), n * math.log1p(-share)
    terms = (total + k * odds + math.log(math.comb(n, k)) for k in range(count + 1))
    return min(1.0, math.fsum(map(math.exp, terms)))


def _rising_to(wanted: float, value: Callable[[float], float]) -> float:
    """Return where a function that rises from 0 to 1 reaches a value."""
    low, high = 0.0, 1.0
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if value(middle) < wanted else (low, middle)
    return (low + high) / 2
