"""Drafts of others: read along, and approved or sent back by a second person."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.errors import KbError, WritingRefused
from kb.html.parts import message
from kb.html.parts.writing import comparison, reviewing
from kb.html.parts.writing import editor as part
from kb.html.words import words
from kb.types import User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing import typed
from kb.writing.records import Draft, DraftState

_LONGEST_NOTE = 500


def read_only(article_id: str) -> None:
    """Draw an article for somebody who may not write: what customers will see, and its findings.

    :param article_id: The article.
    """
    labels, desk = words().editor, current().drafts
    parsed = next((p for p in desk.look().corpus.with_partial.parsed if p.article.id == article_id), None)
    if parsed is None:
        draw(part.refused(labels.unknown_text.format(article=article_id)))
        return
    checked = desk.check(parsed.data.decode("utf-8", "replace"), article_id)
    draw(part.head(parsed.article.title, None, is_live=False, is_signpost=parsed.article.is_signpost))
    draw(part.hint(labels.read_only))
    draw(part.found(checked.findings))
    draw(part.preview(checked))


def show(draft_id: int, user: User) -> None:
    """Draw somebody else's draft: how it differs from what is saved, how it will look, and the two steps.

    :param draft_id: The draft.
    :param user: The reader.
    """
    desk, labels = current().writing, words().editor
    try:
        draft = desk.draft(draft_id)
    except WritingRefused as problem:
        draw(message.message(labels.unknown_title, str(problem)))
        return
    with st.spinner(words().writing.draft_checking):
        checked = desk.check(draft)
    title = checked.readable.title if checked.readable is not None else draft.article_id
    draw(part.head(title, draft, is_live=False, is_signpost=False))
    typed.show_said()
    draw(reviewing.asked(draft, checked))
    draw(comparison.html(_saved(draft), draft.text, labels.review_compare))
    if draft.state is DraftState.SUBMITTED and draft.author != user.name and user.role.edits_articles:
        _steps(draft, user)
    draw(part.found(checked.checked.findings))
    draw(part.preview(checked.checked))


def _saved(draft: Draft) -> str:
    """Return the text that the draft would replace; empty for a new article."""
    state = current().drafts.look()
    data = next((p.data for p in state.corpus.with_partial.parsed if p.article.path == draft.path), b"")
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def _steps(draft: Draft, user: User) -> None:
    labels, note = words().editor, f"{Key.WRITE_NOTE}{draft.id}"
    st.text_input(labels.review_note.format(who=draft.author), key=note, max_chars=_LONGEST_NOTE)
    with st.container(horizontal=True, gap="small"):
        st.button(
            labels.review_approve, key=Key.WRITE_APPROVE, type="primary", on_click=_approve, args=(draft, user, note)
        )
        st.button(labels.review_return, key=Key.WRITE_RETURN, on_click=_return, args=(draft, user, note))


def _approve(draft: Draft, user: User, note: str) -> None:
    try:
        current().writing.approve(draft.id, user, draft.number, st.session_state.get(note, "").strip())
    except KbError as problem:
        typed.say(str(problem), is_refusal=True)
        return
    typed.say(words().editor.review_approved_done.format(who=draft.author))


def _return(draft: Draft, user: User, note: str) -> None:
    try:
        current().writing.return_(draft.id, user, st.session_state.get(note, "").strip())
    except KbError as problem:
        typed.say(str(problem), is_refusal=True)
        return
    typed.say(words().editor.review_returned_done.format(who=draft.author))
