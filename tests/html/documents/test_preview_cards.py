"""What customers read of an article, in the preview: each part as on the card of an answer."""

from __future__ import annotations

import re

from kb.html.documents import preview_cards
from kb.html.links import Addresses, plain_article
from kb.types import Article, Library
from tests.support import make_article, make_library
from tests.ui.fakes import SITE

BODY = "It is a fee.\n\n## How much\n\nTen dollars.\n\n## If you paid\n\nCall us.\n"
TO = Addresses(plain_article, lambda category: f"/{category}", is_read_only=True)


def _html(article: Article, library: Library | None = None) -> str:
    return str(preview_cards.html(article, library or make_library(), SITE, TO))


def _folds(html: str) -> dict[str, str]:
    """Return the content of each fold by what it says."""
    return dict(re.findall(r"<summary>([^<]+)</summary>(.*?)</details>", html, re.DOTALL))


def test_each_part_is_shown_with_the_questions_that_lead_to_it() -> None:
    """The direct answer, and below it each section to which an example or a test is tied; others are not promised."""
    article = make_article(
        "late-fee",
        BODY,
        title="What is the late fee?",
        examples=("late fee", "how many dollars", "fee?"),
        example_sections={"how many dollars": "how-much"},
        tests=("what does it cost", "anything"),
        test_sections={"what does it cost": ("how-much", "top")},
    )
    folds = _folds(_html(article))
    assert list(folds) == [
        "The direct answer: 2 examples, 1 test", "With the section “How much”: 1 example, 1 test",
    ]  # fmt: skip
    lead, much = folds.values()
    assert "<p>It is a fee.</p>" in lead
    assert "Ten dollars." not in lead
    assert re.findall("<li><q>([^<]+)</q>", lead) == ["late fee", "fee?", "what does it cost"]
    places = [much.index(text) for text in ("It is a fee.", ">How much</h3>", "Ten dollars.")]
    assert places == sorted(places)
    assert 'href="/a/late-fee' in much
    assert "data-" not in lead + much


def test_without_ties_the_words_of_the_sections_decide() -> None:
    """That is said; of an article with one part, nothing is to be decided."""
    said = "so the words of the sections alone decide"
    assert said in _html(make_article("a", BODY))
    assert said not in _html(make_article("a", "Only this.\n"))


def test_an_article_without_a_direct_answer() -> None:
    """What is missing is said, and the sections stand alone."""
    article = make_article("a", "## Steps\n\nOne.\n", examples=("x",), example_sections={"x": "steps"})
    html = _html(article, make_library(article))
    assert "There is no text above the first heading" in html
    assert list(_folds(html)) == ["With the section “Steps”: 1 example, 0 tests"]
