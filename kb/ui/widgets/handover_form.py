"""The form for a callback or an answer, if the operator offers one: stored before it is confirmed, sent once."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import streamlit as st

from kb.app.container import current
from kb.contact.request import (
    LONGEST_NAME,
    LONGEST_QUESTION,
    LONGEST_REACH,
    HelpRequest,
    RequestKind,
    RequestProblem,
    clean_request,
    new_request_id,
)
from kb.errors import KbError
from kb.html.parts import case_sheet
from kb.html.words import words
from kb.settings.site import Site
from kb.types import EventKind
from kb.ui import case_state, visit
from kb.ui.draw import draw
from kb.ui.keys import Key

_log = logging.getLogger(__name__)
_SHORT = 8


def show(site: Site) -> None:
    """Draw the form, or that its request was taken; nothing where the operator offers none."""
    if site.handover is None:
        return
    draw(case_sheet.handover_heading(site.handover.promise))
    sent = st.session_state.get(Key.HANDOVER_SENT)
    if sent:
        _done(str(sent))
    else:
        _form(site)


def _form(site: Site) -> None:
    # The id is made with the form, not with the press of its button: two presses are one request.
    labels = words().handover
    st.session_state.setdefault(Key.HANDOVER_ID, new_request_id())
    st.session_state.setdefault(Key.HANDOVER_QUESTION, case_state.sheet(None).question)
    with st.form(Key.HANDOVER_FORM):
        kind = st.radio(
            labels.kind,
            [kind.value for kind in RequestKind],
            format_func=_kind_label,
            key=Key.HANDOVER_KIND,
            horizontal=True,
        )
        name = st.text_input(labels.name, key=Key.HANDOVER_NAME, max_chars=LONGEST_NAME, autocomplete="name")
        reach = st.text_input(labels.reach, key=Key.HANDOVER_REACH, max_chars=LONGEST_REACH, autocomplete="tel")
        question = st.text_area(labels.question, key=Key.HANDOVER_QUESTION, max_chars=LONGEST_QUESTION)
        draw(case_sheet.hint(labels.safe))
        consent = st.checkbox(labels.consent.format(name=site.name), key=Key.HANDOVER_CONSENT)
        pressed = st.form_submit_button(labels.submit, type="primary", key=Key.HANDOVER_SUBMIT)
    if pressed:
        language = words().language.value
        request = clean_request(RequestKind(kind), name or "", reach or "", question or "", language)
        _take(request, request.problems(consent=consent))


def _kind_label(kind: str) -> str:
    return words().handover.kinds[kind]


def _take(request: HelpRequest, problems: list[RequestProblem]) -> None:
    if problems:
        draw(case_sheet.handover_problems([words().handover.problems[p.value] for p in problems]))
        return
    request_id = str(st.session_state[Key.HANDOVER_ID])
    try:
        courier = current().courier
        if courier is None:
            return
        current().limits.requests.take(visit.visitor())
        query_id = current().visits.last_question(visit.visit_key())
        courier.send(request.message(request_id, datetime.now(UTC), query_id))
    except KbError as error:
        _log.error("A request could not be kept: %s", type(error).__name__)
        draw(case_sheet.handover_refused(error))
        return
    visit.record_event(query_id, EventKind.CONTACTED)
    _forget()
    st.session_state[Key.HANDOVER_SENT] = request_id
    st.rerun()


def _forget() -> None:
    """Leave nothing of the form in the visit, so that the next one is another request."""
    for key in (
        Key.HANDOVER_ID,
        Key.HANDOVER_KIND,
        Key.HANDOVER_NAME,
        Key.HANDOVER_REACH,
        Key.HANDOVER_QUESTION,
        Key.HANDOVER_CONSENT,
    ):
        st.session_state.pop(key, None)


def _done(request_id: str) -> None:
    draw(case_sheet.handover_done(request_id[:_SHORT]))
    st.button(words().handover.again, key=Key.HANDOVER_AGAIN, on_click=_again, type="tertiary")


def _again() -> None:
    st.session_state.pop(Key.HANDOVER_SENT, None)
