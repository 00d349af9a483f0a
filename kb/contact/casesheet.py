"""The case sheet: notes that a customer takes into a call, completes during it, and keeps after it.

A sheet is never stored: no function here opens a file, a log or a connection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029]")
_WIDTH: Final = 78


class Entry(StrEnum):
    """An entry of a sheet, in the order shown; each value is also a field of :class:`CaseSheet`."""

    QUESTION = "question"
    ARTICLES = "articles"
    HAPPENED = "happened"
    AMOUNTS = "amounts"
    WANTED = "wanted"
    CONTACTED = "contacted"
    REPRESENTATIVE = "representative"
    CASE_NUMBER = "case_number"
    PROMISED = "promised"
    PROMISED_BY = "promised_by"


LONGEST: Final[Mapping[Entry, int]] = {
    Entry.QUESTION: 300,
    Entry.HAPPENED: 900,
    Entry.AMOUNTS: 400,
    Entry.WANTED: 300,
    Entry.REPRESENTATIVE: 80,
    Entry.CASE_NUMBER: 40,
    Entry.PROMISED: 400,
}
"""The most characters of each written entry; all of them together fit one printed page."""
MOST_ARTICLES: Final = 8


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """The notes of one problem, before, during and after the call."""

    question: str = ""
    """The question as it was asked."""
    articles: tuple[str, ...] = ()
    """Titles of the articles read in this visit, in order."""
    happened: str = ""
    amounts: str = ""
    """Amounts and dates."""
    wanted: str = ""
    """The customer's demand."""
    contacted: date | None = None
    """The day of the call, chat or visit."""
    representative: str = ""
    case_number: str = ""
    promised: str = ""
    promised_by: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written; the articles read and the day alone do not count."""
        written = (getattr(self, entry) for entry in Entry if entry not in (Entry.ARTICLES, Entry.CONTACTED))
        return not any(written)


def clean(text: str, longest: int) -> str:
    """Return typed text without control characters, with plain line ends, cut to a length."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()[:longest]


def entries(sheet: CaseSheet, day_words: Mapping[date, str] | None = None) -> list[tuple[Entry, str]]:
    """Return the entries that were filled in, in the order shown.

    :param sheet: The sheet.
    :param day_words: The text of each day; YYYY-MM-DD for any other.
    :return: Each filled entry with its text; articles have one line each.
    """
    shown = []
    for entry in Entry:
        value = getattr(sheet, entry)
        if isinstance(value, date):
            value = (day_words or {}).get(value, value.isoformat())
        elif isinstance(value, tuple):
            value = "\n".join(value)
        if value:
            shown.append((entry, value))
    return shown


def as_text(sheet: CaseSheet, title: str, labels: Mapping[Entry, str], day_words: Mapping[date, str]) -> str:
    """Return a sheet as plain text, to be copied or saved as a file.

    :param sheet: The sheet.
    :param title: The first line.
    :param labels: The label of each entry.
    :param day_words: The text of each day.
    :return: Lines of about 78 characters, each ended by a line feed; empty entries are left out.
    """
    parts = [title, "=" * min(len(title), _WIDTH)]
    for entry, text in entries(sheet, day_words):
        parts += ["", labels[entry], *(line for given in text.split("\n") for line in _wrapped(given, entry))]
    return "\n".join(parts) + "\n"


def _wrapped(text: str, entry: Entry) -> list[str]:
    """Return a paragraph in lines; a word longer than a line stays whole."""
    first = "  - " if entry is Entry.ARTICLES else "  "
    lines, line = [], first
    for word in text.split():
        if len(line) + len(word) > _WIDTH and line.strip(" -"):
            lines.append(line.rstrip())
            line = " " * len(first)
        line += word + " "
    return [*lines, line.rstrip()]
