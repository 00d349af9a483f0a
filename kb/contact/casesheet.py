"""The case sheet: what a customer takes into a call, notes during it, and keeps after it.

It is a value that is passed along and never written: no function here opens a file, a log or a connection.
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
    """What a sheet holds, in the order it is shown; each name is also a field of :class:`CaseSheet`."""

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
"""Characters of each written entry: all of them together fit one printed page."""
MOST_ARTICLES: Final = 8


@dataclass(frozen=True, slots=True)
class CaseSheet:
    """One problem, before, during and after the call."""

    question: str = ""
    """As it was asked."""
    articles: tuple[str, ...] = ()
    """Titles of the articles already read in this visit, the last one last."""
    happened: str = ""
    amounts: str = ""
    """Amounts and dates."""
    wanted: str = ""
    """What the customer asks for."""
    contacted: date | None = None
    """The day of the call, chat or visit."""
    representative: str = ""
    case_number: str = ""
    promised: str = ""
    promised_by: date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written: the articles read and the day alone are no case."""
        written = (getattr(self, entry) for entry in Entry if entry not in (Entry.ARTICLES, Entry.CONTACTED))
        return not any(written)


def clean(text: str, longest: int) -> str:
    """Return typed text without control characters, with plain line ends, cut to a length."""
    return _CONTROL.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()[:longest]


def entries(sheet: CaseSheet, day_words: Mapping[date, str] | None = None) -> list[tuple[Entry, str]]:
    """Return what was filled in, in the order it is shown.

    :param sheet: The sheet.
    :param day_words: How its days are written; YYYY-MM-DD for any other.
    :return: Each filled entry with its text; several articles have a line each.
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
    """Return a sheet as plain text, to be copied or kept as a file.

    :param sheet: The sheet.
    :param title: Its first line.
    :param labels: What each entry is called.
    :param day_words: How its days are written.
    :return: Text with plain line feeds and one at its end, lines of some 78 characters; an empty entry is left out.
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
