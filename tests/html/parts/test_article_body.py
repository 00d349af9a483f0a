"""An article's contents, its sources and their age, in either language."""

from __future__ import annotations

from contextvars import copy_context

import pytest

from kb.html.parts import article_body
from kb.html.words import Language, use_language
from kb.types import (
    Source,
)
from tests.ui import fakes
from tests.ui.fakes import make_article


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


def test_on_a_spanish_page_english_text_says_so() -> None:
    """Screen readers change their voice; the reader is told that articles are in English."""

    def spanish() -> str:
        use_language(Language.SPANISH)
        return article_body.whole(fakes.ARTICLES[0], fakes.library())

    html = copy_context().run(spanish)
    assert '<h1 lang="en">Why did my bill go up?</h1>' in html
    assert '<div class="kb-prose" lang="en">' in html
    assert "Este artículo todavía está solo en inglés." in html
    assert "De dónde viene esta información" in html


def test_a_source_that_is_no_address_is_text() -> None:
    """A letter or a phone call can be a source, too."""
    assert article_body.source_words(Source("A <b>letter</b>", "unknown", "2026")) == (
        "<span>Undated source, read 2026:</span> A &lt;b&gt;letter&lt;/b&gt;"
    )
