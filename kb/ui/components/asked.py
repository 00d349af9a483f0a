"""The question a page belongs to, for the script that tells the server when an agent was contacted."""

from __future__ import annotations

import streamlit as st

from kb.ui.formatting import escape


def html(query_id: str) -> str:
    """Return the mark: nothing to be seen."""
    return f'<span data-query-id="{escape(query_id)}" hidden></span>' if query_id else ""


def show(query_id: str) -> None:
    """Draw the mark, where there is a question."""
    if query_id:
        st.html(html(query_id))
