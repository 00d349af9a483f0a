"""Remove personal data from a text before the text is stored anywhere.

Rules, not a model: the same text always loses the same pieces, in a tenth of a millisecond. docs/privacy.md lists what
is found and what cannot be. Each rule sees what the rules before it have left, so the order below decides how a number
is called, but not whether it is removed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from kb.privacy.text import CLAIMED, HARMLESS, Kind, Piece, mark, normalise_characters

if TYPE_CHECKING:
    from kb.privacy.spoken import Heard

_TRIGGER: Final = re.compile(
    r"[\d@]|pass|pwd?\b|\bat\b|arroba|contrase|clave|secret|security|answer|respuesta|maiden|p\.?\s?o\.?\s?box"
    r"|mac\b|serial|\bserie|\bs/?n\b|imei|licen|\blic\b|passport|pasaporte|identif|matr[ií]cula|c[eé]dula|born|birth|b-?day|dob\b|nac[ií]|cumpl"
    r"|calle|avenida|\bbox\b|apartado"
    r"|\b(?:oh|zero|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty|cero|sero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce|trece|catorce|quince|dieci\w+|veint\w+|\w+enta|\w+cientos|mil)\b",
    re.IGNORECASE,
)
_MARKS: Final = re.compile("|".join(re.escape(mark(kind)) for kind in Kind))
_NO_DIGITS: Final = re.compile(r"\D+")
_Rule: TypeAlias = Callable[[str], Iterator[Piece]]


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text that may be stored."""

    text: str
    kinds: tuple[str, ...]
    """The kinds that were removed, in the order of the text."""


class _Rules(NamedTuple):
    worded: Sequence[_Rule]
    numbered: Sequence[tuple[_Rule, int]]
    """Each rule with the fewest digits in which it can find anything."""
    names: _Rule


@cache
def _rules() -> _Rules:
    """Return the rules; their patterns take a fifth of a second to compile, for which no start waits."""
    from kb.privacy.rules import accounts, address, birthdays, devices, numbers, people, secrets  # noqa: PLC0415

    return _Rules(
        worded=(secrets.emails, accounts.ibans, secrets.passwords, devices.devices, birthdays.birthdays),
        numbered=(
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
        ),
        names=people.names,
    )


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
    plain = _MARKS.sub(lambda m: CLAIMED * len(m[0]), normalise_characters(text))
    found: list[Piece] = []
    if _TRIGGER.search(plain):
        from kb.privacy.spoken import heard  # noqa: PLC0415

        _find(plain, found)
        dictated_text = heard(plain)
        if dictated_text is not None:
            found = _joined(found, _find_heard(dictated_text))
    left = plain
    for piece in found:
        left = f"{left[: piece.start]}{CLAIMED * (piece.end - piece.start)}{left[piece.end :]}"
    _claimed(_rules().names, left, found)
    return sorted(found)


def _find(left: str, found: list[Piece]) -> str:
    """Add what the rules find in a text with plain characters, and return what is left of it."""
    for rule in _rules().worded:
        left = _claimed(rule, left, found)
    left = HARMLESS.sub(_set_aside, left)
    n_digits = len(_NO_DIGITS.sub("", left))
    for rule, least in _rules().numbered:
        if n_digits >= least:
            left = _claimed(rule, left, found)
    return left


def _find_heard(said: Heard) -> list[Piece]:
    """Return what is found in a text in digits, in the places of the original."""
    from kb.privacy.rules import dictated  # noqa: PLC0415

    found: list[Piece] = []
    left = _find(said.text, found)
    found += dictated.dictated(left, said.runs)
    return [Piece(*said.span(piece.start, piece.end), piece.kind) for piece in found]


def _joined(found: list[Piece], dictated_pieces: Sequence[Piece]) -> list[Piece]:
    """Return the pieces as read and as heard; where they overlap, what is longer when heard is what is meant."""
    longer = [p for p in dictated_pieces if not any(q.start <= p.start and p.end <= q.end for q in found)]
    return [q for q in found if not any(p.start < q.end and q.start < p.end for p in longer)] + longer


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
