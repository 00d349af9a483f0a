"""Ranks articles for a query: candidates from vectors and words, then one fused score per article.

An article's score is a weighted sum of parts; for each of them higher is better:

``best``      cosine to the nearest of the article's vectors (title, passages, example questions)
``mean``      cosine to the mean of the article's vectors
``text``      square root of the BM25 score of everything the article says, each word of the query counted once, over
              :data:`TEXT_SCALE`
``spelling``  BM25 over character n-grams of the best title or example, as a share of the best of any article
``head``      score of the linear head (:mod:`kb.retrieval.index.linear_head`), over :data:`HEAD_SCALE`; 0 without one

With a head, the mean adds nothing; without one it replaces the head. Rank fusion with equal weights was tried and hurts
questions that are compared with questions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.retrieval.index.searchable import Searchable
from kb.retrieval.query.normalise import character_ngrams, words
from kb.types import EmbeddingMatrix, Scores, Vector

CANDIDATE_UNITS = 1024
"""The number of nearest units that nominate their articles, in an index of more than :data:`SCAN_UNITS`."""
SCAN_UNITS = 24_000
"""Up to so many units every article is a candidate: a search for the nearest reads every vector, too."""
_LEXICAL_CANDIDATES = 256
_AT_ONCE = 256
"""Queries whose scores of every unit are in memory at the same time."""

TEXT_SCALE = 6.0
HEAD_SCALE = 10.0
"""Scale the parts to the order of 1, so that their weights can be compared."""


@dataclass(frozen=True, slots=True)
class RankingModel:
    """The weights of the parts; they add up to 1."""

    best: float
    mean: float
    text: float
    spelling: float
    head: float
    sharpness: float
    """Converts scores into shares of likelihood among articles: softmax(sharpness · score)."""

    def to_json(self) -> dict[str, Any]:
        """Return the model as plain JSON values."""
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, float]) -> RankingModel:
        """Return the model of :meth:`to_json`."""
        return cls(**values)

    @property
    def weights(self) -> dict[str, float]:
        """The weight of each part by name."""
        return {name: getattr(self, name) for name in PARTS}


PARTS = ("best", "mean", "text", "spelling", "head")

# Fitted as conditional logits on sets of quite different kinds, each with the same weight, and rounded: with a head on
# the half of the shipped articles' tests that may guide choices and on 50 intents with 5 and 10 examples each; without
# one on three sets of FAQs and the two others. Fitting on an index's own examples was tried and is worse: an example
# resembles its article's passages, which the same editor wrote, more than a customer's question does.
WITH_HEAD = RankingModel(best=0.082, mean=0.016, text=0.383, spelling=0.082, head=0.437, sharpness=36.6)
WITHOUT_HEAD = RankingModel(best=0.355, mean=0.225, text=0.40, spelling=0.02, head=0.0, sharpness=28.4)


def ranking_model(searchable: Searchable) -> RankingModel:
    """Return the weights for an index, with or without a head."""
    return WITHOUT_HEAD if searchable.head is None else WITH_HEAD


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The likeliest of the classes that stand for questions that are not answered here."""

    position: int
    """Position in ``Searchable.article_ids``."""
    score: float
    share: float
    """Share of the likelihood that all such classes have together."""


@dataclass(frozen=True)
class Ranking:
    """Articles in the order of their scores, with the parts of each."""

    articles: npt.NDArray[np.int64]
    """Positions in ``Searchable.article_ids``, best first; equal scores in the order of the ids."""
    scores: Scores
    parts: Mapping[str, Scores]
    """By name; each in the same order as ``articles``."""
    shares: Scores
    """Each article's share of the likelihood among articles, adding up to 1, in the same order."""
    unit_scores: Scores
    """BM25 of every unit of the index."""
    elsewhere: Elsewhere | None = None
    """None if the index has no such class."""


def rank_articles(searchable: Searchable, model: RankingModel, vector: Vector, text: str, k: int) -> Ranking:
    """Rank articles for a query.

    :param searchable: The index.
    :param model: The weights.
    :param vector: The query's vector, shape (dim,), unit L2 norm.
    :param text: The query, normalized.
    :param k: At least this many articles are ranked, if there are as many.
    :return: All candidates, best first.
    """
    query = _words_of(searchable, text)
    candidates, nearest = _candidates(searchable, vector, query, k)
    spelling = _best_spelling(searchable, candidates, query.spelt)
    head = None if searchable.head is None else searchable.head.scores(vector)[candidates]
    mean, elsewhere = searchable.means[candidates] @ vector, searchable.elsewhere[candidates]
    return _fused(model, candidates, elsewhere, nearest, mean, head, query, spelling)


def rank_many(
    searchable: Searchable, model: RankingModel, vectors: EmbeddingMatrix, texts: Sequence[str], k: int
) -> Iterator[Ranking]:
    """Rank articles for many queries, like :func:`rank_articles` up to the last bits of a sum.

    :param searchable: The index.
    :param model: The weights.
    :param vectors: One row per query.
    :param texts: The queries, normalized.
    :param k: At least this many articles are ranked, if there are as many.
    :yield: All candidates of each query, best first.
    """
    starts, is_small = searchable.starts[:-1], len(searchable.units) <= SCAN_UNITS
    for first in range(0, len(texts), _AT_ONCE):
        rows = vectors[first : first + _AT_ONCE]
        nearest = np.maximum.reduceat(rows @ searchable.vectors.matrix.T, starts, axis=1)
        mean = rows @ searchable.means.T
        head = None if searchable.head is None else searchable.head.scores(rows)
        for n, text in enumerate(texts[first : first + _AT_ONCE]):
            query = _words_of(searchable, text)
            chosen = np.arange(len(searchable)) if is_small else _candidates(searchable, rows[n], query, k)[0]
            spelling = np.maximum.reduceat(query.spelt, starts)[chosen]
            said = None if head is None else head[n, chosen]
            elsewhere = searchable.elsewhere[chosen]
            yield _fused(model, chosen, elsewhere, nearest[n, chosen], mean[n, chosen], said, query, spelling)


