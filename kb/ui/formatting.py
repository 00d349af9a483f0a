"""Small pieces of text and HTML: escaping, dates in words, counts."""

from __future__ import annotations

import calendar
import html
import re
from datetime import date
from typing import Final

UNKNOWN_DATE: Final = "unknown"
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LONGEST_QUERY: Final = 2000
"""Characters of a question that a page takes; an address must stay short enough for every server on its way."""
_LONGEST_ECHO: Final = 300


def escape(text: str) -> str:
    """Return text so that HTML shows it as it is, inside an element or a quoted attribute."""
    return html.escape(text, quote=True)


def clean_query(text: str) -> str:
    """Return a customer's text without control characters and surrounding space, cut to :data:`LONGEST_QUERY`."""
    return _CONTROL.sub(" ", text).strip()[:LONGEST_QUERY]


def echo(query: str) -> str:
    """Return a question as it is repeated on the page: escaped, and shortened when it is very long."""
    return escape(query if len(query) <= _LONGEST_ECHO else f"{query[:_LONGEST_ECHO].rstrip()}…")


def date_words(written: str) -> str:
    """Return a date of the articles (``2026``, ``2026-11`` or ``2026-11-22``) in words, others unchanged."""
    match = _PARTIAL_DATE.fullmatch(written)
    if not match or not 1 <= int(match[2] or 1) <= 12:  # noqa: PLR2004 - months of a year
        return written
    year, month, day = match[1], match[2], match[3]
    if month is None:
        return year
    name = calendar.month_name[int(month)]
    return f"{name} {int(day)}, {year}" if day else f"{name} {year}"


def day_words(day: date) -> str:
    """Return a day in words, such as ``November 22, 2026``."""
    return date_words(day.isoformat())


def article_count(count: int) -> str:
    """Return a number of articles in words."""
    return "1 article" if count == 1 else f"{count} articles"
