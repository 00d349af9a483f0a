"""The list of gaps, narrowed by state and text, and the list of articles; each can be downloaded."""

from __future__ import annotations

import streamlit as st

from kb.app import insights
from kb.app.insights import LeadDesk
from kb.gaps.records import GapRow
from kb.html.parts.insights import lists
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.digest import gaps_table
from kb.reports.exports import articles_table
from kb.reports.figures import Insights
from kb.types import Library, User
from kb.ui import case_state
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.insights import bulk
from kb.ui.widgets.insights.exports import download


def show_gaps(desk: LeadDesk, every: list[GapRow], view: View, user: User) -> None:
    """Draw the gaps of the states that are looked at, and one step for several of them.

    :param desk: The gaps, and the articles for their titles.
    :param every: All gaps.
    :param view: What is looked at.
    :param user: The user who is signed in.
    """
    draw(lists.gaps_heading(every, view, user.name, desk.waiting))
    needle = st.text_input(words().insights.gaps_filter, key=Key.INSIGHTS_FILTER)
    rows = insights.listed([row for row in every if view.lists(row, user.name)], needle)
    draw(lists.gaps_count(len(rows)))
    bulk.show(desk, rows, user)
    draw(lists.gaps(rows, view, desk.library, case_state.customer_zone()))
    if rows:
        download("gaps", gaps_table(rows), view)


def show_articles(found: Insights, view: View, library: Library | None) -> None:
    """Draw what customers did with each article."""
    draw(lists.articles_heading())
    draw(lists.articles(found, view, library))
    if found.articles:
        download("articles", articles_table(found, lists.reason_names()), view)
