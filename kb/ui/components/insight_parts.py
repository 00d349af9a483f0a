"""Small pieces of the page for leads: numbers, tables that become cards on a phone, links within the visit, exports."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb.html.format import escape
from kb.html.words import words
from kb.reports.exports import ReportTable
from kb.reports.figures import FigureUnit
from kb.ui.keys import Key


def number(value: float | None, unit: FigureUnit = FigureUnit.COUNT) -> str:
    """Return a number as it is read; a dash where it is not known, which is not zero."""
    if value is None:
        return "–"
    return f"{value:.1%}" if unit is FigureUnit.SHARE else f"{value:,.0f}"


def signed(value: int) -> str:
    """Return a difference with its sign, the real minus."""
    return f"+{value:,}" if value > 0 else f"−{-value:,}" if value < 0 else "±0"


def link(address: str, text: str, *, current: bool = False) -> str:
    """Return a link to another view of the page; the visit goes on."""
    here = ' aria-current="true"' if current else ""
    return f'<a href="{escape(address)}" data-same-visit{here}>{escape(text)}</a>'


def tabs(label: str, links: Sequence[str]) -> str:
    """Return a row of links to choose from."""
    return f'<nav class="kb-chips" aria-label="{escape(label)}">{"".join(links)}</nav>'


def table(caption: str, columns: Sequence[str], rows: Sequence[Sequence[str]], *, numeric: Sequence[int] = ()) -> str:
    """Return a table whose rows are cards on a narrow screen.

    :param caption: For screen readers.
    :param columns: Headings.
    :param rows: Safe HTML of each cell; the first one heads its row.
    :param numeric: Places of the columns that hold numbers.
    :return: HTML.
    """
    heads = "".join(f'<th scope="col"{_number_class(n in numeric)}>{escape(c)}</th>' for n, c in enumerate(columns))
    body = "".join(f"<tr>{_row(columns, cells, numeric)}</tr>" for cells in rows)
    return (
        f'<table class="kb-table"><caption>{escape(caption)}</caption><thead><tr>{heads}</tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _row(columns: Sequence[str], cells: Sequence[str], numeric: Sequence[int]) -> str:
    first = f'<th scope="row">{cells[0]}</th>'
    rest = "".join(
        f'<td data-label="{escape(columns[n])}"{_number_class(n in numeric)}>{cell}</td>'
        for n, cell in enumerate(cells[1:], start=1)
    )
    return first + rest


def _number_class(is_number: bool) -> str:  # noqa: FBT001 — one of two looks
    return ' class="kb-num"' if is_number else ""


def badge(text: str, kind: str = "") -> str:
    """Return a word in a frame; ``kind`` is a state of a gap."""
    return f'<span class="kb-state kb-state-{kind or "none"}">{escape(text)}</span>'


def download(name: str, found: ReportTable, days: str) -> None:
    """Offer what stands above as CSV, with the same cells, made when it is asked for.

    :param name: Of ``Insights.download_names``.
    :param found: What is shown.
    :param days: The period, for the file's name.
    """
    st.download_button(
        words().insights.download.format(what=words().insights.download_names[name]),
        data=lambda: found.csv().encode("utf-8-sig"),  # without the mark, spreadsheets guess the wrong letters
        file_name=f"{name}-{days}.csv",
        mime="text/csv",
        key=f"{Key.INSIGHTS_CSV}{name}",
        on_click="ignore",  # nothing on the page changes: a run would only lose the next click
    )
