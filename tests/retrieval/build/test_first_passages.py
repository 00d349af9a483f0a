"""Estimated vectors of passages."""

from __future__ import annotations

import numpy as np
import pytest

from kb.content.markdown.render import plain_text
from kb.retrieval.build.first_passages import estimated, headings_alone
from kb.retrieval.index.passages import passages_of, units
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
    found = estimated(rows, axes)
    at = {(unit.kind, unit.passage): row for row, unit in enumerate(rows)}
    own, asked = at[UnitKind.PASSAGE, 1], at[UnitKind.EXAMPLE, 1]
    assert found[own] == pytest.approx((axes[own] + axes[asked]) / np.sqrt(2))
    others = [row for row in range(len(rows)) if row != own]
    assert np.array_equal(found[others], axes[others])
    assert found.dtype == np.float32
