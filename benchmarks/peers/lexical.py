"""Systems that compare words: BM25, TF-IDF and SQLite's full-text index. They answer whenever they find anything."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence

import numpy as np

from benchmarks.peers.base import Floats, Ranker, Rule, Shelf, System, Workshop, best_of_each, listed, result
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import DEPTH, JudgedResult

_WORD = re.compile(r"\w+")


class BM25:
    """bm25s with its defaults and its English stop words; an article gets the score of its best unit."""

    def __init__(self, shelf: Shelf) -> None:
        """Index a collection."""
        import bm25s

        self._tokenize = bm25s.tokenize
        self._shelf = shelf
        self._index = bm25s.BM25()
        self._index.index(self._words([unit.text for unit in shelf.units]), show_progress=False)

    def _words(self, texts: Sequence[str]) -> list[list[str]]:
        found: list[list[str]] = self._tokenize(list(texts), stopwords="en", return_ids=False, show_progress=False)
        return found

    def scores(self, text: str) -> Floats:
        """Return each article's score."""
        words = self._words([text])[0]
        if not words:
            return np.zeros(len(self._shelf.article_ids))
        return best_of_each(self._shelf, np.asarray(self._index.get_scores(words), float))


def bm25(shelf: Shelf, _shop: Workshop) -> Ranker:
    """Rank by bm25s."""
    index = BM25(shelf)
    return lambda judged: [result(j, shelf, index.scores(j.text), Rule()) for j in judged]


def tfidf(shelf: Shelf, _shop: Workshop) -> Ranker:
    """Rank by the cosine of scikit-learn's TF-IDF vectors, sublinear as its guide advises for longer texts."""
    from sklearn.feature_extraction.text import TfidfVectorizer

    vectorizer = TfidfVectorizer(sublinear_tf=True, stop_words="english")
    matrix = vectorizer.fit_transform([unit.text for unit in shelf.units])

    def rank(judged: Sequence[Judged]) -> list[JudgedResult]:
        found = (matrix @ vectorizer.transform([j.text for j in judged]).T).toarray()
        return [result(j, shelf, best_of_each(shelf, found[:, n]), Rule()) for n, j in enumerate(judged)]

    return rank


def fts5(shelf: Shelf, _shop: Workshop) -> Ranker:
    """Rank by SQLite's bm25() over one row per article: a separate title, Porter's stemmer, any of the words."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE articles USING fts5(id UNINDEXED, title, text, tokenize='porter unicode61')")
    titles = [shelf.library.articles[name].title for name in shelf.article_ids]
    rows = zip(shelf.article_ids, titles, shelf.documents, strict=True)
    base.executemany("INSERT INTO articles VALUES (?, ?, ?)", rows)
    wanted = "SELECT id, -bm25(articles) FROM articles WHERE articles MATCH ? ORDER BY bm25(articles), id LIMIT ?"

    def ask(judged: Judged) -> JudgedResult:
        words = dict.fromkeys(_WORD.findall(judged.text))
        match = " OR ".join(f'"{word}"' for word in words)
        found = base.execute(wanted, (match, DEPTH)).fetchall() if match else []
        return listed(judged, [name for name, _ in found], [score for _, score in found], Rule())

    return lambda judged: [ask(j) for j in judged]


def _sqlite() -> str:
    return f"SQLite {sqlite3.sqlite_version}"


SYSTEMS = (
    System("BM25", "bm25s, best unit; answers whatever is found", "bm25s", bm25),
    System("TF-IDF", "cosine, best unit; answers whatever is found", "scikit-learn", tfidf),
    System("SQLite FTS5", "bm25(), any word; answers whatever is found", "", fts5, label=_sqlite),
)
