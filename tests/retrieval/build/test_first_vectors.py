"""Vectors that a first index estimates instead of encoding."""

from __future__ import annotations

import numpy as np
import pytest

from kb.content.markdown.render import plain_text
from kb.retrieval.build.first_vectors import MOST_EXAMPLES, encoded_first, estimated, headings_alone
from kb.retrieval.index.passages import Unit, passages_of, units
from kb.types import UnitKind
from tests.support import make_article


@pytest.fixture
def of_one():
    """The units and passages of an article with two sections, one of which has a question of its own."""
    article = make_article(
        "late-fee",
        title="Late fee",
        body="Due at once.\n\n## Amount\n\nIt is eight dollars.\n",
        examples=["how much is the late fee"],
        example_sections={"how much is the late fee": "amount"},
    )
    passages = passages_of(article, plain_text)
    return units(article, passages), passages


def test_a_passage_is_read_as_its_headings(of_one):
    """The text stays out, titles and examples stay as they are."""
    rows, passages = of_one
    read = headings_alone(rows, [passages])
    assert [unit.text for unit in read if unit.kind is UnitKind.PASSAGE] == ["Late fee", "Late fee\nAmount"]
    assert [a for a in read if a.kind is not UnitKind.PASSAGE] == [b for b in rows if b.kind is not UnitKind.PASSAGE]


def test_a_question_draws_its_passage(of_one):
    """A passage with a question is between its headings and the question; one without is its headings."""
    rows, _ = of_one
    axes = np.eye(len(rows), dtype=np.float32)
    found = estimated(rows, np.arange(len(rows)), axes)
    at = {(unit.kind, unit.passage): row for row, unit in enumerate(rows)}
    own, asked = at[UnitKind.PASSAGE, 1], at[UnitKind.EXAMPLE, 1]
    assert found[own] == pytest.approx((axes[own] + axes[asked]) / np.sqrt(2))
    others = [row for row in range(len(rows)) if row != own]
    assert np.array_equal(found[others], axes[others])
    assert found.dtype == np.float32


FEES = ["how much is the late fee", "what is the fee for paying late", "late fee amount", "is there a late fee"]
"""Of one article; the other's are about returns."""
RETURNS = ["where do I return the modem", "how to return equipment", "return my router", "drop off the cable box"]


@pytest.fixture
def of_two():
    """Titles and many examples of two articles, those of each around a direction of its own."""
    rows = [Unit(UnitKind.TITLE, "fees", "Late fee", -1), Unit(UnitKind.TITLE, "returns", "Return equipment", -1)]
    for article, texts in (("fees", FEES), ("returns", RETURNS)):
        rows += [Unit(UnitKind.EXAMPLE, article, f"{text} {n}", -1) for n in range(5) for text in texts]
    rng = np.random.default_rng(1)
    centers = {"fees": np.eye(8)[0], "returns": np.eye(8)[1]}
    matrix = np.stack([centers[row.article_id] + rng.normal(0, 0.05, 8) for row in rows]).astype(np.float32)
    return rows, matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


def test_some_examples_of_each_article_are_encoded(of_two):
    """Titles always, examples up to the bound, spread over the list; a short list is encoded as a whole."""
    rows, _ = of_two
    first = encoded_first(rows)
    assert list(first) == sorted(set(first))
    examples = [rows[row] for row in first if rows[row].kind is UnitKind.EXAMPLE]
    assert [sum(unit.article_id == article for unit in examples) for article in ("fees", "returns")] == [
        MOST_EXAMPLES,
        MOST_EXAMPLES,
    ]
    assert {0, 1, 2, 21, 22, 41} <= set(first)
    assert list(encoded_first(rows[:8])) == list(range(8))


def test_an_example_is_where_its_article_and_words_suggest(of_two):
    """The estimate is closer to what the encoder would have given than to the other article, and is a unit vector."""
    rows, matrix = of_two
    first = encoded_first(rows)
    found = estimated(rows, first, matrix[first])
    assert np.array_equal(found[first], matrix[first])
    missing = np.setdiff1d(np.arange(len(rows)), first)
    assert ((found[missing] * matrix[missing]).sum(axis=1) > 0.95).all()
    assert np.linalg.norm(found, axis=1) == pytest.approx(1)
    assert found.dtype == np.float32


def test_examples_without_words_have_the_mean_of_their_article(of_two):
    """Nothing can be learned from signs alone."""
    rows, matrix = of_two
    signs = [row if row.kind is UnitKind.TITLE else Unit(row.kind, row.article_id, "?!", -1) for row in rows]
    first = encoded_first(signs)
    found = estimated(signs, first, matrix[first])
    mean = matrix[
        [row for row in first if signs[row].kind is UnitKind.EXAMPLE and signs[row].article_id == "fees"]
    ].mean(0)
    missing = next(row for row in range(2, 22) if row not in first)
    assert found[missing] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-6)
