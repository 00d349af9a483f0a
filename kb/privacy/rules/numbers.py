"""Rules for numbers with a shape, a check digit or a name: cards, Social Security, routing, telephone, codes, PINs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import phonenumbers
from stdnum import luhn
from stdnum.us import rtn

from kb.privacy.text import Kind, Piece, digits, group

if TYPE_CHECKING:
    from collections.abc import Iterator

_I: Final = re.IGNORECASE
_VX: Final = re.IGNORECASE | re.VERBOSE
_MINE: Final = (
    r"(?:\s+(?:is|was|es|as|for|are)|,?\s*(?:that|which)(?:'s|\s+is)|\s*-+\s*(?:that\s+is)?|\s*=)\s+"
    r"(?:(?:the|my|a|an|mi|el|la|our|his|her)\s+)?"
)
"""The text between a number and its name when the number comes first."""
_YEAR: Final = re.compile(r"(?:since|in|from|of|until|till|year|desde|en|during|before|after|by|for)\s+$", _I)

# --------------------------------------------------------------------------------------------- Social Security

_SSN_WORDS: Final = (
    r"(?:\bssn|\bitin\b|\btin\b|\bss\s?(?:\#|no\b|num)|\bsoc(?:ial)?\b(?!\s+media)|\bsoc\.?\s+sec|seguro\s+social"
    r"|tax(?:payer)?\s+id)"
)
_SSN_SHAPE: Final = re.compile(r"(?<![\d\-.])(?P<value>\d{3}([\-. ])\d{2}\2\d{4})(?![\d]|[\-.]\d)")
_SSN_BEFORE: Final = re.compile(
    rf"{_SSN_WORDS}[^\d\x00]{{0,60}}?(?P<value>\d{{3}}(?:[\-. ]?\d{{2}}[\-. ]?\d|[\-. ]\d{{3}}[\-. ])\d{{3}})(?!\d)", _I
)
_SSN_AFTER: Final = re.compile(rf"(?<!\d)(?P<value>\d{{9}}){_MINE}(?:\w+\s+)?{_SSN_WORDS}", _I)
_SSN_LAST: Final = re.compile(
    rf"""
      (?:last|final|[uú]ltimos)\s+(?:4|four|cuatro)[^\d\x00]{{0,20}}{_SSN_WORDS}[^\d\x00]{{0,30}}(?P<value>\d{{4}})(?!\d)
    | {_SSN_WORDS}[^\d\x00]{{0,30}}(?:end(?:s|ing)?|last\s+(?:4|four)|termina\w*|acaba\w*)
        [^\d\x00]{{0,20}}(?P<other>\d{{4}})(?!\d)
    """,
    _VX,
)


def social_security(text: str) -> Iterator[Piece]:
    """Find Social Security and taxpayer numbers by shape, as nine digits next to their name, or the last four."""
    for pattern in (_SSN_SHAPE, _SSN_BEFORE, _SSN_AFTER):
        yield from (group(m, Kind.SSN) for m in pattern.finditer(text))
    for m in _SSN_LAST.finditer(text):
        yield group(m, Kind.SSN, "value" if m["value"] else "other")


# ------------------------------------------------------------------------------------------------------ cards

_GROUPS: Final = re.compile(r"\d+")
_CHAIN: Final = re.compile(r"\d(?:\s{0,3}(?:[\-._/]|,(?=\s?\d{4}(?!\d)))?\s{0,3}\d){11,40}")
_CARD_LENGTHS: Final = range(12, 20)
_ISSUERS: Final = re.compile(r"3|4|5|6|2[2-7]")
_CARD_WORDS: Final = r"(?:card|visa|master\s?card|\bmc\b|amex|american\s+express|discover|debit|credit|tarjeta)"
_CARD_LAST: Final = re.compile(
    rf"""
      {_CARD_WORDS}[^\d\x00]{{0,30}}(?:\bend(?:s|ing)?\b|\blast\s+(?:4|four)|termina\w*)[^\d\x00]{{0,14}}(?P<a>\d{{4}})(?!\d)
    | last\s+(?:4|four)[^\d\x00]{{0,24}}{_CARD_WORDS}[^\d\x00]{{0,14}}(?P<b>\d{{4}})(?!\d)
    | (?:[x*•.]{{4}}[ \-]?){{1,3}}(?P<c>\d{{4}})(?!\d)
    """,
    _VX,
)


def cards(text: str) -> Iterator[Piece]:
    """Find card numbers by their check digit, however they are grouped, and the last four of one."""
    at = 0
    while (chain := _CHAIN.search(text, at)) is not None:
        # Go on after the last run of digits: to look at its rest again and again would take time squared.
        at = _run_end(text, chain)
        yield from _cards_in([(m.start(), m.end()) for m in _GROUPS.finditer(text, chain.start(), at)], text)
    for m in _CARD_LAST.finditer(text):
        yield group(m, Kind.CARD, m.lastgroup or "a")


def _run_end(text: str, chain: re.Match[str]) -> int:
    """Return the end of the digit run that the match may have cut short."""
    end = chain.end()
    while end < len(text) and text[end].isdigit():
        end += 1
    return end


def _cards_in(groups: list[tuple[int, int]], text: str) -> Iterator[Piece]:
    """Yield the runs of whole groups that have a card's length, beginning and check digit."""
    whole = "".join(text[start:end] for start, end in groups)
    if len(whole) in _CARD_LENGTHS and _ISSUERS.match(whole) and luhn.is_valid(whole):
        yield Piece(groups[0][0], groups[-1][1], Kind.CARD)
        return
    first = 0
    while first < len(groups):
        number = ""
        best = -1
        for last in range(first, len(groups)):
            number += text[groups[last][0] : groups[last][1]]
            if len(number) >= _CARD_LENGTHS.stop:
                break
            if len(number) in _CARD_LENGTHS and _ISSUERS.match(number) and luhn.is_valid(number):
                best = last
                if len(number) == 16:  # noqa: PLR2004 - the usual length: the next digits are another number
                    break
        if best >= 0:
            yield Piece(groups[first][0], groups[best][1], Kind.CARD)
        first = max(best, first) + 1


