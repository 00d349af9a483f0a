"""The one place where HTML reaches Streamlit."""

from __future__ import annotations

import streamlit as st


def draw(html: str) -> None:
    """Draw HTML; nothing where there is none, which Streamlit would refuse.

    :param html: Safe HTML.
    """
    if html:
        st.html(html)
