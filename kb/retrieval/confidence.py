"""How sure: the calibrated probability that rank 1 answers a query, and the decision that follows from it.

Serving needs the coefficients only; :mod:`kb.retrieval.calibrate` learns them at build time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.retrieval.ranking import Ranking
from kb.types import NoAnswerReason, OutcomeKind

SIGNALS = (
    "score", "margin", "spread", "share", "share_of_three", "best", "mean", "text", "head", "coverage", "agreement",
    "length",
)  # fmt: skip
"""What the confidence is computed from, in the order of the coefficients; see :func:`signals`."""

MAX_CHOICES = 3
_LEAST_CHOICE = 0.1
"""A third choice is offered only when its share of the three's likelihood is at least this."""
_VOTING_PARTS = ("best", "text", "spelling", "head")


def signals(ranking: Ranking, n_words: int) -> npt.NDArray[np.float32]:
    """Return what tells a right rank 1 from a wrong one.

    :param ranking: At least one article.
    :param n_words: How many words the query has.
    :return: float32, shape (len(SIGNALS),): the top score; its lead over rank 2; over the mean of ranks 2 to 6; the
        log-odds of rank 1's share of the likelihood, and of the first three's; the parts ``best``, ``mean``, ``text``
        and ``head`` of rank 1; the share of the query's information that rank 1's words hold; how many of the parts put
        rank 1 first; the logarithm of the query's length.
    """
    scores, parts = ranking.scores, ranking.parts
    top = float(scores[0])
    second = float(scores[1]) if len(scores) > 1 else 0.0
    rest = float(scores[1:6].mean()) if len(scores) > 1 else 0.0
    votes = sum(float(parts[name][0]) >= float(parts[name].max()) for name in _VOTING_PARTS)
    return np.array(
        [
            top,
            top - second,
            top - rest,
            _log_odds(float(ranking.shares[0])),
            _log_odds(float(ranking.shares[:MAX_CHOICES].sum())),
            parts["best"][0],
            parts["mean"][0],
            parts["text"][0],
            parts["head"][0],
            ranking.coverage,
            votes,
            np.log1p(n_words),
        ],
        np.float32,
    )


def _log_odds(share: float) -> float:
    """Return log(p / (1 - p)), limited so that certainty stays a number."""
    limited = min(max(share, 1e-4), 1 - 1e-4)
    return float(np.log(limited / (1 - limited)))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over standardised signals."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def probability(self, values: npt.NDArray[np.float32]) -> float:
        """Return the probability, in (0, 1), for one row of signals."""
        standard = (values - np.asarray(self.centre)) / np.asarray(self.scale)
        logit = float(standard @ np.asarray(self.weights)) + self.intercept
        return 1.0 / (1.0 + float(np.exp(-np.clip(logit, -30, 30))))

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Logistic:
        """Return the regression of its JSON values."""
        centre, scale, weights = (tuple(map(float, values[name])) for name in ("centre", "scale", "weights"))
        return cls(centre, scale, weights, float(values["intercept"]))


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """The two probabilities and the thresholds on them."""

    first: Logistic
    """That rank 1 answers."""
    within: Logistic
    """That one of the first three answers."""
    answer_at: float
    """Least probability of ``first`` to answer."""
    clarify_at: float
    """Least probability of ``within`` to offer choices."""
    in_scope_from: float
    """Least ``best`` cosine of rank 1 that an in-scope question has; below it the query is out of scope."""
    is_calibrated: bool
    """False when the corpus was too small to learn from, so that fixed, stricter figures stand here."""

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ConfidenceModel:
        """Return the model of :meth:`to_json`."""
        logistics = {name: Logistic.from_json(values[name]) for name in ("first", "within")}
        return cls(**{**values, **logistics})


@dataclass(frozen=True, slots=True)
class Decision:
    """The outcome, before it is dressed in hits."""

    kind: OutcomeKind
    confidence: float
    n_choices: int = 0
    reason: NoAnswerReason | None = None


def decide(model: ConfidenceModel, values: npt.NDArray[np.float32], ranking: Ranking) -> Decision:
    """Decide between an answer, a choice and a hand-over.

    :param model: The calibrated model.
    :param values: The signals of the ranking.
    :param ranking: The ranking itself, for the number of choices.
    :return: The outcome with its confidence.
    """
    first = model.first.probability(values)
    if first >= model.answer_at:
        return Decision(OutcomeKind.ANSWERED, first)
    if float(ranking.parts["best"][0]) < model.in_scope_from:
        return Decision(OutcomeKind.NO_ANSWER, first, reason=NoAnswerReason.OUT_OF_SCOPE)
    if len(ranking.articles) > 1 and model.within.probability(values) >= model.clarify_at:
        return Decision(OutcomeKind.CLARIFY, first, n_choices=_n_choices(ranking))
    return Decision(OutcomeKind.NO_ANSWER, first, reason=NoAnswerReason.BELOW_THRESHOLD)


def _n_choices(ranking: Ranking) -> int:
    """Return two, or three when the third is likely enough beside the others."""
    shares = ranking.shares[:MAX_CHOICES]
    if len(shares) < MAX_CHOICES:
        return len(shares)
    return MAX_CHOICES if float(shares[-1] / shares.sum()) >= _LEAST_CHOICE else MAX_CHOICES - 1


_DEFAULT_CENTRE = (0.5, 0.1, 0.15, 1.0, 2.5, 0.65, 0.55, 0.6, 0.5, 0.7, 2.5, 2.2)
_DEFAULT_SCALE = (0.15, 0.08, 0.1, 2.0, 2.0, 0.17, 0.15, 0.25, 0.2, 0.25, 1.2, 0.7)
DEFAULT = ConfidenceModel(
    first=Logistic(_DEFAULT_CENTRE, _DEFAULT_SCALE, (0.5, 0.6, 0.6, 0.3, 0.2, 0.3, 0.2, 0.3, 0.3, 0.3, 0.3, 0.0), 0.0),
    within=Logistic(_DEFAULT_CENTRE, _DEFAULT_SCALE, (0.6, 0.3, 0.6, 0.2, 0.4, 0.4, 0.2, 0.3, 0.3, 0.3, 0.2, 0.0), 0.8),
    answer_at=0.9,
    clarify_at=0.75,
    in_scope_from=0.3,
    is_calibrated=False,
)
"""Stands in where the corpus is too small to calibrate."""
