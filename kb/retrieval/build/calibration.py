"""Learns the confidence at build time, from the corpus alone, with the thresholds that keep the promise.

Logistic regressions over the trial runs' signals (:mod:`kb.retrieval.build.trials`) give the probability that
rank 1, and one of the first three, is right. :mod:`kb.retrieval.build.promise` turns the promised share of wrong
answers into a threshold.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from kb.common.calibration_error import calibration_error, equal_width_bins
from kb.retrieval.answering.confidence import (
    ANSWERABLE,
    DEFAULT,
    OUT_OF_SCOPE_CONFIDENCE,
    RIGHT,
    ConfidenceModel,
    FirstModel,
    Logistic,
    columns,
)
from kb.retrieval.build.promise import DELTA, certify
from kb.retrieval.build.trials import Observations, TrialKind, part_of

_TESTS = 0.8
"""Of the answerable questions that are not nearly an example, the share that tests stand for; examples that were left
out stand for the rest. Editors write examples to differ from each other, so these are harder than what customers ask.
"""
_ANSWERABLE_KINDS = (TrialKind.KNOWN.value, TrialKind.NEW.value, TrialKind.ASKED.value)
_UNANSWERABLE = {
    TrialKind.NEAR_MISS: 0.5,
    TrialKind.ELSEWHERE: 0.15,
    TrialKind.UNFORESEEN: 0.15,
    TrialKind.STRANGER: 0.1,
    TrialKind.OTHER: 0.1,
}
"""Each kind's share of the questions without an article."""
_STAND_INS = {
    **{kind.value: TrialKind.NEAR_MISS.value for kind in _UNANSWERABLE if kind is not TrialKind.NEAR_MISS},
    TrialKind.ASKED.value: TrialKind.NEW.value,
}
"""The kind that takes the place of another one."""
MIN_TRIALS = 20
MIN_ARTICLES = 5
"""With fewer of either, nothing can be learned, and what other collections have learned is used as it is."""
_FOLDS = 10
_EVEN = 0.5
_PRIOR_STRENGTH = 10.0
"""How many trials the prior counts for, about."""
_MOST_STEPS = 100
_CONVERGED = 1e-7
_CLARIFY_TARGET = 0.6
"""Least share of offered choices that hold the right article."""


@dataclass(frozen=True, slots=True)
class Mixture:
    """The questions that customers are assumed to ask; the promise holds only for this mixture."""

    unanswerable: float
    """Share of questions without an article, 0 to 1."""
    known: float
    """Share of the others that are nearly an example, word for word; 0 to 1."""

    def shares(self) -> dict[str, float]:
        """Return each kind's share of all questions."""
        return {
            TrialKind.KNOWN.value: (1 - self.unanswerable) * self.known,
            TrialKind.NEW.value: (1 - self.unanswerable) * (1 - self.known) * (1 - _TESTS),
            TrialKind.ASKED.value: (1 - self.unanswerable) * (1 - self.known) * _TESTS,
            **{kind.value: self.unanswerable * share for kind, share in _UNANSWERABLE.items()},
        }


@dataclass(frozen=True)
class Calibration:
    """The learned model, and the figures for the manifest."""

    model: ConfidenceModel
    figures: dict[str, Any]


