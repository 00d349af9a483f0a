"""The history of an article: compared in words, gone on with, and a publication undone."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import streamlit as st

from kb.app.container import current
from kb.errors import KbError
from kb.html.parts.writing import comparison
from kb.html.parts.writing import editor as part
from kb.html.parts.writing import versions as versions_part
from kb.html.words import words
from kb.types import User
from kb.ui import case_state
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing import typed
from kb.writing.records import Draft, Revision

_MOST = 30
"""Versions of each kind that one can choose from."""


@dataclass(frozen=True, slots=True)
class _Version:
    """A text to compare with."""

    name: str
    text: Callable[[], str]
    """Read only once it is chosen."""


def show(draft: Draft, user: User) -> None:
    """Draw the published versions and those of the draft, a comparison with one of them, and what may be done with it.

    :param draft: With the text of the field.
    :param user: Its author.
    """
    desk, labels, zone = current().writing, words().editor, case_state.customer_zone()
    draw(part.heading(labels.versions))
    try:
        revisions = desk.history(draft.article_id)
    except KbError as problem:
        draw(part.refused(str(problem)))
        return
    draw(versions_part.listed(revisions, zone))
    _undo(draft, revisions, user)
    with st.expander(labels.versions_choose):
        _compare(draft, revisions, zone)


def _compare(draft: Draft, revisions: tuple[Revision, ...], zone: str) -> None:
    labels, known = words().editor, _known(draft, revisions, zone)
    if not known:
        draw(part.hint(labels.versions_none))
        return
    key = f"{Key.WRITE_VERSION}{draft.id}"
    names = {choice: version.name for choice, version in known.items()}
    chosen = st.selectbox(labels.versions_choose, list(names), format_func=names.__getitem__, key=key)
    try:
        text = known[chosen].text()
    except KbError as problem:
        draw(part.refused(str(problem)))
        return
    draw(comparison.html(text, draft.text, labels.version_compare.format(version=known[chosen].name)))
    if text != draft.text:
        st.button(labels.version_restore, key=Key.WRITE_RESTORE, on_click=_restore, args=(draft.id, text))


def _known(draft: Draft, revisions: tuple[Revision, ...], zone: str) -> dict[str, _Version]:
    """Return every text to compare with, the published ones first, by a name that does not change."""
    desk = current().writing
    published = {
        f"r{item.id}": _Version(
            versions_part.revision_name(item, zone), partial(desk.text_at, draft.article_id, item.id)
        )
        for item in revisions[:_MOST]
    }
    drafted = {
        f"d{item.number}": _Version(versions_part.draft_name(item, zone), partial(str, item.text))
        for item in desk.versions(draft.id)[:_MOST]
    }
    return {**published, **drafted}


def _restore(draft_id: int, text: str) -> None:
    typed.say(words().editor.version_restored)
    typed.change(draft_id, text)


# ------------------------------------------------------------------------------------------- undoing


def _undo(draft: Draft, revisions: tuple[Revision, ...], user: User) -> None:
    """Offer to undo the newest publication, once somebody has seen what that changes."""
    newest = next((item for item in revisions if item.is_current), None)
    if newest is None or len(revisions) < 2:  # noqa: PLR2004 — there is nothing before the first
        return
    desk, labels = current().writing, words().editor
    with st.expander(labels.undo):
        draw(part.note(labels.undo_lead))
        try:
            now, before = (desk.text_at(draft.article_id, item.id) for item in revisions[:2])
        except KbError as problem:
            draw(part.refused(str(problem)))
            return
        draw(comparison.html(now, before, labels.undo_compare))
        st.button(labels.undo, key=Key.WRITE_UNDO, on_click=_take_back, args=(draft.article_id, newest.id, user))
    if st.session_state.pop(Key.WRITE_STARTED, False):
        st.rerun(scope="app")


def _take_back(article_id: str, revision_id: str, user: User) -> None:
    try:
        started = current().writing.undo(article_id, revision_id, user)
    except KbError as problem:
        typed.say(str(problem), is_refusal=True)
        return
    st.session_state[Key.WRITE_PUBLICATION] = started.id
    st.session_state[Key.WRITE_STARTED] = True
