"""Figures over weighted questions, and their intervals by bootstrap.

Every statistic takes a matrix of weights, with one row per resample and one column per question, and gives one value
per row, or not a number if it is undefined. A row of ones gives the figure itself; rows of the number of times that
each question was drawn give the interval. So a figure and its interval cannot be computed in two different ways.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from kb.common import calibration_error as expected
from kb.common.calibration_error import BINS

Weights: TypeAlias = npt.NDArray[np.float64]
"""Shape (n_resamples, n_questions), not negative."""
Values: TypeAlias = npt.NDArray[np.float64]
"""Shape (n_resamples,)."""
Floats: TypeAlias = npt.NDArray[np.float64]
"""Shape (n_questions,)."""
Flags: TypeAlias = npt.NDArray[np.bool_]
"""Shape (n_questions,)."""
Statistic: TypeAlias = Callable[[Weights], Values]

RESAMPLES = 1000
SEED = 20260101
_CELLS = 2_000_000
"""Weights in memory at the same time, 16 MB."""
_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure with its 95 % interval; None if it is undefined."""

    value: float | None
    low: float | None = None
    high: float | None = None

    def as_json(self) -> dict[str, float | None]:
        """Return the figure as plain JSON values, with four decimals."""
        parts = {"value": self.value, "low": self.low, "high": self.high}
        return {name: None if part is None else round(part, 4) for name, part in parts.items()}


# -------------------------------------------------------------------------------------------- statistics


def share(part: npt.NDArray[Any], whole: npt.NDArray[Any]) -> Statistic:
    """Return the statistic "sum of ``part`` over sum of ``whole``".

    :param part: Flags, or values such as a metric of each question; counted within ``whole`` only.
    :param whole: Flags.
    :return: The statistic; undefined if ``whole`` has no weight.
    """
    numerator = np.where(whole, part, 0).astype(float)
    denominator = whole.astype(float)

    def value(weights: Weights) -> Values:
        return _divide(weights @ numerator, weights @ denominator)

    return value


def auroc(scores: Floats, positive: Flags, negative: Flags) -> Statistic:
    """Return the area under the ROC curve: the share of pairs in which a positive question scores above a negative one.

    :param scores: Higher for positive ones.
    :param positive: Flags.
    :param negative: Flags; questions that are neither do not count.
    :return: The statistic, in which a tie counts one half; undefined without positive or without negative ones.
    """
    order, starts = _tie_groups(scores)
    ups, downs = positive[order].astype(float), negative[order].astype(float)

    def value(weights: Weights) -> Values:
        drawn = weights[:, order]
        up = np.add.reduceat(drawn * ups, starts, axis=1)
        down = np.add.reduceat(drawn * downs, starts, axis=1)
        below = np.cumsum(down, axis=1) - down
        return _divide((up * (below + down / 2)).sum(axis=1), up.sum(axis=1) * down.sum(axis=1))

    return value


def share_above(scores: Floats, kept: Flags, wanted: float, counted: Flags) -> Statistic:
    """Return the share of ``counted`` at the highest threshold that keeps ``wanted`` of ``kept``.

    :param scores: The scores to which the threshold applies.
    :param kept: For example the answerable questions.
    :param wanted: Least share of them at or above the threshold, 0 to 1.
    :param counted: For example the unanswerable questions.
    :return: The statistic; undefined if either of the two has no weight.
    """
    order, starts = _tie_groups(-scores)
    keeps, counts = kept[order].astype(float), counted[order].astype(float)

    def value(weights: Weights) -> Values:
        drawn = weights[:, order]
        reached = np.cumsum(np.add.reduceat(drawn * keeps, starts, axis=1), axis=1)
        passed = np.cumsum(np.add.reduceat(drawn * counts, starts, axis=1), axis=1)
        enough = reached >= wanted * reached[:, -1:] - 1e-9
        at = np.argmax(enough, axis=1)[:, None]
        found = _divide(np.take_along_axis(passed, at, axis=1)[:, 0], passed[:, -1])
        return np.where(reached[:, -1] > 0, found, np.nan)

    return value


def threshold_keeping(scores: Floats, kept: Flags, wanted: float) -> float | None:
    """Return the highest threshold that keeps ``wanted`` of ``kept``; None if there are none."""
    mine = np.sort(scores[kept])[::-1]
    if not len(mine):
        return None
    return float(mine[max(int(np.ceil(wanted * len(mine) - 1e-9)), 1) - 1])


def calibration_error(predicted: Floats, right: Flags, *, equal_mass: bool = False) -> Statistic:
    """Return the expected calibration error over ten bins, as :mod:`kb.common.calibration_error` defines it.

    :param predicted: Confidence, 0 to 1.
    :param right: Whether it came true.
    :param equal_mass: Bins of equally many questions rather than of equal width.
    :return: 0 to 1.
    """
    order = np.lexsort((right, predicted))
    confidence, truth = predicted[order], right[order]
    fixed = expected.equal_width_bins(confidence)

    def value(weights: Weights) -> Values:
        drawn = weights[:, order]
        return expected.calibration_error(confidence, truth, drawn, _mass_bins(drawn) if equal_mass else fixed)

    return value


