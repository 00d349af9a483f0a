"""Sentences with HTML in them, and dates in words."""

from __future__ import annotations

import pytest
from markupsafe import Markup

from kb.html.format import date_words, echo, sentence


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024", "2024"),
        ("2024-01", "January 2024"),
        ("2026-11-22", "November 22, 2026"),
        ("2024-13", "2024-13"),
        ("x", "x"),
    ],
)
def test_dates_in_words(written: str, expected: str) -> None:
    """A date is as exact as its source, never more."""
    assert date_words(written) == expected


def test_only_html_stays_html_in_a_sentence() -> None:
    """The text and a plain part are escaped; a part that is HTML is kept."""
    said = sentence("<i> {word} & {link}", word="<b>", link=Markup('<a href="/x">x</a>'))
    assert said == Markup('&lt;i&gt; &lt;b&gt; &amp; <a href="/x">x</a>')


def test_a_very_long_question_is_repeated_in_part() -> None:
    """A text is escaped, and cut at three hundred characters."""
    assert echo("<" * 400) == "&lt;" * 300 + "…"