def calibrate(seen: Observations, n_articles: int, *, target: float, assumed: Mixture) -> Calibration:
    """Learn the confidence from trial runs.

    :param seen: The observations of the trial runs.
    :param n_articles: The number of articles in the index.
    :param target: Greatest share of wrong answers among those answered, 0 to 1.
    :param assumed: The questions that customers are assumed to ask.
    :return: The model, or the fixed one with the reason if there is too little to learn from.
    """
    trials = int((seen.kind == TrialKind.NEW.value).sum())
    if trials < MIN_TRIALS or n_articles < MIN_ARTICLES:
        return _uncalibrated(f"{trials} trials of {n_articles} articles; {MIN_TRIALS} of {MIN_ARTICLES} are needed")
    if seen.first.all() or not seen.first.any() or seen.within.all():
        return _uncalibrated("every trial came out the same, so nothing tells right from wrong")
    weight = weights_of(seen.kind, assumed)
    first, unseen_first = first_confidence(seen, assumed)
    within, unseen_within = _fit_unseen(
        seen, lambda rows: regress(rows.signals, rows.within, weights_of(rows.kind, assumed), DEFAULT.within)
    )
    new = seen.kind == TrialKind.NEW.value
    in_scope_from = round(float(np.quantile(seen.best[new], 0.01)), 4)
    capped = np.minimum(unseen_first, OUT_OF_SCOPE_CONFIDENCE)
    unseen_first = np.where(seen.best < in_scope_from, capped, unseen_first)  # as when serving
    mixed = sample(seen, assumed)
    promise = certify(unseen_first[mixed], seen.first[mixed], seen.group[mixed], target, DELTA)
    model = ConfidenceModel(
        first=first,
        within=within,
        answer_at=promise.threshold,
        clarify_at=_clarify_at(unseen_within, unseen_first < promise.threshold, seen.within, weight),
        in_scope_from=in_scope_from,
        is_calibrated=True,
    )
    off_by = calibration_error(unseen_first, seen.first, weight[np.newaxis], equal_width_bins(unseen_first))[0]
    figures = {
        "calibrated": True,
        "certified": promise.certified,
        "target_wrong_answers": target,
        "delta": DELTA,
        "assumed": asdict(assumed),
        "sample": int(mixed.sum()),
        "answered": promise.answered,
        "coverage": round(promise.coverage, 4),
        "coverage_of_new": round(float((unseen_first[new] >= promise.threshold).mean()), 4),
        "risk": round(promise.risk, 4),
        "risk_bound": round(promise.bound, 4),
        "first_right": round(float(seen.first[new].mean()), 4),
        "calibration_error": round(float(off_by), 4),
    }
    return Calibration(model, figures)


def _uncalibrated(reason: str) -> Calibration:
    return Calibration(DEFAULT, {"calibrated": False, "certified": False, "reason": reason})


def exists_in(seen: Observations) -> npt.NDArray[np.bool_]:
    """Return for each question whether an article that was present answers it."""
    return np.isin(seen.kind, _ANSWERABLE_KINDS)


def weights_of(kind: npt.NDArray[np.str_], assumed: Mixture) -> npt.NDArray[np.float64]:
    """Weigh the kinds of questions so that each has its assumed share.

    :param kind: The kind of each question.
    :param assumed: Each kind's share; a kind that is missing is replaced by a harder one.
    :return: The weight of each question, of mean 1.
    """
    counts = {name: int((kind == name).sum()) for name in assumed.shares()}
    shares = _replaced(assumed.shares(), counts, only_missing=True)
    weight_of = {name: share / max(counts[name], 1) for name, share in shares.items()}
    weight = np.array([weight_of[str(name)] for name in kind], np.float64)
    weight /= weight.mean()
    return weight


def _replaced(
    shares: Mapping[str, float], counts: Mapping[str, int], *, only_missing: bool = False
) -> dict[str, float]:
    """Return shares, or numbers, in which a harder kind takes the place of a kind that there is too little of."""
    found = dict(shares)
    for name, stand_in in _STAND_INS.items():
        missing = found[name] if only_missing and not counts[name] else 0.0
        if not only_missing:
            missing = max(0.0, found[name] - counts[name])
        found[name] -= missing
        found[stand_in] += missing
    return found


def sample(seen: Observations, assumed: Mixture) -> npt.NDArray[np.bool_]:
    """Choose a sample, by digest, in which each kind has its assumed share, as large as the kinds allow.

    The test counts questions and cannot use weights. If there is too little of a kind, a harder one takes its place:
    near misses for other unanswerable questions, examples that were left out for tests.

    :param seen: Trial runs.
    :param assumed: Each kind's share.
    :return: The chosen rows.
    """
    shares = assumed.shares()
    rows = {name: np.flatnonzero(seen.kind == name).tolist() for name in shares}
    enough = {name: share for name, share in shares.items() if name not in _STAND_INS and share > 0}
    total = int(min(len(rows[name]) / share for name, share in enough.items()))
    wanted = _replaced(
        {name: round(total * share) for name, share in shares.items()}, {name: len(rows[name]) for name in rows}
    )
    chosen = np.zeros(len(seen), bool)
    for name, n in wanted.items():
        order = sorted(rows[name], key=lambda row: part_of(f"{seen.group[row]} {row}", 2**32, "mixture"))
        chosen[order[: int(n)]] = True
    return chosen


# --------------------------------------------------------------------------------------------- regression


class _Fitted(Protocol):
    def probabilities(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]: ...


_Model = TypeVar("_Model", bound=_Fitted)


