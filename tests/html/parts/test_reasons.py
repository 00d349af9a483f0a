"""The page for writers says in words what was decided, and from which signals."""

from __future__ import annotations

import pytest

from kb.gaps.records import WHY_NOT, WhyNot
from kb.html.parts.writing import reasons
from kb.html.words import words
from kb.retrieval.answering.confidence import SIGNALS
from kb.types import Answer, Answered, Hit, NoAnswer, NoAnswerReason, Passage, Query, UnitKind
from tests.support import make_article, make_library
from tests.ui.fakes import SITE


def test_every_reason_and_signal_has_words() -> None:
    """A new one without words would be shown as a code, or not at all."""
    assert set(words().reasons.no_answers) == set(NoAnswerReason)
    assert set(words().reasons.signals) == set(SIGNALS)
    assert {*words().reasons.found, *words().reasons.reads_section} == {*UnitKind, "lead"}
    assert set(WHY_NOT) == set(WhyNot)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("elsewhere", 0.0, "<dt>Share of the likelihood of what is not answered here</dt><dd>50.0%</dd>"),
        ("share", 0.0, "<dd>50.0%</dd>"),
        ("stranger", 1.0, "<dt>Names a company that the first article does not mention</dt><dd>yes</dd>"),
        ("stranger", 0.0, "<dd>no</dd>"),
        ("best", 0.6, "<dt>Its nearest wording</dt><dd>0.600</dd>"),
        ("agreement", 3.0, "<dd>3</dd>"),
    ],
)
def test_a_signal_reads_as_what_it_is(name: str, value: float, shown: str) -> None:
    """Log-odds are a share, and what is so or not is yes or no."""
    outcome = NoAnswer(NoAnswerReason.ELSEWHERE, ())
    answer = Answer(Query("q", "q"), outcome, 0.1, (), "v1", 0.1, signals={name: value})
    html = reasons.html(answer, make_library(), SITE)
    assert shown in html.split('<details class="kb-details">')[1]
    assert "<dt>" not in html.split("<details")[0]


def test_the_card_is_as_the_customer_sees_it_but_does_nothing() -> None:
    """Direct answer and section, with links to read; nothing in it asks, counts or is found by a script."""
    article = make_article("late-fee", "It is a fee.\n\n## How much\n\nTen.\n", title="Late fee")
    lead = Passage("late-fee#0", "late-fee", "Late fee", "", "It is a fee.", "It is a fee.")
    much = Passage("late-fee#1", "late-fee", "How much", "how-much", "Ten.", "Ten.")
    hit = Hit(1, "late-fee", "Late fee", much, 0.9, lead=lead)
    answer = Answer(Query("q", "q"), Answered(hit, ()), 0.9, (hit,), "v1", 0.1)
    html = reasons.html(answer, make_library(article), SITE)
    card = html.split('aria-label="What the customer sees"')[1].split('<section class="kb-reasons">')[0]
    places = [card.index(text) for text in ("It is a fee.", ">How much</h3>", "Ten.", 'href="/article?id=late-fee')]
    assert places == sorted(places)
    assert "data-" not in card
    draft = reasons.html(answer, make_library(article), SITE, draft_id="late-fee")
    assert "/article?id=late-fee" not in draft
    assert "Read the whole article" in draft
