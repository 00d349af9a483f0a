"""Test the promise: certify thresholds on one half of the questions, count the risk on the other, many times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.figures import Figures
from kb.evaluation.runner import JudgedResult
from kb.retrieval.build.calibration import Mixture, first_confidence, sample
from kb.retrieval.build.promise import DELTA, certify
from kb.retrieval.build.trials import Observations, part_of

SPLITS = 1000
SEED = 20260101


@dataclass(frozen=True)
class Questions:
    """Questions in the assumed mixture."""

    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    group: npt.NDArray[np.str_]
    """The article that each question was written for; no article is on both sides of a split."""

    def of(self, chosen: npt.NDArray[np.bool_]) -> Questions:
        """Return a selection of the questions."""
        return Questions(self.confidence[chosen], self.right[chosen], self.group[chosen])


def splits(asked: Questions, target: float, say: Callable[[int, int], None] | None = None) -> Figures:
    """Certify on random halves, and count on the others.

    :param asked: Every question.
    :param target: The promised maximum share of wrong answers.
    :param say: Called after each split.
    :return: ``broken``: share of splits whose other half has a higher risk; mean ``coverage`` and ``risk`` of the
        other half; ``certified``: share of splits with a certificate, the others answer at the stricter default.
    """
    random = np.random.default_rng(SEED)
    groups, member = np.unique(asked.group, return_inverse=True)
    rows = []
    for n in range(SPLITS):
        side = np.zeros(len(groups), bool)
        side[random.permutation(len(groups))[: len(groups) // 2]] = True
        rows.append(_split(asked, side[member], target))
        if say is not None:
            say(n + 1, SPLITS)
    certified, coverage, risk = np.array(rows, float).T
    return {
        "questions": float(len(member)),
        "broken": float((risk > target).mean()),
        "coverage": float(coverage.mean()),
        "risk": float(risk.mean()),
        "certified": float(certified.mean()),
    }


def _split(asked: Questions, mine: npt.NDArray[np.bool_], target: float) -> tuple[bool, float, float]:
    known, other = asked.of(mine), asked.of(~mine)
    promise = certify(known.confidence, known.right, known.group, target, DELTA)
    answered = other.confidence >= promise.threshold
    wrong = answered & ~other.right
    return promise.certified, float(answered.mean()), float(wrong.sum() / max(answered.sum(), 1))


def of_results(answerable: Sequence[JudgedResult], unanswerable: Sequence[JudgedResult], assumed: float) -> Questions:
    """Return judged questions with the assumed share of unanswerable ones; surplus questions are dropped by digest."""
    wanted = round(len(answerable) * assumed / (1 - assumed))
    chosen = sorted(unanswerable, key=lambda r: part_of(r.judged.query_id, 2**32, "promise"))[:wanted]
    results = [*answerable, *chosen]
    return Questions(
        np.array([r.confidence for r in results]),
        np.array([r.is_first_right for r in results]),
        np.array([r.judged.query_id.rpartition("/")[0] for r in results]),
    )


def of_trials(seen: Observations, assumed: Mixture) -> Questions:
    """Return the build's own trials in the assumed mixture, each scored by a model that had not seen its article."""
    _, unseen = first_confidence(seen, assumed)
    chosen = sample(seen, assumed)
    return Questions(unseen, seen.first, seen.group).of(chosen)
