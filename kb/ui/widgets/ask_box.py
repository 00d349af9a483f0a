"""The ask page's field, in step with ``?q=`` and the browser's Back button."""

from __future__ import annotations

import streamlit as st

from kb.html.addresses import Param
from kb.html.format import clean_query, clean_text, is_cut
from kb.html.parts import ask
from kb.html.words import words
from kb.ui.draw import draw
from kb.ui.keys import Key


def take_over() -> None:
    """Ask a question that was sent to a process which ended before it heard of it; call it before the page is drawn.

    A page that connects again sends what its field held when it was sent, and not the click. Nothing else can make the
    field differ from the address that it was filled from: what is only typed stays in the browser.
    """
    typed, seen = st.session_state.get(Key.ASK_QUERY), st.session_state.get(Key.ASK_SEEN)
    if not typed or seen is None or st.query_params.get(Param.QUERY, "") != seen:
        return
    if clean_query(typed) not in {"", clean_query(seen)}:
        _write_address()


def show() -> str | None:
    """Draw the field, and a word about a question that is too long.

    The field has no limit: Streamlit drops a pasted text that is longer than one, without a word.

    :return: The question of the address, cleaned; empty if an empty one was sent, None if none was.
    """
    asked = st.query_params.get(Param.QUERY)
    _follow_address(asked)
    with (
        st.form(Key.ASK_FORM, border=False),
        st.container(horizontal=True, vertical_alignment="bottom", gap="small"),
    ):
        st.text_input(
            words().ask.label,
            key=Key.ASK_QUERY,
            type="search",
            placeholder=words().ask.placeholder,
            autocomplete="off",
        )
        st.form_submit_button(words().ask.submit, type="primary", key=Key.ASK_SUBMIT, on_click=_write_address)
    if is_cut(st.session_state[Key.ASK_QUERY]):
        draw(ask.only_first())
    return None if asked is None else clean_query(asked)


def _follow_address(asked: str | None) -> None:
    """Copy the address into the field when it has changed: a link, a reload, or the Back button."""
    if st.session_state.get(Key.ASK_SEEN, "") != (asked or "") or Key.ASK_QUERY not in st.session_state:
        st.session_state[Key.ASK_QUERY] = clean_text(asked or "")
        st.session_state[Key.ASK_SEEN] = asked or ""


def _write_address() -> None:
    """Put the question in the address, so that it can be reloaded, shared and gone back to."""
    typed = clean_query(st.session_state[Key.ASK_QUERY])
    st.session_state[Key.ASK_SEEN] = typed
    st.query_params.from_dict({Param.QUERY.value: typed})
