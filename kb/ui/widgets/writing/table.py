"""The tables of all articles and all signposts, with the findings of the one that is selected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

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
    """Draw the table of articles and that of signposts, each with the findings of the row that is selected.

    :param state: The articles.
    :param today: The day review dates are compared with.
    :param counted: How often each article was shown; None while nobody counts.
    """
    labels = words().writing
    rows = articles.rows(state, today, counted)
    signposts = [row for row in rows if row.is_signpost]
    draw(articles.summary(state, rows))
    _table([row for row in rows if not row.is_signpost], Key.WRITING_TABLE, labels.table, labels.columns, _HEIGHT)
    if signposts:
        draw(articles.signposts_heading())
        _table(signposts, Key.WRITING_SIGNPOSTS, labels.signposts_table, labels.signpost_columns)
    draw(articles.others(state))


def _table(
    rows: Sequence[articles.Row], key: Key, alt: str, columns: Mapping[str, str], height: int | Literal["auto"] = "auto"
) -> None:
    """Draw one table, and the findings of the row that is selected in it."""
    event = st.dataframe(
        [articles.cells(row) for row in rows],
        key=key,
        on_select="rerun",
        selection_mode="single-row",
        hide_index=True,
        height=height,
        placeholder="–",
        alt=alt,
        column_config={
            name: st.column_config.Column(label, width=_WIDTHS.get(name)) for name, label in columns.items()
        },
    )
    chosen = event.selection.rows
    draw(articles.selected(rows[chosen[0]] if chosen and chosen[0] < len(rows) else None))
