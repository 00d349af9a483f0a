"""The overview: the figures of a period, its days, and what customers did with each article."""

from __future__ import annotations

import streamlit as st

from kb.app import insights
from kb.app.container import current
from kb.html.parts.insights import figures, period
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.exports import figures_table
from kb.ui.draw import draw
from kb.ui.widgets.insights import days, lists
from kb.ui.widgets.insights.exports import download


def show(view: View) -> None:
    """Draw the overview.

    :param view: What is looked at.
    :raises JournalUnavailable: If the database cannot be used.
    """
    with st.spinner(words().insights.reading):
        desk = insights.open_desk(current())
        found = insights.figures(desk, view.period)
    draw(period.html(view))
    if desk.library is None:
        draw(period.no_index())
    draw(figures.html(found))
    download("figures", figures_table(found), view)
    days.show(found, view)
    lists.show_articles(found, view, desk.library)
