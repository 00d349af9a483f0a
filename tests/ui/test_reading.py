"""What helps reading: marked words, steps to tick off, contents, the age of sources, the index from A to Z."""

from __future__ import annotations

from contextvars import copy_context

import pytest

from kb.html import highlight, prose
from kb.html.az import LetterIndex, index_of
from kb.html.highlight import Wanted
from kb.html.parts import article_body, ask, outcome, shelf
from kb.html.words import Language, use_language
from kb.retrieval.query.normalise import normalise
from kb.types import Article, ArticleKind, Library, Passage, Query, Source
from tests.ui import fakes
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
    """Whatever their ending; common ones beside a telling one with it; tags and entities stay what they are."""
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


def test_steps_become_boxes() -> None:
    """The outermost numbered items, counted anew in each list; inner lists and bullets stay."""
    html = (
        "<ol>\n<li>A<ul><li>x</li></ul></li>\n<li>B<ol><li>y</li></ol></li></ol><ul><li>z</li></ul><ol><li>C</li></ol>"
    )
    found = prose.with_boxes(html)
    assert found.count("<input") == 3
    assert found.count('aria-label="Step 1 done"') == 2
    assert '<li><input type="checkbox" class="kb-step" aria-label="Step 2 done">B<ol><li>y' in found
    assert "<ul><li>z" in found


def test_the_first_words_of_a_tutorial_are_followed_by_its_steps() -> None:
    """Whoever asks how gets the steps, whichever part was nearest."""
    tutorial = next(a for a in fakes.ARTICLES if a.kind is ArticleKind.TUTORIAL)
    intro = Passage("x#0", tutorial.id, tutorial.title, "", "Have it ready.", "Have it ready.")
    shown = prose.shown_markdown(tutorial, intro)
    assert shown.startswith("Have it ready.\n\n### Set it up\n\n1. Sign in.")
    trouble = Passage("x#2", tutorial.id, "If it fails", "if-it-fails", "Ask.", "Ask.")
    assert prose.shown_markdown(tutorial, trouble) == "Ask."


def test_a_long_article_has_contents() -> None:
    """Four headings or more, each linked; a short one none."""
    long = make_article("x", "\n\n".join(f"## Part {n}\n\nText." for n in range(4)))
    html = article_body.contents(long)
    assert 'href="/article?id=x#part-3"' in html
    assert html.count("<li>") == 4
    assert article_body.contents(make_article("y", "## One\n\nText.")) == ""


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ((), ""),
        (("unknown",), "From an undated source"),
        (("unknown", "unknown"), "From undated sources"),
        (("2024-01",), "From a source dated January 2024"),
        (("2024-01", "2021"), "From sources dated 2021 to January 2024"),
        (("2024", "2024", "unknown"), "From sources dated 2024, and undated ones"),
    ],
)
def test_how_old_the_facts_are(dates: tuple[str, ...], expected: str) -> None:
    """By the sources' own dates, and never that anything was checked."""
    assert article_body.age([Source("https://example.com", dated, "2026-11") for dated in dates]) == expected


@pytest.mark.parametrize(
    ("typed", "searched", "shown"),
    [
        ("paperles bill", "paperless bill", "Showing results for <q><strong>paperless</strong> bill</q>"),
        ("wat is u", "what is you", ""),
        ("late fee", "late fee", ""),
        ("<b> recipt", "<b> receipt", "<q>&lt;b&gt; <strong>receipt</strong></q>"),
    ],
)
def test_a_slip_that_was_put_right_is_said(typed: str, searched: str, shown: str) -> None:
    """With the word that changed; a short form written out is no news."""
    html = outcome._searched_note(Query(typed, typed, searched=searched))
    assert (shown in html) if shown else (html == "")


def test_recent_questions_lead_back_to_their_answers() -> None:
    """The one that is shown is left out; markup in them is text."""
    html = ask.recent(["late fee", "<b>", "auto pay"], current="late fee")
    assert 'href="/?q=auto+pay"' in html
    assert "&lt;b&gt;" in html
    assert "late fee" not in html
    assert ask.recent(["late fee"], current="late fee") == ""


def lexicon() -> tuple[Article, ...]:
    """Return three articles with keywords."""
    return (
        make_article("a", title="About A", keywords=("Éclair", "auto pay")),
        make_article("b", title="About B", keywords=("autopay", "Auto Pay", "611")),
        make_article("c", title="Zebra"),
    )


def test_the_index_lists_keywords_by_letter() -> None:
    """Without regard to case and accents; an article without keywords by its title; digits last."""
    index = LetterIndex(Library({a.id: a for a in lexicon()}, ()))
    assert list(index.letters.items()) == [("A", 2), ("E", 1), ("Z", 1), ("#", 1)]
    assert [(term, [a.id for a in found]) for term, found in index.terms("A")] == [
        ("auto pay", ["a", "b"]),
        ("autopay", ["b"]),
    ]
    assert index.terms("Q") == []


def test_the_index_is_made_once_for_a_library() -> None:
    """And anew for the next."""
    first = Library({}, ())
    assert index_of(first) is index_of(first)
    assert index_of(Library({}, ())).library is not first


def test_letters_say_which_one_is_shown() -> None:
    """For those who do not see it."""
    html = shelf.letters(Library({a.id: a for a in lexicon()}, ()), "A")
    assert '<a href="/browse?letter=A" aria-current="page">A</a>' in html
    assert '<a href="/browse?letter=%23">0–9</a>' in html


def test_on_a_spanish_page_english_text_says_so() -> None:
    """Screen readers change their voice; the reader is told that articles are in English."""

    def spanish() -> str:
        use_language(Language.SPANISH)
        return article_body.whole(fakes.ARTICLES[0], fakes.library())

    html = copy_context().run(spanish)
    assert '<h1 lang="en">Why did my bill go up?</h1>' in html
    assert '<div class="kb-prose" lang="en">' in html
    assert "Los artículos están en inglés." in html
    assert "De dónde viene esta información" in html
