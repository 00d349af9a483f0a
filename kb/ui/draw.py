"""The one place where HTML reaches Streamlit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from markupsafe import Markup


def draw(html: Markup) -> None:
    """Draw HTML; nothing where there is none, which Streamlit would refuse.

    :param html: Nothing else is HTML: a plain text would have to be put into some first.
    """
    if html:
        st.html(html)