# ---------------------------------------------------------------------------------------------------- routing

_NINE: Final = r"(?<!\d)(?P<value>\d{9}|\d{4}[ \-]\d{4}[ \-]\d|\d{3}[ \-]\d{3}[ \-]\d{3}|\d{4}[ \-]\d{5})(?!\d)"
_ROUTING_WORDS: Final = (
    r"(?:routing|\baba\b|\brtn\b|\btransit\b|\bach\s+(?:number|no|\#)|bank\s+(?:code|number|id)|\bruta\b)"
)
_ROUTING_BEFORE: Final = re.compile(rf"{_ROUTING_WORDS}[^\d\x00]{{0,60}}?{_NINE}", _I)
_ROUTING_AFTER: Final = re.compile(rf"{_NINE}{_MINE}(?:\w+\s+)?{_ROUTING_WORDS}", _I)
_BARE_NINE: Final = re.compile(r"(?<![\d\-./])(?P<value>\d{9})(?![\d\-/])")
_BANK_OR_ACCOUNT: Final = re.compile(
    r"(?:acc(?:oun)?t|acnt|a/c|\bacc\b|cuenta|customer|cliente|checking|savings|bank\s+a|debit|from|cheques|ahorro)[^\d\x00]{0,50}$",
    _I,
)


def routing(text: str) -> Iterator[Piece]:
    """Find routing numbers next to their name, or by check digits when no other name is near."""
    for pattern in (_ROUTING_BEFORE, _ROUTING_AFTER):
        yield from (group(m, Kind.ROUTING) for m in pattern.finditer(text))
    for m in _BARE_NINE.finditer(text):
        if rtn.is_valid(m["value"]) and not _BANK_OR_ACCOUNT.search(text, max(0, m.start() - 80), m.start()):
            yield group(m, Kind.ROUTING)


# -------------------------------------------------------------------------------------------------- telephones

_NATIONAL: Final = re.compile(
    r"(?<![\d])(?<!\d[\-./])(?P<value>(?:(?:\+|00)?1[\s.\-]{0,2})?(?:\(\s?[2-9]\d{2}\s?\)|[2-9]\d{2})\s?[\-./]?\s?[2-9]\d{2}\s?[\-.]?\s?\d{4}(?:\s?(?:x|ext\.?|extension)\s?\d{1,6})?)(?![\-./]?\d)"
)
_ABROAD: Final = re.compile(r"(?P<value>\+\d{1,3}(?:[\s.\-()]{0,2}\d){6,13})(?!\d)")
_LOCAL: Final = re.compile(
    r"""
    (?:phone|cell|mobile|\btel\b|telephone|\bcall(?:ed|ing|s)?\b|callback|\btext\b|\bring\b|\breach\b|\bnumber\b|\bph\b|\bfax\b|\bdial\b
     |tel[eé]fono|celular|ll[aá]m\w+|\bline\b|\blandline\b)
    [^\d\x00]{0,25}(?<!\d)(?P<value>[2-9]\d{2}\s?[\-. ]?\s?\d{4}|0\d{2,4}(?:[ \-.]?\d{2,5}){2,4})(?![\-./]?\d)
    """,
    _VX,
)


