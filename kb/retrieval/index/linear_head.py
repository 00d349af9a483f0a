"""A linear head, which predicts the article that a question was written for, learned from the examples at build time.

A multinomial logistic regression on the frozen vectors. Unlike the nearest vector, it knows which directions tell
neighboring articles apart. Trained on every unit of every article; scored as standard deviations above the mean of all
articles, so that its weight in the ranking means the same in every corpus.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.retrieval.build.softmax import fit_softmax
from kb.retrieval.index.vectors import use_one_thread
from kb.types import EmbeddingMatrix, Scores

MIN_EXAMPLES = 4.0
"""Least mean number of units per article besides title and passages; with fewer there is nothing to learn from."""
MAX_ARTICLES = 1500
"""With more articles the fit takes minutes, and so many seldom have enough examples."""
_REGULARISATION = 10.0
"""C, as in scikit-learn. 1 to 100 were tried on the shipped articles; 10 put most held-out questions right."""

WEIGHTS, INTERCEPT = "head-weights.npy", "head-intercept.npy"


@dataclass(frozen=True)
class LinearHead:
    """One weight vector and one constant per article."""

    weights: npt.NDArray[np.float32]
    """Shape (n_articles, dim)."""
    intercept: npt.NDArray[np.float32]
    """Shape (n_articles,)."""

    def scores(self, queries: npt.NDArray[np.float32]) -> Scores:
        """Return each article's score for a query, in standard deviations above the mean of all articles.

        :param queries: One vector, or several, one per row.
        :return: float32, shape (n_articles,) or (n_queries, n_articles).
        """
        logits = queries @ self.weights.T + self.intercept
        deviation = np.maximum(logits.std(axis=-1, keepdims=True), 1e-6)
        standard: Scores = ((logits - logits.mean(axis=-1, keepdims=True)) / deviation).astype(np.float32)
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


def fit_head(
    matrix: EmbeddingMatrix,
    article_of_row: npt.NDArray[np.int64],
    n_articles: int,
    start: LinearHead | None = None,
) -> LinearHead | None:
    """Train a head.

    :param matrix: The vectors of all units.
    :param article_of_row: The article, 0 to n_articles - 1, of each row; every article has at least one.
    :param n_articles: The number of articles.
    :param start: A head of the same articles to start from: quicker, with the same result to a thousandth.
    :return: The head; None if there are fewer than two articles, too many, or too few units to learn from.
    """
    if not 1 < n_articles <= MAX_ARTICLES or len(matrix) < MIN_EXAMPLES * n_articles:
        return None
    use_one_thread()
    first = None if start is None else np.column_stack([start.weights, start.intercept])
    # Rounded, so that the last bits, which depend on the processor, do not decide a version's name.
    found = fit_softmax(matrix, article_of_row, n_articles, _REGULARISATION, first).round(4)
    return LinearHead(np.ascontiguousarray(found[:, :-1]), np.ascontiguousarray(found[:, -1]))


def _npy(array: npt.NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
