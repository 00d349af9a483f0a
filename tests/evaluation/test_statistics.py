import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from kb.evaluation.statistics import (
    Figure,
    RiskPoint,
    auroc,
    calibration_error,
    figures,
    risk_coverage,
    share,
    share_above,
    thinned,
    threshold_keeping,
)

ONCE = np.ones((1, 6))
SCORES = np.array([0.9, 0.6, 0.8, 0.2, 0.95, 0.1])
RIGHT = np.array([True, False, False, False, False, False])
NOTHING = np.array([False, False, False, False, True, True])
"""Six questions: four answerable, of which the first is found first, and two unanswerable."""

rows = st.lists(
    st.tuples(st.sampled_from([0.0, 0.1, 0.25, 0.5, 0.55, 0.9, 1.0]), st.booleans(), st.booleans(), st.integers(0, 3)),
    min_size=2,
    max_size=30,
)


def value(statistic, weights=ONCE):
    """Return a statistic of the sample itself."""
    return float(statistic(weights)[0])


def test_share():
    """A share is the part's weight over the whole's, counted within the whole; undefined without a whole."""
    assert value(share(np.array([1, 1, 0, 0, 1, 1]), ~NOTHING)) == pytest.approx(2 / 4)
    assert value(share(np.array([0.5, 1, 0, 0, 9, 9.0]), ~NOTHING)) == pytest.approx(1.5 / 4)
    assert value(share(np.array([1, 1, 0, 0, 1, 1]), ~NOTHING), np.array([[3, 0, 1, 0, 5, 0.0]])) == pytest.approx(
        3 / 4
    )
    assert np.isnan(value(share(RIGHT, np.zeros(6, bool))))


def test_auroc():
    """0.9 lies above 0.1 and below 0.95; a tie counts one half; undefined when a side is missing."""
    assert value(auroc(SCORES, RIGHT, NOTHING)) == pytest.approx(0.5)
    assert value(auroc(np.full(6, 0.5), RIGHT, NOTHING)) == pytest.approx(0.5)
    assert value(auroc(-SCORES, ~RIGHT & ~NOTHING, RIGHT)) == pytest.approx(1.0)
    assert np.isnan(value(auroc(SCORES, RIGHT, np.zeros(6, bool))))


def test_share_above():
    """To keep 80 % of four, all four must be kept, from 0.2 on: one of two others lies above it."""
    assert threshold_keeping(SCORES, ~NOTHING, 0.8) == 0.2
    assert value(share_above(SCORES, ~NOTHING, 0.8, NOTHING)) == pytest.approx(0.5)
    assert threshold_keeping(SCORES, ~NOTHING, 0.5) == 0.8
    assert value(share_above(SCORES, ~NOTHING, 0.75, np.array([0, 0, 0, 1, 0, 1], bool))) == 0.0
    assert threshold_keeping(SCORES, np.zeros(6, bool), 0.8) is None
    assert np.isnan(value(share_above(SCORES, np.zeros(6, bool), 0.8, NOTHING)))


def test_equal_scores_share_a_threshold():
    """Questions of the same confidence are answered together."""
    scores, kept = np.array([0.5, 0.5, 0.5, 0.1, 0.1, 0.1]), np.array([1, 1, 0, 0, 0, 0], bool)
    assert value(share_above(scores, kept, 0.5, ~kept)) == pytest.approx(1 / 4)


def test_calibration_error():
    """Bins of equal width: 0.9 and 0.95 share one, |1.85 - 1|; the others stand alone: 2.55 of 6."""
    assert value(calibration_error(SCORES, RIGHT)) == pytest.approx(2.55 / 6)


def test_calibration_error_of_equal_bins():
    """Six questions in ten bins of equal size stand alone: each one's own distance, 2.75 of 6."""
    assert value(calibration_error(SCORES, RIGHT, equal_mass=True)) == pytest.approx(2.75 / 6)
    twenty = np.repeat([0.1, 0.3, 0.5, 0.7, 0.9], 4)
    right = np.tile([True, False, False, False], 5)
    # Ten bins of two: of each confidence's four, the wrong ones come first, so (two wrong), (one wrong, one right).
    expected = np.mean([[abs(c - 0), abs(c - 0.5)] for c in (0.1, 0.3, 0.5, 0.7, 0.9)])
    assert value(calibration_error(twenty, right, equal_mass=True), np.ones((1, 20))) == pytest.approx(expected)


def test_a_perfect_forecast_has_no_error():
    """Confidence 1 and right, confidence 0 and wrong: no error, at the edges of the bins as well."""
    sure, right = np.array([1.0, 1.0, 0.0]), np.array([True, True, False])
    for mass in (False, True):
        assert value(calibration_error(sure, right, equal_mass=mass), np.ones((1, 3))) == 0.0


