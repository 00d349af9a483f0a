"""The start page: a question in, the right paragraph out."""

from __future__ import annotations

from functools import partial

import streamlit as st

from kb.app.container import current
from kb.html import links
from kb.html.addresses import Page, Param
from kb.html.parts import ask, outcome, privacy
from kb.html.words import words
from kb.types import Answered, Clarify, EventKind
from kb.ui import case_state, visit
from kb.ui.draw import draw
from kb.ui.widgets import ask_box, case_sheet, feedback

site = current().settings.site
ask_box.take_over()
compact = Param.QUERY in st.query_params
draw(ask.heading(compact=compact))
query = ask_box.show()
draw(privacy.note())
st.set_page_config(page_title=f"{words().ask.title} · {site.name}")
answerer = current().answerer.pinned()
library = answerer.library.in_language(words().language)

if query:
    case_state.note_query(query)
    work = partial(answerer.ask, query, exact=Param.EXACT in st.query_params, language=words().language)
    answer = current().admission.ask(visit.visitor(), query, work)
    refused = Param.NONE_OF_THESE in st.query_params
    query_id = visit.record_question(answer)
    zone = case_state.customer_zone()
    reply, apart = outcome.parts(answer, library, site, links.PAGES, refused=refused, zone=zone)
    draw(reply)
    if isinstance(answer.outcome, Answered):
        feedback.show(answer.outcome.hit.article_id, query_id, Page.ASK)
    if refused and isinstance(answer.outcome, Clarify):
        visit.record_event(query_id, EventKind.NONE_OF_THESE)
    if outcome.is_handover(answer, refused=refused):
        visit.record_event(query_id, EventKind.CONTACT_SHOWN)
        case_sheet.show_folded(site, library)
    draw(apart)
    draw(ask.query_mark(query_id, answer.index_version))
    draw(ask.recent(query))
elif query is not None:
    draw(outcome.empty())
if not query:
    draw(ask.recent())
    draw(ask.topics(library))
