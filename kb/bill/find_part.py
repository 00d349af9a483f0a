"""A line of a customer's own bill: the part of the sample bill it belongs to, and its amount.

A line is never stored: nothing here writes it anywhere.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Final

from kb.types import BillPart

LONGEST_LINE: Final = 120
_AMOUNT = re.compile(
    r"(?P<sign>[-−–+(]?)\s*\$?\s*(?P<sign2>[-−–]?)(?P<number>[\d.,]+)\s*(?P<end>\)|-|cr|credit)?", re.IGNORECASE
)
_MOST: Final = Decimal(1_000_000)


@dataclass(frozen=True, slots=True)
class Amount:
    """An amount on a bill."""

    dollars: Decimal
    """Never negative; two decimals."""
    is_credit: bool
    """Whether it is taken off the bill."""

    def __str__(self) -> str:
        return f"{'−' if self.is_credit else ''}${self.dollars:,.2f}"


def parse_amount(text: str) -> Amount | None:
    """Read an amount as bills and people write it.

    :param text: Such as ``$10.00``, ``10``, ``-5``, ``($5.00)``, ``5.00 CR``, ``1,234.50`` or ``10,50``.
    :return: The amount; None for anything that is not one.
    """
    match = _AMOUNT.fullmatch(text.strip())
    if match is None:
        return None
    number = match["number"]
    # A comma before the last two digits is a decimal comma; any other one separates thousands.
    if re.fullmatch(r"\d+,\d\d", number):
        number = number.replace(",", ".")
    try:
        dollars = Decimal(number.replace(",", "")).quantize(Decimal("0.01"))
    except InvalidOperation:
        return None
    is_credit = match["sign"] in ("-", "−", "–", "(") or bool(match["sign2"]) or match["end"] not in (None, ")")
    return Amount(dollars, is_credit) if dollars < _MOST else None


def find_part(wording: str, article_id: str | None, parts: Sequence[BillPart]) -> BillPart | None:
    """Return the part of a bill that a line belongs to.

    :param wording: The line as printed.
    :param article_id: The article that explains it, if one was found.
    :param parts: The parts, from top to bottom.
    :return: The part with the longest of its names in the line; else the first that names the article; else None.
    """
    words = f" {_words(wording)} "
    named = [
        (len(name), -n, part) for n, part in enumerate(parts) for name in part.names if f" {_words(name)} " in words
    ]
    if named:
        return max(named, key=lambda found: found[:2])[2]
    return next((part for part in parts if article_id is not None and article_id in part.articles), None)


def _words(text: str) -> str:
    """Return a text's words in lower case, with one space between them; plurals stay."""
    return " ".join(re.findall(r"[a-z0-9áéíóúñü]+", text.lower()))
