"""The confidence and the decision, on rankings made by hand."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from kb.retrieval.answering import confidence
from kb.retrieval.answering.confidence import (
    ANSWERABLE,
    DEFAULT,
    RIGHT,
    SIGNALS,
    ConfidenceModel,
    Decision,
    FirstModel,
    Known,
    Logistic,
    columns,
    decide,
    is_elsewhere,
    log_odds,
    signals,
)
from kb.retrieval.answering.ranking import Elsewhere, Ranking
from kb.types import NoAnswerReason, OutcomeKind
from tests.retrieval.handmade import ranking_of

ANYTHING = np.zeros(len(SIGNALS), np.float32)
"""Signals that a model of :func:`always` does not look at."""


def always(probability: float, signals_seen: int = 1) -> Logistic:
    """Return a regression that gives one probability, whatever it sees."""
    nothing = (0.0,) * signals_seen
    return Logistic(nothing, (1.0,) * signals_seen, nothing, math.log(probability / (1 - probability)))


def model(first: float, within: float = 0.5) -> ConfidenceModel:
    """Return a model of two fixed probabilities: answers from .8, choices from .6, in scope from a cosine of .4."""
    both = FirstModel(always(0.5, len(ANSWERABLE)), always(0.5), always(first))
    return ConfidenceModel(both, always(within, len(SIGNALS)), 0.8, 0.6, 0.4, is_calibrated=True)


def ranking(shares: Sequence[float] = (0.5, 0.3, 0.2), best: float = 0.7) -> Ranking:
    """Return a ranking with these shares of the likelihood, rank 1 at some cosine."""
    n = len(shares)
    return ranking_of([0.5] * n, shares, {"best": [best] * n})


def decided(
    first: float, within: float = 0.5, *, known: Known = Known.NO, values: np.ndarray = ANYTHING, **ranked: object
) -> Decision:
    """Decide with fixed probabilities."""
    return decide(model(first, within), values, ranking(**ranked), known)


def with_signal(**given: float) -> np.ndarray:
    """Return signals that are 0 but for those that are given."""
    values = ANYTHING.copy()
    values[columns(tuple(given))] = tuple(given.values())
    return values


# ------------------------------------------------------------------------------------------------- the decision


def test_a_sure_first_is_answered():
    """At the threshold or above it; the confidence is the probability."""
    found = decided(0.9)
    assert (found.kind, found.n_choices, found.reason) == (OutcomeKind.ANSWERED, 0, None)
    assert found.confidence == pytest.approx(0.9)
    at = replace(model(0.5), answer_at=model(0.5).first.probability(ANYTHING))
    assert decide(at, ANYTHING, ranking(), Known.NO).kind is OutcomeKind.ANSWERED


def test_an_unsure_first_is_a_choice_where_one_of_three_is_right():
    """At the threshold or above it; the confidence stays that of rank 1."""
    found = decided(0.7, within=0.65)
    assert (found.kind, found.reason) == (OutcomeKind.CLARIFY, None)
    assert found.confidence == pytest.approx(0.7)
    at = replace(model(0.7, 0.5), clarify_at=model(0.7, 0.5).within.probability(ANYTHING))
    assert decide(at, ANYTHING, ranking(), Known.NO).kind is OutcomeKind.CLARIFY


@pytest.mark.parametrize(
    ("shares", "n_choices"),
    [
        ((0.5, 0.3, 0.2), 3),
        ((0.60, 0.29, 0.11), 3),
        ((0.60, 0.31, 0.09), 2),
        ((0.9, 0.05, 0.05), 2),
        ((0.5, 0.3, 0.05, 0.15), 2),
        ((0.40, 0.28, 0.08, 0.08, 0.08, 0.08), 3),
        ((0.44, 0.28, 0.07, 0.07, 0.07, 0.07), 2),
        ((0.6, 0.4), 2),
        ((0.99, 0.01), 2),
    ],
)
def test_a_third_choice_needs_a_tenth_of_the_likelihood(shares, n_choices):
    """Of the three's together, not of all articles'; two are offered however unlikely the second is."""
    found = decided(0.7, within=0.65, shares=shares)
    assert (found.kind, found.n_choices) == (OutcomeKind.CLARIFY, n_choices)


def test_a_third_choice_of_just_the_least_share_is_offered(monkeypatch):
    """A quarter in the place of a tenth, which binary fractions do not hold exactly."""
    monkeypatch.setattr(confidence, "_LEAST_CHOICE", 0.25)
    assert decided(0.7, within=0.65, shares=(0.5, 0.25, 0.25)).n_choices == 3
    assert decided(0.7, within=0.65, shares=(0.5, 0.2501, 0.2499)).n_choices == 2


def test_a_single_article_is_no_choice():
    """There is nothing to choose from."""
    found = decided(0.7, within=0.9, shares=(1.0,))
    assert (found.kind, found.reason) == (OutcomeKind.NO_ANSWER, NoAnswerReason.BELOW_THRESHOLD)


def test_what_is_unsure_altogether_is_handed_over():
    """Below both thresholds, the reason says so and the confidence is unchanged."""
    found = decided(0.7, within=0.55)
    assert (found.kind, found.n_choices) == (OutcomeKind.NO_ANSWER, 0)
    assert found.reason is NoAnswerReason.BELOW_THRESHOLD
    assert found.confidence == pytest.approx(0.7)


@pytest.mark.parametrize(("first", "expected"), [(0.95, 0.1), (0.3, 0.1), (0.04, 0.04)])
def test_what_is_far_from_all_that_was_written_is_out_of_scope(first, expected):
    """However sure the words make it: the confidence is a tenth at most."""
    found = decided(first, within=0.9, best=0.39)
    assert (found.kind, found.n_choices) == (OutcomeKind.NO_ANSWER, 0)
    assert found.reason is NoAnswerReason.OUT_OF_SCOPE
    assert found.confidence == pytest.approx(expected)


def test_the_scope_begins_at_the_least_cosine_of_rank_one():
    """At it, a question is in scope; what other ranks are near to does not count."""
    near = ranking_of([0.5, 0.4], [0.6, 0.4], {"best": [0.3, 0.9]})
    assert decide(model(0.9), ANYTHING, near, Known.NO).reason is NoAnswerReason.OUT_OF_SCOPE
    half = replace(model(0.9), in_scope_from=0.5)
    assert decide(half, ANYTHING, ranking(best=0.5), Known.NO).kind is OutcomeKind.ANSWERED


@pytest.mark.parametrize(("first", "expected"), [(0.2, 0.98), (0.9, 0.98), (0.995, 0.995)])
def test_a_known_question_is_answered(first, expected):
    """Word for word as an editor wrote it: whatever the regression says, and however far it is."""
    found = decided(first, within=0.1, known=Known.FIRST, best=0.1)
    assert (found.kind, found.n_choices, found.reason) == (OutcomeKind.ANSWERED, 0, None)
    assert found.confidence == pytest.approx(expected)


def test_the_decision_sees_the_signals():
    """Regressions over the score: a great one is answered, a middling one a choice, a small one neither."""
    by_score = FirstModel(
        Logistic((0.0,) * 4, (1.0,) * 4, (20.0, 0.0, 0.0, 0.0), -10.0),
        always(0.9),
        Logistic((0.0,), (1.0,), (1.0,), 0.0),
    )
    within = Logistic((0.0,) * 8, (1.0,) * 8, (20.0, 0, 0, 0, 0, 0, 0, 0), -8.0)
    seen = ConfidenceModel(by_score, within, 0.8, 0.6, 0.0, is_calibrated=True)
    rows = [with_signal(score=score) for score in (0.9, 0.5, 0.1)]
    kinds = [decide(seen, row, ranking(), Known.NO).kind for row in rows]
    assert kinds == [OutcomeKind.ANSWERED, OutcomeKind.CLARIFY, OutcomeKind.NO_ANSWER]


# ---------------------------------------------------------------------------------------- what is about others


@pytest.mark.parametrize("first", [0.2, 0.95])
@pytest.mark.parametrize("best", [0.1, 0.7])
def test_what_an_editor_wrote_for_elsewhere_is_never_answered(first, best):
    """However sure the regression is, near or far; and hardly any confidence is left."""
    found = decided(first, within=0.9, known=Known.ELSEWHERE, best=best)
    assert (found.kind, found.n_choices) == (OutcomeKind.NO_ANSWER, 0)
    assert found.reason is NoAnswerReason.ELSEWHERE
    assert found.confidence == pytest.approx(0.02)
    assert decided(0.01, known=Known.ELSEWHERE).confidence == pytest.approx(0.01)


@pytest.mark.parametrize("values", [with_signal(elsewhere=0.01), with_signal(stranger=1)], ids=["words", "company"])
def test_what_is_likelier_about_others_is_no_choice(values):
    """By its words or by a company; nor is it out of scope, for it is known what it is about."""
    for best in (0.7, 0.1):
        found = decided(0.7, within=0.9, values=values, best=best)
        assert (found.kind, found.reason) == (OutcomeKind.NO_ANSWER, NoAnswerReason.ELSEWHERE)
        assert found.confidence == pytest.approx(0.7 if best == 0.7 else 0.1)


@pytest.mark.parametrize("values", [with_signal(elsewhere=9), with_signal(stranger=1)], ids=["words", "company"])
def test_what_is_sure_nevertheless_is_answered(values):
    """The regression has seen these signals already; only what is out of scope it cannot answer."""
    assert decided(0.9, values=values).kind is OutcomeKind.ANSWERED
    assert decided(0.9, values=values, best=0.39).reason is NoAnswerReason.ELSEWHERE
    assert decided(0.3, values=values, known=Known.FIRST).kind is OutcomeKind.ANSWERED


def test_elsewhere_begins_where_both_are_equally_likely():
    """At even odds a question is still about this provider."""
    assert not is_elsewhere(ANYTHING)
    assert not is_elsewhere(with_signal(elsewhere=-0.01, score=5, best=1))
    assert is_elsewhere(with_signal(elsewhere=0.01))
    assert is_elsewhere(with_signal(elsewhere=-9, stranger=1))
    assert decided(0.7, within=0.65, values=with_signal(elsewhere=0)).kind is OutcomeKind.CLARIFY


# -------------------------------------------------------------------------------------------------- the signals


def test_the_signals_of_a_ranking():
    """Score .9; .2 over the second; .4 over the mean of ranks 2 to 6; log-odds of .8; two votes; cosine .6."""
    ranked = ranking_of(
        [0.9, 0.7, 0.6, 0.5, 0.4, 0.3, 0.0],
        [0.8, 0.2, 0, 0, 0, 0, 0],
        {
            "best": [0.6, 0.5, 0, 0, 0, 0, 0],
            "mean": [0.9, 0.1, 0, 0, 0, 0, 0],
            "text": [0.1, 0.2, 0, 0, 0, 0, 0],
            "spelling": [0.5, 0.5, 0, 0, 0, 0, 0],
            "head": [0.1, 0, 0, 0, 0, 0, 0.3],
        },
        Elsewhere(7, 0.6, 0.2),
    )
    found = signals(ranked, is_stranger=True)
    assert SIGNALS == ("score", "margin", "spread", "share", "agreement", "best", "elsewhere", "stranger")
    assert found.dtype == np.float32
    assert found.tolist() == pytest.approx([0.9, 0.2, 0.4, math.log(4), 2.0, 0.6, -math.log(4), 1.0], abs=1e-6)


def test_the_signals_of_one_article():
    """It leads over nothing, so by all of its score; every part votes for it."""
    found = signals(ranking_of([0.7], [1.0], {"best": [0.6]}))
    never = -math.log(9999)
    assert found.tolist() == pytest.approx([0.7, 0.7, 0.7, -never, 4.0, 0.6, never, 0.0], rel=1e-5)


def test_the_signals_of_two_articles():
    """The second alone is the rest."""
    found = signals(ranking_of([0.7, 0.4], [0.5, 0.5], {"best": [0.2, 0.6]}))
    assert found.tolist() == pytest.approx([0.7, 0.3, 0.3, 0.0, 3.0, 0.2, -math.log(9999), 0.0], abs=1e-5)


def test_log_odds_of_certainty_are_a_number():
    """Limited at one in ten thousand on both sides; 0 at a half."""
    limit = math.log(9999)
    assert log_odds([0.0, 1.0, 0.5, 0.8, 0.0002]).tolist() == pytest.approx(
        [-limit, limit, 0.0, math.log(4), math.log(0.0002 / 0.9998)]
    )
    assert log_odds(np.float32(0.25)) == pytest.approx(math.log(1 / 3))


# ----------------------------------------------------------------------------------------------- the regressions


def test_a_regression_standardises_weighs_and_adds():
    """(3 - 1) / 2 · .5 + (1 - 2) / 4 · 2 + .25 = .25."""
    regression = Logistic((1.0, 2.0), (2.0, 4.0), (0.5, 2.0), 0.25)
    rows = np.array([[3.0, 1.0], [1.0, 2.0]], np.float32)
    both = [1 / (1 + math.exp(-0.25)), 1 / (1 + math.exp(-0.25))]
    assert regression.probabilities(rows).tolist() == pytest.approx(both)
    rows[1] = 5.0, 2.0
    assert regression.probability(rows[1]) == pytest.approx(1 / (1 + math.exp(-1.25)))


def test_a_probability_is_never_quite_certain():
    """Log-odds beyond 30 count as 30, so nothing overflows; those within stay as they are."""
    regression = Logistic((0.0,), (1.0,), (1.0,), 0.0)
    limit = math.exp(-30) / (1 + math.exp(-30))
    assert regression.probability(np.array([-1e6], np.float32)) == pytest.approx(limit, rel=1e-3, abs=0)
    assert 1 - regression.probability(np.array([1e6], np.float32)) == pytest.approx(limit, rel=1e-2, abs=0)
    within = math.exp(-29) / (1 + math.exp(-29))
    assert regression.probability(np.array([-29], np.float32)) == pytest.approx(within, rel=1e-3, abs=0)
    assert 1 - regression.probability(np.array([29], np.float32)) == pytest.approx(within, rel=1e-2, abs=0)


def test_the_first_is_right_where_an_answer_exists_and_it_is_it():
    """The product of two steps, each over its own signals, and a last regression that recalibrates it."""
    row = np.array([0.6, 9.0, 9.0, 1.5, 9.0, 0.4, -1.5, 1.0], np.float32)
    answerable = Logistic((0.5, 0.5, -0.5, 0.0), (0.1, 0.2, 2.0, 0.5), (1.0, 2.0, -3.0, -0.25), 0.3)
    right = Logistic((1.0,), (0.5,), (2.0,), -0.5)
    both = Logistic((0.2,), (2.0,), (3.0,), 0.7)
    found = FirstModel(answerable, right, both)
    exists = 1 / (1 + math.exp(-(1.0 + 2.0 * -0.5 + -3.0 * -0.5 + -0.25 * 2.0 + 0.3)))
    is_it = 1 / (1 + math.exp(-(2.0 * 1.0 - 0.5)))
    product = math.log(exists * is_it / (1 - exists * is_it))
    expected = 1 / (1 + math.exp(-(3.0 * (product - 0.2) / 2.0 + 0.7)))
    assert found.products(row[np.newaxis]) == pytest.approx(np.array([[product]]), abs=1e-5)
    assert found.products(row[np.newaxis]).dtype == np.float32
    assert found.probability(row) == pytest.approx(expected, abs=1e-5)
    assert found.probabilities(np.stack([row, row])).tolist() == pytest.approx([expected] * 2, abs=1e-5)


def test_columns_are_where_the_signals_are():
    """Columns are selected by name, in the requested order."""
    assert columns(("best", "score", "share")) == [5, 0, 3]
    assert columns(ANSWERABLE) == [0, 5, 6, 7]
    assert columns(RIGHT) == [3]


def test_a_model_survives_json():
    """What the manifest keeps, as text, gives the same model, with floats where whole numbers were written."""
    kept = json.loads(json.dumps(DEFAULT.to_json()))
    assert ConfidenceModel.from_json(kept) == DEFAULT
    other = replace(model(0.7, 0.3), is_calibrated=True)
    assert ConfidenceModel.from_json(json.loads(json.dumps(other.to_json()))) == other
    whole = Logistic.from_json({"centre": [1], "scale": [2], "weights": [3], "intercept": 4})
    assert whole == Logistic((1.0,), (2.0,), (3.0,), 4.0)
    assert isinstance(whole.intercept, float)
    assert isinstance(whole.centre[0], float)


def test_the_model_for_want_of_a_better_is_strict():
    """It says that it was not learned; a middling question is a choice, a clear one an answer, a far one neither."""
    clear = np.array([0.6, 0.3, 0.35, 8.0, 4.0, 0.9, -9.2, 0.0], np.float32)
    middling = np.array([0.4, 0.05, 0.1, 1.0, 2.0, 0.65, -5.0, 0.0], np.float32)
    assert not DEFAULT.is_calibrated
    assert decide(DEFAULT, clear, ranking(), Known.NO).kind is OutcomeKind.ANSWERED
    assert decide(DEFAULT, middling, ranking(), Known.NO).kind is OutcomeKind.CLARIFY
    assert decide(DEFAULT, middling, ranking(best=0.29), Known.NO).reason is NoAnswerReason.OUT_OF_SCOPE
    assert decide(DEFAULT, ANYTHING, ranking(), Known.NO).reason is NoAnswerReason.BELOW_THRESHOLD
