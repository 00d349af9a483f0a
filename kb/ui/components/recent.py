"""The questions of this visit: kept in its memory alone, and gone with it."""

from __future__ import annotations

import streamlit as st

from kb.html.words import words
from kb.ui import links
from kb.ui.formatting import escape, shortened
from kb.ui.keys import Key

_MOST_KEPT = 20
_MOST_SHOWN = 5


def remember(query: str) -> None:
    """Put a question first among those of this visit."""
    kept = [query, *(asked for asked in st.session_state.get(Key.RECENT_QUERIES, []) if asked != query)]
    st.session_state[Key.RECENT_QUERIES] = kept[:_MOST_KEPT]


def html(queries: list[str], current: str = "") -> str:
    """Return questions as links to their answers.

    :param queries: Newest first.
    :param current: The one whose answer is shown, left out.
    :return: HTML; nothing without another question.
    """
    shown = [query for query in queries if query != current][:_MOST_SHOWN]
    if not shown:
        return ""
    items = "".join(f'<li><a href="{escape(links.ask(query))}">{escape(shortened(query))}</a></li>' for query in shown)
    return f'<section class="kb-recent"><h2>{escape(words().ask.recent_title)}</h2><ul>{items}</ul></section>'


def show(current: str = "") -> None:
    """Draw the questions of this visit, where there are others."""
    found = html(st.session_state.get(Key.RECENT_QUERIES, []), current)
    if found:
        st.html(found)