@dataclass(frozen=True, slots=True)
class _QueryWords:
    """Scores by the words of a query alone."""

    lexical: Scores
    """BM25 of every unit."""
    whole: Scores
    """BM25 of each article's whole text."""
    spelt: Scores
    """BM25 of every unit, by character n-grams."""


def _words_of(searchable: Searchable, text: str) -> _QueryWords:
    # Each word counts once: a repeated word is not better evidence, and long messages repeat themselves.
    found = list(dict.fromkeys(words(text)))
    return _QueryWords(
        lexical=searchable.lexical.scores(found),
        whole=searchable.texts.scores(found),
        spelt=searchable.spelling.scores(sorted(set(character_ngrams(text)))),
    )


def _fused(
    model: RankingModel,
    candidates: npt.NDArray[np.int64],
    elsewhere: npt.NDArray[np.bool_],
    nearest: Scores,
    mean: Scores,
    head: Scores | None,
    query: _QueryWords,
    spelling: Scores,
) -> Ranking:
    """Return the candidates in the order of one fused score; all arrays but the query's have one row per candidate."""
    parts: dict[str, npt.NDArray[np.floating]] = {
        "best": nearest,
        "mean": mean,
        "text": np.sqrt(query.whole[candidates]) / TEXT_SCALE,
        "spelling": spelling / max(float(spelling[~elsewhere].max(initial=0.0)), 1e-9),
        "head": np.zeros(len(candidates), np.float32) if head is None else head / HEAD_SCALE,
    }
    scores = sum((weight * parts[name] for name, weight in model.weights.items()), np.zeros(len(candidates)))
    # Candidates ascend by id, so a stable sort leaves equal scores in the order of the ids.
    order = np.argsort(-scores, kind="stable")
    others, order = order[elsewhere[order]], order[~elsewhere[order]]
    shares = np.exp(model.sharpness * (scores[order] - scores[order[0]]))
    return Ranking(
        articles=candidates[order],
        scores=scores[order].astype(np.float32),
        parts={name: part[order].astype(np.float32) for name, part in parts.items()},
        shares=(shares / shares.sum()).astype(np.float32),
        unit_scores=query.lexical,
        elsewhere=_likeliest(model, candidates[others], scores[others], scores[order]),
    )


def _likeliest(
    model: RankingModel,
    others: npt.NDArray[np.int64],
    scores: npt.NDArray[np.floating],
    articles: npt.NDArray[np.floating],
) -> Elsewhere | None:
    """Return the first of the classes that are no articles; both scores best first."""
    if not len(others):
        return None
    greatest = max(scores[0], articles[0])
    theirs, ours = (float(np.exp(model.sharpness * (found - greatest)).sum()) for found in (scores, articles))
    return Elsewhere(int(others[0]), float(scores[0]), theirs / (theirs + ours))


def _candidates(
    searchable: Searchable, vector: Vector, query: _QueryWords, k: int
) -> tuple[npt.NDArray[np.int64], Scores]:
    """Return the articles to score, ascending, with their greatest cosines: all of them in a small index."""
    if len(searchable.units) <= SCAN_UNITS:
        return searchable.engine.candidates(vector, None, CANDIDATE_UNITS)
    nominated = np.unique(searchable.article_of_row[np.concatenate([_top(query.lexical), _top(query.spelt)])])
    found, nearest = searchable.engine.candidates(vector, nominated, CANDIDATE_UNITS)
    if (~searchable.elsewhere[found]).sum() >= k:
        return found, nearest
    return searchable.engine.candidates(vector, None, CANDIDATE_UNITS)


def _top(scores: Scores) -> npt.NDArray[np.int64]:
    """Return the rows of the greatest scores above 0."""
    rows = np.flatnonzero(scores)
    if len(rows) > _LEXICAL_CANDIDATES:
        rows = rows[np.argpartition(-scores[rows], _LEXICAL_CANDIDATES)[:_LEXICAL_CANDIDATES]]
    return rows


def _best_spelling(searchable: Searchable, candidates: npt.NDArray[np.int64], spelt: Scores) -> Scores:
    """Return each candidate's greatest spelling score of a unit."""
    if len(candidates) == len(searchable):
        found: Scores = np.maximum.reduceat(spelt, searchable.starts[:-1])
        return found
    return np.array([spelt[searchable.rows(article)].max() for article in candidates.tolist()], np.float32)


def best_unit(searchable: Searchable, article: int, nearness: Scores) -> int:
    """Return the row of an article's unit that is nearest to a query, which explains why it was found.

    :param searchable: The index.
    :param article: Position in ``Searchable.article_ids``.
    :param nearness: The cosine of each of its units.
    :return: Position in ``Searchable.units``.
    """
    start: int = searchable.rows(article).start
    return start + int(np.argmax(nearness))
