"""The confidence and the promise, on made-up trial runs whose answer is known."""

from dataclasses import replace

import numpy as np
import pytest

from kb.retrieval.answering.confidence import DEFAULT, SIGNALS, Logistic, columns
from kb.retrieval.build.calibration import (
    MIN_ARTICLES,
    MIN_TRIALS,
    Mixture,
    calibrate,
    fit_first,
    regress,
    sample,
)
from kb.retrieval.build.trials import Observations, TrialKind, with_slip

ASSUMED = Mixture(unanswerable=0.2, known=0.5)
SHARES = {
    TrialKind.KNOWN.value: 0.3,
    TrialKind.NEW.value: 0.35,
    TrialKind.NEAR_MISS.value: 0.2,
    TrialKind.ELSEWHERE.value: 0.04,
    TrialKind.UNFORESEEN.value: 0.04,
    TrialKind.STRANGER.value: 0.04,
    TrialKind.OTHER.value: 0.03,
}


def observations(n=400, seed=1):
    """Rank 1 is right the oftener the greater its score and share; near misses score lower."""
    random = np.random.default_rng(seed)
    kinds = random.choice([*SHARES], n, p=[*SHARES.values()])
    exists = np.isin(kinds, ["known", "new"])
    score = random.normal(np.where(exists, 0.5, 0.3), 0.08)
    share = random.normal(np.where(exists, 2.0, 0.0), 1.5)
    first = exists & (random.random(n) < 1 / (1 + np.exp(-share)))
    values = np.zeros((n, len(SIGNALS)), np.float32)
    values[:, SIGNALS.index("score")] = score
    values[:, SIGNALS.index("share")] = share
    values[:, SIGNALS.index("best")] = score + 0.2
    values[:, SIGNALS.index("elsewhere")] = random.normal(np.where(np.isin(kinds, ["elsewhere", "other"]), 3.0, -5.0))
    values[:, SIGNALS.index("stranger")] = kinds == "stranger"
    group = np.array([f"a{i % 40}" for i in range(n)])
    return Observations(values, first, first | (exists & (random.random(n) < 0.5)), score, kinds, group)


def test_the_sample_has_the_assumed_shares():
    """Counts, not weights: a fifth unanswerable, half of the others known."""
    seen = observations(4000)
    kinds = seen.kind[sample(seen, ASSUMED)]
    n = len(kinds)
    assert (kinds == "known").sum() == pytest.approx(0.4 * n, abs=2)
    assert (kinds == "new").sum() == pytest.approx(0.4 * n, abs=2)
    assert (~np.isin(kinds, ["known", "new"])).sum() == pytest.approx(0.2 * n, abs=3)
    assert {*kinds.tolist()} == {*SHARES}


def test_near_misses_stand_in_for_what_is_scarce():
    """Without signposts and companies, all but the other questions are near misses, which are harder."""
    seen = observations(4000)
    scarce = np.isin(seen.kind, ["elsewhere", "unforeseen", "stranger"])
    kinds = seen.of(~scarce).kind[sample(seen.of(~scarce), ASSUMED)]
    assert (kinds == "near_miss").sum() == pytest.approx(0.18 * len(kinds), abs=3)
    assert (kinds == "other").sum() == pytest.approx(0.02 * len(kinds), abs=2)


def test_the_shares_of_a_mixture_add_up_to_one():
    """Every kind of trial has one."""
    assert sum(ASSUMED.shares().values()) == pytest.approx(1.0)
    assert {*ASSUMED.shares()} == {kind.value for kind in TrialKind}


def test_the_confidence_rises_with_score_and_share():
    """Each step alone, and so both together."""
    model = fit_first(observations(2000), ASSUMED)

    def at(score, share, elsewhere=-5.0, stranger=0.0):
        row = np.zeros(len(SIGNALS), np.float32)
        row[columns(("score", "best", "share", "elsewhere", "stranger"))] = (
            score,
            score + 0.2,
            share,
            elsewhere,
            stranger,
        )
        return model.probability(row)

    assert at(0.3, 0) < at(0.5, 0) < at(0.5, 3)
    assert at(0.3, 3) < at(0.5, 3)
    assert at(0.5, 3, elsewhere=3.0) < at(0.5, 3)
    assert at(0.5, 3, stranger=1.0) < at(0.5, 3)


def test_a_calibration_of_enough_is_calibrated():
    """Its figures are shares, and its error small on what it was made from."""
    learned = calibrate(observations(3000), 40, target=0.2, assumed=ASSUMED)
    assert learned.model.is_calibrated
    assert learned.figures["calibration_error"] < 0.06
    assert learned.figures["certified"]
    assert learned.figures["risk"] <= learned.figures["risk_bound"] <= 0.2 + 1e-9


@pytest.mark.parametrize(("trials", "articles"), [(MIN_TRIALS - 1, 40), (300, MIN_ARTICLES - 1)])
def test_too_little_is_said_and_fixed_figures_stand_in(trials, articles):
    """Naming what there is and what is needed."""
    seen = observations(2000)
    new = np.flatnonzero(seen.kind == "new")
    kept = np.ones(len(seen), bool)
    kept[new[trials:]] = False
    learned = calibrate(seen.of(kept), articles, target=0.05, assumed=ASSUMED)
    assert learned.model is DEFAULT
    assert f"{trials} trials of {articles} articles" in learned.figures["reason"]


PRIOR = Logistic((0.0, 1.0), (1.0, 2.0), (0.5, -0.5), 0.25)


def test_nothing_seen_leaves_the_prior():
    """No row, no change; a handful changes little."""
    nothing = np.zeros((0, 2), np.float32)
    assert regress(nothing, np.zeros(0, bool), np.zeros(0), PRIOR) == PRIOR
    few = regress(np.ones((3, 2), np.float32), np.ones(3, bool), np.ones(3), PRIOR)
    assert (few.centre, few.scale) == (PRIOR.centre, PRIOR.scale)
    assert 0 < few.intercept - PRIOR.intercept < 0.2


def test_thousands_of_rows_outweigh_the_prior():
    """The coefficients of the regression that the rows were made by, whatever the prior says."""
    random = np.random.default_rng(3)
    rows = random.normal(size=(20000, 2)).astype(np.float32)
    truth = Logistic((0.0, 0.0), (1.0, 1.0), (2.0, -1.0), 0.5)
    right = random.random(len(rows)) < truth.probabilities(rows)
    found = regress(rows, right, np.ones(len(rows)), replace(truth, weights=(0.0, 0.0), intercept=-1.0))
    assert found.weights == pytest.approx((2.0, -1.0), abs=0.1)
    assert found.intercept == pytest.approx(0.5, abs=0.1)


def test_one_outcome_alone_stays_finite():
    """All right: nearer to certainty than the prior, but no infinite coefficient."""
    found = regress(np.ones((500, 2), np.float32), np.ones(500, bool), np.ones(500), PRIOR)
    at = np.array([1.0, 1.0], np.float32)
    assert PRIOR.probability(at) < found.probability(at) < 1.0
    assert max(map(abs, (*found.weights, found.intercept))) < 20


def test_a_slip_is_always_the_same_and_changes_one_word():
    """Two letters of the longest word have changed places."""
    assert with_slip("Pay my invoice?") == with_slip("Pay my invoice?")
    slipped = with_slip("Pay my invoice?").split()
    assert slipped[:2] == ["pay", "my"]
    assert sorted(slipped[2]) == sorted("invoice")
    assert slipped[2] != "invoice"
    assert with_slip("my a b") == "my a b"
