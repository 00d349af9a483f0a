"""The list of everything that can be written at."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from kb.app.container import current
from kb.authoring.draft_desk import DeskState
from kb.errors import JournalUnavailable
from kb.html.parts.writing import editor as part
from kb.html.parts.writing import listing as listing_part
from kb.html.parts.writing.view import WritingView
from kb.html.words import words
from kb.types import User
from kb.ui.draw import draw


def show(state: DeskState, view: WritingView, user: User, counted: Mapping[str, int] | None) -> None:
    """Draw what waits for a review, and the list of all articles.

    :param state: The articles on disk, for findings of files that have no row.
    :param view: What is looked at.
    :param user: The reader.
    :param counted: How often each article was shown; None while nobody counts.
    """
    try:
        with st.spinner(words().writing.reading):
            rows = current().writing.rows(user)
    except JournalUnavailable as problem:
        draw(part.refused(words().editor.no_database.format(reason=problem)))
        return
    draw(listing_part.waiting(rows, user.name))
    draw(listing_part.html(rows, view, counted, may_write=user.role.edits_articles))
    draw(listing_part.others(state))