def _mass_bins(drawn: Weights) -> npt.NDArray[np.int64]:
    """Return the bin of each question, in order: where the middle of its weight falls."""
    total = np.maximum(drawn.sum(axis=1, keepdims=True), 1e-12)
    middle = (np.cumsum(drawn, axis=1) - drawn / 2) / total
    bins: npt.NDArray[np.int64] = np.minimum((middle * BINS).astype(np.int64), BINS - 1)
    return bins


def _tie_groups(scores: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return the ascending order, and where in it each run of equal scores begins."""
    order = np.argsort(scores, kind="stable")
    ranked = scores[order]
    starts = np.flatnonzero(np.concatenate([[True], ranked[1:] != ranked[:-1]]))
    return order, starts


def _divide(numerator: Values, denominator: Values) -> Values:
    nothing = np.full(len(numerator), np.nan)
    result: Values = np.divide(numerator, denominator, out=nothing, where=denominator > 0)
    return result


# --------------------------------------------------------------------------------------------- bootstrap


def figures(
    statistics: Mapping[str, Statistic], groups: Sequence[str], resamples: int = RESAMPLES, seed: int = SEED
) -> dict[str, Figure]:
    """Return the figures of a sample with their intervals.

    :param statistics: By name.
    :param groups: The article of each question; whole groups are drawn, since the questions of one article succeed and
        fail together.
    :param resamples: The number of resamples.
    :param seed: The same seed gives the same intervals.
    :return: In the order of the statistics; without an interval if there is only one group.
    """
    once = np.ones((1, len(groups)))
    if not len(groups):
        return dict.fromkeys(statistics, Figure(None))
    drawn: dict[str, list[Values]] = {name: [] for name in statistics}
    for weights in _resamples(groups, resamples, seed):
        for name, statistic in statistics.items():
            drawn[name].append(statistic(weights))
    return {name: _figure(float(statistic(once)[0]), drawn[name]) for name, statistic in statistics.items()}


def _resamples(groups: Sequence[str], resamples: int, seed: int) -> Iterator[Weights]:
    """Yield the number of times each question was drawn, some resamples at a time."""
    names, member = np.unique(np.array(groups, dtype=str), return_inverse=True)
    if len(names) < 2:  # noqa: PLR2004 — one group drawn again is the same sample
        return
    random = np.random.default_rng(seed)
    chances = np.full(len(names), 1 / len(names))
    at_a_time = max(1, _CELLS // len(groups))
    for start in range(0, resamples, at_a_time):
        size = min(at_a_time, resamples - start)
        yield random.multinomial(len(names), chances, size=size)[:, member].astype(float)


def _figure(value: float, drawn: Sequence[Values]) -> Figure:
    """Return a figure; its interval needs half of the resamples to define it."""
    if np.isnan(value):
        return Figure(None)
    every = np.concatenate(drawn) if drawn else np.zeros(0)
    seen = every[~np.isnan(every)]
    if not len(seen) or len(seen) < len(every) / 2:
        return Figure(value)
    low, high = np.percentile(seen, _PERCENTILES)
    return Figure(value, float(low), float(high))


# ------------------------------------------------------------------------------------------ risk and coverage


@dataclass(frozen=True, slots=True)
class RiskPoint:
    """The effect of a threshold on the confidence alone."""

    threshold: float
    coverage: float
    """Share of all questions answered, 0 to 1."""
    risk: float
    """Share of those answered that are wrong, 0 to 1."""


def risk_coverage(confidence: Floats, right: Flags) -> list[RiskPoint]:
    """Return the risk-coverage curve: one point per distinct confidence, the highest first.

    :param confidence: The confidence of each question.
    :param right: Whether the first article answers; False for unanswerable questions.
    :return: Coverage never falls along the list.
    """
    if not len(confidence):
        return []
    order, starts = _tie_groups(-confidence)
    ends = np.append(starts[1:], len(order))
    good = np.cumsum(right[order])[ends - 1]
    return [
        RiskPoint(float(confidence[order[end - 1]]), float(end / len(order)), float(1 - good[n] / end))
        for n, end in enumerate(ends.tolist())
    ]


def thinned(points: Sequence[RiskPoint], steps: int = 20) -> list[RiskPoint]:
    """Return the first point that reaches each step of coverage, so that a curve can be printed."""
    kept: list[RiskPoint] = []
    for step in range(1, steps + 1):
        found = next((p for p in points if p.coverage >= step / steps - 1e-9), None)
        if found is not None and (not kept or found != kept[-1]):
            kept.append(found)
    return kept
