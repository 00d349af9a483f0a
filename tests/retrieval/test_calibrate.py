"""The confidence and the promise, on made-up trial runs whose answer is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.calibrate import (
    Mixture,
    binomial_tail,
    calibrate,
    certify,
    design_effect,
    fit_first,
    regress,
    sample,
    upper_limit,
)
from kb.retrieval.confidence import DEFAULT, SIGNALS
from kb.retrieval.trials import Observations, TrialKind, with_slip

ASSUMED = Mixture(unanswerable=0.2, known=0.5)


def observations(n=400, seed=1):
    """Rank 1 is right the oftener the greater its score and share; near misses score lower."""
    random = np.random.default_rng(seed)
    kinds = random.choice([k.value for k in TrialKind], n, p=[0.3, 0.4, 0.25, 0.05])
    exists = np.isin(kinds, ["known", "new"])
    score = random.normal(np.where(exists, 0.5, 0.3), 0.08)
    share = random.normal(np.where(exists, 2.0, 0.0), 1.5)
    first = exists & (random.random(n) < 1 / (1 + np.exp(-share)))
    values = np.zeros((n, len(SIGNALS)), np.float32)
    values[:, SIGNALS.index("score")] = score
    values[:, SIGNALS.index("share")] = share
    values[:, SIGNALS.index("best")] = score + 0.2
    group = np.array([f"a{i % 40}" for i in range(n)])
    return Observations(values, first, first | (exists & (random.random(n) < 0.5)), score, kinds, group)


def test_the_binomial_tail_is_exact():
    """Checked by hand: at most 1 wrong of 3 at a rate of one half is 4 of 8."""
    assert binomial_tail(3, 1, 0.5) == pytest.approx(0.5)
    assert binomial_tail(59, 0, 0.05) == pytest.approx(0.95**59)
    assert binomial_tail(10, 10, 0.3) == pytest.approx(1.0)


def test_the_upper_limit_is_clopper_and_pearson_s():
    """None wrong of 59 leaves 4.95 % possible at δ = 5 %; all wrong leaves everything."""
    assert upper_limit(59, 0, 0.05) == pytest.approx(1 - 0.05 ** (1 / 59), abs=1e-6)
    assert upper_limit(5, 5, 0.05) == 1.0
    assert upper_limit(0, 0, 0.05) == 1.0


def test_independent_questions_count_whole_and_clustered_ones_for_less():
    """Ten articles, each wrong throughout or right throughout: ten questions count as one."""
    wrong = np.repeat([True, True, False, False, False, False, False, False, False, False], 10)
    assert design_effect(wrong, np.repeat(np.arange(10), 10)) == pytest.approx(10.0)
    assert design_effect(wrong, np.arange(100)) == pytest.approx(1.0)
    assert design_effect(np.zeros(5, bool), np.zeros(5, np.int64)) == 1.0


def test_a_certificate_needs_enough_questions():
    """58 right answers prove nothing about 5 %; 59 do."""
    for n, certified in ((58, False), (59, True)):
        promise = certify(np.full(n, 0.9), np.ones(n, bool), np.arange(n).astype(str), 0.05, 0.05)
        assert promise.certified is certified
    assert promise.risk == 0.0
    assert promise.bound <= 0.05


def test_a_failure_ends_the_sequence():
    """Wrong ones at the top are not outweighed by right ones further down: that would be fishing for a certificate."""
    predicted = np.linspace(1.0, 0.0, 1000)
    right = np.ones(1000, bool)
    right[:20] = False
    promise = certify(predicted, right, np.arange(1000).astype(str), 0.05, 0.05)
    assert not promise.certified
    right[:20] = True
    assert certify(predicted, right, np.arange(1000).astype(str), 0.05, 0.05).coverage == 1.0


def test_without_a_certificate_the_threshold_is_the_strictest():
    """No certified threshold could be above it."""
    promise = certify(np.linspace(0.1, 0.97, 50), np.zeros(50, bool), np.arange(50).astype(str), 0.05, 0.05)
    assert not promise.certified
    assert promise.threshold == pytest.approx(0.97)
    assert promise.threshold >= DEFAULT.answer_at


@given(st.integers(0, 10_000), st.floats(0.02, 0.4))
def test_a_certified_risk_is_within_the_promise(seed, target):
    """The bound of what is answered is never above the target when the test passed."""
    random = np.random.default_rng(seed)
    predicted = random.random(300)
    right = random.random(300) < predicted
    promise = certify(predicted, right, random.integers(0, 60, 300).astype(str), target, 0.05)
    if promise.certified:
        assert promise.risk <= target
        assert 0 < promise.coverage <= 1


def test_the_sample_has_the_assumed_shares():
    """Counts, not weights: a fifth unanswerable, half of the others known."""
    seen = observations(4000)
    kinds = seen.kind[sample(seen, ASSUMED)]
    n = len(kinds)
    assert (kinds == "known").sum() == pytest.approx(0.4 * n, abs=2)
    assert (kinds == "new").sum() == pytest.approx(0.4 * n, abs=2)
    assert np.isin(kinds, ["near_miss", "other"]).sum() == pytest.approx(0.2 * n, abs=2)


def test_the_confidence_rises_with_score_and_share():
    """Each step alone, and so both together."""
    model = fit_first(observations(2000), ASSUMED)

    def at(score, share):
        row = np.zeros(len(SIGNALS), np.float32)
        row[[SIGNALS.index("score"), SIGNALS.index("best"), SIGNALS.index("share")]] = score, score + 0.2, share
        return model.probability(row)

    assert at(0.3, 0) < at(0.5, 0) < at(0.5, 3)
    assert at(0.3, 3) < at(0.5, 3)


def test_a_calibration_of_enough_is_calibrated():
    """Its figures are shares, and its error small on what it was made from."""
    learned = calibrate(observations(3000), 40, target=0.2, assumed=ASSUMED)
    assert learned.model.is_calibrated
    assert learned.figures["calibration_error"] < 0.06
    assert learned.figures["certified"]
    assert learned.figures["risk"] <= learned.figures["risk_bound"] <= 0.2 + 1e-9


def test_too_little_is_said_and_fixed_figures_stand_in():
    """Naming what there is and what is needed."""
    learned = calibrate(observations(40), 40, target=0.05, assumed=ASSUMED)
    assert learned.model is DEFAULT
    assert "are needed" in learned.figures["reason"]


def test_one_outcome_alone_is_a_constant():
    """Nothing tells right from wrong, so nothing is pretended."""
    model = regress(np.zeros((3, 2), np.float32), np.ones(3, bool), np.ones(3))
    assert model.probability(np.array([5.0, -5.0], np.float32)) == pytest.approx(1 / (1 + math.exp(-6)))


def test_a_slip_is_always_the_same_and_changes_one_word():
    """Two letters of the longest word have changed places."""
    assert with_slip("Pay my invoice?") == with_slip("Pay my invoice?")
    slipped = with_slip("Pay my invoice?").split()
    assert slipped[:2] == ["pay", "my"]
    assert sorted(slipped[2]) == sorted("invoice")
    assert slipped[2] != "invoice"
    assert with_slip("my a b") == "my a b"
