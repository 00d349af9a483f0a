"""The seam between ranking and the vectors: what a question needs to know of them, whatever engine holds them.

A question looks at the vectors twice: once for the candidates, the articles that may be ranked with the greatest cosine
of each, and once for every unit of the articles that are shown. Two looks are two round trips of an engine on another
machine, however many articles there are.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, TypeAlias

import numpy as np
import numpy.typing as npt

from kb.retrieval.index.vectors import VectorIndex
from kb.types import Scores, Vector

Positions: TypeAlias = npt.NDArray[np.int64]
"""Positions in ``Searchable.article_ids``."""


class VectorEngine(Protocol):
    """The vectors of one version, grouped by article; safe to share between threads."""

    def candidates(self, query: Vector, nominated: Positions | None, nearest: int) -> tuple[Positions, Scores]:
        """Return the articles that a query may be about, with the greatest cosine of each.

        :param query: float32, shape (dim,), unit L2 norm.
        :param nominated: Articles that the query's words nominate; None makes every article a candidate.
        :param nearest: So many of the nearest units nominate their articles, too, unless all are candidates.
        :return: Articles, ascending, and the exact greatest cosine of each; an article that is not among them is not
            ranked.
        :raises DimensionMismatch: If the query has another length than the vectors.
        :raises EngineUnavailable: If the engine does not answer, and nothing answers in its place.
        """
        ...

    def of_units(self, query: Vector, articles: Sequence[int]) -> dict[int, Scores]:
        """Return the cosine of every unit of some articles.

        :param query: As for :meth:`candidates`.
        :param articles: The articles.
        :return: By article, the cosines in the order of its units.
        :raises DimensionMismatch: If the query has another length than the vectors.
        :raises EngineUnavailable: As for :meth:`candidates`.
        """
        ...


class EmbeddedEngine:
    """The engine of the vectors in this process: FAISS, exact, with nothing to install and nothing to lose."""

    def __init__(self, vectors: VectorIndex, starts: Positions, article_of_row: Positions) -> None:
        """Group the vectors of a version.

        :param vectors: One row per unit.
        :param starts: Shape (n_articles + 1,): the first row of each article.
        :param article_of_row: The article of each row.
        """
        self._vectors = vectors
        self._starts = starts
        self._article_of_row = article_of_row

    def candidates(self, query: Vector, nominated: Positions | None, nearest: int) -> tuple[Positions, Scores]:
        """Return candidates and their greatest cosines; see :class:`VectorEngine`."""
        if nominated is None:
            everything = np.arange(len(self._starts) - 1)
            return everything, np.maximum.reduceat(self._vectors.scores(query), self._starts[:-1])
        _, rows = self._vectors.search(query, nearest)
        found = np.union1d(self._article_of_row[rows], nominated)
        best = [self._vectors.scores(query, self._rows(article)).max() for article in found.tolist()]
        return found, np.array(best, np.float32)

    def of_units(self, query: Vector, articles: Sequence[int]) -> dict[int, Scores]:
        """Return the cosine of every unit of some articles; see :class:`VectorEngine`."""
        return {article: self._vectors.scores(query, self._rows(article)) for article in articles}

    def _rows(self, article: int) -> slice:
        return slice(int(self._starts[article]), int(self._starts[article + 1]))
