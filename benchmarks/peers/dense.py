"""Systems on the same sentence vectors (all-MiniLM-L6-v2, exact): the plain tutorial and the usual confidence rules."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from weakref import WeakKeyDictionary

import numpy as np

from benchmarks.peers.base import Floats, Ranker, Rule, Shelf, System, Workshop, best_of_each, result
from benchmarks.peers.lexical import BM25
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import JudgedResult

RRF_K = 60
"""The constant from the paper on reciprocal rank fusion (Cormack et al., 2009), and every product's default."""
_SHARPNESS = 30.0
"""scikit-learn's C. Its default, 1, leaves probabilities so flat that the rules answer hardly anything; from 10 to 100
the likelihood of unseen questions is best, and 30 lets the rules answer as often as their makers' classifiers do."""
_heads: WeakKeyDictionary[Shelf, tuple[Floats, Floats]] = WeakKeyDictionary()


def _each(shelf: Shelf, rule: Rule, scores: Callable[[str], Floats]) -> Ranker:
    def rank(judged: Sequence[Judged]) -> list[JudgedResult]:
        return [result(j, shelf, scores(j.text), rule) for j in judged]

    return rank


def tutorial(rule: Rule) -> Callable[[Shelf, Workshop], Ranker]:
    """Return the usual tutorial: the article of the nearest vector, and no answer below a fixed cosine."""

    def ranker(shelf: Shelf, shop: Workshop) -> Ranker:
        matrix = shop.vectors(shelf)
        return _each(shelf, rule, lambda text: best_of_each(shelf, matrix @ shop.question(text)))

    return ranker


def classifier(rule: Rule) -> Callable[[Shelf, Workshop], Ranker]:
    """Return a chatbot's intent classifier: logistic regression on the vectors, with a rule on its probabilities."""

    def ranker(shelf: Shelf, shop: Workshop) -> Ranker:
        weights, intercept = _head(shelf, shop)
        return _each(shelf, rule, lambda text: _softmax(weights @ shop.question(text) + intercept))

    return ranker


def _head(shelf: Shelf, shop: Workshop) -> tuple[Floats, Floats]:
    """Train once per collection."""
    if shelf not in _heads:
        from sklearn.linear_model import LogisticRegression

        owners = [unit.article_id for unit in shelf.units]
        model = LogisticRegression(C=_SHARPNESS, max_iter=300).fit(shop.vectors(shelf), owners)
        _heads[shelf] = model.coef_, model.intercept_
    return _heads[shelf]


def _softmax(logits: Floats) -> Floats:
    shares = np.exp(logits - logits.max())
    return shares / shares.sum()


def fusion(shelf: Shelf, shop: Workshop) -> Ranker:
    """Fuse the ranks of BM25 and of the nearest vectors with equal weight."""
    words, matrix = BM25(shelf), shop.vectors(shelf)

    def scores(text: str) -> Floats:
        by_words = words.scores(text)
        by_meaning = best_of_each(shelf, matrix @ shop.question(text))
        found = np.where(by_words > 0, _reciprocal(by_words), 0.0)
        return found + _reciprocal(by_meaning)

    return _each(shelf, Rule(), scores)


def _reciprocal(scores: Floats) -> Floats:
    ranks = np.empty(len(scores))
    ranks[np.argsort(-scores, kind="stable")] = np.arange(1, len(scores) + 1)
    return 1.0 / (RRF_K + ranks)


def _rasa(name: str, about: str, rule: Rule) -> System:
    ranker = classifier(rule)
    return System(name, about, "scikit-learn", ranker, is_probability=True, needs_examples=True)


_ENCODER = "all-MiniLM-L6-v2"
SYSTEMS = (
    System(
        "tutorial 0.5",
        "nearest vector, cosine ≥ 0.5",
        "",
        tutorial(Rule(0.5)),
        is_probability=True,
        label=lambda: _ENCODER,
    ),
    System(
        "tutorial 0.7",
        "nearest vector, cosine ≥ 0.7",
        "",
        tutorial(Rule(0.7)),
        is_probability=True,
        label=lambda: _ENCODER,
    ),
    _rasa("Rasa 0.3 + 0.1", "its default rule over an intent classifier", Rule(0.3, 0.1)),
    _rasa("Rasa 0.7 + 0.1", "the rule of its documentation", Rule(0.7, 0.1)),
    _rasa("QnA 0.5", "the recommended threshold over the same classifier", Rule(0.5)),
    System("rank fusion", "BM25 and nearest vector, equal weights, k = 60", "bm25s", fusion),
)
