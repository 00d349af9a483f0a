"""All articles at a glance: whose they are, when they are due for review, and what the check finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import streamlit as st

from kb.authoring.draft_desk import DeskState
from kb.content.checks.lookup import is_published
from kb.html.format import article_count, escape
from kb.html.words import words
from kb.types import Article, Finding
from kb.ui.components import writing_findings
from kb.ui.keys import Key

_HEIGHT = 440
_WIDTHS = {"title": 270, "overdue": 120, "findings": 80, "shown": 130, "category": 150}
"""Pixels; other columns are as wide as what stands in them."""


@dataclass(frozen=True, slots=True)
class Row:
    """One file of an article."""

    path: str
    article: Article | None
    """None for a file with errors."""
    due: date | None
    overdue_days: int
    """0 when it is not overdue; drafts never are."""
    shown: int | None
    """How often customers were shown it; None while nobody counts, which is not 0."""
    findings: tuple[Finding, ...]


def rows(state: DeskState, today: date, shown: Mapping[str, int] | None = None) -> list[Row]:
    """Return a row a file: overdue articles first, by demand where it is counted, then by how long; others by title.

    :param state: The articles.
    :param today: The day review dates are held against.
    :param shown: How often each article was shown; None while nobody counts.
    :return: In the order shown.
    """
    articles = {article.path: article for article in state.corpus.articles}
    found = [_row(path, articles.get(path), state.findings, today, shown) for path in state.paths]
    return sorted(found, key=_order)


def _row(
    path: str, article: Article | None, findings: Sequence[Finding], today: date, shown: Mapping[str, int] | None
) -> Row:
    due = article.review_due if article is not None else None
    late = (today - due).days if due is not None and article is not None and is_published(article) else 0
    count = None if shown is None else shown.get(Path(path).stem, 0)
    return Row(path, article, due, max(late, 0), count, tuple(f for f in findings if f.path == path))


def _order(row: Row) -> tuple[bool, int, int, str, str]:
    is_overdue = row.overdue_days > 0
    demand = (row.shown or 0) if is_overdue else 0
    title = row.article.title if row.article is not None else ""
    return not is_overdue, -demand, -row.overdue_days, title.casefold(), row.path


def cells(row: Row) -> dict[str, Any]:
    """Return a row as the table shows it."""
    article = row.article
    late = words().writing.overdue_days[row.overdue_days != 1].format(days=row.overdue_days)
    return {
        "title": article.title if article else Path(row.path).name,
        "overdue": late if row.overdue_days else "",
        "findings": len(row.findings),
        # A number, so that the column sorts 9 before 99; where nobody counts, all rows say so in words.
        "shown": words().writing.not_counted if row.shown is None else row.shown,
        "category": article.category if article else Path(row.path).parent.name,
        "status": article.status.value if article else words().writing.status_broken,
        "owner": article.owner if article else "",
        "reviewed": article.reviewed if article else None,
        "due": row.due,
    }


def show(state: DeskState, today: date, counted: Mapping[str, int] | None = None) -> None:
    """Draw the table, and the findings of the row that is selected.

    :param state: The articles.
    :param today: The day review dates are held against.
    :param counted: How often each article was shown; None while nobody counts.
    """
    shown = rows(state, today, counted)
    late = sum(row.overdue_days > 0 for row in shown)
    said = words().writing.summary.format(
        articles=article_count(len(shown)), overdue=late, findings=writing_findings.count_words(state.findings)
    )
    st.html(f'<p class="kb-count">{escape(said)}</p>')
    event = st.dataframe(
        [cells(row) for row in shown],
        key=Key.WRITING_TABLE,
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        height=_HEIGHT,
        placeholder="–",
        alt=words().writing.table,
        column_config={
            name: st.column_config.Column(label, width=_WIDTHS.get(name))
            for name, label in words().writing.columns.items()
        },
    )
    selected = event.selection.rows
    st.html(_selected_html(shown[selected[0]]) if selected and selected[0] < len(shown) else _hint_html())
    _show_others(state)


def _selected_html(row: Row) -> str:
    title = row.article.title if row.article is not None else Path(row.path).name
    listed = writing_findings.html(row.findings) or f"<p>{escape(words().writing.no_findings)}</p>"
    return (
        f'<section class="kb-desk" data-findings="{escape(Path(row.path).stem)}"><h2>{escape(title)}</h2>'
        f'<p class="kb-path"><code>{escape(row.path)}</code></p>{listed}</section>'
    )


def _hint_html() -> str:
    return f'<p class="kb-hint">{escape(words().writing.select)}</p>'


def _show_others(state: DeskState) -> None:
    """Draw findings of files that have no row: a category, or an article that was deleted without a redirect."""
    others = [f for f in state.findings if f.path not in state.paths]
    if others:
        heading = escape(words().writing.other_findings)
        st.html(f'<section class="kb-desk"><h2>{heading}</h2>{writing_findings.html(others)}</section>')
