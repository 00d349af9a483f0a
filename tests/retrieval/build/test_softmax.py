"""The quick regression against scikit-learn's."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from kb.retrieval.build.softmax import fit_softmax
from kb.retrieval.index.linear_head import fit_head


def problem(n: int = 600, dim: int = 24, classes: int = 9) -> tuple[np.ndarray, np.ndarray]:
    """Return unit vectors around class centres that overlap, and their classes."""
    random = np.random.default_rng(5)
    which = np.concatenate([np.arange(classes), random.integers(classes, size=n - classes)])
    rows = random.standard_normal((classes, dim))[which] + 1.5 * random.standard_normal((n, dim)) + 0.7
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), which


def exact(rows: np.ndarray, classes: np.ndarray, c: float) -> np.ndarray:
    """Return scikit-learn's solution with the constant last, centred over the classes."""
    model = LogisticRegression(C=c, max_iter=5000, tol=1e-8).fit(rows.astype(np.float64), classes)
    found = np.column_stack([model.coef_, model.intercept_])
    return found - found.mean(axis=0)


@pytest.mark.parametrize("c", [0.1, 1.0, 10.0])
def test_the_solution_is_scikit_learn_s(c):
    """The same weights to a hundredth of their size, and the same class for every row but where two are equal."""
    rows, classes = problem()
    wanted = exact(rows, classes, c)
    found = fit_softmax(rows, classes, 9, c)
    assert np.linalg.norm(found - found.mean(axis=0) - wanted) < 0.01 * np.linalg.norm(wanted)
    design = np.column_stack([rows, np.ones(len(rows), np.float32)])
    assert ((design @ found.T).argmax(axis=1) == (design @ wanted.T).argmax(axis=1)).mean() >= 0.998


@pytest.mark.slow
def test_real_questions_get_the_same_article(built_index):
    """On the shipped articles 99.9 % of all texts get the article that scikit-learn's solution gives."""
    from kb.retrieval.answering.live import load_newest

    searchable = load_newest(built_index, pytest.fail).searchable
    rows, classes = np.array(searchable.vectors.matrix), searchable.article_of_row
    model = LogisticRegression(C=10.0, max_iter=1000, tol=1e-5).fit(rows, classes)
    head = fit_head(rows, classes, len(searchable))
    same = head.scores(rows).argmax(axis=1) == model.decision_function(rows).argmax(axis=1)
    assert same.mean() >= 0.999
    weights = model.coef_ - model.coef_.mean(axis=0)
    assert np.linalg.norm(head.weights - head.weights.mean(axis=0) - weights) < 0.01 * np.linalg.norm(weights)


def test_two_classes_and_one_direction():
    """Two articles are told apart, also where every vector is the same."""
    rows, classes = problem(classes=2)
    # Half of the difference each, so the penalty is half of what scikit-learn puts on the difference itself.
    model = LogisticRegression(C=20.0, max_iter=5000, tol=1e-8).fit(rows.astype(np.float64), classes)
    wanted = np.append(model.coef_[0], model.intercept_)
    found = fit_softmax(rows, classes, 2, 10.0)
    assert np.linalg.norm((found[1] - found[0]) - wanted) < 0.01 * np.linalg.norm(wanted)
    same = fit_softmax(np.ones((4, 3), np.float32), np.array([0, 0, 0, 1]), 2, 10.0)
    assert np.isfinite(same).all()
    logits = same @ np.ones(4, np.float32)
    assert 1 / (1 + np.exp(logits[1] - logits[0])) == pytest.approx(0.75, abs=0.01)


def test_a_start_changes_the_way_and_not_the_end():
    """From the solution itself, or from another, the same weights come out to a hundredth."""
    rows, classes = problem()
    cold = fit_softmax(rows, classes, 9, 10.0)
    for start in (cold, np.roll(cold, 1, axis=0)):
        warm = fit_softmax(rows, classes, 9, 10.0, np.ascontiguousarray(start))
        assert np.linalg.norm(warm - cold) < 0.01 * np.linalg.norm(cold)


def test_the_same_rows_give_the_same_bits():
    """Two fits of the same rows are identical."""
    rows, classes = problem()
    assert fit_softmax(rows, classes, 9, 10.0).tobytes() == fit_softmax(rows.copy(), classes, 9, 10.0).tobytes()
