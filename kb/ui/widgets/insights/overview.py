"""The overview: the figures of a period, its days, topics and languages, and what customers did with each article."""

from __future__ import annotations

import streamlit as st

from kb.app import insights
from kb.app.container import current
from kb.html.parts.insights import figures, period, slices
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.exports import figures_table, slices_table
from kb.reports.slices import LANGUAGES, Slices
from kb.types import Library
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
    _show_slices(found.slices, view, desk.library)
    lists.show_articles(found, view, desk.library)


def _show_slices(found: Slices, view: View, library: Library | None) -> None:
    """Draw the same figures by topic and by language."""
    draw(slices.topics(found, library))
    labels = words().insights
    if found.topics:
        download("topics", slices_table(labels.slices_first["topics"], found.topics, slices.topic_names(library)), view)
    draw(slices.languages(found))
    if found.languages:
        download("languages", slices_table(labels.slices_first["languages"], found.languages, LANGUAGES), view)
