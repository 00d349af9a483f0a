"""Values of a front matter that have one right form and are written in another one.

Whoever reads ``kind: FAQ`` knows what is meant, so the check says what to write, and ``kb check --fix`` writes it.
What could mean two things, such as the date 5/6/2026, is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from kb.common.findings import ID_PATTERN

_MONTHS: Final = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
_LEAST_LETTERS: Final = 3
"""Letters by which a month may be shortened: Jan, Sept."""
_LAST_MONTH: Final = 12

_YEAR_FIRST = re.compile(r"(\d{4})[-/.](\d{1,2})(?:[-/.](\d{1,2})(?:[T ][\d:.]+(?:Z|[ ]?[+-]\d{1,2}(?::?\d\d)?)?)?)?")
_YEAR_LAST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTH_LAST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?(?: of)? ([a-z]+)\.?,? (\d{4})", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"([a-z]+)\.? (?:(\d{1,2})(?:st|nd|rd|th)?,? )?(\d{4})", re.IGNORECASE)


def meant_choice(written: str, choices: Sequence[str]) -> str | None:
    """Return the one of some words that is written in capitals or with spaces around it; None if it is none of them."""
    return next((choice for choice in choices if choice.casefold() == written.strip().casefold()), None)


def meant_day(written: str) -> date | None:
    """Return the day that a date in another form means, such as ``22 November 2026``; None if it could be two."""
    found = meant_date(written)
    return date.fromisoformat(found) if found is not None and len(found) == len("2026-11-22") else None


def meant_date(written: str) -> str | None:
    """Return YYYY-MM or YYYY-MM-DD for a date or a month in another form; None if it could mean two, or none."""
    for year, month, day in _readings(" ".join(written.split())):
        try:
            found = date(year, month, day or 1).isoformat()
        except ValueError:
            continue
        return found if day else found[: len("2026-11")]
    return None


def _readings(text: str) -> Iterator[tuple[int, int, int]]:
    """Yield year, month and day, 0 for a month alone; impossible ones are for the caller to refuse."""
    if match := _YEAR_FIRST.fullmatch(text):
        yield int(match[1]), int(match[2]), int(match[3] or 0)
    elif match := _YEAR_LAST.fullmatch(text):
        first, second = int(match[1]), int(match[2])
        if first > _LAST_MONTH or first == second:
            yield int(match[3]), second, first
        elif second > _LAST_MONTH:
            yield int(match[3]), first, second
    elif match := _MONTH_LAST.fullmatch(text):
        yield int(match[3]), _month(match[2]), int(match[1])
    elif match := _MONTH_FIRST.fullmatch(text):
        yield int(match[3]), _month(match[1]), int(match[2] or 0)


def _month(name: str) -> int:
    """Return a month's number by its name or the beginning of it; 0 if it is none."""
    known = [n for n, month in enumerate(_MONTHS, start=1) if month.startswith(name.lower())]
    return known[0] if len(known) == 1 and len(name) >= _LEAST_LETTERS else 0


def meant_list(written: str, *, by_commas: bool) -> tuple[str, ...] | None:
    """Return the items of a list that is written as text.

    :param written: One line of text, such as ``late fee, due date``.
    :param by_commas: Whether a comma parts two items; in a question it may be part of the question, and then such a
        text could mean two things.
    :return: The items; None if it could mean two things, or nothing is written.
    """
    if not written.strip() or (not by_commas and "," in written):
        return None
    parts = written.split(",") if by_commas else [written]
    return tuple(dict.fromkeys(" ".join(part.split()) for part in parts if part.strip())) or None


def meant_id(written: str) -> str | None:
    """Return the id of a file's name or path, such as ``fees/late-fee.md``; None if it is neither."""
    name = written.strip().rsplit("/", 1)[-1].removesuffix(".md")
    return name if ID_PATTERN.fullmatch(name) else None
