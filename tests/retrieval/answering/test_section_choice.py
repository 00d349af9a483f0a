"""The part of an article that is shown: with what editors taught, and without."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.retrieval.answering.section_choice import SectionChoice, choose_section, is_closing
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.section_head import SectionHead, starts_of
from kb.types import UnitKind
from tests.retrieval.handmade import QUERY, Line, example, passage, searchable_of, title

TITLE = title("b", 1.0, "the title")


def choice(
    *lines: Line,
    lexical: dict[int, float] | None = None,
    taught: list[float] | None = None,
    tied: str | None = None,
) -> SectionChoice:
    """Choose a part of the second article of an index, whose title is nearest.

    :param lines: Its units.
    :param lexical: BM25 by the line's number.
    :param taught: What was learned of each of its sections for this very query.
    :param tied: The section that an editor tied this very query to.
    """
    searchable = searchable_of(passage("a", 1.0), TITLE, *lines, passage("c", 1.0))
    scores = np.zeros(len(searchable.units), np.float32)
    scores[[0, -1]] = 100.0  # of other articles
    for n, score in (lexical or {}).items():
        scores[2 + n] = score
    return choose_section(with_head(searchable, taught), 1, QUERY, scores, tied)


def with_head(searchable: Searchable, taught: list[float] | None) -> Searchable:
    if taught is None:
        return searchable
    starts = starts_of(searchable.passages)
    weights = np.zeros((int(starts[-1]), 2), np.float32)
    weights[starts[1] : starts[2], 0] = taught
    return replace(searchable, sections=SectionHead(weights, np.zeros(len(weights), np.float32), starts))


def top(cosine: float) -> Line:
    return passage("b", cosine, "the direct answer")


def section(cosine: float, anchor: str = "how", heading: str = "How it works") -> Line:
    return passage("b", cosine, f"about {anchor}", anchor, heading)


def test_a_section_is_shown_if_it_is_clearly_nearer():
    """The direct answer has a lead of 1.6 / 12 in cosine over a section, and none is untaught."""
    assert choice(top(0.5), section(0.62)).passage.anchor == ""
    assert choice(top(0.5), section(0.64)).passage.anchor == "how"


def test_the_section_that_an_editor_tied_the_very_question_to_is_shown():
    """However near another one is, and whatever was learned; one that is gone decides nothing."""
    lines = top(0.9), section(0.1), section(0.8, "why", "Why")
    found = choice(*lines, taught=[3.0, -3.0, 0.0], tied="how")
    assert (found.passage.anchor, found.evidence.share) == ("how", 1.0)
    assert choice(top(0.1), section(0.9), tied="").passage.anchor == ""
    assert choice(*lines, tied="gone") == choice(*lines)


def test_the_direct_answer_comes_with_every_section():
    """It is given beside the section; an article that begins with a heading has none."""
    lead = choice(top(0.1), section(0.9)).lead
    assert lead is not None
    assert lead.text == "the direct answer"
    assert choice(section(0.9), section(0.1, "why")).lead is None
    shown = choice(top(0.9), section(0.1))
    assert shown.lead == shown.passage


@pytest.mark.parametrize(
    "heading",
    [
        "If it is still there next month",
        "If you cannot reach a person",
        "If Northwind refuses the credit",
        "If the bank does not answer",
        "When to contact an agent about it",
        "What to have ready before you call",
        "Stop it from happening again",
        "When another route is better",
    ],
)
def test_a_closing_section_needs_more(heading: str):
    """It repeats the words of the article, so it has to be nearer than another section by .8 / 12."""
    assert is_closing(heading)
    assert choice(section(0.5), section(0.56, "closing", heading)).passage.anchor == "how"
    assert choice(section(0.5), section(0.58, "closing", heading)).passage.anchor == "closing"


@pytest.mark.parametrize(
    "heading", ["How to get the money back", "When is it due?", "What it costs", "Gift cards", "If paid by check", ""]
)
def test_other_headings_close_nothing(heading: str):
    """They are compared like any other."""
    assert not is_closing(heading)


def test_words_decide_between_sections_that_are_about_as_near():
    """The section with the best words gains .5, half of the best half of it, whatever the amount."""
    near = section(0.50), section(0.53, "why", "Why")
    assert choice(*near).passage.anchor == "why"
    assert choice(*near, lexical={0: 3.0}).passage.anchor == "how"
    assert choice(*near, lexical={0: 0.01}).passage.anchor == "how"
    assert choice(*near, lexical={0: 4.0, 1: 3.0}).passage.anchor == "why"


def test_what_editors_taught_outweighs_nearness():
    """Tied examples say what cosines do not."""
    lines = top(0.5), section(0.7), section(0.5, "why", "Why")
    assert choice(*lines).passage.anchor == "how"
    assert choice(*lines, taught=[0.0, 0.0, 3.0]).passage.anchor == "why"
    assert choice(*lines, taught=[3.0, 0.0, 0.0]).passage.anchor == ""


def test_a_taught_closing_section_is_like_any_other():
    """Its own examples say when it is asked for."""
    lines = section(0.5), section(0.5, "if", "If it fails")
    assert choice(*lines, taught=[0.0, 0.1]).passage.anchor == "if"


def test_an_article_that_learned_nothing_is_chosen_from_as_without():
    """Zeros are no lesson."""
    lines = top(0.5), section(0.62)
    assert choice(*lines, taught=[0.0, 0.0]) == choice(*lines)


def test_of_a_long_section_the_nearest_piece_is_shown():
    """By cosine, and by words within a tenth."""
    pieces = top(0.1), section(0.8), passage("b", 0.75, "second", "how", "How it works")
    assert choice(*pieces).passage.text == "about how"
    assert choice(*pieces, lexical={2: 2.0}).passage.text == "second"


def test_the_evidence_is_the_nearest_tied_example_or_passage():
    """It names what brought the part up, and how sure the choice is."""
    lines = top(0.1), section(0.8), example("b", 0.99, "how come", "how"), example("b", 1.0, "untied")
    found = choice(*lines).evidence
    assert (found.unit_kind, found.unit_text) == (UnitKind.EXAMPLE, "how come")
    assert 0.5 < found.share < 1
    plain = choice(top(0.1), section(0.8), example("b", 1.0, "untied")).evidence
    assert (plain.unit_kind, plain.unit_text) == (UnitKind.PASSAGE, "about how")
    direct = choice(top(0.9), section(0.1), example("b", 0.95, "untied")).evidence
    assert (direct.unit_kind, direct.unit_text) == (UnitKind.TITLE, "the title")


def test_the_shares_add_up():
    """An article of one part is sure of it."""
    assert choice(top(-0.9)).evidence.share == 1.0
    assert choice(top(-0.9)).passage.text == "the direct answer"
