"""A page for staff in a window whose session has ended."""

from __future__ import annotations

import streamlit as st

from kb.app import container
from kb.ui import links, words
from kb.ui.components import message
from kb.ui.formatting import escape

st.set_page_config(page_title=f"{words.ENDED_TITLE} · {container.get_settings().site.name}")
message.show(words.ENDED_TITLE, words.ENDED_TEXT)
st.html(f'<p><a href="{escape(links.login())}">{escape(words.SIGN_IN_AGAIN)}</a></p>')
