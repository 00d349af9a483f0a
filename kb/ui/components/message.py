"""A page that has only something to say: no index, not found, an error."""

from __future__ import annotations

import streamlit as st

from kb.errors import IndexMissing, KbError
from kb.settings.site import Site
from kb.ui import words
from kb.ui.components import contact_panel
from kb.ui.formatting import escape


def html(title: str, text: str) -> str:
    """Return a message under a heading; both are escaped."""
    return f'<section class="kb-message"><h1>{escape(title)}</h1><p>{escape(text)}</p></section>'


def show(title: str, text: str) -> None:
    """Draw a message under a heading."""
    st.html(html(title, text))


def unavailable_html(error: KbError) -> str:
    """Return why there are no answers: a missing index in plain words, anything else without its inner details."""
    text = escape(words.NO_INDEX if isinstance(error, IndexMissing) else words.UNAVAILABLE)
    text = text.replace(words.NO_INDEX_COMMAND, f"<code>{words.NO_INDEX_COMMAND}</code>")
    return f'<section class="kb-message"><h1>{escape(words.UNAVAILABLE_TITLE)}</h1><p>{text}</p></section>'


def show_unavailable(error: KbError, site: Site) -> None:
    """Draw why there are no answers, and the way to an agent."""
    st.html(unavailable_html(error))
    contact_panel.show(site)
