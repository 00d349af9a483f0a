"""The case sheet as a value and as text."""

from __future__ import annotations

from datetime import date

from kb.contact.casesheet import LONGEST, CaseSheet, Entry, as_text, clean, entries

LABELS = {entry: entry.value.replace("_", " ").capitalize() for entry in Entry}
DAYS = {date(2026, 12, 2): "December 2, 2026"}
SHEET = CaseSheet(
    question="why did my bill go up",
    articles=("Why did my bill go up?", "When did my promotion end?"),
    happened="The total rose by ten dollars. " * 4,
    amounts="$82.99 instead of $72.99, since November 4",
    wanted="A credit of $10.00",
    contacted=date(2026, 11, 25),
    representative="Robin",
    case_number="A-555-0101",
    promised="A credit on the next bill",
    promised_by=date(2026, 12, 2),
)


def test_a_sheet_as_text_has_everything_in_order() -> None:
    """Labels, then what was written; long lines are broken, days are in words where words are given."""
    assert (
        as_text(SHEET, "Case sheet", LABELS, DAYS)
        == """\
Case sheet
==========

Question
  why did my bill go up

Articles
  - Why did my bill go up?
  - When did my promotion end?

Happened
  The total rose by ten dollars. The total rose by ten dollars. The total rose
  by ten dollars. The total rose by ten dollars.

Amounts
  $82.99 instead of $72.99, since November 4

Wanted
  A credit of $10.00

Contacted
  2026-11-25

Representative
  Robin

Case number
  A-555-0101

Promised
  A credit on the next bill

Promised by
  December 2, 2026
"""
    )


def test_what_is_empty_is_left_out() -> None:
    """No label without its text."""
    sheet = CaseSheet(wanted="Two lines\nof it")
    assert as_text(sheet, "S", LABELS, {}) == "S\n=\n\nWanted\n  Two lines\n  of it\n"
    assert entries(CaseSheet()) == []


def test_a_sheet_is_empty_until_something_is_written() -> None:
    """Articles that were read and the day make no case."""
    assert CaseSheet(articles=("A",), contacted=date(2026, 11, 25)).is_empty
    assert not CaseSheet(case_number="1").is_empty


def test_what_is_typed_is_cleaned() -> None:
    """No control characters, plain line ends, no more than its length; a long word stays whole."""
    assert clean(" a\r\nb\x00\x1b[31m\u2028c ", 100) == "a\nb  [31m c"
    assert clean("x" * 50, LONGEST[Entry.CASE_NUMBER]) == "x" * 40
    assert "x" * 200 in as_text(CaseSheet(wanted="a " + "x" * 200), "S", LABELS, {})
