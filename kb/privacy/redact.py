"""Remove personal data from a text before the text is stored anywhere.

Rules, not a model: the same text always loses the same pieces, in a tenth of a millisecond. docs/privacy.md lists what
is found and what cannot be. Each rule sees what the rules before it have left, so the order below decides how a number
is called, but not whether it is removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kb.privacy.rules import accounts, address, numbers, people, secrets
from kb.privacy.spoken import heard
from kb.privacy.text import CLAIMED, HARMLESS, Kind, Piece, mark, normalise_characters

_TRIGGER: Final = re.compile(
    r"[\d@]|pass|pwd?\b|\bat\b|arroba|contrase|clave|secret|security|answer|respuesta|maiden|p\.?\s?o\.?\s?box"
    r"|nam|holder|llam|nombre|titular|\bsoy\b|(?:this|here) is|i am|i'm|spoke|speak|talk|habl|signed|atendi"
    r"|\b(?:mrs?|ms|dr|sra?|srta)\b|rep\b|agent|lady|technician|supervisor|manager|t[eé]cnic|mac\b|serial|\bserie|licen|cumple|nac[ií]|thank|regards|gracias|saludos|sincerely|born|birth"
    r"|\b(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b",
    re.IGNORECASE,
)
_MARKS: Final = re.compile("|".join(re.escape(mark(kind)) for kind in Kind))
_Rule = Callable[[str], Iterator[Piece]]
_WORDED: Final[Sequence[_Rule]] = (
    secrets.emails,
    accounts.ibans,
    secrets.passwords,
    people.devices,
    people.birthdays,
    people.names,
)
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
"""Each rule with the fewest digits in which it can find anything."""
_NO_DIGITS: Final = re.compile(r"\D+")


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that may be stored."""

    text: str
    kinds: tuple[str, ...]
    """The kinds that were removed, in the order of the text."""


def redact(text: str) -> Redacted:
    """Replace all personal data that is found by marks such as ``[card number]``.

    :param text: A typed text, of any length.
    :return: The text with marks; redacting it again changes nothing.
    """
    kinds: list[str] = []
    # A mark is shorter than the piece, so a rule may reach further the second time: repeat until nothing is found.
    while pieces := find(text):
        kinds += [piece.kind.value for piece in pieces]
        text = _replaced(text, pieces)
    return Redacted(text, tuple(kinds))


def find(text: str) -> list[Piece]:
    """Return the pieces that must not be stored, in the order of the text and without overlaps."""
    if not _TRIGGER.search(text):
        return []
    plain = _MARKS.sub(lambda m: CLAIMED * len(m[0]), normalise_characters(text))
    found = _find(plain)
    dictated = heard(plain)
    if dictated is not None:
        pieces = [Piece(*dictated.span(p.start, p.end), p.kind) for p in _find(dictated.text)]
        # What is longer when heard is the number that is meant: "4111 then 1111" is more than its first group.
        longer = [p for p in pieces if not any(q.start <= p.start and p.end <= q.end for q in found)]
        found = [q for q in found if not any(p.start < q.end and q.start < p.end for p in longer)] + longer
    return sorted(found)


def _find(left: str) -> list[Piece]:
    """Return what the rules find in a text with plain characters."""
    found: list[Piece] = []
    for rule in _WORDED:
        left = _claimed(rule, left, found)
    left = HARMLESS.sub(_set_aside, left)
    n_digits = len(_NO_DIGITS.sub("", left))
    for rule, least in _NUMBERED:
        if n_digits >= least:
            left = _claimed(rule, left, found)
    return found


def _claimed(rule: _Rule, text: str, found: list[Piece]) -> str:
    """Return the text that a rule leaves, and add the pieces it claims to those found."""
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
