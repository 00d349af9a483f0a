"""Numbers that were dictated: a text with digits in place of number words, and where each digit came from.

Telephones type what they hear: "four one one one", "cuatro uno uno", "double five", "forty-one eleven", with "then" and
"dash" in between. The rules look for digits, so they read such a text in digits, and what they find is traced back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final


def _numbered(words: str, first: int = 0, step: int = 1) -> dict[str, int]:
    return {word: first + step * n for n, word in enumerate(words.split())}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_UNITS: Final = _numbered("zero one two three four five six seven eight nine") | _numbered(
    "cero uno dos tres cuatro cinco seis siete ocho nueve"
)
_TEENS: Final = (
    _numbered("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
    | _numbered("diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve", 10)
    | _numbered("veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete", 21)
    | {"veintiocho": 28, "veintinueve": 29, "dieciséis": 16, "veintidós": 22, "veintitrés": 23, "veintiséis": 26}
)
_TENS: Final = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10) | _numbered(
    "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10
)
_TIMES: Final = {"double": 2, "triple": 3, "doble": 2}
_OH: Final = frozenset({"oh", "o"})
"""A zero, next to other numbers only."""
_AMBIGUOUS: Final = frozenset({"once"})
"""Eleven in Spanish, and a word in English: a number next to other Spanish ones only."""
_SPANISH: Final = _set(
    "cero uno dos tres cuatro cinco seis siete ocho nueve diez doce trece catorce quince veinte treinta cuarenta "
    "cincuenta sesenta setenta ochenta noventa"
)
_FILLERS: Final = _set(
    "then dash hyphen space dot period point colon slash pause uh um er eh next este luego despues después guion guión "
    "raya punto puntos espacio pausa"
)
_MOST_FILLERS: Final = 2
"""Fillers in a row that do not end a number."""
_TOKEN: Final = re.compile(r"\d+|[^\W\d_]+|%20|%2[dD]|&nbsp;|&#\d{1,4};|\S")
_TRIGGER: Final = re.compile(
    r"\b(?:zero|one|two|three|four|five|six|seven|eight|nine|double|triple|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho"
    r"|nueve|doble|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|veinte|treinta|cuarenta|cincuenta|sesenta|setenta"
    r"|ochenta|noventa)\b|\d\W{0,3}\b(?:then|dash|luego|despu[eé]s|gui[oó]n)\b\W{0,3}\d|\d(?:%20|%2[dD]|&nbsp;|&#\d{1,4};)\d",
    re.IGNORECASE,
)
_ORDINALS: Final = _set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth primero primer"
)
_THOUSANDS: Final = _set("hundred thousand cien ciento novecientos mil")
NUMBER: Final = "|".join(
    sorted({*_UNITS, *_TEENS, *_TENS, *_TIMES, *_OH, *_ORDINALS, *_THOUSANDS}, key=len, reverse=True)
)
"""A pattern of the words that numbers are made of, ordinals and thousands included."""
LETTER: Final = (
    r"[a-z]|alpha|bravo|charlie|delta|echo|foxtrot|golf|hotel|india|juliett?|kilo|lima|mike|november|oscar|papa|quebec|romeo"
    r"|sierra|tango|uniform|victor|whiskey|x-?ray|yankee|zulu"
)
"""A pattern of the words that letters are spelled with."""
FILLER: Final = "|".join(sorted(_FILLERS, key=len, reverse=True))
_LEAST_DIGITS: Final = 2
"""Of a number in words; "two" alone is a count."""
_ENCODED: Final = re.compile(r"%20|%2[dD]|&nbsp;|&#\d{1,4};")
_SEPARATORS: Final = frozenset("-–—,.…/")


@dataclass(frozen=True, slots=True)
class Heard:
    """A text in digits, and where its characters came from."""

    text: str
    origins: Sequence[tuple[int, int]]
    """For each character, start and end of what it stands for in the original."""

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


def heard(text: str) -> Heard | None:
    """Return a text with dictated numbers in digits.

    :param text: With plain characters, as :func:`kb.privacy.text.normalise_characters` makes them.
    :return: None if nothing in it was dictated.
    """
    if not _TRIGGER.search(text):
        return None
    runs = [run for run in _runs(text) if _is_dictated(run, text)]
    if not runs:
        return None
    parts: list[str] = []
    origins: list[tuple[int, int]] = []
    at = 0
    for run in runs:
        parts.append(text[at : run[0].start])
        origins += [(n, n + 1) for n in range(at, run[0].start)]
        for number in run:
            parts.append(number.digits)
            origins += [(number.start, number.end)] * len(number.digits)
        at = run[-1].end
    parts.append(text[at:])
    origins += [(n, n + 1) for n in range(at, len(text))]
    return Heard("".join(parts), origins)


def _is_dictated(run: list[_Number], text: str) -> bool:
    """Return whether a run has number words, and not only digits that the rules can read as they are."""
    if any(number.is_word for number in run):
        return sum(len(number.digits) for number in run) >= _LEAST_DIGITS
    between = text[run[0].start : run[-1].end]
    return any(word in _FILLERS for word in re.findall(r"[^\W\d_]+", between.lower())) or bool(_ENCODED.search(between))


def _runs(text: str) -> Iterator[list[_Number]]:
    """Yield the numbers that follow one another with nothing but fillers between them."""
    tokens = list(_TOKEN.finditer(text))
    run: list[_Number] = []
    fillers, at = 0, 0
    while at < len(tokens):
        number, used = _number(tokens, at, in_run=bool(run))
        word = tokens[at][0].lower()
        if number is not None:
            run.append(number)
            fillers = 0
        elif run and fillers < _MOST_FILLERS and (word in _FILLERS or word in _SEPARATORS or _ENCODED.fullmatch(word)):
            fillers += word in _FILLERS
        else:
            if run:
                yield run
            run, fillers = [], 0
        at += used
    if run:
        yield run


def _number(tokens: Sequence[re.Match[str]], at: int, *, in_run: bool) -> tuple[_Number | None, int]:
    """Return the number that begins at a token, and how many tokens it takes; one token if there is none."""
    token = tokens[at]
    word = token[0].lower()
    if word in _TIMES and (unit := _unit(tokens, at + 1)) is not None:
        return _Number(str(unit) * _TIMES[word], token.start(), tokens[at + 1].end(), is_word=True), 2
    if word in _TENS:
        return _tens(tokens, at)
    digits = _digits(tokens, at, in_run=in_run)
    return (_Number(digits, token.start(), token.end(), is_word=not word.isdigit()) if digits else None), 1


def _digits(tokens: Sequence[re.Match[str]], at: int, *, in_run: bool) -> str:
    """Return the digits of a token that stands for itself; empty if it is no number."""
    word = tokens[at][0].lower()
    if word.isdigit():
        return word
    if word in _TEENS and (word not in _AMBIGUOUS or _is_among_spanish(tokens, at)):
        return str(_TEENS[word])
    if word in _UNITS:
        return str(_UNITS[word])
    is_zero = (
        word in _OH and in_run and (_number_word(tokens, at + 1) or (word == "oh" and _number_word(tokens, at - 1)))
    )
    return "0" if is_zero else ""


def _tens(tokens: Sequence[re.Match[str]], at: int) -> tuple[_Number, int]:
    """Return "forty", "forty-one" or "cuarenta y uno" as one number."""
    value, used = _TENS[tokens[at][0].lower()], 1
    for gap in (1, 2):
        between = tokens[at + 1][0].lower() if gap == 2 and at + 1 < len(tokens) else ""  # noqa: PLR2004 - one between
        unit = _unit(tokens, at + gap)
        if unit and (gap == 1 or between in ("-", "y")):
            value, used = value + unit, gap + 1
            break
    return _Number(str(value), tokens[at].start(), tokens[at + used - 1].end(), is_word=True), used


def _unit(tokens: Sequence[re.Match[str]], at: int) -> int | None:
    if at >= len(tokens):
        return None
    word = tokens[at][0].lower()
    return int(word) if len(word) == 1 and word.isdigit() else _UNITS.get(word)


def _number_word(tokens: Sequence[re.Match[str]], at: int) -> bool:
    if not 0 <= at < len(tokens):
        return False
    word = tokens[at][0].lower()
    return word in _UNITS or word in _TENS or word in _TEENS or word in _OH or word in _TIMES or word.isdigit()


def _is_among_spanish(tokens: Sequence[re.Match[str]], at: int) -> bool:
    near = [tokens[n][0].lower() for n in range(max(0, at - 2), min(len(tokens), at + 3))]
    return any(word in _SPANISH for word in near)
