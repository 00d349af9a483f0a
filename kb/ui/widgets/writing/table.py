"""The table of all articles, with the findings of the one that is selected."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import streamlit as st

from kb.authoring.draft_desk import DeskState
from kb.html.parts.writing import articles
from kb.html.words import words
from kb.ui.draw import draw
from kb.ui.keys import Key

_HEIGHT = 440
_WIDTHS = {"title": 270, "overdue": 120, "findings": 80, "shown": 130, "category": 150}
"""Pixels; other columns are as wide as their content."""


def show(state: DeskState, today: date, counted: Mapping[str, int] | None = None) -> None:
    """Draw the table, and the findings of the row that is selected.

    :param state: The articles.
    :param today: The day review dates are compared with.
    :param counted: How often each article was shown; None while nobody counts.
    """
    rows = articles.rows(state, today, counted)
    draw(articles.summary(state, rows))
    event = st.dataframe(
        [articles.cells(row) for row in rows],
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
    chosen = event.selection.rows
    draw(articles.selected(rows[chosen[0]] if chosen and chosen[0] < len(rows) else None))
    draw(articles.others(state))
