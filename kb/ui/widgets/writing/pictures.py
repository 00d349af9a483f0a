"""Pictures by upload: checked and cleaned by the desk, and put into the text where the cursor was."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from kb.app.container import current
from kb.content.articles.pictures import SUFFIXES
from kb.errors import KbError
from kb.html.parts.writing import editor as part
from kb.html.words import words
from kb.types import User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing import typed
from kb.writing.records import Draft
from kb.writing.uploads import LONGEST_ALT, MAX_UPLOAD


def show(draft: Draft, user: User) -> None:
    """Draw the form for a picture.

    :param draft: The draft that gets it.
    :param user: Who uploads it.
    """
    labels = words().editor
    with st.expander(labels.pictures):
        draw(part.note(labels.pictures_lead))
        with st.form(Key.WRITE_PICTURE_FORM, border=False, clear_on_submit=False):
            types = [suffix.removeprefix(".") for suffix in SUFFIXES]
            file = st.file_uploader(
                labels.picture_file,
                type=types,
                key=f"{Key.WRITE_PICTURE_FILE}{draft.id}",
                max_upload_size=MAX_UPLOAD // 1_000_000,
            )
            alt = st.text_input(
                labels.picture_alt, key=f"{Key.WRITE_PICTURE_ALT}{draft.id}", max_chars=LONGEST_ALT, autocomplete="off"
            )
            sent = st.form_submit_button(labels.picture_submit, key=Key.WRITE_PICTURE_SUBMIT)
        if not sent:
            return
        if file is None:
            draw(part.refused(labels.picture_missing))
        elif not alt.strip():
            draw(part.refused(labels.picture_no_alt))
        else:
            _add(draft, file.name, file.getvalue(), alt, user)


def _add(draft: Draft, name: str, data: bytes, alt: str, user: User) -> None:
    try:
        line = current().writing.add_picture(draft.id, name, data, alt, user)
    except KbError as problem:
        draw(part.refused(str(problem)))
        return
    number = st.session_state.get(Key.WRITE_INSERT, {}).get("number", 0) + 1
    st.session_state[Key.WRITE_INSERT] = {"draft": draft.id, "line": line, "number": number, "is_new": True}
    typed.say(words().editor.picture_added.format(line=line))
    st.rerun(scope="fragment")


def to_insert(draft_id: int) -> Markup:
    """Return the line of a picture that was just added, for the script to put into the field; nothing else again."""
    found = st.session_state.get(Key.WRITE_INSERT)
    if not found or found["draft"] != draft_id or not found["is_new"]:
        return Markup()
    st.session_state[Key.WRITE_INSERT] = {**found, "is_new": False}
    return part.insert(found["line"], found["number"])
