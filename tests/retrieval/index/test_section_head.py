"""The files and scores of the head for sections."""

from __future__ import annotations

import numpy as np
import pytest

from kb.retrieval.index.section_head import WEIGHTS, SectionHead, section_starts, starts_of
from kb.types import Passage


def passages(*anchors: str) -> list[Passage]:
    return [Passage(f"a#{n}", "a", "", anchor, "", "") for n, anchor in enumerate(anchors)]


OF_ARTICLES = [passages("", "", "one", "two", "two"), [], passages("one")]
STARTS = np.array([0, 3, 3, 4])


def head() -> SectionHead:
    weights = np.array([[1, 0], [0, 1], [0, 0], [0, 0]], np.float32)
    return SectionHead(weights, np.array([0, 0, 3, 0], np.float32), STARTS)


def test_a_section_begins_where_the_anchor_changes():
    """Pieces of a long section are one section."""
    assert [section_starts(of_article) for of_article in OF_ARTICLES] == [[0, 2, 3], [], [0]]
    assert starts_of(OF_ARTICLES).tolist() == STARTS.tolist()


def test_scores_are_log_odds_around_zero():
    """Only the differences between the sections of one article count."""
    found = head().scores(0, np.array([1, 0], np.float32))
    assert found is not None
    assert found.tolist() == pytest.approx([1 - 4 / 3, -4 / 3, 3 - 4 / 3])


def test_an_article_without_ties_has_no_scores():
    """Zeros mean that nothing was learned."""
    assert head().scores(2, np.array([1, 0], np.float32)) is None
    assert head().scores(1, np.array([1, 0], np.float32)) is None


def test_files_give_the_same_head():
    """Written and read again; an index without one has no files."""
    read = SectionHead.from_files(head().to_files(), OF_ARTICLES)
    assert read is not None
    assert read.weights.tolist() == head().weights.tolist()
    assert read.intercept.tolist() == head().intercept.tolist()
    assert read.starts.tolist() == STARTS.tolist()
    assert SectionHead.from_files({}, OF_ARTICLES) is None


def test_files_of_other_sections_are_refused():
    """Neither too many nor too few weights."""
    with pytest.raises(ValueError, match="4 sections have weights, but there are 3"):
        SectionHead.from_files(head().to_files(), OF_ARTICLES[:1])
    assert WEIGHTS in head().to_files()
