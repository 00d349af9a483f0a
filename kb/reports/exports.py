"""Tables as they are shown, and as CSV that no spreadsheet runs as formulas."""

from __future__ import annotations

import csv
import io
import itertools
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from kb.reports.figures import Figure, FigureUnit, Insights
from kb.reports.slices import Sliced, SliceRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

Cell: TypeAlias = str | int | float | date | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Beginnings that a spreadsheet reads as a formula, or skips and then reads one."""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """A table whose cells a page shows and an export holds."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> str:
        """Return the table as CSV; see :func:`csv_text`."""
        return csv_text(self.columns, self.rows)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    r"""Return a table as CSV (RFC 4180, lines ended by CR LF).

    An apostrophe, which spreadsheets do not show, is put before a text that would be a formula. Numbers stay numbers,
    with their minus sign; None is an empty cell.

    :param columns: The headings.
    :param rows: Cells in the order of the columns.
    :return: Text; to be written as UTF-8 with ``newline=""``.
    """
    return "".join(csv_lines(columns, rows))


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield a table as CSV line by line, so that it need not fit into memory; see :func:`csv_text`.

    :param columns: The headings.
    :param rows: Cells in the order of the columns.
    :yield: A row with its line end; a cell may itself have line ends.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    for row in itertools.chain([columns], rows):
        writer.writerow([safe_cell(cell) for cell in row])
        yield out.getvalue()
        out.seek(0)
        out.truncate()


def safe_cell(cell: Cell) -> str:
    """Return a cell's text, which no spreadsheet takes for a formula."""
    if cell is None:
        return ""
    if isinstance(cell, datetime | date):
        return cell.isoformat()
    if isinstance(cell, int | float):
        return str(cell)
    text = cell.replace("\0", "")
    return f"'{text}" if text.lstrip(" \u00a0").startswith(_FORMULA) or text.startswith(_FORMULA) else text


# ------------------------------------------------------------------------------------ the tables of the page


def figures_table(insights: Insights) -> ReportTable:
    """Return every figure with its prior value and its definition; shares are percentages."""
    rows = tuple(
        (figure.label, _now(figure), _written(figure, figure.prior), figure.definition) for figure in insights.figures
    )
    return ReportTable(("Figure", "This period", "Period before", "What it means"), rows)


def slices_table(first: str, rows: Iterable[SliceRow], names: Mapping[str, str]) -> ReportTable:
    """Return the figures by language or by topic.

    :param first: The heading of the first column.
    :param rows: One per language or topic.
    :param names: What they are called, by key; an unknown one is called by its key.
    :return: One row each.
    """
    cells: list[tuple[Cell, ...]] = [(names.get(row.key, row.key), *(row[what] for what in Sliced)) for row in rows]
    columns = (first, "Questions", "Answered", "Undecided", "Handed over", "Rated not helpful", "Contacted")
    return ReportTable(columns, tuple(cells))


def _now(figure: Figure) -> Cell:
    """Return a figure's value; a measured share with what it is made of and its interval."""
    ratio, written = figure.ratio, _written(figure, figure.value)
    if ratio is None:
        return written
    ends = f"95% interval {ratio.interval.low:.1%} to {ratio.interval.high:.1%}"
    return f"{ratio.count} of {ratio.of} ({written}; {ends})"


def _written(figure: Figure, value: float | None) -> Cell:
    if value is None:
        return None
    return f"{value:.1%}" if figure.unit is FigureUnit.SHARE else int(value)


def days_table(insights: Insights) -> ReportTable:
    """Return the days of the chart."""
    rows = tuple((d.day, d.questions, d.answered, d.undecided, d.handed_over) for d in insights.days)
    return ReportTable(("Day", "Questions", "Answered", "Undecided", "Handed over"), rows)


def articles_table(insights: Insights, reasons: Mapping[str, str]) -> ReportTable:
    """Return what customers did with each article.

    :param insights: The figures of a period.
    :param reasons: The text of each reason; see :func:`reason_words`.
    :return: One row per article.
    """
    columns = ("Article", "Title", "Shown", "Opened", "Helpful", "Not helpful", "Reasons", "Review overdue since")
    rows = tuple(
        (
            a.article_id,
            a.title,
            a.shown,
            a.opened,
            a.helpful,
            a.not_helpful,
            _reasons(a.reasons, reasons),
            a.overdue_since,
        )
        for a in insights.articles
    )
    return ReportTable(columns, rows)


def _reasons(given: Sequence[tuple[str, int]], reads: Mapping[str, str]) -> str:
    return "; ".join(f"{reason_words(reason, reads)}: {count}" for reason, count in given)


def reason_words(reason: str, reads: Mapping[str, str]) -> str:
    """Return the text of a reason, on the page and in the export.

    :param reason: Its code; an unknown one, as from another version of the program, stays as it is.
    :param reads: The text of every known code; the empty code means that no reason was given.
    :return: Plain text.
    """
    return reads.get(reason, reason)
