"""CSV that no spreadsheet executes."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.reports.exports import ReportTable, articles_table, csv_text, safe_cell
from kb.reports.figures import ArticleRow, Insights, Period


@pytest.mark.parametrize(
    "text",
    ['=HYPERLINK("x")', "+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", " =1", "\u00a0=1", "＝1", "\0=1"],
)
def test_what_could_be_a_formula_is_defused(text: str) -> None:
    """An apostrophe precedes a possible formula, whatever characters hide it."""
    assert safe_cell(text).startswith("'")


def test_other_cells_stay_as_they_are() -> None:
    """Numbers keep their minus; nothing is empty; days are ISO."""
    cells = [safe_cell(c) for c in ("why -5?", -5, 2.5, None, date(2026, 1, 2), "", "it's")]
    assert cells == ["why -5?", "-5", "2.5", "", "2026-01-02", "", "it's"]


def test_a_table_is_quoted_as_the_standard_says() -> None:
    """Commas, quotes and line ends inside a cell."""
    table = ReportTable(("a", "=b"), (('x, "y"\nz', 1),))
    assert table.csv() == 'a,\'=b\r\n"x, ""y""\nz",1\r\n'
    assert table.csv() == csv_text(table.columns, table.rows)


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\0\r"), max_size=8), min_size=2, max_size=4))
def test_no_cell_begins_a_formula(cells: list[str]) -> None:
    """Whatever a customer types, what comes back is it, with at most an apostrophe in front."""
    (row,) = list(csv.reader(io.StringIO(csv_text(cells, []), newline="")))
    assert [c for c in row if c.strip(" \u00a0")[:1] in set("=+-@\t\r＝＋－＠")] == []
    assert [c.removeprefix("'") if not o.startswith("'") else c for c, o in zip(row, cells, strict=True)] == cells


def test_reasons_are_written_in_the_words_that_are_handed_in() -> None:
    """An unknown code stays as it is, and is not a formula either."""
    given = (("unclear", 3), ("", 2), ("=other", 1))
    row = ArticleRow("late-fee", "Late fee", 9, 5, 1, 6, given, None)
    day = date(2026, 1, 2)
    table = articles_table(
        Insights(Period(day, day), (), (), (row,)), {"unclear": "It is hard to understand", "": "no reason given"}
    )
    assert table.rows == (
        ("late-fee", "Late fee", 9, 5, 1, 6, "It is hard to understand: 3; no reason given: 2; =other: 1", None),
    )
