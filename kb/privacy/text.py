"""Shared parts of the redaction rules: kinds, pieces, and normalized characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

CLAIMED: Final = "\x00"
"""The replacement for every character that a rule has claimed: not a letter, digit or space."""
_DASHES: Final = "‐‑‒–—―−﹘﹣－"
_SPACES: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_UNSEEN: Final = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_EVEN: Final = str.maketrans(
    {
        **dict.fromkeys(_DASHES, "-"),
        **dict.fromkeys(_SPACES, " "),
        **dict.fromkeys(_UNSEEN, " "),
        **dict.fromkeys("’‘＇", "'"),
        **dict.fromkeys("“”«»„", '"'),
        "＠": "@",
        "．": ".",
        "＋": "+",
        "\x00": " ",
        "\x01": " ",
    }
)
HARMLESS: Final = re.compile(
    r"""
      \$\s?\d{1,3}(?:,\d{3})*(?:\.\d{1,2})?(?![\d,]) | \$\s?\d{1,7}(?:\.\d{1,2})?(?!\d)     # amounts
    | (?<![\d.\-/])\d{1,5}\.\d{2}(?![\d.\-/])
    | (?<![\d.,])\d{1,3}(?:,\d{3})+(?:\.\d{2})?(?![\d,])
    | (?<![\d/.\-])(?:0?[1-9]|1[0-2])([/.\-])(?:0?[1-9]|[12]\d|3[01])\1(?:(?:19|20)\d\d|\d\d)(?![\d/\-]|\.\d)   # dates
    | (?<![\d/.\-])(?:0?[1-9]|[12]\d|3[01])([/.\-])(?:0?[1-9]|1[0-2])\2(?:19|20)\d\d(?![\d/\-]|\.\d)
    | (?<![\d/.\-])(?:19|20)\d\d([/.\-])(?:0?[1-9]|1[0-2])\3(?:0?[1-9]|[12]\d|3[01])(?![\d/\-]|\.\d)
    | (?<![\d/.\-])(?:0?[1-9]|1[0-2])/(?:\d{2}|20\d\d)(?![\d/\-])                             # the end of a card's life
    | (?<![\d:])\d{1,2}:\d{2}(?::\d{2})?(?![\d:])                                             # times
    | (?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])                                              # addresses of machines
    """,
    re.VERBOSE,
)
"""Numbers whose meaning is plain; they do not end a context."""


class Kind(StrEnum):
    """A kind of personal data, as its mark names it."""

    ACCOUNT = "account number"
    ADDRESS = "street address"
    BANK = "bank account number"
    BIRTHDAY = "date of birth"
    CARD = "card number"
    CODE = "security code"
    DEVICE = "device number"
    EMAIL = "email address"
    LICENSE = "license number"
    NAME = "name"
    PASSWORD = "password"  # noqa: S105 - the name of a kind
    PHONE = "phone number"
    PIN = "PIN"
    ROUTING = "routing number"
    SSN = "Social Security number"


@dataclass(frozen=True, slots=True, order=True)
class Piece:
    """A piece of a text that must not be stored: characters ``start`` to ``end``."""

    start: int
    end: int
    kind: Kind


def mark(kind: Kind) -> str:
    """Return the mark that replaces a piece."""
    return f"[{kind.value}]"


def normalise_characters(text: str) -> str:
    """Return a text of the same length with plain dashes, spaces, quotes and digits."""
    if text.isascii():
        return text if CLAIMED not in text and "\x01" not in text else text.translate(_EVEN)
    text = text.translate(_EVEN)
    return "".join(_digit(c) if not c.isascii() and c.isdigit() else c for c in text)


def _digit(character: str) -> str:
    """Return the ASCII digit for a digit of another script or a superscript."""
    return str(unicodedata.digit(character))


def group(match: re.Match[str], kind: Kind, name: str = "value") -> Piece:
    """Return the piece that a named group of a match covers."""
    return Piece(match.start(name), match.end(name), kind)


def apart(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Yield pieces in their order, without those that overlap an earlier one."""
    taken = bytearray()
    for piece in pieces:
        if piece.end > len(taken):
            taken.extend(bytes(piece.end - len(taken)))
        if taken.find(1, piece.start, piece.end) < 0:
            taken[piece.start : piece.end] = b"\x01" * (piece.end - piece.start)
            yield piece


def digits(text: str) -> str:
    """Return the digits of a text."""
    return "".join(c for c in text if c.isdigit())
