"""Rules for dates of birth: dates next to words for a birth, in figures or in words, on either side of them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from kb.privacy.numerals import NUMBER
from kb.privacy.text import Kind, Piece, apart

_I: Final = re.IGNORECASE
_VX: Final = re.IGNORECASE | re.VERBOSE
_MONTH: Final = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?|enero|febrero|marzo|abril|mayo|junio|julio|agosto|sep?tiembre|octubre|noviembre"
    r"|diciembre)"
)
_WORD: Final = re.compile(
    r"""
    \bd\.?\s?o\.?\s?b\b\.? | \bbirth\b | \bbirth(?:day|date|days|year|month)\b | \bb-?day\b | \bborn\b
    | \bnacimiento\b | \bnac\b\.? | \bnac[ií](?:d[oa]s?|eron|mos|ste)?\b | \bnaci[oó]\b | \bcumplea[ñn]os\b | \bcumple\b
    | \b(?:cumplo|cumpl[ií]|cumple|cumpli[oó]|cumplir[eé])\s+(?:a[ñn]os|los\s+\w+|\w+(?:\s+y\s+\w+)?\s+(?:a[ñn]os
      |el\b|en\b))
    | \b(?:turn(?:ed|ing|s)?|became|will\s+be)\s+(?:\d{2}|[a-z]+ty(?:[\s-][a-z]+)?)(?=\s+(?:years?\s+old\s+)?(?:on|in
      |this|last)\b)
    | \bage\s+\d{1,3}\b
    """,
    _VX,
)
_ITEM: Final = rf"(?:\d{{1,4}}(?:st|nd|rd|th|ro|º|°)?(?![\w])|\b(?:{_MONTH}\b\.?|(?:{NUMBER})\b))"
_GLUE: Final = (
    r"(?:[\s,./\-]|\b(?:of|the|de|del|el|la|los|year|a[ñn]o|in|on|en|uh|um|eh|er|y|and|dash|slash|guion|gui[oó]n"
    r"|diagonal|month|day"
    r"|mes|d[ií]a|comma|then|luego)\b){1,12}"
)
_DATE: Final = re.compile(rf"(?:\b(?:el|the)\s+)?{_ITEM}(?:(?:{_GLUE}){_ITEM}){{0,9}}", _I)
_PART: Final = re.compile(_ITEM, _I)
_PLAIN_MONTH: Final = re.compile(_MONTH, _I)
_YEAR: Final = re.compile(r"(?:19|20)\d\d|\d{6}|\d{8}")
_AFTER: Final = 45
"""Characters after a word for a birth in which the date begins."""
_BEFORE: Final = 35
"""Characters before it in which the date ends."""
_ENDS: Final = re.compile(r"[.?!;]\s|\n\n")
_THEN_NAMED: Final = re.compile(
    r"^\W*(?:(?:and|y)\s+)?(?:(?:that|this|it|which)\s+)?(?:is|was|it's|that's|'s|es|era|fue|as|=|-+)?\W*(?:when"
    r"|cuando|the\s+day)?\s*"
    r"(?:(?:my|his|her|their|our|the|mi|su|la|el|i|he|she|yo)\s+)*(?:(?:\w+'s|actual|real|correct|right"
    r"|verdadera?)\s+)?(?:date\s+of\s+|fecha\s+de\s+|was\s+|were\s+)?$",
    _I,
)
"""The text between a date and the word for a birth that it belongs to."""
_COUNTED: Final = re.compile(
    r"\s{0,2}(?:dollars?|bucks|d[oó]lares|pesos|percent|%|months?|meses|days?|d[ií]as|weeks?|semanas|hours?"
    r"|years?\s+(?:ago|with)|boxes|lines|calls)\b",
    _I,
)


def birthdays(text: str) -> Iterator[Piece]:
    """Find dates of birth next to their name, in figures or in words."""
    yield from apart(_birthdays(text))


def _birthdays(text: str) -> Iterator[Piece]:
    words = list(_WORD.finditer(text))
    # A date belongs to the last word for a birth before it: so no part of a text is looked at twice.
    for word, until in zip(words, [*(after.start() for after in words[1:]), len(text)], strict=False):
        after = _following(text, word.end(), until)
        if after is not None:
            yield after
        elif (before := _preceding(text, word.start())) is not None:
            yield before


def _following(text: str, start: int, until: int) -> Piece | None:
    """Return the first date that begins soon after a word for a birth."""
    at = start
    while (match := _DATE.search(text, at, min(until, start + _AFTER + 80))) is not None:
        if match.start() > start + _AFTER or _ENDS.search(text, start, match.start()):
            return None
        piece = _date(match)
        if piece is not None:
            return piece
        at = match.end()
    return None


def _preceding(text: str, end: int) -> Piece | None:
    """Return the last date that ends right before a word for a birth."""
    found = None
    for match in _DATE.finditer(text, max(0, end - _BEFORE - 80), end):
        piece = _date(match)
        if piece is not None and _THEN_NAMED.search(text[piece.end : end]):
            found = piece
    return found


def _date(match: re.Match[str]) -> Piece | None:
    """Return the piece if the words of a match are a date: two parts, or a year."""
    parts = list(_PART.finditer(match[0]))
    if _COUNTED.match(match.string, match.end()):
        return None
    is_year = len(parts) == 1 and _YEAR.fullmatch(parts[0][0])
    if not is_year and (len(parts) < 2 or all(_PLAIN_MONTH.fullmatch(part[0]) for part in parts)):  # noqa: PLR2004
        return None
    return Piece(match.start(), match.start() + parts[-1].end(), Kind.BIRTHDAY)
