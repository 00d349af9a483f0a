"""The current visit: its key, and recording its questions and events."""

from __future__ import annotations

import streamlit as st

from kb.app import visits
from kb.app.container import current
from kb.app.visits import COOKIE, new_key, valid_key
from kb.journal.traffic import HEADER, traffic_of
from kb.types import Answer, EventKind, QuerySource
from kb.ui.keys import Key


def visit_key() -> str:
    """Return the key of the visit: the browser's cookie, or a key of this tab alone where there is no cookie."""
    cookie = str(st.context.cookies.get(COOKIE, ""))
    if valid_key(cookie):
        return cookie
    if Key.VISIT not in st.session_state:
        st.session_state[Key.VISIT] = new_key()
    return str(st.session_state[Key.VISIT])


def visitor() -> str:
    """Return who asks, for the queue of questions."""
    return visits.visitor(st.context.ip_address or "", visit_key())


def record_question(answer: Answer) -> str:
    """Record the question of the page, once: drawn again, reloaded or gone back to, it keeps its id.

    :param answer: The question and its answer.
    :return: The question's id.
    """
    container, headers = current(), st.context.headers
    traffic = traffic_of(headers.get("user-agent") or "", headers.get(HEADER) or "", container.settings.traffic)
    return container.visits.record(answer, source=QuerySource.PAGE, visit=visit_key(), traffic=traffic)


def record_contact_opened() -> str:
    """Record that this visit went to the contact page, once for each question, however often the page is drawn.

    :return: The id of the visit's last question; empty without one.
    """
    visits = current().visits
    query_id = visits.last_question(visit_key())
    if query_id and st.session_state.get(Key.CONTACT_OPENED) != query_id:
        visits.record_contact_opened(visit_key())
        st.session_state[Key.CONTACT_OPENED] = query_id
    return query_id


def record_event(query_id: str, kind: EventKind, *, article_id: str = "", reason: str = "", text: str = "") -> bool:
    """Record an event of the page.

    :param query_id: The question's id; empty for an article that was opened without a question.
    :param kind: The kind of event.
    :param article_id: The article it concerns.
    :param reason: The reason, one of the choices offered.
    :param text: The customer's own words.
    :return: Whether it is recorded.
    """
    return current().visits.record_event(
        query_id, kind, article_id=article_id, reason=reason, text=text, visit=visit_key()
    )
