"""How to reach an agent; this page works without an index."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.errors import KbError
from kb.html.parts import ask, contact
from kb.html.words import words
from kb.types import Library
from kb.ui import case_state, visit
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets import case_sheet, handover_form

site = current().settings.site
st.set_page_config(page_title=f"{words().contact.title} · {site.name}")
library: Library | None
try:
    library = current().answerer.library.in_language(words().language)
except KbError:
    library = None  # the numbers matter most; the articles come back with the index
zone = case_state.customer_zone()
draw(contact.heading())
with st.container(key="contact_ways"):
    draw(contact.panel(site, level=2, with_ready=False, zone=zone))
    if site.have_ready:
        with st.container(key="contact_ready"):
            draw(contact.ready_heading())
            for number, item in enumerate(site.have_ready_in(words().language)):
                st.checkbox(item, key=f"{Key.CASE_READY}{number}")
sheet = case_sheet.show(site, library)
handover_form.show(site)
draw(contact.further(site, library, sheet.contacted, sheet.promised_by, zone))
draw(ask.query_mark(visit.record_contact_opened()))
