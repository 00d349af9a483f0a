"""The page for writers: every article with its findings, a draft checked and shown, a question tried."""

from __future__ import annotations

from datetime import date

import streamlit as st

from kb.app import insights
from kb.app.container import current
from kb.html.format import escape
from kb.html.words import words
from kb.ui.components import writing_draft, writing_question, writing_table

site = current().settings.site
st.set_page_config(page_title=f"{words().writing.title} · {site.name}")
st.html(
    f'<div class="kb-writing"><h1>{escape(words().writing.title)}</h1>'
    f'<p class="kb-intro">{escape(words().writing.lead)}</p></div>'
)
desk = current().drafts
with st.spinner(words().writing.reading):
    state = desk.look()
articles, checking, trying = st.tabs(words().writing.tabs)
with articles:
    writing_table.show(state, date.today(), insights.shown_lately(current().engine))  # noqa: DTZ011 — review dates are plain days, wherever the editor is
with checking:
    draft = writing_draft.show(desk)
with trying:
    writing_question.show(desk, draft, lambda: current().answerer)
