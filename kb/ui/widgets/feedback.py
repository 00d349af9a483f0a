"""Was this helpful? One press; if not, why, and what was missing in the customer's own words."""

from __future__ import annotations

from functools import partial

import streamlit as st

from kb.html.addresses import Page
from kb.html.format import clean_query
from kb.html.parts import feedback
from kb.html.words import words
from kb.types import EventKind
from kb.ui import language, visit
from kb.ui.draw import draw
from kb.ui.keys import Key

_WHY, _THANKS, _FAILED = "why", "thanks", "failed"


@st.fragment
def show(article_id: str, query_id: str, path: Page) -> None:
    """Ask, and say thanks; only this part is drawn again.

    :param article_id: The id of the article that is judged.
    :param query_id: The id of the question it answers; empty for an article opened without one.
    :param path: The path of the page it is on.
    """
    language.follow_visit(path)  # a part that is drawn again runs alone, without the page's router
    key = f"{Key.FEEDBACK}_{article_id}_{query_id}"
    state = st.session_state.get(key, "")
    with st.container(key=f"{Key.FEEDBACK}_{path.url_path or 'ask'}"):
        if state == _THANKS:
            draw(feedback.said(words().feedback.thanks))
            return
        if state == _FAILED:
            draw(feedback.said(words().feedback.failed))
        if state == _WHY:
            _why(key, article_id, query_id)
        else:
            _yes_or_no(key, article_id, query_id)


def _yes_or_no(key: str, article_id: str, query_id: str) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.html(feedback.question(), width="content")
        st.button(
            words().feedback.yes,
            key=f"{key}_yes",
            on_click=partial(_judge, key, EventKind.HELPFUL, article_id, query_id),
        )
        st.button(words().feedback.no, key=f"{key}_no", on_click=partial(_turn_to, key, _WHY))


def _why(key: str, article_id: str, query_id: str) -> None:
    draw(feedback.sorry())
    with st.form(f"{key}_form", border=False):
        st.radio(
            words().feedback.why,
            list(words().feedback.reasons),
            index=None,
            format_func=words().feedback.reasons.__getitem__,
            key=f"{key}_reason",
        )
        st.text_area(words().feedback.text, max_chars=feedback.LONGEST_TEXT, key=f"{key}_text")
        draw(feedback.private())
        sent = partial(_judge, key, EventKind.NOT_HELPFUL, article_id, query_id)
        st.form_submit_button(words().feedback.send, key=f"{key}_send", on_click=sent)


def _judge(key: str, kind: EventKind, article_id: str, query_id: str) -> None:
    """Record a judgment; the thanks are shown once it is kept."""
    reason = st.session_state.get(f"{key}_reason") or ""
    text = clean_query(st.session_state.get(f"{key}_text") or "")
    kept = visit.record_event(query_id, kind, article_id=article_id, reason=reason, text=text)
    _turn_to(key, _THANKS if kept else _FAILED)


def _turn_to(key: str, state: str) -> None:
    st.session_state[key] = state
