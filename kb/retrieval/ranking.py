"""From a query to a ranking of articles: candidates from vectors and words, then one fused score an article.

An article's score is a weighted sum of three parts, each higher for better:

``best``   cosine to the nearest of the article's vectors (title, passages, example questions)
``mean``   cosine to the mean of the article's vectors
``words``  BM25 of the article's best unit, as a share of the best of any article for this query

Best and mean together beat either alone, and a small lexical part helps wherever it was tried; rank fusion with equal
weights hurts questions that are compared with questions.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.types import Scores, UnitKind, Vector

if TYPE_CHECKING:
    from kb.retrieval.index import Searchable

CANDIDATE_UNITS = 1024
"""How many of the nearest units nominate their articles; an article that is right is among them in every set tried."""
_LEXICAL_CANDIDATES = 256


@dataclass(frozen=True, slots=True)
class RankingModel:
    """The weights of the parts; they add up to 1."""

    best: float = 0.4
    mean: float = 0.4
    words: float = 0.2

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, float]) -> RankingModel:
        """Return the model of :meth:`to_json`."""
        return cls(**values)


@dataclass(frozen=True, slots=True)
class Masked:
    """What a trial run leaves out of the index, as if it had never been written."""

    rows: Collection[int] = ()
    articles: Collection[int] = ()


_NOTHING = Masked()


@dataclass(frozen=True)
class Ranking:
    """Articles in the order of their scores, with the parts of each."""

    articles: npt.NDArray[np.int64]
    """Positions in ``Searchable.article_ids``, best first; equal scores in the order of the ids."""
    scores: Scores
    parts: Mapping[str, Scores]
    """By name; each in the same order as ``articles``."""
    unit_scores: Scores
    """BM25 of every unit of the index."""
    coverage: Scores
    """Share, 0 to 1, of the query's words by weight of information that the article's units hold, in the same order."""


def rank_articles(
    searchable: Searchable,
    model: RankingModel,
    vector: Vector,
    query_words: Sequence[str],
    k: int,
    masked: Masked = _NOTHING,
) -> Ranking:
    """Rank articles for a query.

    :param searchable: The index.
    :param model: The weights.
    :param vector: The query's vector, shape (dim,), unit L2 norm.
    :param query_words: As :func:`kb.retrieval.text.words` gives them.
    :param k: At least this many articles are ranked, if there are as many.
    :param masked: Left out; for trial runs.
    :return: All candidates, best first.
    """
    lexical = searchable.lexical.scores(query_words)
    if masked.rows:
        lexical[list(masked.rows)] = 0.0
    candidates = _candidates(searchable, vector, lexical, k, masked)
    best = np.empty(len(candidates), np.float32)
    mean = np.empty(len(candidates), np.float32)
    top_words = np.empty(len(candidates), np.float32)
    for n, article in enumerate(candidates):
        rows = searchable.rows(article)
        cosines = searchable.vectors.scores(vector, rows)
        total = searchable.sums[article]
        for row in masked.rows:
            if rows.start <= row < rows.stop:
                cosines[row - rows.start] = -1.0
                total = total - searchable.vectors.matrix[row]
        best[n] = cosines.max()
        mean[n] = float(total @ vector) / max(float(np.linalg.norm(total)), 1e-9)
        top_words[n] = lexical[rows].max()
    parts = {"best": best, "mean": mean, "words": top_words / max(float(top_words.max(initial=0.0)), 1e-9)}
    scores = model.best * parts["best"] + model.mean * parts["mean"] + model.words * parts["words"]
    # Candidates ascend by id, so a stable sort leaves equal scores in the order of the ids.
    order = np.argsort(-scores, kind="stable")
    articles = candidates[order]
    return Ranking(
        articles=articles,
        scores=scores[order].astype(np.float32),
        parts={name: part[order] for name, part in parts.items()},
        unit_scores=lexical,
        coverage=_coverage(searchable, query_words, articles, masked),
    )


def _candidates(
    searchable: Searchable, vector: Vector, lexical: Scores, k: int, masked: Masked
) -> npt.NDArray[np.int64]:
    """Return the articles worth scoring, ascending."""
    _, near = searchable.vectors.search(vector, CANDIDATE_UNITS)
    matching = np.flatnonzero(lexical)
    if len(matching) > _LEXICAL_CANDIDATES:
        matching = matching[np.argpartition(-lexical[matching], _LEXICAL_CANDIDATES)[:_LEXICAL_CANDIDATES]]
    found = np.unique(searchable.article_of_row[np.concatenate([near, matching])])
    if len(found) < k + len(masked.articles):
        found = np.arange(len(searchable))
    return np.setdiff1d(found, np.array(list(masked.articles), np.int64)) if masked.articles else found


def _coverage(
    searchable: Searchable, query_words: Sequence[str], articles: npt.NDArray[np.int64], masked: Masked, top: int = 5
) -> Scores:
    """Return how much of the query's information the first articles' words hold; 0 beyond the first ``top``."""
    covered = np.zeros(len(articles), np.float32)
    distinct = sorted(set(query_words))
    total = sum(searchable.lexical.idf(word) for word in distinct)
    if total <= 0:
        return covered
    for word in distinct:
        rows = (
            np.setdiff1d(searchable.lexical.rows_of(word), list(masked.rows))
            if masked.rows
            else (searchable.lexical.rows_of(word))
        )
        holders = set(searchable.article_of_row[rows].tolist())
        weight = searchable.lexical.idf(word) / total
        for n, article in enumerate(articles[:top].tolist()):
            if article in holders:
                covered[n] += weight
    return covered


def best_passage(searchable: Searchable, article: int, vector: Vector, lexical: Scores) -> int:
    """Return which passage of an article fits a query best, by cosine and then a little by words.

    :param searchable: The index.
    :param article: Position in ``Searchable.article_ids``.
    :param vector: The query's vector.
    :param lexical: BM25 of every unit.
    :return: Position among the article's passages.
    """
    rows = searchable.rows(article)
    chosen, top = 0, -np.inf
    cosines = searchable.vectors.scores(vector, rows)
    greatest = max(float(lexical[rows].max(initial=0.0)), 1e-9)
    for offset, unit in enumerate(searchable.units[rows]):
        if unit.kind is UnitKind.PASSAGE:
            score = float(cosines[offset]) + 0.1 * float(lexical[rows.start + offset]) / greatest
            if score > top:
                chosen, top = unit.passage, score
    return chosen


def best_unit(searchable: Searchable, article: int, vector: Vector) -> int:
    """Return the row of an article's unit that is nearest to a query: why the article was found."""
    rows = searchable.rows(article)
    start: int = rows.start
    return start + int(np.argmax(searchable.vectors.scores(vector, rows)))
