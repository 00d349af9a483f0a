"""Small pieces of text and HTML: sentences with HTML in them, dates in words, counts."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from markupsafe import Markup

from kb.html.words import words

UNKNOWN_DATE: Final = "unknown"
_PARTIAL_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
LONGEST_QUERY: Final = 2000
"""Most characters of a question on a page; an address must stay short enough for every server on its way."""
_LONGEST_ECHO: Final = 300


def sentence(text: str, **parts: object) -> Markup:
    r"""Return a text with HTML in its gaps.

    :param text: Plain, with a ``{name}`` for each part; it is escaped.
    :param \**parts: The parts, also escaped unless they are HTML.
    :return: HTML.
    """
    return Markup.escape(text).format(**parts)


def clean_query(text: str) -> str:
    """Return a customer's text without control characters and surrounding space, cut to :data:`LONGEST_QUERY`."""
    return clean_text(text)[:LONGEST_QUERY].rstrip()


def clean_text(text: str) -> str:
    """Return a customer's text of any length without control characters and surrounding space."""
    return _CONTROL.sub(" ", text).strip()


def is_cut(text: str) -> bool:
    """Return whether :func:`clean_query` leaves out the end of a text."""
    return len(clean_text(text)) > LONGEST_QUERY


def echo(query: str) -> Markup:
    """Return a question as the page repeats it: escaped, and shortened if it is very long."""
    return Markup.escape(shortened(query, _LONGEST_ECHO))


def shortened(text: str, longest: int = 80) -> str:
    """Return a text, cut where it is very long."""
    return text if len(text) <= longest else f"{text[:longest].rstrip()}…"


def date_words(written: str) -> str:
    """Return a date of the articles (``2026``, ``2026-11`` or ``2026-11-22``) in words, others unchanged."""
    match = _PARTIAL_DATE.fullmatch(written)
    if not match or not 1 <= int(match[2] or 1) <= 12:  # noqa: PLR2004 - months of a year
        return written
    year, month, day = match[1], match[2], match[3]
    if month is None:
        return year
    name = words().dates.months[int(month) - 1]
    if day is None:
        return words().dates.month.format(month=name, year=year)
    return words().dates.day.format(month=name, day=int(day), year=year)


def day_words(day: date) -> str:
    """Return a day in words, such as ``November 22, 2026``."""
    return date_words(day.isoformat())


def article_count(count: int) -> str:
    """Return a number of articles in words."""
    return counted(words().browse.article_count, count)


def counted(forms: tuple[str, str], count: int) -> str:
    """Return a number of things in words.

    :param forms: The singular and the plural; ``{count}`` is the number.
    :param count: How many.
    :return: Such as ``1 article`` or ``3 articles``.
    """
    return forms[count != 1].format(count=count)
