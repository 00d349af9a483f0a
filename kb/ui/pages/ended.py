"""A page for staff in a window whose session has ended."""

from __future__ import annotations

from urllib.parse import urlencode, urlsplit

import streamlit as st
from markupsafe import Markup

from kb.app.container import current
from kb.html import links
from kb.html.addresses import Page
from kb.html.parts import message
from kb.html.words import words
from kb.ui.draw import draw

st.set_page_config(page_title=f"{words().sign_in.ended_title} · {current().settings.site.name}")
is_writing = urlsplit(st.context.url or "").path == Page.WRITING
text = words().editor.ended if is_writing else words().sign_in.ended_text
back = f"{Page.WRITING}?{urlencode(st.query_params.to_dict())}" if is_writing else ""
draw(message.message(words().sign_in.ended_title, text))
draw(Markup('<p><a href="{}">{}</a></p>').format(links.login(back), words().sign_in.again))
