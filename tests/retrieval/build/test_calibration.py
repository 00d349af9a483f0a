"""The confidence and the promise, on made-up trial runs whose answer is known."""

import math

import numpy as np
import pytest

from kb.retrieval.answering.confidence import DEFAULT, SIGNALS
from kb.retrieval.build.calibration import Mixture, calibrate, fit_first, regress, sample
from kb.retrieval.build.trials import Observations, TrialKind, with_slip

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
