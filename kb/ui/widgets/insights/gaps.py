"""The gaps: the list of a state, or one gap with its steps."""

from __future__ import annotations

import streamlit as st

from kb.app import insights
from kb.app.container import current
from kb.gaps.states import GapState
from kb.html.parts.insights import gap, period
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.types import User
from kb.ui import case_state
from kb.ui.draw import draw
from kb.ui.widgets.insights import arrange, lists, steps


def show(view: View, user: User) -> None:
    """Draw the list of gaps, or the gap that is open.

    :param view: What is looked at.
    :param user: The user who is signed in.
    :raises GapRefused: If there is no such gap.
    :raises JournalUnavailable: If the database cannot be used.
    """
    if view.gap is not None:
        _show_gap(view, view.gap, user)
        return
    with st.spinner(words().insights.reading):
        desk = insights.open_desk(current())
        every = desk.book.list(tuple(GapState), days=view.period.days)
    draw(period.html(view))
    if desk.library is None:
        draw(period.no_index())
    lists.show_gaps(desk, every, view, user)


def _show_gap(view: View, number: int, user: User) -> None:
    with st.spinner(words().insights.reading):
        desk = insights.open_desk(current())
        detail = desk.book.show(number, days=view.period.days)
    zone = case_state.customer_zone()
    draw(gap.head(detail, view, desk.library, zone))
    steps.show(desk, detail, user)
    arrange.show(desk, detail, user)
    draw(gap.evidence(detail, zone))
