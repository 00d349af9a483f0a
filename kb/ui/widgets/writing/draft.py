"""A draft pasted in: checked among all articles, and shown as the customer will see it."""

from __future__ import annotations

import streamlit as st

from kb.authoring.draft_desk import CheckedDraft, DraftDesk
from kb.html.parts.writing import draft as part
from kb.html.words import words
from kb.ui.draw import draw
from kb.ui.keys import Key

LONGEST_DRAFT = 100_000
"""Characters; the longest shipped article has a tenth of it."""
_FIELD_HEIGHT = 300


def show(desk: DraftDesk) -> CheckedDraft | None:
    """Draw the field and what was found in the draft that was checked last.

    :param desk: The articles around it.
    :return: The checked draft; None when there is none.
    """
    labels = words().writing
    with st.form(Key.WRITING_DRAFT_FORM, border=False):
        st.text_area(labels.draft_label, key=Key.WRITING_DRAFT, height=_FIELD_HEIGHT, max_chars=LONGEST_DRAFT)
        st.text_input(labels.draft_id_label, key=Key.WRITING_DRAFT_ID, max_chars=100, help=labels.draft_id_help)
        st.form_submit_button(labels.draft_submit, type="primary", key=Key.WRITING_DRAFT_SUBMIT, on_click=_take)
    text = st.session_state.get(Key.WRITING_CHECKED, "")
    if not text.strip():
        return None
    with st.spinner(labels.draft_checking):
        draft = desk.check(text, st.session_state.get(Key.WRITING_CHECKED_ID, ""))
    draw(part.html(draft))
    return draft


def _take() -> None:
    """Keep what was sent: fields of a form that is not drawn are forgotten."""
    st.session_state[Key.WRITING_CHECKED] = st.session_state[Key.WRITING_DRAFT]
    st.session_state[Key.WRITING_CHECKED_ID] = st.session_state[Key.WRITING_DRAFT_ID]
