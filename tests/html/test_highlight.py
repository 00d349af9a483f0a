"""Words of the question, marked in an answer."""

from __future__ import annotations

import pytest

from kb.html import highlight
from kb.html.highlight import Wanted
from kb.retrieval.query.normalise import normalise
from kb.types import Library
from tests.ui.fakes import make_article


def sought(telling: str, others: str = "") -> Wanted:
    """Return words to mark, given as stems."""
    return Wanted(frozenset(telling.split()), frozenset(f"{telling} {others}".split()))


@pytest.mark.parametrize(
    ("html", "expected"),
    [
        ("<p>A late fee.</p>", "<p>A <mark>late</mark> fee.</p>"),
        ("<p>Billed LATE, later</p>", "<p>Billed <mark>LATE</mark>, later</p>"),
        ('<a href="/late" title="late">late</a>', '<a href="/late" title="late"><mark>late</mark></a>'),
        ("<p>Auto Pay is; pay</p>", "<p><mark>Auto Pay</mark> is; pay</p>"),
        ("<h3>Late</h3> late", "<h3>Late</h3> <mark>late</mark>"),
        ("<p>Auto <b>Pay</b></p>", "<p><mark>Auto</mark> <b>Pay</b></p>"),
        ("R&amp;B &lt; late", "R&#38;B &#60; <mark>late</mark>"),
    ],
)
def test_words_of_the_question_are_marked(html: str, expected: str) -> None:
    """Words match with any ending, common ones only next to a telling one; tags and entities stay unchanged."""
    assert highlight.marked(html, sought("late auto amp", "pay")) == expected


def test_marks_stop_before_they_are_a_wall() -> None:
    """Twelve are enough; without a telling word there is none."""
    assert highlight.marked("late, " * 50, sought("late")).count("<mark>") == 12
    assert highlight.marked("late", sought("", "late")) == "late"


def test_words_that_every_article_has_are_not_telling() -> None:
    """Of a question about a late fee, where all articles are about fees, the lateness is marked."""
    articles = {str(n): make_article(str(n), "A fee.") for n in range(5)} | {"late": make_article("late", "Late.")}
    found = highlight.wanted(normalise("why do I want a late fee"), Library(articles, ()))
    assert found == Wanted(frozenset({"late"}), frozenset({"late", "fee"}))
