"""The linear head, on vectors of one or two dimensions."""

from __future__ import annotations

import math

import numpy as np
import pytest

from kb.retrieval.index import linear_head
from kb.retrieval.index.linear_head import INTERCEPT, WEIGHTS, LinearHead, fit_head

DEVIATION = math.sqrt(1.5)
"""Of 1, 0 and -1, their standard deviations from the mean: 1 / √(2/3)."""


@pytest.fixture
def head() -> LinearHead:
    """A head of three articles; for (1, 0) their logits are 3, 1 and -1."""
    weights = np.array([[2.0, 5.0], [0.0, 7.0], [-2.0, 9.0]], np.float32)
    return LinearHead(weights, np.ones(3, np.float32))


def rows(*values: float) -> np.ndarray:
    """Return vectors of one dimension."""
    return np.array(values, np.float32)[:, np.newaxis]


# -------------------------------------------------------------------------------------------------- the scores


def test_scores_are_standard_deviations_above_the_mean(head):
    """3, 1 and -1 are √1.5 above the mean, at it, and below it."""
    found = head.scores(np.array([1.0, 0.0], np.float32))
    assert found.dtype == np.float32
    assert found.tolist() == pytest.approx([DEVIATION, 0.0, -DEVIATION])


def test_each_query_is_standardised_by_itself(head):
    """There is one row per query: the logits are 3, 1, -1 and 6, 8, 10."""
    found = head.scores(np.array([[1.0, 0.0], [0.0, 1.0]], np.float32))
    assert found.shape == (2, 3)
    assert found[0].tolist() == pytest.approx([DEVIATION, 0.0, -DEVIATION])
    assert found[1].tolist() == pytest.approx([-DEVIATION, 0.0, DEVIATION])


def test_the_constants_count():
    """Of articles with the same weights, the one with the greater constant is ahead."""
    biased = LinearHead(np.ones((3, 1), np.float32), np.array([0.0, 2.0, 1.0], np.float32))
    assert biased.scores(np.array([5.0], np.float32)).tolist() == pytest.approx([-DEVIATION, DEVIATION, 0.0])


def test_articles_that_nothing_tells_apart_score_zero():
    """Not a division by zero, nor noise blown up; what differs by a millionth part is hardly a difference."""
    same = LinearHead(np.zeros((2, 1), np.float32), np.array([4.0, 4.0], np.float32))
    assert same.scores(np.array([1.0], np.float32)).tolist() == [0.0, 0.0]
    faint = LinearHead(np.zeros((2, 1), np.float32), np.array([1e-7, -1e-7], np.float32))
    assert faint.scores(np.array([1.0], np.float32)).tolist() == pytest.approx([0.1, -0.1])


# ----------------------------------------------------------------------------------------------------- the fit


def test_two_articles_on_a_line_are_told_apart():
    """Eight rows at +1 and -1: the slope is known, 80 / (1 + e^2w), from the objective's derivative."""
    matrix, owner = rows(1, 1, 1, 1, -1, -1, -1, -1), np.repeat([0, 1], 4)
    found = fit_head(matrix, owner, 2)
    w = float(found.weights[0, 0])
    assert w == pytest.approx(80 / (1 + math.exp(2 * w)), rel=0.01)
    assert w == pytest.approx(1.867, abs=0.005)
    assert found.weights[1, 0] == pytest.approx(-w, abs=2e-3)
    assert found.intercept.tolist() == pytest.approx([0.0, 0.0], abs=2e-3)


def test_the_more_frequent_article_has_the_greater_constant():
    """Rows that tell nothing apart leave only how many there are: a log of 3 between them."""
    found = fit_head(rows(*[0.0] * 8), np.array([0, 0, 0, 0, 0, 0, 1, 1]), 2)
    assert found.weights.tolist() == [[0.0], [0.0]]
    assert float(found.intercept[0] - found.intercept[1]) == pytest.approx(math.log(3), abs=0.01)


def test_every_row_finds_its_article():
    """Three directions, four rows each, a little apart."""
    angles = np.radians([0, 5, -5, 8, 120, 125, 115, 128, 240, 245, 235, 248])
    matrix = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    owner = np.repeat([0, 1, 2], 4)
    found = fit_head(matrix, owner, 3)
    assert found.weights.shape == (3, 2)
    assert found.scores(matrix).argmax(axis=1).tolist() == owner.tolist()


def test_figures_have_four_decimals():
    """Float32 rounded, in one piece each, so that the same rows give the same bytes on every processor."""
    found = fit_head(rows(1, 0.9, 1, 0.8, -1, -0.7, -1, -0.6), np.repeat([0, 1], 4), 2)
    for array in (found.weights, found.intercept):
        assert array.dtype == np.float32
        assert array.flags["C_CONTIGUOUS"]
        assert array.tolist() == np.round(array, 4).tolist()
    assert found.weights.any()


def test_a_start_changes_the_work_not_the_head():
    """From the finished head or from a wrong one: the same to a thousandth."""
    matrix, owner = rows(1, 0.9, 1, 0.8, -1, -0.7, -1, -0.6), np.repeat([0, 1], 4)
    found = fit_head(matrix, owner, 2)
    wrong = LinearHead(np.array([[-3.0], [3.0]], np.float32), np.array([1.0, -1.0], np.float32))
    for start in (found, wrong):
        again = fit_head(matrix, owner, 2, start)
        assert again.weights == pytest.approx(found.weights, abs=5e-3)
        assert again.intercept == pytest.approx(found.intercept, abs=5e-3)


def test_the_start_is_handed_on_with_its_constants(monkeypatch):
    """Weights and constants form one row per article; without a start there is nothing."""
    given = []

    def fit(matrix, classes, n_classes, c, start=None):
        given.append(start)
        return np.zeros((n_classes, 2), np.float32)

    monkeypatch.setattr(linear_head, "fit_softmax", fit)
    start = LinearHead(np.array([[1.0], [2.0]], np.float32), np.array([3.0, 4.0], np.float32))
    fit_head(rows(*[1.0] * 8), np.repeat([0, 1], 4), 2, start)
    fit_head(rows(*[1.0] * 8), np.repeat([0, 1], 4), 2)
    assert given[0].tolist() == [[1.0, 3.0], [2.0, 4.0]]
    assert given[1] is None


def test_there_is_no_head_where_there_is_too_little_to_learn_from(monkeypatch):
    """One article, too many, or fewer than four rows an article; with just enough there is one."""
    eight, owner = rows(1, 1, 1, 1, -1, -1, -1, -1), np.repeat([0, 1], 4)
    assert fit_head(eight, np.zeros(8, np.int64), 1) is None
    assert fit_head(eight[:7], owner[:7], 2) is None
    assert fit_head(eight, owner, 2) is not None
    monkeypatch.setattr(linear_head, "MAX_ARTICLES", 2)
    assert fit_head(eight, owner, 2) is not None
    assert fit_head(rows(*[1.0] * 12), np.repeat([0, 1, 2], 4), 3) is None


# --------------------------------------------------------------------------------------------------- the files


def test_a_head_survives_its_files(head):
    """Two arrays by name; an index without them has no head."""
    files = head.to_files()
    assert sorted(files) == sorted([WEIGHTS, INTERCEPT])
    again = LinearHead.from_files({**files, "other.npy": b"rubbish"})
    assert again.weights.tolist() == head.weights.tolist()
    assert again.intercept.tolist() == head.intercept.tolist()
    assert again.to_files() == files
    assert LinearHead.from_files({"other.npy": b"rubbish"}) is None
