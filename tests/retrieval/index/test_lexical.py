"""BM25 against a plain one, written out here."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.index.lexical import K1, B, LexicalIndex
from kb.retrieval.query.normalise import words

VOCABULARY = ["bill", "fee", "modem", "autopay", "card", "credit", "refund", "tax", "phone", "box"]
TEXTS = st.lists(st.lists(st.sampled_from([*VOCABULARY, "the", "of"]), max_size=12).map(" ".join), max_size=12)
QUERIES = st.lists(st.sampled_from([*VOCABULARY, "zebra"]), max_size=6)


def index_of(texts: Sequence[str]) -> LexicalIndex:
    """Return the index of texts' words."""
    return LexicalIndex.build([words(text) for text in texts])


def naive_bm25(texts: Sequence[str], query: Sequence[str]) -> list[float]:
    """Return each text's score: Robertson's BM25 with Lucene's idf, repeated words counted each time."""
    rows = [words(text) for text in texts]
    mean = sum(map(len, rows)) / max(1, len(rows))
    scores = []
    for row in rows:
        total = 0.0
        for word in query:
            holders = sum(word in other for other in rows)
            if word in row:
                idf = math.log(1 + (len(rows) - holders + 0.5) / (holders + 0.5))
                tf = row.count(word)
                total += idf * tf / (tf + K1 * (1 - B + B * len(row) / mean))
        scores.append(total)
    return scores


@given(texts=TEXTS, query=QUERIES)
def test_scores_equal_a_naive_bm25(texts, query):
    """Every row's score to 1e-5, with unknown words, repeated words and empty rows."""
    stemmed = words(" ".join(query))
    found = index_of(texts).scores(stemmed)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, naive_bm25(texts, stemmed), atol=1e-5)


@given(texts=TEXTS, query=QUERIES)
def test_the_round_trip_is_identity(texts, query):
    """Files give back the same scores, idf and rows, and the same bytes."""
    index = index_of(texts)
    files = index.to_files("lexical")
    again = LexicalIndex.from_files("lexical", files)
    assert again.to_files("lexical") == files
    assert again.n_rows == len(texts)
    assert np.array_equal(again.scores(query), index.scores(query))
    for word in query:
        assert again.idf(word) == index.idf(word)


@given(texts=TEXTS)
def test_a_word_scores_in_the_rows_that_have_it(texts):
    """A word scores in the rows that have it, and in no other."""
    index = index_of(texts)
    for word in {w for text in texts for w in words(text)}:
        assert np.flatnonzero(index.scores([word])).tolist() == [n for n, t in enumerate(texts) if word in words(t)]


def test_a_rarer_word_tells_more():
    """Idf falls with the number of rows that have the word; an unknown word counts as much as the rarest or more."""
    index = index_of(["bill fee", "bill modem", "bill"])
    assert index.idf("bill") < index.idf("fee") == index.idf("modem") <= index.idf("zebra")


def test_word_forms_meet():
    """A query in another form finds the row."""
    scores = index_of(["billing charges", "modems"]).scores(words("Charged for BILLS?"))
    assert scores[0] > 0 == scores[1]


@pytest.mark.parametrize("texts", [[], [""], ["the of and", "?"]])
def test_texts_without_words_score_nothing(texts):
    """No vocabulary: every score is 0, and the round trip works."""
    index = LexicalIndex.from_files("x", index_of(texts).to_files("x"))
    assert index.scores(["bill"]).tolist() == [0.0] * len(texts)


def test_nothing_is_pickled():
    """The arrays load with pickle forbidden, and say so in their headers."""
    for name, data in index_of(["bill fee"]).to_files("lexical").items():
        assert b"|O" not in data[:128], name
