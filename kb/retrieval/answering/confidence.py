"""Confidence: the calibrated probability that rank 1 answers a query, and the decision that follows from it.

Serving needs the coefficients only; :mod:`kb.retrieval.build.calibration` learns them at build time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum, auto
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.retrieval.answering.ranking import Ranking
from kb.types import KNOWN_CONFIDENCE, NoAnswerReason, OutcomeKind

SIGNALS = ("score", "margin", "spread", "share", "agreement", "best", "elsewhere", "stranger")
"""The signals of a ranking, in the order of the columns; see :func:`signals`.

More were tried (every part of the score, the query's length, the share of its words that the article has). They made
the confidence worse on questions by other authors than the examples'.
"""

ANSWERABLE = ("score", "best", "elsewhere", "stranger")
RIGHT = ("share",)
"""The signals that an answer exists, and the signals that rank 1 is then the answer; see :class:`FirstModel`."""

MAX_CHOICES = 3
_LEAST_CHOICE = 0.1
"""A third choice is offered only when its share of the three's likelihood is at least this."""
OUT_OF_SCOPE_CONFIDENCE = 0.1
"""Most confidence if nothing that an editor wrote is close: common words alone are not an answer."""
_VOTING_PARTS = ("best", "text", "spelling", "head")


def signals(ranking: Ranking, *, is_stranger: bool = False) -> npt.NDArray[np.float32]:
    """Return the signals that tell a right rank 1 from a wrong one.

    :param ranking: At least one article.
    :param is_stranger: Whether the question is about an organization that rank 1 does not mention.
    :return: float32, shape (len(SIGNALS),): the top score; its lead over rank 2; over the mean of ranks 2 to 6; the
        log-odds of rank 1's share of the likelihood; the number of parts that put it first; its nearest cosine; the
        log-odds of the classes that are no articles, together; and 1 for a stranger.
    """
    scores, parts = ranking.scores, ranking.parts
    top = float(scores[0])
    second = float(scores[1]) if len(scores) > 1 else 0.0
    rest = float(scores[1:6].mean()) if len(scores) > 1 else 0.0
    votes = sum(float(parts[name][0]) >= float(parts[name].max()) for name in _VOTING_PARTS)
    share = log_odds(ranking.shares[0])
    elsewhere = log_odds(0.0 if ranking.elsewhere is None else ranking.elsewhere.share)
    best = parts["best"][0]
    return np.array([top, top - second, top - rest, share, votes, best, elsewhere, is_stranger], np.float32)


def log_odds(share: npt.ArrayLike) -> npt.NDArray[np.float64]:
    """Return log(p / (1 - p)) of each, limited so that certainty remains finite."""
    limited = np.clip(np.asarray(share, np.float64), 1e-4, 1 - 1e-4)
    return np.asarray(np.log(limited / (1 - limited)))


@dataclass(frozen=True, slots=True)
class Logistic:
    """A logistic regression over standardized signals."""

    centre: tuple[float, ...]
    scale: tuple[float, ...]
    weights: tuple[float, ...]
    intercept: float

    def probabilities(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the probability, in (0, 1), for each row of signals."""
        standard = (rows - np.asarray(self.centre)) / np.asarray(self.scale)
        logits = standard @ np.asarray(self.weights) + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(logits, -30, 30))))

    def probability(self, values: npt.NDArray[np.float32]) -> float:
        """Return the probability, in (0, 1), for one row of signals."""
        return float(self.probabilities(values[np.newaxis])[0])

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Logistic:
        """Return the regression of its JSON values."""
        centre, scale, weights = (tuple(map(float, values[name])) for name in ("centre", "scale", "weights"))
        return cls(centre, scale, weights, float(values["intercept"]))


def columns(names: tuple[str, ...]) -> list[int]:
    """Return the columns of some signals in a row of :func:`signals`."""
    return [SIGNALS.index(name) for name in names]


@dataclass(frozen=True, slots=True)
class FirstModel:
    """Probability that rank 1 answers: P(answerable) times P(rank 1 is right, given answerable), recalibrated.

    A single regression trusts the lead of rank 1 too much, because questions in an editor's own words have a large
    lead, but near misses have one, too. How close the best article is tells whether an answer exists; the
    lead tells which article it is. A last regression on the product recalibrates the two.
    """

    answerable: Logistic
    """Over :data:`ANSWERABLE`."""
    right: Logistic
    """Over :data:`RIGHT`."""
    both: Logistic
    """Over the log-odds of the product of the two."""

    def probabilities(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """Return the probability, in (0, 1), for each row of signals."""
        return self.both.probabilities(self.products(rows))

    def probability(self, values: npt.NDArray[np.float32]) -> float:
        """Return the probability, in (0, 1), for one row of signals."""
        return float(self.probabilities(values[np.newaxis])[0])

    def products(self, rows: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
        """Return the log-odds of both steps together, before the last regression; shape (n, 1)."""
        exists = self.answerable.probabilities(rows[:, columns(ANSWERABLE)])
        return log_odds(exists * self.right.probabilities(rows[:, columns(RIGHT)])).astype(np.float32)[:, np.newaxis]

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> FirstModel:
        """Return the model of its JSON values."""
        return cls(*(Logistic.from_json(values[name]) for name in ("answerable", "right", "both")))


@dataclass(frozen=True, slots=True)
class ConfidenceModel:
    """The two models of confidence, and the thresholds on their probabilities."""

    first: FirstModel
    """Probability that rank 1 answers."""
    within: Logistic
    """Probability that one of the first three answers."""
    answer_at: float
    """Least probability of ``first`` to answer."""
    clarify_at: float
    """Least probability of ``within`` to offer choices."""
    in_scope_from: float
    """Least ``best`` cosine of rank 1 for a question in scope; below it the query is out of scope."""
    is_calibrated: bool
    """False if the corpus was too small to learn from, so that these are fixed, stricter figures."""

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> ConfidenceModel:
        """Return the model of :meth:`to_json`."""
        models = {"first": FirstModel.from_json(values["first"]), "within": Logistic.from_json(values["within"])}
        return cls(**{**values, **models})


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome without its hits."""

    kind: OutcomeKind
    confidence: float
    n_choices: int = 0
    reason: NoAnswerReason | None = None


def is_elsewhere(values: npt.NDArray[np.float32]) -> bool:
    """Return whether a question is likelier to be about something else, by its words or by a company it names."""
    return bool(values[SIGNALS.index("elsewhere")] > 0 or values[SIGNALS.index("stranger")] > 0)


class Known(Enum):
    """Whether an editor wrote the query, word for word, and for what."""

    NO = auto()
    FIRST = auto()
    """For rank 1 and for no other article."""
    ELSEWHERE = auto()
    """For a signpost, or as a question that an article does not answer."""


def decide(model: ConfidenceModel, values: npt.NDArray[np.float32], ranking: Ranking, known: Known) -> Decision:
    """Decide between an answer, a choice and a hand-over.

    :param model: The calibrated model.
    :param values: The signals of the ranking.
    :param ranking: The ranking, for the number of choices.
    :param known: Whether an editor wrote the query.
    :return: The outcome with its confidence.
    """
    first = model.first.probability(values)
    if known is Known.FIRST:
        return Decision(OutcomeKind.ANSWERED, max(first, KNOWN_CONFIDENCE))
    in_scope = float(ranking.parts["best"][0]) >= model.in_scope_from
    if not in_scope:  # words may match, but nothing that an editor wrote for an article means nearly the same
        first = min(first, OUT_OF_SCOPE_CONFIDENCE)
    if known is Known.ELSEWHERE:
        first = min(first, 1 - KNOWN_CONFIDENCE)
    elif in_scope and first >= model.answer_at:
        return Decision(OutcomeKind.ANSWERED, first)
    if known is Known.ELSEWHERE or is_elsewhere(values):
        return Decision(OutcomeKind.NO_ANSWER, first, reason=NoAnswerReason.ELSEWHERE)
    if not in_scope:
        return Decision(OutcomeKind.NO_ANSWER, first, reason=NoAnswerReason.OUT_OF_SCOPE)
    if len(ranking.articles) > 1 and model.within.probability(values) >= model.clarify_at:
        return Decision(OutcomeKind.CLARIFY, first, n_choices=_n_choices(ranking))
    return Decision(OutcomeKind.NO_ANSWER, first, reason=NoAnswerReason.BELOW_THRESHOLD)


def _n_choices(ranking: Ranking) -> int:
    """Return two, or three if the third is likely enough compared with the others."""
    shares = ranking.shares[:MAX_CHOICES]
    if len(shares) < MAX_CHOICES:
        return len(shares)
    return MAX_CHOICES if float(shares[-1] / shares.sum()) >= _LEAST_CHOICE else MAX_CHOICES - 1


DEFAULT = ConfidenceModel(
    # The mean of what the shipped articles and 50 articles about a bank's services have learned, with 10 examples each.
    first=FirstModel(
        answerable=Logistic((0.41, 0.59, -4.35, 0.09), (0.101, 0.21, 4.09, 0.286), (0.9, 1.7, -0.4, -0.9), -0.7),
        right=Logistic((4.52,), (3.26,), (2.2,), 2.8),
        both=Logistic((-1.27,), (3.46,), (3.5,), -0.25),
    ),
    within=Logistic(
        (0.41, 0.09, 0.14, 2.45, 2.34, 0.59, -4.35, 0.09),
        (0.101, 0.091, 0.095, 3.21, 1.31, 0.21, 4.09, 0.286),
        (0.3, 0.0, 0.7, 0.3, -0.2, 1.5, -0.5, -0.9),
        0.2,
    ),
    answer_at=0.9,
    clarify_at=0.6,
    in_scope_from=0.3,
    is_calibrated=False,
)
"""What is expected of a collection before it is known: the prior of every calibration. If nothing can be learned, it is
used as it is, with strict thresholds."""
