"""The start page: a question in, the right paragraph out."""

from __future__ import annotations

import streamlit as st

from kb.app import container
from kb.html.words import words
from kb.types import EventKind
from kb.ui import case_state, visit
from kb.ui.components import ask_box, asked, contact_page, outcome, privacy_note, recent, start
from kb.ui.keys import Param

site = container.get_settings().site
compact = Param.QUERY in st.query_params
start.show_heading(compact=compact)
query = ask_box.show()
privacy_note.show()
st.set_page_config(page_title=f"{words().ask.title} · {site.name}")
answerer = container.get_answerer()
library = answerer.library

if query:
    case_state.note_query(query)
    answer, refused = answerer.ask(query), Param.NONE_OF_THESE in st.query_params
    query_id = visit.recorded(answer)

    def hand_over() -> None:
        """Draw the case sheet right below the ways to an agent."""
        visit.happened(query_id, EventKind.CONTACT_SHOWN)
        contact_page.show_folded(site, library)

    outcome.show(answer, library, site, refused=refused, query_id=query_id, below_handover=hand_over)
    asked.show(query_id)
    recent.remember(query)
    recent.show(query)
elif query is not None:
    outcome.show_empty()
if not query:
    recent.show()
    start.show_topics(library)
