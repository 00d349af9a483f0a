"""Tables as they are shown, and the same as CSV that no spreadsheet takes for a program."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, TypeAlias

from kb.reports.figures import Figure, FigureUnit, Insights

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Cell: TypeAlias = str | int | float | date | None

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a text may not begin with: spreadsheets read a formula, or skip the first character and then read one."""


@dataclass(frozen=True, slots=True)
class ReportTable:
    """What a screen shows and an export holds: the same cells."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]

    def csv(self) -> str:
        """Return the table as CSV; see :func:`csv_text`."""
        return csv_text(self.columns, self.rows)


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    r"""Return a table as CSV (RFC 4180, lines ended by CR LF).

    A text that a spreadsheet would take for a formula gets an apostrophe before it, which spreadsheets do not show.
    Numbers stay numbers, a minus sign included; None is an empty cell.

    :param columns: The headings.
    :param rows: Cells in the order of the columns.
    :return: Text; to be written as UTF-8 with ``newline=""``.
    """
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([safe_cell(column) for column in columns])
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return out.getvalue()


def safe_cell(cell: Cell) -> str:
    """Return a cell's text, defused."""
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
    """Return every figure with the prior period's and its definition; shares are percentages."""
    rows = tuple(
        (figure.label, _written(figure, figure.value), _written(figure, figure.prior), figure.definition)
        for figure in insights.figures
    )
    return ReportTable(("Figure", "This period", "Period before", "What it means"), rows)


def _written(figure: Figure, value: float | None) -> Cell:
    if value is None:
        return None
    return f"{value:.1%}" if figure.unit is FigureUnit.SHARE else int(value)


def days_table(insights: Insights) -> ReportTable:
    """Return the chart's days."""
    rows = tuple((d.day, d.questions, d.answered, d.undecided, d.handed_over) for d in insights.days)
    return ReportTable(("Day", "Questions", "Answered", "Undecided", "Handed over"), rows)


def articles_table(insights: Insights, reasons: Mapping[str, str]) -> ReportTable:
    """Return what customers did with each article.

    :param insights: Of a period.
    :param reasons: How each reason reads; see :func:`reason_words`.
    :return: One row an article.
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
    """Return how a reason is written, on the screen as in the export.

    :param reason: Its code; of another site or an earlier program perhaps one that is not known, which stays as it is.
    :param reads: The words of every known code; those of none given have the empty one.
    :return: Plain text.
    """
    return reads.get(reason, reason)
