"""The searchable form of an index, with classes that are no articles."""

from __future__ import annotations

import numpy as np

from kb.retrieval.index.passages import Unit
from kb.retrieval.index.searchable import Searchable
from kb.types import UnitKind

WORDS = ("bill", "fee", "card", "refund", "move", "cancel")


def corpus(examples: int, *, elsewhere: int = 0) -> Searchable:
    """Return six articles with a title and some examples each, and a class of other questions."""
    units = [Unit(UnitKind.TITLE, f"a{n}", word, -1) for n, word in enumerate(WORDS)]
    units += [Unit(UnitKind.EXAMPLE, f"a{n}", f"{w} {k}", -1) for n, w in enumerate(WORDS) for k in range(examples)]
    units += [Unit(UnitKind.EXAMPLE, "~cooking", f"bread bill {k}", -1) for k in range(elsewhere)]
    units.sort(key=lambda unit: unit.article_id)
    matrix = np.random.default_rng(3).normal(size=(len(units), 16)).astype(np.float32)
    matrix /= np.linalg.norm(matrix, axis=1, keepdims=True)
    passages = [()] * len({unit.article_id for unit in units})
    return Searchable.unlearned(units, passages, matrix, elsewhere={"~cooking"} if elsewhere else ())


def test_questions_about_other_things_do_not_make_a_head_worthwhile():
    """A head is learned if the articles have enough examples, however many questions there are about other things."""
    assert corpus(1, elsewhere=200).learned().head is None
    assert corpus(6, elsewhere=200).learned().head is not None


def test_articles_score_as_if_there_were_no_others():
    """Neither how rare a word is nor how long a row depends on questions about other things."""
    alone, together = corpus(2), corpus(2, elsewhere=30)
    for name in ("texts", "lexical", "spelling"):
        tokens = ["bill", "fee", "0", " bi", "bil"]
        n = getattr(alone, name).n_rows
        np.testing.assert_array_equal(getattr(together, name).scores(tokens)[:n], getattr(alone, name).scores(tokens))
    assert together.texts.scores(["bread"])[-1] > 0
    assert together.elsewhere.tolist() == [False] * 6 + [True]
