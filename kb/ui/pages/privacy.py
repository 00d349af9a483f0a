"""What is kept of a visit; this page works without an index."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.html.parts import privacy
from kb.html.words import words
from kb.ui import visit
from kb.ui.draw import draw

settings = current().settings
st.set_page_config(page_title=f"{words().privacy.title} · {settings.site.name}")
draw(privacy.page(settings.retention_days, visit.visit_key()))
