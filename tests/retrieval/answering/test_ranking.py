"""The ranking of articles and the choice of a passage, on indexes small enough to work out by hand."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from kb.retrieval.answering import ranking as ranking_module
from kb.retrieval.answering.ranking import (
    PARTS,
    WITH_HEAD,
    WITHOUT_HEAD,
    Ranking,
    RankingModel,
    best_unit,
    rank_articles,
    rank_many,
    ranking_model,
)
from kb.retrieval.index.linear_head import LinearHead
from kb.retrieval.index.searchable import Searchable
from tests.retrieval.handmade import QUERY, at, example, passage, searchable_of, title

NOTHING = RankingModel(best=0, mean=0, text=0, spelling=0, head=0, sharpness=1)
ZEBRA = math.log(2) / (1 + 1.2)
"""BM25 of a word once in one of two rows of the same length: idf ln(1 + 1.5 / 1.5), term frequency 1 / (1 + k1)."""


def rank(searchable: Searchable, query: str = "", /, k: int = 3, **weights: float) -> Ranking:
    """Rank with the weights that are named, and no other."""
    return rank_articles(searchable, replace(NOTHING, **weights), QUERY, query, k)


@pytest.fixture
def two() -> Searchable:
    """Two articles of two units: the first one nearer at its nearest, the second one in the mean."""
    return searchable_of(
        title("fees", 0.8, "zebra lion"),
        passage("fees", 0.0, "horse crane"),
        title("plans", 0.6, "tiger panda"),
        passage("plans", 0.6, "eagle otter"),
    )


# ------------------------------------------------------------------------------------------------- the parts


def test_the_nearest_unit_counts(two):
    """Article 0 has a unit at .8, article 1 none beyond .6."""
    found = rank(two, best=1.0)
    assert found.articles.tolist() == [0, 1]
    assert found.scores.tolist() == pytest.approx([0.8, 0.6])
    assert found.parts["best"].tolist() == pytest.approx([0.8, 0.6])


def test_the_mean_is_the_cosine_to_the_direction_of_the_mean(two):
    """(.8, .6) and (0, 1) add up to (.8, 1.6): 1 / √5 after scaling; the other article's two are one direction."""
    found = rank(two, mean=1.0)
    assert found.articles.tolist() == [1, 0]
    assert found.scores.tolist() == pytest.approx([0.6, 1 / math.sqrt(5)])


def test_words_count_over_all_that_an_article_says(two):
    """The square root of BM25, over 6; a repeated word counts once."""
    found = rank(two, "zebra", text=1.0)
    assert found.articles.tolist() == [0, 1]
    assert found.scores.tolist() == pytest.approx([math.sqrt(ZEBRA) / 6, 0.0])
    assert rank(two, "zebra zebra zebras", text=1.0).scores.tolist() == found.scores.tolist()
    both = rank(two, "zebra crane", text=1.0)
    assert both.scores.tolist() == pytest.approx([math.sqrt(2 * ZEBRA) / 6, 0.0])


def test_spelling_is_a_share_of_the_best_of_any_article(two):
    """A wrong letter leaves common n-grams; the best article has 1. Passages are not looked at."""
    assert rank(two, "zebro", spelling=1.0).scores.tolist() == [1.0, 0.0]
    assert rank(two, "tigar", spelling=1.0).articles.tolist() == [1, 0]
    assert rank(two, "crane", spelling=1.0).scores.tolist() == [0.0, 0.0]
    shared = searchable_of(title("fees", 0.0, "zebra"), title("plans", 0.0, "zebra zebra tiger tiger"))
    first, second = rank(shared, "zebra", spelling=1.0).scores.tolist()
    assert first == 1.0
    assert 0.0 < second < 1.0
    assert rank(shared, "zebra", spelling=1.0).parts["spelling"].tolist() == [first, second]


def test_repeated_letters_count_once(two):
    """A repeated n-gram is not better evidence."""
    shared = searchable_of(title("fees", 0.0, "zebra lion"), title("plans", 0.0, "zebra tiger"))
    assert rank(shared, "lion tiger tiger tiger", spelling=1.0).parts["spelling"].min() == pytest.approx(
        rank(shared, "lion tiger", spelling=1.0).parts["spelling"].min()
    )


def test_the_head_counts_in_standard_deviations_over_ten(two):
    """Two articles are always one deviation to either side of their mean; without a head the part is 0."""
    head = LinearHead(np.array([[0.0, 5.0], [3.0, 0.0]], np.float32), np.zeros(2, np.float32))
    found = rank(two.with_head(head), head=1.0)
    assert found.articles.tolist() == [1, 0]
    assert found.parts["head"].tolist() == pytest.approx([0.1, -0.1])
    assert rank(two, head=1.0).parts["head"].tolist() == [0.0, 0.0]


