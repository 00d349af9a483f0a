"""What an editor has typed: in the field's own state, saved as a draft, and never over what somebody else saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from kb.app.container import current
from kb.common.files import sha256
from kb.errors import KbError
from kb.html.parts.writing import editor as part
from kb.ui.current_user import current_writer
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.writing.records import Conflict, Draft


def field(draft_id: int) -> str:
    """Return the key of the field of a draft."""
    return f"{Key.WRITE_TEXT}{draft_id}"


def begin(draft: Draft) -> None:
    """Give the field its text before it is drawn: for the first time, after another page, or as it is kept now.

    What was kept by another window, or was published since, takes the place of a text in which nothing was typed here.

    :param draft: The draft as it is kept.
    """
    key = field(draft.id)
    if key not in st.session_state:
        show(draft)
        return
    seen = st.session_state[_seen(draft.id)]
    is_elsewhere = seen["kept"] != _digest(draft.text)
    if is_elsewhere and seen["field"] == _digest(st.session_state[key]) and conflict_of(draft.id) is None:
        show(draft)


def show(draft: Draft) -> None:
    """Put a draft's kept text into the field, which is what the next save is compared with."""
    st.session_state[field(draft.id)] = draft.text
    _note_kept(draft)


def as_typed(draft: Draft) -> Draft:
    """Return a draft with the text that the field holds."""
    return replace(draft, text=st.session_state[field(draft.id)])


def seen_number(draft_id: int) -> int:
    """Return which save of a draft this window has seen."""
    return int(st.session_state[_seen(draft_id)]["number"])


def change(draft_id: int, text: str) -> None:
    """Put another text into the field, and save it; only before the field is drawn, as in a callback."""
    st.session_state[field(draft_id)] = text
    save(draft_id)


def save(draft_id: int) -> None:
    """Save what the field holds; a conflict is kept for the page to show.

    Whoever is no longer signed in saves nothing: the page says so, and the browser keeps the text.
    """
    user = current_writer()
    if user is None or not user.role.edits_articles:
        return
    try:
        saved = current().writing.save(draft_id, st.session_state[field(draft_id)], user, seen_number(draft_id))
    except KbError as problem:
        say(str(problem), is_refusal=True)
        return
    if isinstance(saved, Conflict):
        keep_conflict(saved)
    else:
        _note_kept(saved)


# ------------------------------------------------------------------------------------------- a conflict


def keep_conflict(found: Conflict) -> None:
    """Remember a conflict of a draft until it is decided."""
    st.session_state[_conflict(found.draft.id)] = {
        "theirs": found.theirs,
        "who": found.who,
        "at": found.at.isoformat() if found.at is not None else "",
        "is_file": found.is_file,
        "aside": found.aside,
    }


def conflict_of(draft_id: int) -> dict[str, Any] | None:
    """Return the conflict of a draft that waits for a decision, as plain data; None if there is none."""
    found: dict[str, Any] | None = st.session_state.get(_conflict(draft_id))
    return found


def settle(draft_id: int) -> None:
    """Forget a conflict that was decided."""
    st.session_state.pop(_conflict(draft_id), None)


# ---------------------------------------------------------------------------------------- what was done


def say(text: str, *, is_refusal: bool = False) -> None:
    """Remember what a step did, or why it was not taken, for the next drawing."""
    st.session_state[Key.WRITE_SAID] = {"text": text, "is_refusal": is_refusal}


def show_said() -> None:
    """Draw once what the step before did."""
    said = st.session_state.pop(Key.WRITE_SAID, None)
    if said is not None:
        draw(part.refused(said["text"]) if said["is_refusal"] else part.done(said["text"]))


def _note_kept(draft: Draft) -> None:
    """Remember which text is kept, and that the field holds no other."""
    held = _digest(st.session_state[field(draft.id)])
    st.session_state[_seen(draft.id)] = {"number": draft.number, "kept": _digest(draft.text), "field": held}


def _digest(text: str) -> str:
    return sha256(text.encode("utf-8", "replace"))


def _seen(draft_id: int) -> str:
    return f"{Key.WRITE_SEEN}{draft_id}"


def _conflict(draft_id: int) -> str:
    return f"{Key.WRITE_CONFLICT}{draft_id}"
