"""Numbers that were dictated: a text with digits in place of number words, and where each digit came from.

Telephones type what they hear: "four one one one", "cuatro uno uno", "double five", "forty-one eleven", "five hundred",
"mil doscientos", with "then" and "dash" in between. The rules look for digits, so they read such a text in digits, and
what they find is traced back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.privacy.numerals import (
    AMBIGUOUS,
    FILLER_PHRASES,
    FILLERS,
    HUNDRED,
    HUNDREDS,
    JOINED,
    MANY,
    OH,
    SPANISH,
    TEENS,
    TENS,
    THOUSAND,
    TIMES,
    UNITS,
)
from kb.privacy.text import HARMLESS

_MOST_FILLERS: Final = 3
"""Fillers in a row that do not end a number."""
_TOKEN: Final = re.compile(rf"\d+|\b(?:{FILLER_PHRASES})\b|[^\W\d_]+|%20|%2[dD]|&nbsp;|&#\d{{1,4}};|\S", re.IGNORECASE)
_TRIGGER: Final = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|niner?|nought|naught|double|triple|cero|uno|dos|tres|cuatro|cinco|seis|siete"
    r"|ocho|nueve|doble|sinco|ten|eleven|twelve|(?:thir|four|fif|six|seven|eigh|nine)teen|diez|doce|trece|catorce|quince|dieci\w+"
    r"|(?:twen|thir|for|four|fif|six|seven|eigh|nin|nine)ty\w*|(?:veint|treint|cuarent|cincuent|sesent|setent|ochent|novent)\w+"
    r"|\w+cientos|quinientos|ciento)\b"
    r"|\d\W{0,3}\b(?:then|and\s+then|dash|y\s+luego|luego|despu[eé]s|gui[oó]n)\b\W{0,3}[\da-z]"
    r"|\d\s{1,3}oh?\s{1,3}\d|\d(?:%20|%2[dD]|&nbsp;|&#\d{1,4};)\d",
    re.IGNORECASE,
)
_LEAST_DIGITS: Final = 2
"""Of a number in words; "two" alone is a count."""
_ENCODED: Final = re.compile(r"%20|%2[dD]|&nbsp;|&#\d{1,4};")
_SEPARATORS: Final = frozenset("-–—,;.…/()|*")
_PHRASE: Final = re.compile(FILLER_PHRASES, re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """A dictated number: its digits, and its place in the text that was heard."""

    start: int
    end: int
    n_single: int
    """How many of its digits were said one by one, or in figures."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A text in digits, and where its characters came from."""

    text: str
    origins: Sequence[tuple[int, int]]
    """For each character, start and end of what it stands for in the original."""
    runs: Sequence[Run]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the piece of the original that a piece of this text stands for."""
        return self.origins[start][0], self.origins[end - 1][1]


@dataclass(slots=True)
class _Number:
    """A number word, or digits, with its place in the original."""

    digits: str
    start: int
    end: int
    is_word: bool
    is_single: bool
    """Whether each digit was said by itself."""


@dataclass(frozen=True, slots=True)
class _Token:
    low: str
    start: int
    end: int


def heard(text: str) -> Heard | None:
    """Return a text with dictated numbers in digits.

    :param text: With plain characters, as :func:`kb.privacy.text.normalise_characters` makes them.
    :return: None if nothing in it was dictated.
    """
    if not _TRIGGER.search(text):
        return None
    found = [run for run in _runs(_tokens(text)) if _is_dictated(run, text)]
    if not found:
        return None
    parts: list[str] = []
    origins: list[tuple[int, int]] = []
    runs: list[Run] = []
    at = 0
    for run in found:
        parts.append(text[at : run[0].start])
        origins += [(n, n + 1) for n in range(at, run[0].start)]
        start = len(origins)
        for number in run:
            parts.append(number.digits)
            origins += [(number.start, number.end)] * len(number.digits)
        runs.append(Run(start, len(origins), sum(len(n.digits) for n in run if n.is_single)))
        at = run[-1].end
    parts.append(text[at:])
    origins += [(n, n + 1) for n in range(at, len(text))]
    return Heard("".join(parts), origins, runs)


def _tokens(text: str) -> list[_Token]:
    """Return the words, figures and signs of a text; amounts, dates and times are one sign each."""
    even = HARMLESS.sub(lambda m: "\x01" * len(m[0]), text) if any(c.isdigit() for c in text) else text
    return [_Token(m[0].lower(), m.start(), m.end()) for m in _TOKEN.finditer(even)]


def _is_dictated(run: list[_Number], text: str) -> bool:
    """Return whether a run has number words, and not only digits that the rules can read as they are."""
    if any(number.is_word for number in run):
        return sum(len(number.digits) for number in run) >= _LEAST_DIGITS
    between = text[run[0].start : run[-1].end]
    return (
        any(word in FILLERS for word in re.findall(r"[^\W\d_]+", between.lower()))
        or bool(_ENCODED.search(between))
        or bool(_PHRASE.search(between))
    )


def _runs(tokens: Sequence[_Token]) -> Iterator[list[_Number]]:
    """Yield the numbers that follow one another with nothing but fillers between them."""
    run: list[_Number] = []
    fillers, at = 0, 0
    while at < len(tokens):
        number, used = _number(tokens, at, in_run=bool(run))
        word = tokens[at].low
        is_filler = word in FILLERS or " " in word
        if number is not None:
            run.append(number)
            fillers = 0
        elif run and fillers < _MOST_FILLERS and (is_filler or word in _SEPARATORS or _ENCODED.fullmatch(word)):
            fillers += is_filler
        else:
            if run:
                yield run
            run, fillers = [], 0
        at += used
    if run:
        yield run


def _number(tokens: Sequence[_Token], at: int, *, in_run: bool) -> tuple[_Number | None, int]:
    """Return the number that begins at a token, and how many tokens it takes; one token if there is none."""
    word = tokens[at].low
    if word in TIMES:
        return _repeated(tokens, at)
    large, used = _large(tokens, at)
    if large is not None:
        return _Number(str(large), tokens[at].start, tokens[at + used - 1].end, is_word=True, is_single=False), used
    if word in TENS:
        value, used = _tens(tokens, at)
        return _Number(str(value), tokens[at].start, tokens[at + used - 1].end, is_word=True, is_single=False), used
    many = MANY.get(tokens[at + 1].low) if at + 1 < len(tokens) else None
    count = _unit(tokens, at)
    if many is not None and count and not word.isdigit():
        return _Number(str(many) * count, tokens[at].start, tokens[at + 1].end, is_word=True, is_single=True), 2
    digits = _digits(tokens, at, in_run=in_run)
    if not digits:
        return None, 1
    is_word = not word.isdigit()
    is_single = not is_word or len(digits) == 1
    return _Number(digits, tokens[at].start, tokens[at].end, is_word=is_word, is_single=is_single), 1


def _repeated(tokens: Sequence[_Token], at: int) -> tuple[_Number | None, int]:
    """Return "double five" or "triple oh" as one number."""
    unit = _unit(tokens, at + 1)
    if unit is None and at + 1 < len(tokens) and tokens[at + 1].low in OH:
        unit = 0
    if unit is None:
        return None, 1
    digits = str(unit) * TIMES[tokens[at].low]
    return _Number(digits, tokens[at].start, tokens[at + 1].end, is_word=True, is_single=True), 2


def _large(tokens: Sequence[_Token], at: int) -> tuple[int | None, int]:
    """Return a number of hundreds or thousands, such as "five hundred" or "mil novecientos", and its tokens."""
    thousands, used = _thousands(tokens, at)
    hundreds, more = _hundreds(tokens, at + used)
    if thousands is None and hundreds is None:
        return None, 1
    value, used = (thousands or 0) + (hundreds or 0), used + more
    rest, more = _below_hundred(tokens, at + used)
    return value + (rest or 0), used + more


def _thousands(tokens: Sequence[_Token], at: int) -> tuple[int | None, int]:
    if _low(tokens, at) in THOUSAND and _low(tokens, at) == "mil":
        return 1000, 1
    value, used = _small(tokens, at)
    if value and _low(tokens, at + used) in THOUSAND:
        return value * 1000, used + 1
    return None, 0


def _hundreds(tokens: Sequence[_Token], at: int) -> tuple[int | None, int]:
    word = _low(tokens, at)
    if word in HUNDREDS:
        return HUNDREDS[word], 1
    value, used = _small(tokens, at)
    if value and _low(tokens, at + used) in HUNDRED:
        return value * 100, used + 1
    return None, 0


def _below_hundred(tokens: Sequence[_Token], at: int) -> tuple[int | None, int]:
    """Return what follows hundreds as a part of them: not a digit that is the first of several."""
    skip = 1 if _low(tokens, at) == "and" else 0
    word = _low(tokens, at + skip)
    if word in TENS or word in JOINED or (word in TEENS and word not in AMBIGUOUS):
        value, used = _small(tokens, at + skip)
        return value, used + skip
    unit = _unit(tokens, at + skip)
    if unit and not word.isdigit() and not _number_word(tokens, at + skip + 1):
        return unit, 1 + skip
    return None, 0


def _small(tokens: Sequence[_Token], at: int) -> tuple[int | None, int]:
    """Return a number below one hundred in words."""
    word = _low(tokens, at)
    if word in TENS:
        return _tens(tokens, at)
    if word in TEENS or word in JOINED:
        return TEENS.get(word, JOINED.get(word, 0)), 1
    unit = _unit(tokens, at)
    return unit, 0 if unit is None else 1


def _digits(tokens: Sequence[_Token], at: int, *, in_run: bool) -> str:
    """Return the digits of a token that stands for itself; empty if it is not a number."""
    word = tokens[at].low
    if word.isdigit():
        return word
    if word in AMBIGUOUS and not _is_among_spanish(tokens, at):
        return ""
    for values in (UNITS, TEENS, JOINED):
        if word in values:
            return str(values[word])
    return "0" if word in OH and _is_zero(tokens, at, in_run=in_run) else ""


def _is_zero(tokens: Sequence[_Token], at: int, *, in_run: bool) -> bool:
    """Return whether "oh" or "o" stands next to a digit; in Spanish "o" is a word."""
    after, before = _number_word(tokens, at + 1), _number_word(tokens, at - 1)
    if tokens[at].low == "oh":
        return after or (in_run and before)
    return in_run and after and _low(tokens, at - 1) not in SPANISH


def _tens(tokens: Sequence[_Token], at: int) -> tuple[int, int]:
    """Return "forty", "forty-one" or "cuarenta y uno" as one number."""
    value = TENS[tokens[at].low]
    for gap in (1, 2):
        unit = _unit(tokens, at + gap)
        if unit and (gap == 1 or _low(tokens, at + 1) in ("-", "y")):
            return value + unit, gap + 1
    return value, 1


def _unit(tokens: Sequence[_Token], at: int) -> int | None:
    word = _low(tokens, at)
    if word in AMBIGUOUS:
        return None
    return int(word) if len(word) == 1 and word.isascii() and word.isdigit() else UNITS.get(word)


def _low(tokens: Sequence[_Token], at: int) -> str:
    return tokens[at].low if 0 <= at < len(tokens) else ""


def _number_word(tokens: Sequence[_Token], at: int) -> bool:
    word = _low(tokens, at)
    return bool(word) and (
        word in UNITS
        or word in TENS
        or word in TEENS
        or word in OH
        or word in TIMES
        or word.isdigit()
        or word in JOINED
    )


def _is_among_spanish(tokens: Sequence[_Token], at: int) -> bool:
    near = [tokens[n].low for n in range(max(0, at - 2), min(len(tokens), at + 3)) if n != at]
    return any(word in SPANISH for word in near)
