"""The note beside every question field: what to leave out, and where it says what is kept."""

from __future__ import annotations

import streamlit as st

from kb.html.words import words
from kb.ui.formatting import escape
from kb.ui.keys import Path


def html() -> str:
    """Return the note, one short line with its link."""
    link = f'<a href="{Path.PRIVACY}">{escape(words().privacy.note_link)}</a>'
    return f'<p class="kb-privacy-note">{escape(words().privacy.note).format(link=link)}</p>'


def show() -> None:
    """Draw the note."""
    st.html(html())
