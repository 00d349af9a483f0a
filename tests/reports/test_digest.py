"""The weekly digest: what is in it, and that customers' words stay words."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import TYPE_CHECKING

import pytest

from kb.gaps.book import GapBook
from kb.reports.digest import Format, last_week, parse_week, render, tables, weekly
from kb.reports.figures import Period
from kb.types import Library
from tests.gaps.needs import FEE, PAY, PAY_HITS, Index, grouper, replay
from tests.journal_rows import NOON, put_query
from tests.support import make_article, make_library

if TYPE_CHECKING:
    import sqlalchemy as sa

WEEK = parse_week("2026-W47")
OLD = make_article("late-fee", title="What is the late fee?", reviewed=date(2026, 1, 1), review_in_days=100)
MARKUP = "=why <b>is</b> *my* bill | high?"


@pytest.fixture
def gathered(engine: sa.Engine) -> sa.Engine:
    """Return a journal with a closed gap, a reopened one and an open one named by markup."""
    book = GapBook(engine, clock=lambda: NOON)
    put_query(engine, 1, FEE)
    put_query(engine, 2, PAY, hits=PAY_HITS)
    put_query(engine, 3, MARKUP, hits=[["why-bill-went-up", 0.5]])
    put_query(engine, 4, "x", outcome="answered", confidence=0.99, hits=[["late-fee", 0.9]])
    put_query(engine, 5, MARKUP, hits=[["why-bill-went-up", 0.5]], days_ago=7)
    book.refresh(grouper())
    by_name = {row.name: row.id for row in book.list()}
    replay(book, Index("v2", {FEE: "late-fee", PAY: "set-up-autopay"}, Library({}, ())))
    for text in (FEE, PAY):
        book.confirm(by_name[text], who="ana")
    replay(book, Index("v3", {FEE: "late-fee"}, Library({}, ())))
    return engine


def rows(engine: sa.Engine, heading: str) -> list[tuple[object, ...]]:
    """Return the rows of one of the digest's tables."""
    found = weekly(engine, WEEK, articles=make_library(OLD), today=date(2026, 11, 23))
    return list(dict(tables(found))[heading].rows)


def test_what_happened_in_the_week(gathered: sa.Engine) -> None:
    """Top gaps that are open, what was closed and is, what opened again, overdue articles by demand."""
    assert [(r[1], r[2], r[4], r[5], r[6]) for r in rows(gathered, "Top gaps")] == [
        (MARKUP, "new", 1, 1, 2),
        (PAY, "reopened", 1, 0, 1),
    ]
    assert [r[1:] for r in rows(gathered, "Closed")] == [(FEE, "late-fee", "answered by late-fee in v2")]
    assert [r[1:] for r in rows(gathered, "Opened again")] == [(PAY, "0 of 1 answered by v3")]
    assert rows(gathered, "Overdue articles, the most shown first") == [
        ("late-fee", "What is the late fee?", 1, date(2026, 4, 11))
    ]
    assert rows(gathered, "Figures")[0][:3] == ("Questions", 4, 1)
    assert rows(gathered, "By topic") == [("fees", 1, 1, 0, 0, 0, 0), ("none", 3, 0, 0, 3, 0, 0)]
    assert rows(gathered, "By language") == [("English", 4, 1, 0, 3, 0, 0)]


def test_markdown_shows_words_as_they_are(gathered: sa.Engine) -> None:
    """Customers' markup is not markup in a chat; missing data is shown as missing."""
    text = render(weekly(gathered, WEEK), Format.MARKDOWN)
    assert text.startswith("# Help center, 2026-11-16 to 2026-11-22\n\n## Figures\n\n| Figure | This period |")
    assert r"=why \<b\>is\</b\> \*my\* bill \| high?" in text
    assert "| Wrong answers, promised | not known | not known |" in text
    assert "## Overdue articles, the most shown first\n\nNothing.\n" in text


def test_html_escapes(gathered: sa.Engine) -> None:
    """Whole, with table headings, ready for a mail."""
    text = render(weekly(gathered, WEEK), Format.HTML)
    assert "<td>=why &lt;b&gt;is&lt;/b&gt; *my* bill | high?</td>" in text
    assert text.startswith("<!doctype html>")
    assert text.endswith("</html>\n")
    assert '<th scope="col">Why it did not answer</th>' in text


def test_csv_is_the_same_tables_without_formulas(gathered: sa.Engine) -> None:
    """Each table under its heading, and no cell that a spreadsheet would run."""
    text = render(weekly(gathered, WEEK), Format.CSV)
    lines = list(csv.reader(io.StringIO(text, newline="")))
    assert lines[0] == ["Figures"]
    assert ["Top gaps"] in lines
    assert "'" + MARKUP in [cell for line in lines for cell in line]
    assert [c for line in lines for c in line if c.startswith("=")] == []


def test_weeks() -> None:
    """ISO weeks by name, and the last whole one."""
    assert Period(date(2026, 11, 16), date(2026, 11, 22)) == WEEK
    assert parse_week("2026W1") == Period(date(2025, 12, 29), date(2026, 1, 4))
    assert last_week(date(2026, 11, 25)) == WEEK
    assert last_week(date(2026, 11, 23)) == WEEK
    assert last_week(date(2026, 11, 22)) == parse_week("2026-W46")
    for wrong in ("2026-48", "W48", "2026-W54", ""):
        with pytest.raises(ValueError, match=r"not a week|Invalid week"):
            parse_week(wrong)
