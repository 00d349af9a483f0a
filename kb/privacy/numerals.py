"""Number words of English and Spanish, as they are typed by people and by telephones that listen."""

from __future__ import annotations

from typing import Final


def _numbered(words: str, first: int = 0, step: int = 1) -> dict[str, int]:
    return {word: first + step * n for n, word in enumerate(words.split())}


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


UNITS: Final = (
    _numbered("zero one two three four five six seven eight nine")
    | _numbered("cero uno dos tres cuatro cinco seis siete ocho nueve")
    | {"nought": 0, "naught": 0, "zeros": 0, "niner": 9, "sero": 0, "sinco": 5, "ciete": 7, "nuebe": 9}
)
TEENS: Final = (
    _numbered("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen", 10)
    | _numbered("diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve", 10)
    | _numbered("veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete", 21)
    | {"veintiocho": 28, "dieciséis": 16, "veintidós": 22, "veintitrés": 23, "veintiséis": 26, "veintinueve": 29}
    | {"veintiún": 21, "dies": 10, "onse": 11, "dose": 12, "trese": 13, "quinse": 15, "twelf": 12, "fourten": 14}
)
_ENGLISH_TENS: Final = _numbered("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10)
_SPANISH_TENS: Final = _numbered("veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa", 20, 10)
TENS: Final = (
    _ENGLISH_TENS
    | _SPANISH_TENS
    | {"fourty": 40, "fivty": 50, "ninty": 90, "beinte": 20, "trienta": 30, "cincuanta": 50, "nobenta": 90}
)
JOINED: Final = {
    f"{ten}{joint}{unit}": value + n
    for tens, joints, units in (
        (_ENGLISH_TENS | {"fourty": 40}, ("",), "one two three four five six seven eight nine"),
        (_SPANISH_TENS, ("i", "y"), "uno dos tres cuatro cinco seis siete ocho nueve"),
    )
    for ten, value in tens.items()
    for joint in joints
    for n, unit in enumerate(units.split(), 1)
}
"""Tens and units in one word, such as "twentyone" and "treintaicinco"."""
HUNDREDS: Final = {
    "cien": 100,
    "ciento": 100,
    "quinientos": 500,
    **{f"{word}cientos": 100 * n for word, n in (("dos", 2), ("tres", 3), ("cuatro", 4), ("seis", 6))},
    **{f"{word}cientos": 100 * n for word, n in (("sete", 7), ("ocho", 8), ("nove", 9))},
}
HUNDRED: Final = _set("hundred cientos")
"""Words after a unit: "five hundred", "ocho cientos"."""
THOUSAND: Final = _set("thousand mil")
TIMES: Final = {"double": 2, "triple": 3, "treble": 3, "doble": 2, "quadruple": 4}
MANY: Final = {
    word: n
    for words in (
        "zeros|zeroes ones twos threes fours fives sixes sevens eights nines",
        "ceros unos doses treses cuatros cincos seises sietes ochos nueves",
    )
    for n, forms in enumerate(words.split())
    for word in forms.split("|")
}
"""Digits in the plural: "two zeros", "tres ceros"."""
OH: Final = frozenset({"oh", "o"})
"""A zero, next to other numbers only."""
AMBIGUOUS: Final = frozenset({"once", "sero", "dose", "dies", "zeros"})
"""Words that also mean something else: numbers next to other numbers of their language only."""
SPANISH: Final = frozenset(
    {w for w in (*UNITS, *TEENS, *TENS, *HUNDREDS) if w not in AMBIGUOUS}
    - _set("zero one two three four five six seven eight nine nought naught niner")
    - _set("ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twelf fourten")
    - set(_ENGLISH_TENS)
    - _set("fourty fivty ninty")
)
ORDINALS: Final = _set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth "
    "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth primero primer"
)
FILLERS: Final = _set(
    "then dash hyphen space dot period point colon slash comma coma pause uh um er eh hmm mmm uhh umm next okay ok "
    "wait "
    "este luego despues después guion guión raya punto puntos dospuntos espacio pausa barra diagonal seguido "
    "seguida pues "
    "break minus star asterisk"
)
"""Words between the digits of one number."""
FILLER_PHRASES: Final = (
    r"let me see|you know|hold on|one sec(?:ond)?|and then|followed by|area code|the rest is|after that"
    r"|and the rest(?: is)?"
    r"|a ver|o sea|un momento|y (?:luego|despu[eé]s|ya|al final)|seguid[oa] (?:de|por)|c[oó]digo de [aá]rea"
    r"|dos puntos|and the next|and also"
)
ALL: Final = frozenset(
    {*UNITS, *TEENS, *TENS, *JOINED, *HUNDREDS, *HUNDRED, *THOUSAND, *TIMES, *MANY, *OH, *ORDINALS, "novecientos"}
)
"""Every word that numbers are made of, ordinals included."""
NUMBER: Final = "|".join(sorted(ALL - JOINED.keys(), key=len, reverse=True))
"""A pattern of these words."""
FILLER: Final = "|".join(sorted(FILLERS, key=len, reverse=True))
"""A pattern of the words between."""
