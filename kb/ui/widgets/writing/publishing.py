"""Publishing a draft: checked, sent for review where a second person has to read it, and followed until it is live."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.errors import KbError
from kb.html.format import counted
from kb.html.parts.writing import editor as part
from kb.html.parts.writing import versions as versions_part
from kb.html.words import words
from kb.types import Severity, User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing import typed
from kb.writing.records import CheckedText, Conflict, Draft, DraftState

_LONGEST_MESSAGE = 200
_EVERY_S = 1.0


# -------------------------------------------------------------------------------------- how far it is


def progress(article_id: str) -> None:
    """Draw the publication of an article that was started here or still goes on, kept up to date until it is over.

    :param article_id: The article.
    """
    found = current().writing.publication_of(article_id)
    if found is None:
        return
    if not found.state.is_over:
        st.session_state[Key.WRITE_PUBLICATION] = found.id
        _follow(article_id)
    elif st.session_state.get(Key.WRITE_PUBLICATION) == found.id:
        draw(versions_part.publication(found))


@st.fragment(run_every=_EVERY_S)
def _follow(article_id: str) -> None:
    found = current().writing.publication_of(article_id)
    if found is None or found.state.is_over:
        st.rerun(scope="app")
    draw(versions_part.publication(found))


# ----------------------------------------------------------------------------------------- the steps


def show(draft: Draft, checked: CheckedText, user: User) -> None:
    """Draw what may be done with a draft now.

    :param draft: With the text that was checked.
    :param checked: What was found.
    :param user: Its author.
    """
    desk, labels = current().writing, words().editor
    draw(part.heading(labels.publishing))
    if checked.errors:
        draw(part.hint(counted(labels.publish_errors, len(checked.errors))))
    elif not _is_changed(draft):
        draw(part.hint(labels.publish_nothing))
    elif desk.needs_review and draft.state is not DraftState.APPROVED:
        _submit(draft, user)
    else:
        _warn(checked)
        _publish(draft, user)
    _discard(draft, user)


def _warn(checked: CheckedText) -> None:
    """Say how many warnings there are, which refuse nothing."""
    count = sum(item.finding.severity is Severity.WARNING for item in checked.findings)
    if count:
        draw(part.hint(counted(words().editor.publish_warnings, count)))


def _is_changed(draft: Draft) -> bool:
    return draft.is_new or draft.number > 1


def _publish(draft: Draft, user: User) -> None:
    labels = words().editor
    draw(part.note(labels.publish_lead))
    with st.form(Key.WRITE_PUBLISH_FORM, border=False):
        st.text_input(labels.publish_message, key=f"{Key.WRITE_MESSAGE}{draft.id}", max_chars=_LONGEST_MESSAGE)
        st.form_submit_button(
            labels.publish_submit, key=Key.WRITE_PUBLISH, type="primary", on_click=_start, args=(draft.id, user)
        )
    if st.session_state.pop(Key.WRITE_STARTED, False):
        st.rerun(scope="app")


def _start(draft_id: int, user: User) -> None:
    said = st.session_state.get(f"{Key.WRITE_MESSAGE}{draft_id}", "")
    try:
        started = current().writing.publish(draft_id, user, said.strip(), typed.seen_number(draft_id))
    except KbError as problem:
        typed.say(str(problem), is_refusal=True)
        return
    if isinstance(started, Conflict):
        typed.keep_conflict(started)
        return
    st.session_state[Key.WRITE_PUBLICATION] = started.id
    st.session_state[Key.WRITE_STARTED] = True


def _submit(draft: Draft, user: User) -> None:
    labels = words().editor
    if draft.state is DraftState.SUBMITTED:
        draw(part.hint(labels.review_waiting))
        return
    draw(part.note(labels.submit_lead))
    with st.form(Key.WRITE_PUBLISH_FORM, border=False):
        st.text_input(labels.submit_note, key=f"{Key.WRITE_NOTE}{draft.id}", max_chars=_LONGEST_MESSAGE)
        st.form_submit_button(
            labels.submit_submit, key=Key.WRITE_PUBLISH, type="primary", on_click=_hand_in, args=(draft.id, user)
        )


def _hand_in(draft_id: int, user: User) -> None:
    try:
        current().writing.submit(draft_id, user, st.session_state.get(f"{Key.WRITE_NOTE}{draft_id}", "").strip())
    except KbError as problem:
        typed.say(str(problem), is_refusal=True)
        return
    typed.say(words().editor.submit_done)


# ----------------------------------------------------------------------------------------- throwing away


def _discard(draft: Draft, user: User) -> None:
    """Offer to put the draft away, which has to be asked for twice."""
    if not _is_changed(draft):
        return
    labels = words().editor
    with st.expander(labels.discard):
        draw(part.note(labels.discard_note))
        st.button(labels.discard_sure, key=Key.WRITE_DISCARD_SURE, on_click=_throw_away, args=(draft.id, user))


def _throw_away(draft_id: int, user: User) -> None:
    try:
        current().writing.discard(draft_id, user)
    except KbError as problem:
        typed.say(str(problem), is_refusal=True)
        return
    typed.settle(draft_id)
    typed.say(words().editor.discarded)
