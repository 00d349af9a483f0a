"""Everything that can be written at: the articles, a text checked, a question tried, and what leads propose."""

from __future__ import annotations

import streamlit as st

from kb.app import insights
from kb.app.container import current
from kb.html.parts.writing import listing as listing_part
from kb.html.parts.writing.proposals import ProposalView
from kb.html.parts.writing.view import WritingView
from kb.html.words import words
from kb.types import User
from kb.ui.draw import draw
from kb.ui.widgets.writing import draft as draft_widget
from kb.ui.widgets.writing import listing, proposals, question


def show(view: WritingView, user: User) -> None:
    """Draw the parts of the page, of which the address may open the last one.

    :param view: What is looked at in the list.
    :param user: The reader.
    """
    draw(listing_part.heading())
    desk = current().drafts
    with st.spinner(words().writing.reading):
        state = desk.look()
    proposed_view = ProposalView.of_address(st.query_params.to_dict())
    names = words().writing.tabs
    listed, checking, trying, proposed = st.tabs(names, default=names[-1] if proposed_view.is_asked_for else None)
    with listed:
        listing.show(state, view, user, insights.shown_lately(current().engine))
    with checking:
        checked = draft_widget.show(desk)
    with trying:
        question.show(desk, checked, lambda: current().answerer, current().settings.site)
    with proposed:
        proposals.show(proposed_view, state.corpus.library)
