"""Turns a promise, "at most α of the answers are wrong", into a threshold. Build time only.

Learn-then-test (Angelopoulos et al., 2021): candidate thresholds are tested from the strictest down, each on
predictions for articles the regression had not seen, and the last one that passes is used; conformal risk control would
keep the promise on average only.

What is tested is what a lead can check afterwards: that the *next* as many answers keep the promise. A certificate for
the rate behind them (a binomial test) is easier to get and is broken more often than δ, because the next answers
are another sample. With n answers seen and n to come, all orders being equally likely, the number of wrong ones
among those seen is hypergeometric; that gives the test without any assumption about the rate. It is exact for one
threshold; which one is used depends on what was seen, so how often the promise is broken in the end is counted
(``benchmarks/promise.py``), not proven.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kb.retrieval.answering.confidence import DEFAULT

DELTA = 0.05
"""Probability that the promise is certified by chance and broken by the next as many answers."""
_STEPS = 200
_START = 0.1
"""Least coverage at which testing starts; fewer answers are not worth a promise."""
_EXPECTED = 0.25
"""Testing starts where this part of the target would pass; with fewer answers, a single wrong one would end it."""


@dataclass(frozen=True, slots=True)
class Promise:
    """A threshold and its observed effect."""

    threshold: float
    certified: bool
    """Whether the test passed; otherwise the threshold is only expected to keep the promise."""
    answered: int
    coverage: float
    risk: float
    bound: float
    """At most this share of the next as many answers is wrong, at confidence 1 - δ; 1 when nothing was answered."""


def certify(
    predicted: npt.NDArray[np.float64],
    right: npt.NDArray[np.bool_],
    group: npt.NDArray[np.str_],
    target: float,
    delta: float,
) -> Promise:
    """Find the lowest threshold that is certified, by fixed-sequence testing from the strictest down.

    :param predicted: Confidence of each question, by a model that had not seen its article.
    :param right: Whether its rank 1 was right.
    :param group: Its article. Questions of one article fail together, so they count for less than as many independent
        ones: by the design effect of the clusters (Kish, 1965).
    :param target: Greatest share of wrong answers, between 0 and 1.
    :param delta: Greatest probability of a false certificate, between 0 and 1.
    :return: The promise; uncertified, at a threshold that is only expected to keep it, when none passes.
    """
    order = np.argsort(-predicted, kind="stable")
    wrong = np.cumsum(~right[order]).astype(np.int64)
    clusters = np.unique(group, return_inverse=True)[1][order]
    # The sequence depends on the counts alone, not on what is right: from the first number of answers that could prove
    # anything, in equal steps. It ends at the first failure; continuing to a later success would void the certificate.
    powerful = min(fewest_answers(target, delta, expected=_EXPECTED * target), len(order))
    first = max(fewest_answers(target, delta), powerful, math.ceil(len(order) * _START))
    steps = np.unique(np.linspace(first, len(order), _STEPS).astype(int)) if first <= len(order) else np.zeros(0, int)
    passed = 0
    for n in steps:
        effect = design_effect(~right[order[:n]], clusters[:n])
        if chance_of_breaking(int(n / effect), math.ceil(wrong[n - 1] / effect), target) <= delta:
            passed = int(n)
        else:
            break
    threshold = float(predicted[order[passed - 1]]) if passed else expected_threshold(predicted[order], wrong, target)
    answered = predicted >= threshold
    n, n_wrong = int(answered.sum()), int((answered & ~right).sum())
    effect = design_effect(~right[order[:n]], clusters[:n])
    return Promise(
        threshold=round(threshold, 6),
        certified=passed > 0,
        answered=n,
        coverage=n / max(len(predicted), 1),
        risk=n_wrong / max(n, 1),
        bound=greatest_share(int(n / effect), math.ceil(n_wrong / effect), delta),
    )


def expected_threshold(predicted: npt.NDArray[np.float64], wrong: npt.NDArray[np.int64], target: float) -> float:
    """Return the threshold for a collection whose questions are too few to prove anything.

    The probabilities count, which are mostly those of other collections as long as there is little of its own; but only
    half of the promised share of wrong answers is allowed, and what was seen must not contradict it.

    :param predicted: Confidence of each question, greatest first; at least one.
    :param wrong: The number of wrong ones among so many, up to each question.
    :param target: Greatest share of wrong answers, between 0 and 1.
    :return: The lowest threshold that is likely to keep the promise; otherwise stricter than any question's confidence.
    """
    n = np.arange(1, len(predicted) + 1)
    allowed = np.flatnonzero((np.cumsum(1 - predicted) <= n * target / 2) & (wrong <= n * target))
    return float(predicted[allowed[-1]]) if len(allowed) else max(DEFAULT.answer_at, float(predicted[0]))


def design_effect(wrong: npt.NDArray[np.bool_], cluster: npt.NDArray[np.int64]) -> float:
    """Return the number of questions that count as one independent question, at least 1.

    :param wrong: Whether each answer was wrong.
    :param cluster: The article of each question, numbered from 0.
    :return: The variance of the number of wrong answers, article by article, over that of independent ones.
    """
    rate = float(wrong.mean()) if len(wrong) else 0.0
    if not 0.0 < rate < 1.0:
        return 1.0
    errors = np.bincount(cluster, wrong - rate)
    return max(1.0, float((errors**2).sum()) / (len(wrong) * rate * (1 - rate)))


def chance_of_breaking(n: int, wrong: int, target: float) -> float:
    """Return the greatest probability that so few are wrong now and more than the target next time.

    :param n: Answers seen, and answers to come.
    :param wrong: The number of wrong answers among those seen.
    :param target: Greatest share of wrong answers among those to come.
    :return: The p-value, exact in the worst case: the next ones break the promise by a single answer.
    """
    return hypergeometric_tail(n, wrong, _fewest_that_break(n, target))


def greatest_share(n: int, wrong: int, delta: float) -> float:
    """Return the greatest share of wrong answers among the next as many that is still likely, 0 to 1."""
    if wrong >= n:
        return 1.0
    low, high = 0, n + 1  # this many are likely; this many are not, since there are only n
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if hypergeometric_tail(n, wrong, middle) > delta else (low, middle)
    return low / n


def fewest_answers(target: float, delta: float, expected: float = 0.0) -> int:
    """Return the number of answers needed to pass the test.

    :param target: Greatest share of wrong answers.
    :param delta: Greatest probability of a false certificate.
    :param expected: Share of wrong answers, less than half the target.
    :return: At least 1.
    """
    n = 1
    while chance_of_breaking(n, math.ceil(expected * n), target) > delta:
        n += 1
    return n


@lru_cache(maxsize=1 << 16)  # the searches above ask for the same figures often, and each takes half a millisecond
def hypergeometric_tail(n: int, wrong: int, later: int) -> float:
    """Return the probability of at most ``wrong`` wrong ones among the first n of 2n that have ``wrong + later``.

    :param n: Half of all.
    :param wrong: 0 to n.
    :param later: 0 to n.
    :return: A probability; 1 if there are none to come.
    """
    from scipy.stats import hypergeom  # noqa: PLC0415 — build only

    return float(hypergeom.cdf(wrong, 2 * n, wrong + later, n)) if later else 1.0


def _fewest_that_break(n: int, target: float) -> int:
    """Return the least number of wrong ones among n that is more than the target."""
    # A share such as 3 of 60 is exactly the target, regardless of the last bit of 0.05.
    return math.floor(target * n + 1e-9) + 1