@given(rows)
def test_weights_are_repetitions(sample):
    """Drawing a question three times weighs as much as having it three times."""
    scores, one, other = (np.array(column) for column in list(zip(*sample, strict=True))[:3])
    times = np.array([row[3] for row in sample])
    if not times.sum():
        return
    again = np.repeat(np.arange(len(sample)), times)
    made = {
        "share": lambda s, a, b: share(a, b),
        "auroc": lambda s, a, b: auroc(s, a & ~b, b),
        "share_above": lambda s, a, b: share_above(s, a, 0.8, b),
        "width": lambda s, a, b: calibration_error(s, a),
    }
    for make in made.values():
        weighted = value(make(scores, one, other), times[None, :].astype(float))
        repeated = value(make(scores[again], one[again], other[again]), np.ones((1, len(again))))
        assert weighted == pytest.approx(repeated, nan_ok=True)


@given(rows)
def test_auroc_is_the_field_s_own(sample):
    """Ours equals scikit-learn's, ties included."""
    scores, positive = np.array([row[0] for row in sample]), np.array([row[1] for row in sample])
    if len(set(positive.tolist())) < 2:
        return
    ours = value(auroc(scores, positive, ~positive), np.ones((1, len(sample))))
    assert ours == pytest.approx(roc_auc_score(positive, scores))


@given(rows)
def test_a_higher_threshold_never_answers_more(sample):
    """Along the curve the threshold falls and coverage rises, to all questions; risk is as counted."""
    scores, right = np.array([row[0] for row in sample]), np.array([row[1] for row in sample])
    points = risk_coverage(scores, right)
    thresholds, coverages = [p.threshold for p in points], [p.coverage for p in points]
    assert thresholds == sorted(set(scores.tolist()), reverse=True)
    assert coverages == sorted(coverages)
    assert coverages[-1] == 1.0
    for point in points:
        answered = scores >= point.threshold
        assert point.coverage == pytest.approx(answered.mean())
        assert point.risk == pytest.approx(1 - right[answered].mean())


def test_risk_coverage_by_hand():
    """Four questions, two of the same confidence: three points."""
    points = risk_coverage(np.array([0.9, 0.5, 0.5, 0.2]), np.array([True, True, False, False]))
    assert points == [RiskPoint(0.9, 0.25, 0.0), RiskPoint(0.5, 0.75, pytest.approx(1 / 3)), RiskPoint(0.2, 1.0, 0.5)]
    assert thinned(points, 2) == points[1:]
    assert risk_coverage(np.zeros(0), np.zeros(0, bool)) == []


def test_interval_by_hand():
    """Two articles, one all right and one all wrong: a resample is right for 0, half or all of it."""
    found = figures({"x": share(np.array([1, 1, 0, 0]), np.ones(4, bool))}, ["a", "a", "b", "b"])
    assert found == {"x": Figure(0.5, 0.0, 1.0)}


def test_intervals_are_repeatable_and_by_article():
    """The same seed gives the same interval; drawing whole articles gives a wider one than single questions."""
    right, groups = np.repeat([1, 0, 1, 1, 0, 1, 0, 1], 10), [f"a{n // 10}" for n in range(80)]
    statistic = {"x": share(right, np.ones(80, bool))}
    by_article = figures(statistic, groups)["x"]
    assert figures(statistic, groups)["x"] == by_article
    assert figures(statistic, groups, seed=1)["x"] != by_article
    alone = figures(statistic, [str(n) for n in range(80)])["x"]
    assert by_article.high - by_article.low > alone.high - alone.low
    assert by_article.low <= by_article.value <= by_article.high


def test_intervals_do_not_depend_on_how_many_are_drawn_at_a_time(monkeypatch):
    """Resamples are drawn in pieces for the memory's sake, with the same result."""
    statistic = {"x": share(RIGHT, np.ones(6, bool))}
    whole = figures(statistic, list("abcdef"))
    monkeypatch.setattr("kb.evaluation.statistics._CELLS", 60)
    assert figures(statistic, list("abcdef")) == whole


def test_without_an_interval():
    """One article alone, no question at all, or a figure that most resamples do not define has no interval."""
    statistic = {"x": share(RIGHT, np.ones(6, bool))}
    assert figures(statistic, ["a"] * 6) == {"x": Figure(pytest.approx(1 / 6))}
    assert figures(statistic, []) == {"x": Figure(None)}
    rare = {"x": share(np.ones(6), np.array([1, 0, 0, 0, 0, 0], bool)), "never": share(RIGHT, np.zeros(6, bool))}
    found = figures(rare, list("abcdef"))
    assert found == {"x": Figure(1.0, 1.0, 1.0), "never": Figure(None)}


def test_figure_as_json():
    """Figures are printed with four decimals, None where undefined."""
    assert Figure(0.123456, 0.1, None).as_json() == {"value": 0.1235, "low": 0.1, "high": None}
