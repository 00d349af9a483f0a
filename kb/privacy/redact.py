"""Personal data leaves a text before the text is written anywhere.

Rules, not a model: the same text always loses the same things, in a tenth of a millisecond. What is found, and what
cannot be, is said in docs/privacy.md. Each rule looks at what the rules before it have left, so the order below decides
what a number is called; whether it goes does not depend on it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.privacy.rules import accounts, address, numbers, secrets
from kb.privacy.text import CLAIMED, HARMLESS, Kind, Piece, even, mark

_TRIGGER: Final = re.compile(
    r"[\d@]|pass|pwd?\b|\bat\b|arroba|contrase|clave|secret|security|answer|respuesta|maiden|p\.?\s?o\.?\s?box",
    re.IGNORECASE,
)
_MARKS: Final = re.compile("|".join(re.escape(mark(kind)) for kind in Kind))
_Rule = Callable[[str], Iterator[Piece]]
_WORDED: Final[Sequence[_Rule]] = (secrets.emails, accounts.ibans, secrets.passwords)
_NUMBERED: Final[Sequence[tuple[_Rule, int]]] = (
    (numbers.social_security, 4),
    (numbers.cards, 4),
    (numbers.routing, 9),
    (accounts.long_accounts, 16),
    (accounts.accounts, 4),
    (numbers.phones, 7),
    (address.addresses, 1),
    (numbers.codes, 3),
    (numbers.pins, 4),
    (accounts.any_long_number, 9),
)
"""With the fewest digits that there is anything to find in."""
_NO_DIGITS: Final = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that may be written down."""

    text: str
    kinds: tuple[str, ...]
    """What was taken out, in the order of the text."""


def redact(text: str) -> Redacted:
    """Put a mark such as ``[card number]`` in the place of everything personal that is found.

    :param text: What somebody typed, of any length.
    :return: The text without it; redacting that again changes nothing.
    """
    kinds: list[str] = []
    # A mark is shorter than what stood there, so that a rule may reach further the second time: until nothing is found.
    while pieces := find(text):
        kinds += [piece.kind.value for piece in pieces]
        text = _replaced(text, pieces)
    return Redacted(text, tuple(kinds))


def find(text: str) -> list[Piece]:
    """Return the pieces that must not be written, in the order of the text and apart from one another."""
    if not _TRIGGER.search(text):
        return []
    left = _MARKS.sub(lambda m: CLAIMED * len(m[0]), even(text))
    found: list[Piece] = []
    for rule in _WORDED:
        left = _claimed(rule, left, found)
    left = HARMLESS.sub(_set_aside, left)
    n_digits = len(_NO_DIGITS.sub("", left))
    for rule, least in _NUMBERED:
        if n_digits >= least:
            left = _claimed(rule, left, found)
    return sorted(found)


def _claimed(rule: _Rule, text: str, found: list[Piece]) -> str:
    """Return what a rule leaves of a text, and keep what it takes."""
    for piece in rule(text):
        if CLAIMED not in text[piece.start : piece.end]:
            found.append(piece)
            text = f"{text[: piece.start]}{CLAIMED * (piece.end - piece.start)}{text[piece.end :]}"
    return text


def _set_aside(match: re.Match[str]) -> str:
    return "\x01" * len(match[0])


def _replaced(text: str, pieces: Sequence[Piece]) -> str:
    parts, end = [], 0
    for piece in pieces:
        parts += [text[end : piece.start], mark(piece.kind)]
        end = piece.end
    return "".join([*parts, text[end:]])
