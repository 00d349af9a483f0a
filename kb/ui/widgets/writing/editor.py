"""One article, written in the browser: the field and what customers will see side by side, and all that follows."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from kb.app.container import current
from kb.errors import JournalUnavailable, KbError, WritingRefused
from kb.html.moments import moment_words
from kb.html.parts import message
from kb.html.parts.writing import editor as part
from kb.html.parts.writing import reviewing
from kb.html.parts.writing import versions as versions_part
from kb.html.words import words
from kb.types import User
from kb.ui import case_state
from kb.ui.current_user import current_writer
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing import mending, pictures, publishing, questions, review, typed, versions
from kb.ui.widgets.writing.draft import LONGEST_DRAFT
from kb.writing.records import CheckedText, Conflict, Draft

_FIELD_HEIGHT = 640
"""Pixels; the preview beside it is as high."""


def show(article_id: str, user: User) -> None:
    """Draw the editor of an article.

    :param article_id: The article, or what is only a draft yet.
    :param user: Who writes.
    """
    if not user.role.edits_articles:
        review.read_only(article_id)
        return
    try:
        with st.container():
            publishing.progress(article_id)
    except JournalUnavailable as problem:
        _say_unavailable(problem)
        return
    _edit(article_id)


@st.fragment
def _edit(article_id: str) -> None:
    """Draw everything that changes while one writes; a pause in typing draws only this again."""
    user = current_writer()
    if user is None:
        st.rerun(scope="app")  # the router says that the session has ended
    try:
        _show_draft(current().writing.open(article_id, user), user)
    except JournalUnavailable as problem:  # the browser keeps what was typed last
        _say_unavailable(problem)
    except WritingRefused as problem:
        draw(message.message(words().editor.unknown_title, str(problem)))


def _say_unavailable(problem: JournalUnavailable) -> None:
    draw(message.message(words().editor.trail, words().editor.no_database.format(reason=problem)))


def _show_draft(draft: Draft, user: User) -> None:
    desk, article_id = current().writing, draft.article_id
    zone = case_state.customer_zone()
    typed.begin(draft)
    shown = typed.as_typed(draft)
    with st.spinner(words().writing.draft_checking):
        checked = desk.check(shown)
    title = checked.readable.title if checked.readable is not None else article_id
    is_signpost = checked.readable is not None and checked.readable.is_signpost
    draw(part.head(title, draft, is_live=_is_live(article_id), is_signpost=is_signpost))
    # What comes and goes has a place of its own. Otherwise all below it moves, and the browser draws it from scratch:
    # the field loses its cursor, and every fold is shut.
    with st.container():
        typed.show_said()
        draw(part.others(desk.others(article_id, user), zone))
        draw(reviewing.state(draft))
        _compare_with_file(shown)
    if not _decide(shown, user):
        _write(draft, checked)
        with st.container():
            mending.show(shown, checked)
        questions.show(shown, checked)
        pictures.show(shown, user)
        with st.container():
            publishing.show(shown, checked, user)
    versions.show(shown, user)


def _write(draft: Draft, checked: CheckedText) -> None:
    """Draw the field, and beside it what customers will see; on a narrow screen below it."""
    writing, seeing = st.columns(2, gap="medium")
    with writing:
        st.text_area(
            words().editor.field,
            key=typed.field(draft.id),
            height=_FIELD_HEIGHT,
            max_chars=LONGEST_DRAFT,
            on_change=typed.save,
            args=(draft.id,),
        )
        is_begun = draft.is_new or draft.number > 1
        when = moment_words(draft.updated_at, case_state.customer_zone()) if is_begun else ""
        draw(part.desk(draft, checked, when) + pictures.to_insert(draft.id))
    with seeing:
        draw(part.preview(checked.checked))


def _is_live(article_id: str) -> bool:
    try:
        return current().answerer.library.resolve(article_id) is not None
    except KbError:  # no index serves, which the page says elsewhere
        return False


# ------------------------------------------------------------------------------------------- a conflict


def _compare_with_file(draft: Draft) -> None:
    """Say that the file was changed since the draft was begun, and offer to compare both texts."""
    if typed.conflict_of(draft.id) is not None:
        return
    found = current().writing.outdated(draft)
    if found is not None:
        draw(part.hint(words().editor.outdated))
        st.button(words().editor.outdated_compare, key=Key.WRITE_OUTDATED, on_click=typed.keep_conflict, args=(found,))


def _decide(draft: Draft, user: User) -> bool:
    """Draw both texts of a conflict and let the editor choose; return whether there is one."""
    kept = typed.conflict_of(draft.id)
    if kept is None:
        return False
    at = datetime.fromisoformat(kept["at"]) if kept["at"] else None
    found = Conflict(draft.text, kept["theirs"], kept["who"], at, kept["is_file"], draft, kept["aside"])
    draw(versions_part.conflict(found, case_state.customer_zone()))
    labels = words().editor
    with st.container(horizontal=True, gap="small"):
        st.button(labels.conflict_keep, key=Key.WRITE_KEEP, type="primary", on_click=_keep_mine, args=(found, user))
        st.button(labels.conflict_take, key=Key.WRITE_TAKE, on_click=_take_theirs, args=(found, user))
    if found.aside:
        draw(part.note(labels.conflict_kept))
    return True


def _keep_mine(found: Conflict, user: User) -> None:
    _go_on(found, found.mine, user)


def _take_theirs(found: Conflict, user: User) -> None:
    _go_on(found, found.theirs, user)


def _go_on(found: Conflict, text: str, user: User) -> None:
    """Save one of the two texts over what is kept now; the other stays among the versions."""
    desk, draft_id = current().writing, found.draft.id
    try:
        kept = desk.draft(draft_id)
        saved = (
            desk.rebase(draft_id, text, user, kept.number)
            if found.is_file
            else desk.save(draft_id, text, user, kept.number)
        )
    except KbError as problem:
        typed.say(str(problem), is_refusal=True)
        return
    if isinstance(saved, Conflict):  # it was saved once more in this moment
        typed.keep_conflict(saved)
        return
    typed.settle(draft_id)
    typed.show(saved)