# --------------------------------------------------------------------------------------------- the fused score


def test_the_score_is_the_weighted_sum_of_the_parts(two):
    """Each part times its weight, in the same order as the articles."""
    head = LinearHead(np.array([[1.0, 0.0], [0.0, 0.0]], np.float32), np.zeros(2, np.float32))
    weights = {"best": 0.1, "mean": 0.2, "text": 0.3, "spelling": 0.15, "head": 0.25}
    found = rank(two.with_head(head), "zebra", **weights)
    fees = 0.1 * 0.8 + 0.2 / math.sqrt(5) + 0.3 * math.sqrt(ZEBRA) / 6 + 0.15 + 0.25 * 0.1
    plans = 0.1 * 0.6 + 0.2 * 0.6 - 0.25 * 0.1
    assert found.articles.tolist() == [0, 1]
    assert found.scores.tolist() == pytest.approx([fees, plans])
    assert found.scores.dtype == np.float32
    assert set(found.parts) == set(PARTS)
    assert {part.dtype for part in found.parts.values()} == {np.dtype(np.float32)}


def test_parts_follow_the_order_of_the_articles():
    """The best article's parts come first, whatever its place in the index."""
    found = rank(searchable_of(title("a", 0.1), title("b", 0.9), title("c", 0.5)), best=1.0)
    assert found.articles.tolist() == [1, 2, 0]
    assert found.parts["best"].tolist() == pytest.approx([0.9, 0.5, 0.1])


def test_equal_scores_are_in_the_order_of_the_ids():
    """Three alike, and one better: it comes first, and the others as the ids ascend."""
    four = searchable_of(title("a", 0.5), title("b", 0.5), title("c", 0.9), title("d", 0.5))
    assert rank(four, best=1.0).articles.tolist() == [2, 0, 1, 3]
    many = searchable_of(*(title(f"{n:03}", 0.5 if n % 3 else 0.6) for n in range(300)))
    expected = sorted(range(300), key=lambda n: (n % 3 > 0, n))
    assert rank(many, best=1.0).articles.tolist() == expected


def test_shares_are_a_softmax_of_the_scores(two):
    """The more sharpness, the more of the likelihood the first has."""
    found = rank(two, best=1.0, sharpness=10.0)
    assert found.shares.tolist() == pytest.approx([1 / (1 + math.exp(-2)), 1 / (1 + math.exp(2))])
    assert rank(two, best=1.0, sharpness=0.0).shares.tolist() == [0.5, 0.5]
    assert rank(two, best=1.0, sharpness=1e6).shares.tolist() == [1.0, 0.0]
    assert found.shares.dtype == np.float32


def test_the_scores_of_units_are_those_of_their_words(two):
    """Of every unit of the index: what the choice of the passage reads."""
    found = rank(two, "zebra zebra")
    expected = math.log(1 + 3.5 / 1.5) / (1 + 1.2)
    assert found.unit_scores.tolist() == pytest.approx([expected, 0.0, 0.0, 0.0])


# ------------------------------------------------------------------------------------------ what is no article


@pytest.fixture
def signposted() -> Searchable:
    """Two articles, and three classes that are none, one of them nearer than all."""
    return searchable_of(
        title("fees", 0.5, "zebra"),
        title("flights", 0.9, "lion"),
        title("plans", 0.6, "tiger"),
        title("taxes", 0.3, "otter"),
        example("~pets", 0.7, "panda"),
        elsewhere={"flights", "taxes", "~pets"},
    )


def test_an_article_is_never_displaced(signposted):
    """What is no article is not ranked, however near it is; the articles have the whole likelihood."""
    found = rank(signposted, best=1.0, sharpness=10.0)
    assert found.articles.tolist() == [2, 0]
    assert found.scores.tolist() == pytest.approx([0.6, 0.5])
    assert found.parts["best"].tolist() == pytest.approx([0.6, 0.5])
    assert found.shares.tolist() == pytest.approx([1 / (1 + math.exp(-1)), 1 / (1 + math.exp(1))])


def test_the_likeliest_of_what_is_no_article(signposted):
    """Its place and score, and the share of all such classes together."""
    found = rank(signposted, best=1.0, sharpness=10.0).elsewhere
    theirs, ours = (sum(math.exp(10 * score) for score in scores) for scores in ([0.9, 0.7, 0.3], [0.6, 0.5]))
    assert found is not None
    assert (found.position, found.score) == (1, pytest.approx(0.9))
    assert found.share == pytest.approx(theirs / (theirs + ours))


def test_the_share_of_what_is_far_is_small(signposted):
    """Words of an article against them; no exponential overflows, whichever is greater."""
    found = rank(signposted, "zebra", spelling=1.0, sharpness=1e4).elsewhere
    assert (found.share, found.position) == (0.0, 1)
    assert rank(signposted, "lion", spelling=1.0, sharpness=1e4).elsewhere.share == 1.0
    assert rank(signposted, best=0.0, sharpness=1.0).elsewhere.share == pytest.approx(3 / 5)


