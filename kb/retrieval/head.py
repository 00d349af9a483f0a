"""A linear head: which article a question was written for, learned at build time from the examples.

A multinomial logistic regression on the frozen vectors. It sees what the nearest vector cannot: which directions tell
neighbouring articles apart. Trained on every unit of every article; scored as standard deviations above the mean of all
articles, so that its weight in the ranking means the same in every corpus.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.retrieval.threads import use_one_thread
from kb.types import EmbeddingMatrix, Scores, Vector

MIN_EXAMPLES = 4.0
"""Least mean number of units an article beyond its title and passages: with fewer there is nothing to learn from."""
MAX_ARTICLES = 1500
"""Beyond it the fit takes minutes, and so many articles seldom have examples enough."""
_REGULARISATION = 10.0
"""scikit-learn's C. 1 to 100 were tried on the shipped articles; 10 put most held-out questions right."""

WEIGHTS, INTERCEPT = "head-weights.npy", "head-intercept.npy"


@dataclass(frozen=True)
class LinearHead:
    """One weight vector and one constant an article."""

    weights: npt.NDArray[np.float32]
    """Shape (n_articles, dim)."""
    intercept: npt.NDArray[np.float32]
    """Shape (n_articles,)."""

    def scores(self, query: Vector) -> Scores:
        """Return each article's score for a query, in standard deviations above the mean of all articles."""
        logits = self.weights @ query + self.intercept
        deviation = float(logits.std())
        standard: Scores = ((logits - logits.mean()) / max(deviation, 1e-6)).astype(np.float32)
        return standard

    def to_files(self) -> dict[str, bytes]:
        """Return the head's files by name."""
        return {WEIGHTS: _npy(self.weights), INTERCEPT: _npy(self.intercept)}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes]) -> LinearHead | None:
        """Return the head of verified files, or None for an index that has none."""
        if WEIGHTS not in files:
            return None
        weights, intercept = (np.load(io.BytesIO(files[name]), allow_pickle=False) for name in (WEIGHTS, INTERCEPT))
        return cls(weights, intercept)


def fit_head(matrix: EmbeddingMatrix, article_of_row: npt.NDArray[np.int64], n_articles: int) -> LinearHead | None:
    """Train a head.

    :param matrix: The vectors of all units.
    :param article_of_row: The article, 0 to n_articles - 1, of each row; every article has at least one.
    :param n_articles: How many articles there are.
    :return: The head; None when there are fewer than two articles, too many, or too few units to learn from.
    """
    if not 1 < n_articles <= MAX_ARTICLES or len(matrix) < MIN_EXAMPLES * n_articles:
        return None
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 — build only

    use_one_thread()
    model = LogisticRegression(C=_REGULARISATION, max_iter=300, tol=1e-4).fit(matrix, article_of_row)
    weights, intercept = model.coef_.astype(np.float32), model.intercept_.astype(np.float32)
    if n_articles == 2:  # noqa: PLR2004 — two classes come back as one row, for the second against the first
        weights, intercept = np.concatenate([-weights, weights]), np.concatenate([-intercept, intercept])
    # Rounded, so that the last bits, which depend on the processor, do not decide a version's name.
    return LinearHead(np.round(weights, 4), np.round(intercept, 4))


def _npy(array: npt.NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
