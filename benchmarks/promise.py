"""Is the promise kept? Thresholds certified on one half of the questions, the risk counted on the other, many times."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from benchmarks.figures import Figures
from kb.evaluation.runner import Result
from kb.retrieval.calibrate import DELTA, Mixture, certify, regress
from kb.retrieval.trials import Observations, TrialKind, part_of

SPLITS = 1000
SEED = 20260101
_FOLDS = 10


@dataclass(frozen=True)
class Questions:
    """Questions in the assumed mixture."""

    confidence: npt.NDArray[np.float64]
    right: npt.NDArray[np.bool_]
    group: npt.NDArray[np.str_]
    """The article each was written for: never on both sides of a split."""

    def of(self, chosen: npt.NDArray[np.bool_]) -> Questions:
        """Return some of them."""
        return Questions(self.confidence[chosen], self.right[chosen], self.group[chosen])


def splits(asked: Questions, target: float, say: Callable[[int, int], None] | None = None) -> Figures:
    """Certify on random halves, and count on the others.

    :param asked: Every question.
    :param target: The promised greatest share of wrong answers.
    :param say: Told after each split.
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
    promise = certify(known.confidence, known.right, target, DELTA)
    answered = other.confidence >= promise.threshold
    wrong = answered & ~other.right
    return promise.certified, float(answered.mean()), float(wrong.sum() / max(answered.sum(), 1))


def of_results(answerable: Sequence[Result], unanswerable: Sequence[Result], assumed: float) -> Questions:
    """Return judged questions, as many unanswerable ones as assumed; those left over are chosen by digest."""
    wanted = round(len(answerable) * assumed / (1 - assumed))
    chosen = sorted(unanswerable, key=lambda r: part_of(r.judged.query_id, 2**32, "promise"))[:wanted]
    results = [*answerable, *chosen]
    return Questions(
        np.array([r.confidence for r in results]),
        np.array([r.is_first_right for r in results]),
        np.array([r.judged.query_id.rpartition("/")[0] for r in results]),
    )


def of_trials(seen: Observations, assumed: Mixture) -> Questions:
    """Return the build's own trials in the assumed mixture, each predicted by a regression that missed its article."""
    shares = assumed.shares()
    counts = {kind: int((seen.kind == kind).sum()) for kind in shares}
    weight_of = {kind: share / max(counts[kind], 1) for kind, share in shares.items()}
    weight = np.array([weight_of[str(kind)] for kind in seen.kind])
    predicted = _unseen(seen, weight / weight.mean())
    chosen = np.zeros(len(seen), bool)
    for kind, wanted in _wanted(counts, shares).items():
        mine = np.flatnonzero(seen.kind == kind).tolist()
        mine.sort(key=lambda row: part_of(f"{seen.group[row]} {row}", 2**32, "promise"))
        chosen[mine[:wanted]] = True
    return Questions(predicted, seen.first, seen.group).of(chosen)


def _wanted(counts: dict[str, int], shares: dict[str, float]) -> dict[str, int]:
    """Return how many of each kind; what there is too little of about other things is made up by near misses."""
    near, other = TrialKind.NEAR_MISS.value, TrialKind.OTHER.value
    total = min(counts[kind] / share for kind, share in shares.items() if share > 0 and kind != other)
    wanted = {kind: round(total * share) for kind, share in shares.items()}
    missing = max(0, wanted[other] - counts[other])
    return {**wanted, other: wanted[other] - missing, near: wanted[near] + missing}


def _unseen(seen: Observations, weight: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    folds = np.array([part_of(str(group), _FOLDS, "calibration") for group in seen.group])
    predicted = np.zeros(len(seen))
    for fold in range(_FOLDS):
        test = folds == fold
        model = regress(seen.signals[~test], seen.first[~test], weight[~test])
        predicted[test] = [model.probability(row) for row in seen.signals[test]]
    return predicted