def test_without_such_a_class_there_is_none(two):
    """An index of articles alone."""
    assert rank(two, best=1.0).elsewhere is None


def test_many_are_ranked_beside_what_is_no_article(signposted):
    """As one by one."""
    model = replace(NOTHING, best=0.5, spelling=0.5, sharpness=10.0)
    texts = ["zebra", "panda", ""]
    several = rank_many(signposted, model, np.stack([QUERY] * 3), texts, 3)
    for found, text in zip(several, texts, strict=True):
        alone = rank_articles(signposted, model, QUERY, text, 3)
        assert found.articles.tolist() == alone.articles.tolist()
        assert found.elsewhere.position == alone.elsewhere.position
        assert found.elsewhere.share == pytest.approx(alone.elsewhere.share, abs=1e-6)


def test_candidates_that_are_no_articles_do_not_count(monkeypatch):
    """A large index whose nearest units are of such classes is looked at whole, so that there is an article to show."""
    for name, value in (("SCAN_UNITS", 2), ("CANDIDATE_UNITS", 2), ("_LEXICAL_CANDIDATES", 1)):
        monkeypatch.setattr(ranking_module, name, value)
    large = searchable_of(title("a", 0.1), title("b", 0.9), title("c", 0.2), title("d", 0.8), elsewhere={"b", "d"})
    found = rank(large, k=1, best=1.0)
    assert found.articles.tolist() == [2, 0]
    assert found.elsewhere.position == 1
    near = searchable_of(title("a", 0.9), title("b", 0.1), title("c", 0.8), elsewhere={"b"})
    assert rank(near, k=2, best=1.0).articles.tolist() == [0, 2]
    assert rank(near, k=2, best=1.0).elsewhere is None


# -------------------------------------------------------------------------------------------------- the weights


def test_the_weights_add_up_to_one():
    """So that a score can be read as a share."""
    for model in (WITH_HEAD, WITHOUT_HEAD):
        assert sum(model.weights.values()) == pytest.approx(1.0)
        assert tuple(model.weights) == PARTS


def test_an_index_with_a_head_is_ranked_by_it(two):
    """The model follows the index; the head outweighs the nearest vector and the mean together."""
    alike = searchable_of(title("fees", 0.8), title("plans", 0.6))
    head = LinearHead(np.array([[0.0, 0.0], [1.0, 0.0]], np.float32), np.zeros(2, np.float32))
    learned = alike.with_head(head)
    assert ranking_model(alike) is WITHOUT_HEAD
    assert ranking_model(learned) is WITH_HEAD
    assert rank_articles(alike, ranking_model(alike), QUERY, "", 1).articles.tolist() == [0, 1]
    found = rank_articles(learned, ranking_model(learned), QUERY, "", 1)
    assert found.articles.tolist() == [1, 0]
    lead = WITH_HEAD.head * 0.2 - (WITH_HEAD.best + WITH_HEAD.mean) * 0.2
    assert float(found.scores[0] - found.scores[1]) == pytest.approx(lead, abs=1e-6)


def test_a_model_survives_json():
    """What the manifest keeps gives the same model."""
    assert RankingModel.from_json(WITH_HEAD.to_json()) == WITH_HEAD
    assert WITH_HEAD.to_json()["head"] == WITH_HEAD.head


# --------------------------------------------------------------------------------------------------- candidates


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> Searchable:
    """An index of five articles that counts as large: one unit each is looked up by meaning, words and letters."""
    for name, value in (("SCAN_UNITS", 4), ("CANDIDATE_UNITS", 1), ("_LEXICAL_CANDIDATES", 1)):
        monkeypatch.setattr(ranking_module, name, value)
    return searchable_of(
        title("a", 0.9, "lion"),
        title("b", 0.1, "zebra"),
        title("c", 0.2, "tiger"),
        passage("d", 0.3, "panda"),
        title("e", 0.4, "otter"),
    )


def test_a_small_index_is_looked_at_whole(large, monkeypatch):
    """Up to the limit itself; one unit more, and only candidates are ranked."""
    assert sorted(rank(large, k=1, best=1.0).articles.tolist()) == [0]
    monkeypatch.setattr(ranking_module, "SCAN_UNITS", 5)
    assert sorted(rank(large, k=1, best=1.0).articles.tolist()) == [0, 1, 2, 3, 4]


def test_candidates_come_from_meaning_words_and_letters(large):
    """The nearest unit's article, the one with the word, and the one with the misspelt word; each once."""
    assert sorted(rank(large, "panda", k=1, best=1.0).articles.tolist()) == [0, 3]
    assert sorted(rank(large, "zebro", k=1, best=1.0).articles.tolist()) == [0, 1]
    assert sorted(rank(large, "lion", k=1, best=1.0).articles.tolist()) == [0]