def _fit_unseen(seen: Observations, fit: Callable[[Observations], _Model]) -> tuple[_Model, npt.NDArray[np.float64]]:
    """Return the model of all rows, and predictions for each row by a model that had not seen its article."""
    folds = np.array([part_of(str(group), _FOLDS, "calibration") for group in seen.group])
    unseen = np.zeros(len(seen))
    for fold in range(_FOLDS):
        test = folds == fold
        rest = seen.of(~test)
        if test.any() and rest.first.any() and not rest.within.all():
            model = fit(rest)
            unseen[test] = model.probabilities(seen.signals[test])
    return fit(seen), unseen


def first_confidence(seen: Observations, assumed: Mixture) -> tuple[FirstModel, npt.NDArray[np.float64]]:
    """Fit the confidence that rank 1 answers.

    :param seen: Trial runs.
    :param assumed: The questions that customers are assumed to ask.
    :return: The model of all of them, and each row's confidence by a model that had not seen its article.
    """
    return _fit_unseen(seen, lambda rows: fit_first(rows, assumed))


def fit_first(seen: Observations, assumed: Mixture) -> FirstModel:
    """Fit the two steps and their recalibration.

    :param seen: Trial runs; some answerable and some not, some right and some wrong.
    :param assumed: The questions that customers are assumed to ask, which determine what the probability means.
    :return: The model.
    """
    even = replace(assumed, unanswerable=_EVEN)  # so that both steps learn equally from either kind
    exists = exists_in(seen)
    weight, prior = weights_of(seen.kind, even), DEFAULT.first
    answerable = regress(seen.signals[:, columns(ANSWERABLE)], exists, weight, prior.answerable)
    right = regress(seen.signals[exists][:, columns(RIGHT)], seen.first[exists], weight[exists], prior.right)
    steps = FirstModel(answerable, right, prior.both)
    both = regress(steps.products(seen.signals), seen.first, weights_of(seen.kind, assumed), prior.both)
    return replace(steps, both=both)


def regress(
    values: npt.NDArray[np.float32],
    right: npt.NDArray[np.bool_],
    weight: npt.NDArray[np.float64],
    prior: Logistic,
) -> Logistic:
    """Fit a weighted logistic regression that stays near a prior unless the rows say otherwise.

    The maximum a posteriori estimate, the coefficients of the standardized signals having normal priors around those of
    the prior: a few rows change little, and with thousands the prior no longer matters. Found by Newton's method.

    :param values: Shape (n, n_signals); n may be 0.
    :param right: Shape (n,).
    :param weight: Shape (n,), of mean 1.
    :param prior: The regression learned from other collections, whose centre and scale are kept.
    :return: Coefficients, rounded so that a processor's last bits do not change a version's name.
    """
    start = np.array([*prior.weights, prior.intercept])
    rows = np.column_stack([(values - np.array(prior.centre)) / np.array(prior.scale), np.ones(len(values))])
    found = start.copy()
    for _ in range(_MOST_STEPS):
        p = 1.0 / (1.0 + np.exp(-np.clip(rows @ found, -30, 30)))
        gradient = rows.T @ (weight * (p - right)) + _PRIOR_STRENGTH * (found - start)
        curvature = (rows * (weight * p * (1 - p))[:, np.newaxis]).T @ rows + _PRIOR_STRENGTH * np.eye(len(start))
        step = np.linalg.solve(curvature, gradient)
        found -= step / max(1.0, float(np.abs(step).max()))
        if np.abs(step).max() < _CONVERGED:
            break
    *weights, intercept = (round(float(v), 4) for v in found)
    return Logistic(prior.centre, prior.scale, tuple(weights), intercept)


# ----------------------------------------------------------------------------------------------- clarifying


def _clarify_at(
    predicted: npt.NDArray[np.float64],
    undecided: npt.NDArray[np.bool_],
    within: npt.NDArray[np.bool_],
    weight: npt.NDArray[np.float64],
) -> float:
    """Return the lowest threshold at which the choices offered contain the right article often enough.

    Only questions that are not answered directly count, because only they are offered choices.
    """
    rows = np.flatnonzero(undecided)
    order = rows[np.argsort(-predicted[rows], kind="stable")]
    if not len(order):
        return DEFAULT.clarify_at
    share = np.cumsum(weight[order] * within[order]) / np.maximum(np.cumsum(weight[order]), 1e-9)
    reached = np.flatnonzero(share >= _CLARIFY_TARGET)
    # A handful of questions at the very top proves nothing.
    reached = reached[reached >= max(10, len(order) // 100)]
    return round(float(predicted[order[reached[-1]]]), 6) if len(reached) else DEFAULT.clarify_at
