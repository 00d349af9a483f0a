"""The page for support leads."""

from __future__ import annotations

import streamlit as st

from kb.ui import words

st.title(words.INSIGHTS_TITLE)
