"""The language of the current visit: the reader's choice, that of the questions, or the browser's preference."""

from __future__ import annotations

from urllib.parse import urlencode

import streamlit as st

from kb.app.container import current
from kb.errors import ConfigError
from kb.html import language
from kb.html.addresses import Page, Param
from kb.html.words import use_language
from kb.settings.own_words import OwnWords
from kb.ui.keys import Key


def follow_visit(path: str) -> None:
    """Use the language of this visit for the page that is drawn.

    A choice is kept in the visit as well, for browsers that take no cookie, and so is the language of a question.

    :param path: The page's path; pages for staff are in English.
    """
    asked = language.chosen(st.query_params.get(Param.LANGUAGE))
    if asked is not None:
        st.session_state[Key.LANGUAGE] = asked.value
    kept = language.chosen(st.session_state.get(Key.LANGUAGE))
    spoken = language.of_question(st.query_params.get(Param.QUERY, "")) if path == Page.ASK else None
    if spoken is not None:
        st.session_state[Key.ASKED_IN] = spoken.value
    cookies = {**st.context.cookies.to_dict()}
    if Key.ASKED_IN in st.session_state:
        cookies[language.ASKED_COOKIE] = st.session_state[Key.ASKED_IN]
    found = kept or language.negotiate(None, cookies, st.context.headers.get("Accept-Language") or "")
    use_language(found, _own_words())
    query = urlencode([(name, value) for name in st.query_params for value in st.query_params.get_all(name)])
    language.stand_at(f"{path}?{query}" if query else path)
    if path in language.STAFF_PAGES:
        language.in_english_only()


def _own_words() -> OwnWords | None:
    """Return the operator's words; None if site.yaml cannot be read, which the page reports itself."""
    try:
        return current().settings.site.words
    except ConfigError:
        return None
