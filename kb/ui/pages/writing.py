"""The page for writers: all articles with findings, a draft checked and shown, a question tried, proposed changes."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.app import insights
from kb.app.container import current
from kb.html.parts import frame
from kb.html.parts.writing.articles import heading
from kb.html.parts.writing.proposals import ProposalView
from kb.html.words import words
from kb.ui.draw import draw
from kb.ui.widgets.writing import draft as writing_draft
from kb.ui.widgets.writing import proposals, question, table

site = current().settings.site
st.set_page_config(page_title=f"{words().writing.title} · {site.name}")
draw(frame.styles("insights.css", "review.css"))
draw(heading())
desk = current().drafts
with st.spinner(words().writing.reading):
    state = desk.look()
view = ProposalView.of_address(st.query_params.to_dict())
names = words().writing.tabs
articles, checking, trying, proposed = st.tabs(names, default=names[-1] if view.is_asked_for else None)
with articles:
    table.show(state, date.today(), insights.shown_lately(current().engine))  # noqa: DTZ011 — review dates are plain days, wherever the editor is
with checking:
    draft = writing_draft.show(desk)
with trying:
    question.show(desk, draft, lambda: current().answerer, site)
with proposed:
    proposals.show(view, state.corpus.library)
