"""The start page before anything was asked."""

from __future__ import annotations

import streamlit as st

from kb.html.words import words
from kb.types import Library
from kb.ui.components import cards
from kb.ui.formatting import escape


def heading_html(*, compact: bool) -> str:
    """Return the page's heading.

    :param compact: Whether an answer follows, which then is what the page is about.
    :return: HTML.
    """
    if compact:
        return f'<h1 class="kb-hero kb-compact">{escape(words().ask.title)}</h1>'
    return f'<div class="kb-hero"><h1>{escape(words().ask.title)}</h1><p>{escape(words().ask.lead)}</p></div>'


def show_heading(*, compact: bool) -> None:
    """Draw the page's heading."""
    st.html(heading_html(compact=compact))


def show_topics(library: Library) -> None:
    """Draw the categories."""
    heading = escape(words().browse.by_topic)
    st.html(f'<section class="kb-by-topic"><h2>{heading}</h2>{cards.category_links(library)}</section>')
