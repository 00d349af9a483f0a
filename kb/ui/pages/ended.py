"""A page for staff in a window whose session has ended."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from kb.app.container import current
from kb.html import links
from kb.html.parts import message
from kb.html.words import words
from kb.ui.draw import draw

st.set_page_config(page_title=f"{words().sign_in.ended_title} · {current().settings.site.name}")
draw(message.message(words().sign_in.ended_title, words().sign_in.ended_text))
draw(Markup('<p><a href="{}">{}</a></p>').format(links.login(), words().sign_in.again))
