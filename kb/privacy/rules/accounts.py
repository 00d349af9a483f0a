"""Rules for account numbers: the provider's and a bank's, next to their names, and every other long number."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from stdnum import iban

from kb.privacy.text import Kind, Piece, digits, group

if TYPE_CHECKING:
    from collections.abc import Iterator

_VX: Final = re.IGNORECASE | re.VERBOSE
_IBAN: Final = re.compile(r"\b(?P<value>[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b", re.IGNORECASE)
_BANK_WORDS: Final = re.compile(
    r"bank(?!rupt)|checking|savings|credit\s+union|\bach\b|e-?check|\bchecks?\b|routing|\baba\b|direct\s+debit|cheques?"
    r"|ahorros?|bancari|\bbanco\b|iban",
    re.IGNORECASE,
)
_NEAR: Final = 45
"""Characters on either side in which the words of a bank are looked for."""
_WORDS: Final = (
    r"(?:\bacc(?:oun)?ts?\b|\bacct|\bacnt\b|\baccnt\b|\bacc\b|\ba/c\b|\bcuenta|\bchecking\b|\bsavings\b|\bahorros\b"
    r"|\b(?:customer|client|cust|cliente|member)(?:\s+(?:number|no\b\.?|num\b|id|code)|\s?\#)|direct\s+debit|\be-?check\b|\bcheck\s+is\b)"
)
_VALUE: Final = r"(?P<value>(?:[a-z]{1,4}-?)?\d{1,30}(?:[a-z]{1,2}\d{1,30}){0,4}(?:[ \-./_]{1,2}\d{1,30}){0,8})"
"""Bounded, like every repetition here, so that no text makes a rule slow."""
_BEFORE: Final = re.compile(rf"{_WORDS}(?P<gap>[^\d\x00\n]{{0,60}}?)(?<![\w$]){_VALUE}(?!\w|[.,]\d)", re.IGNORECASE)
_AFTER: Final = re.compile(
    r"""
    (?<![\w$])(?P<value>[a-z]{0,4}-?\d{1,30}(?:[ \-./_]\d{1,30}){0,8})
    (?:\s+(?:is|was|es)|,?\s*(?:that|which)(?:'s|\s+is)|\s*-+\s*(?:that\s+is)?|\s*=)\s+
    (?:(?:the|my|mi|la|our|his|her)\s+)?(?:\w+\s+){0,2}?(?:acc(?:oun)?t|acct|cuenta|checking|savings)
    """,
    _VX,
)
_NAMED: Final = re.compile(
    r"(?:number|\bnum|\bno|\bnbr|n[uú]mero|\bid)\W{0,3}(?:(?:is|was|are|es|reads)\W{0,3})?$|^\W{0,3}$|[:=\#]\s*$",
    re.IGNORECASE,
)
"""The text that must come right before a number so short that it could be anything."""
_ENDS: Final = re.compile(
    r"""
      (?:acc(?:oun)?t|acct|cuenta|checking|savings|bank)[^\d\x00]{0,30}
        (?:\bend(?:s|ing)?\b|\blast\s+(?:4|four)|termina\w*)[^\d\x00]{0,14}(?P<a>\d{4})(?!\d)
    | last\s+(?:4|four)[^\d\x00]{0,24}
        (?:acc(?:oun)?t|acct|cuenta|checking|savings|bank)[^\d\x00]{0,16}(?P<b>\d{4})(?!\d)
    """,
    _VX,
)
_PROVIDER: Final = re.compile(
    r"(?<!\d)(?P<value>8\d{3}([ \-./]?)\d{2}\2\d{3}\2\d{7}|8\d{3}([ \-./]?)\d{4}\3\d{4}\3\d{4})(?!\d)"
)
_LONG: Final = re.compile(
    r"(?<![\w.])(?P<value>[a-z]{0,2}-?\d{9,}|\d{2,}(?:[ \-./_]\d{2,}){1,8}|\d(?:[ \-]\d){8,30})(?!\w)", re.IGNORECASE
)
_LEAST_UNBROKEN: Final = 9
_LEAST_GROUPED: Final = 12
_LEAST_MEANT: Final = 6
_LEAST_NAMED: Final = 4
_LEAST_LONGEST: Final = 4


def ibans(text: str) -> Iterator[Piece]:
    """Find international account numbers by their check digits."""
    yield from (group(m, Kind.BANK) for m in _IBAN.finditer(text) if iban.is_valid(m["value"]))


def long_accounts(text: str) -> Iterator[Piece]:
    """Find numbers of the shape that the provider's account numbers have."""
    yield from (group(m, Kind.ACCOUNT) for m in _PROVIDER.finditer(text))


def accounts(text: str) -> Iterator[Piece]:
    """Find account numbers next to their names, and the last four digits of one."""
    for m in _ENDS.finditer(text):
        yield _named(text, m.start(m.lastgroup or "a"), m.end(m.lastgroup or "a"))
    for m in _BEFORE.finditer(text):
        least = _LEAST_NAMED if _NAMED.search(m["gap"]) else _LEAST_MEANT
        end = m.start("value") + len(_trimmed(m["value"]))
        value = digits(text[m.start("value") : end])
        if len(value) >= least and not _is_year(value):
            yield _named(text, m.start("value"), end)
    for m in _AFTER.finditer(text):
        if len(digits(m["value"])) >= _LEAST_MEANT:
            yield _named(text, m.start("value"), m.end("value"))


def any_long_number(text: str) -> Iterator[Piece]:
    """Find every other number too long to be anything but a personal one."""
    for m in _LONG.finditer(text):
        groups = [g for g in re.findall(r"\d+", m["value"]) if not _is_year(g)]
        length = sum(map(len, groups))
        longest = max(map(len, groups), default=0)
        grouped = length >= _LEAST_GROUPED and longest >= _LEAST_LONGEST
        if grouped or longest >= _LEAST_UNBROKEN or (longest == 1 and length >= _LEAST_UNBROKEN):
            yield _named(text, m.start("value"), m.end("value"))


def _trimmed(value: str) -> str:
    """Return a number without a short one that follows it."""
    head, _, tail = value.partition(" ")
    return head if tail and len(digits(head)) >= 8 else value  # noqa: PLR2004 - long enough to be whole


def _is_year(value: str) -> bool:
    return len(value) == 4 and value[:2] in ("19", "20")  # noqa: PLR2004 - a year's digits


def _named(text: str, start: int, end: int) -> Piece:
    """Return the piece as a bank's number if the words around it name a bank."""
    around = text[max(0, start - _NEAR) : start] + "\n" + text[end : end + _NEAR]
    return Piece(start, end, Kind.BANK if _BANK_WORDS.search(around) else Kind.ACCOUNT)
