"""What a line of a bill usually is, and what its amount tells."""

from __future__ import annotations

import pytest

from kb.bill.find_part import find_part, parse_amount
from kb.content.articles.corpus import load_articles
from kb.types import BillPart
from tests.support import ROOT


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("$10.00", "$10.00"),
        ("10", "$10.00"),
        ("10.5", "$10.50"),
        ("10,50", "$10.50"),
        ("1,234.50", "$1,234.50"),
        ("1,234", "$1,234.00"),
        ("-5", "−$5.00"),
        ("−$5.00", "−$5.00"),
        ("$-5.00", "−$5.00"),
        ("($5.00)", "−$5.00"),
        ("5.00 CR", "−$5.00"),
        ("5.00-", "−$5.00"),
        (" + 3 ", "$3.00"),
        ("0", "$0.00"),
    ],
)
def test_amounts_are_read_as_bills_print_them(text: str, shown: str) -> None:
    """Amounts are found with or without a dollar sign, and credits in every form."""
    assert str(parse_amount(text)) == shown


@pytest.mark.parametrize("text", ["", "ten", "1.2.3", "$", "5 or 6", "99999999", "1e9", "5)5", "..", "١٢٣x"])
def test_what_is_no_amount_is_none(text: str) -> None:
    """A text that is not an amount gives no amount."""
    assert parse_amount(text) is None


@pytest.fixture(scope="module")
def parts() -> tuple[BillPart, ...]:
    """Return the shipped bill."""
    return load_articles(ROOT / "articles", {}).library.bill


@pytest.mark.parametrize(
    ("line", "article", "part"),
    [
        ("Broadcast TV Surcharge", None, "taxes"),
        ("PARTIAL MONTH - INTERNET", None, "partial-month"),
        ("Advanced WiFi", None, "services"),
        ("Service Appointment Fee", None, "one-time"),
        ("Late Fee", None, "payment"),
        ("Equipment not returned", None, "one-time"),
        ("State Sales Tax", None, "taxes"),
        ("Something else", "late-fee", "payment"),
        ("Something else", "partial-month-charge", "partial-month"),
        ("Something else", "data-caps", None),
        ("taxidermy", None, None),
        ("", None, None),
    ],
)
def test_a_line_belongs_to_a_part(
    parts: tuple[BillPart, ...], line: str, article: str | None, part: str | None
) -> None:
    """The longest matching name wins, as whole words only; otherwise the article decides."""
    found = find_part(line, article, parts)
    assert (found.id if found else None) == part