def test_candidates_have_the_parts_of_their_own_units(large):
    """Cosine and spelling of each candidate's rows, not of the rows at the same place."""
    found = rank(large, "tigar", k=1, best=1.0)
    assert found.articles.tolist() == [0, 2]
    assert found.parts["best"].tolist() == pytest.approx([0.9, 0.2])
    assert found.parts["spelling"].tolist() == [0.0, 1.0]


def test_the_candidates_head_is_their_own(large):
    """Rows of the head by article, not by candidate."""
    head = LinearHead(np.array([[0, 0], [0, 0], [1, 0], [0, 0], [0, 0]], np.float32), np.zeros(5, np.float32))
    found = rank(large.with_head(head), "tigar", k=1, head=1.0)
    assert found.articles.tolist() == [2, 0]
    assert found.parts["head"].tolist() == pytest.approx([0.2, -0.05])


def test_too_few_candidates_are_made_up_by_all(large):
    """As many as were asked for suffice; one fewer, and every article is ranked."""
    assert len(rank(large, "zebra", k=2, best=1.0).articles) == 2
    assert len(rank(large, "zebra", k=3, best=1.0).articles) == 5


def test_of_many_units_with_a_word_the_best_are_taken(large):
    """Two are shorter than the third; with room for one, the shortest is a candidate."""
    many = searchable_of(
        title("a", 0.9, "lion"),
        passage("b", 0.1, "zebra horse crane eagle"),
        passage("c", 0.2, "zebra"),
        passage("d", 0.3, "zebra horse crane"),
        title("e", 0.4, "otter"),
    )
    assert sorted(rank(many, "zebra", k=1, best=1.0).articles.tolist()) == [0, 2]


# ----------------------------------------------------------------------------------------------- many at a time


@pytest.mark.parametrize("at_once", [1, 2, 256])
def test_many_are_ranked_as_one_by_one(two, monkeypatch, at_once):
    """Three queries in one portion, in two, or each alone."""
    monkeypatch.setattr(ranking_module, "_AT_ONCE", at_once)
    head = LinearHead(np.array([[0.0, 5.0], [3.0, 0.0]], np.float32), np.zeros(2, np.float32))
    vectors, texts = np.stack([QUERY, at(0.6), at(0.0)]), ["zebra", "tigar", ""]
    for searchable in (two, two.with_head(head)):
        model = ranking_model(searchable)
        several = list(rank_many(searchable, model, vectors, texts, 2))
        assert len(several) == 3
        for found, vector, text in zip(several, vectors, texts, strict=True):
            alone = rank_articles(searchable, model, vector, text, 2)
            assert found.articles.tolist() == alone.articles.tolist()
            assert found.unit_scores.tolist() == alone.unit_scores.tolist()
            for name in PARTS:
                assert found.parts[name] == pytest.approx(alone.parts[name], abs=1e-6)


def test_many_are_ranked_among_their_own_candidates(large):
    """Each query has its own, with the parts of their rows."""
    head = LinearHead(np.array([[0, 0], [0, 0], [1, 0], [0, 0], [0, 0]], np.float32), np.zeros(5, np.float32))
    vectors = np.stack([QUERY, QUERY])
    several = rank_many(large.with_head(head), replace(NOTHING, best=1.0), vectors, ["tigar", "zebro"], 2)
    first, second = several
    assert first.articles.tolist() == [0, 2]
    assert first.parts["best"].tolist() == pytest.approx([0.9, 0.2])
    assert first.parts["spelling"].tolist() == [0.0, 1.0]
    assert first.parts["head"].tolist() == pytest.approx([-0.05, 0.2])
    assert second.articles.tolist() == [0, 1]
    assert first.parts["mean"].tolist() == pytest.approx([0.9, 0.2])


def test_many_with_too_few_candidates_are_ranked_among_all(large):
    """Many queries with too few candidates are ranked like a single one."""
    (found,) = rank_many(large, replace(NOTHING, best=1.0), QUERY[np.newaxis], ["zebra"], 3)
    assert found.articles.tolist() == [0, 4, 3, 2, 1]


def test_the_unit_that_explains_a_hit_is_the_nearest_of_any_kind():
    """A row of the whole index; the first of equals."""
    searchable = searchable_of(
        title("a", 1.0), title("b", 0.2), passage("b", 0.6), example("b", 0.9), example("b", 0.9), title("c", 1.0)
    )
    nearness = searchable.engine.of_units(QUERY, range(3))
    assert best_unit(searchable, 1, nearness[1]) == 3
    assert best_unit(searchable, 0, nearness[0]) == 0
    assert best_unit(searchable, 2, nearness[2]) == 5
