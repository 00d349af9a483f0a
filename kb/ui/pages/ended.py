"""A page for staff in a window whose session has ended."""

from __future__ import annotations

import streamlit as st

from kb.app import container
from kb.html.words import words
from kb.ui import links
from kb.ui.components import message
from kb.ui.formatting import escape

st.set_page_config(page_title=f"{words().sign_in.ended_title} · {container.get_settings().site.name}")
message.show(words().sign_in.ended_title, words().sign_in.ended_text)
st.html(f'<p><a href="{escape(links.login())}">{escape(words().sign_in.again)}</a></p>')