def phones(text: str) -> Iterator[Piece]:
    """Find telephone numbers: North American ones by shape, others by country, seven digits next to a word."""
    yield from (group(m, Kind.PHONE) for m in _NATIONAL.finditer(text))
    for m in _ABROAD.finditer(text):
        if _is_possible(m["value"]):
            yield group(m, Kind.PHONE)
    yield from (group(m, Kind.PHONE) for m in _LOCAL.finditer(text))


def _is_possible(number: str) -> bool:
    try:
        return phonenumbers.is_possible_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


# ---------------------------------------------------------------------------------------------- codes and PINs

_CODE_WORDS: Final = (
    r"(?:\bcvv2?\b|\bcvc2?\b|\bcsc\b|\bcid\b|\bcvn\b|(?:security|card)\s+(?:code|number|digits)|c[oó]digo\s+de\s+seguridad"
    r"|(?:3|4|three|four|tres)[\s\-]*(?:digits?|n[uú]meros)(?:\s+(?:code|number))?"
    r"|(?:code|number|digits)\s+(?:on|from|at)\s+(?:the\s+)?(?:back|front)|n[uú]meros\s+de\s+atr[aá]s)"
)
_CODE_BEFORE: Final = re.compile(
    rf"{_CODE_WORDS}[^\d\x00]{{0,50}}?(?<![\d$])(?P<value>\d{{3,4}}|\d(?:[ \-]\d){{2,3}})"
    r"(?!\d|[.,]\d|\s*(?:mbps|%|gb))",
    _I,
)
_CODE_AFTER: Final = re.compile(
    rf"(?<!\d)(?P<value>\d{{3,4}})(?:{_MINE}|\s+(?:from|on|at)\s+the\s+)(?:\w+\s+){{0,2}}?(?:{_CODE_WORDS}|(?:back|front)\s+of)",
    _I,
)
_ONCE: Final = re.compile(
    r"""
    (?:(?:verification|confirmation|one[\s\-]?time|log-?in|sign-?in|access|authentication|2fa|\botp\b|verificaci[oó]n
         |texted|text(?:ed)?\s+me|sent\s+me)
       [^\d\x00]{0,25}?(?:code|c[oó]digo|password|passcode|pin)?
     |\bcode\b[^\d\x00]{0,25}?(?:text|sms|sent|got|phone|email))
    [^\d\x00]{0,25}?(?<![\d\#])(?P<value>\d{6,8}|\d{3}[ \-]\d{3})(?!\d)
    """,
    _VX,
)


def codes(text: str) -> Iterator[Piece]:
    """Find card security codes and confirmation codes next to their names."""
    for pattern in (_CODE_BEFORE, _CODE_AFTER):
        yield from (group(m, Kind.CODE) for m in pattern.finditer(text) if not _is_year(m))
    yield from (group(m, Kind.CODE) for m in _ONCE.finditer(text))


_PIN_WORDS: Final = r"(?:\bpin(?:\s?codes?)?\b|\bpass\s?code\b|\bnip\b)"
_PIN_VALUE: Final = r"(?P<value>\d{4,8}|\d(?:[ \-]\d){3,7})"
_PIN_BEFORE: Final = re.compile(rf"{_PIN_WORDS}[^\d\x00]{{0,50}}?(?<![\d$]){_PIN_VALUE}(?!\d|[.,]\d)", _I)
_PIN_AFTER: Final = re.compile(rf"(?<!\d){_PIN_VALUE}{_MINE}(?:\w+\s+){{0,2}}?{_PIN_WORDS}", _I)


def pins(text: str) -> Iterator[Piece]:
    """Find PINs and numeric passcodes next to their names."""
    for pattern in (_PIN_BEFORE, _PIN_AFTER):
        yield from (group(m, Kind.PIN) for m in pattern.finditer(text) if not _is_year(m))


def _is_year(match: re.Match[str]) -> bool:
    """Return whether a number is a year, by its digits and the word before it."""
    value = digits(match["value"])
    year = len(value) == 4 and value[:2] in ("19", "20")  # noqa: PLR2004 - a year's digits
    return year and _YEAR.search(match.string, max(0, match.start("value") - 8), match.start("value")) is not None
