"""How to reach an agent; this page works without an index."""

from __future__ import annotations

import streamlit as st

from kb.app import container
from kb.errors import KbError
from kb.html.words import words
from kb.types import Library
from kb.ui import visit
from kb.ui.components import asked, contact_page

site = container.get_settings().site
st.set_page_config(page_title=f"{words().contact.title} · {site.name}")
library: Library | None
try:
    library = container.get_answerer().library
except KbError:
    library = None  # the numbers matter most; the articles come back with the index
contact_page.show(site, library)
asked.show(visit.memory.last(visit.visit_key()))
