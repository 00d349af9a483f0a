"""A question tried: of the help center as it is, or with a draft in it, and every hit with its reason."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import streamlit as st
from markupsafe import Markup

from kb.authoring.draft_desk import CheckedDraft, DeskBusy, DraftDesk
from kb.errors import KbError
from kb.html.format import LONGEST_QUERY, clean_query
from kb.html.parts.writing import reasons
from kb.html.words import words
from kb.settings.site import Site
from kb.types import Answerer
from kb.ui.draw import draw
from kb.ui.keys import Key


def show(desk: DraftDesk, draft: CheckedDraft | None, get_answerer: Callable[[], Answerer], site: Site) -> None:
    """Draw the field, the button that includes the draft, and the ranking of the question asked last.

    :param desk: Builds an index with the draft.
    :param draft: The draft that was checked last; None when there is none.
    :param get_answerer: Gives the one that serves customers, or raises a :class:`KbError`.
    :param site: The operator's words, for what the customer sees.
    """
    trial = _show_trial(desk, draft)
    with st.form(Key.WRITING_QUERY_FORM, border=False):
        st.text_input(words().writing.try_label, key=Key.WRITING_QUERY, max_chars=LONGEST_QUERY, autocomplete="off")
        if trial is not None:
            choices = [words().writing.try_with_draft, words().writing.try_published]
            st.radio(words().writing.try_index, choices, key=Key.WRITING_QUERY_INDEX, horizontal=True)
        st.form_submit_button(words().writing.try_submit, type="primary", key=Key.WRITING_QUERY_SUBMIT, on_click=_take)
    asked = st.session_state.get(Key.WRITING_ASKED)
    if asked is None:
        return
    with_draft = trial is not None and st.session_state[Key.WRITING_QUERY_INDEX] == words().writing.try_with_draft
    _show_ranking(clean_query(asked), trial if with_draft else None, draft, get_answerer, site)


def _take() -> None:
    st.session_state[Key.WRITING_ASKED] = st.session_state[Key.WRITING_QUERY]


def _show_ranking(
    asked: str, trial: Answerer | None, draft: CheckedDraft | None, get_answerer: Callable[[], Answerer], site: Site
) -> None:
    try:
        answerer = get_answerer() if trial is None else trial
    except KbError:
        _hint(words().writing.try_nothing_serves)
        return
    draft_id = Path(draft.path).stem if draft is not None and trial is not None else ""
    library = answerer.library
    draw(reasons.html(answerer.ask(asked), library, site, draft_id))


def _show_trial(desk: DraftDesk, draft: CheckedDraft | None) -> Answerer | None:
    """Draw what there is to say of a question with the draft; return who answers it, once that is built."""
    if draft is None or draft.article is None:
        _hint(words().writing.try_draft_first if draft is None else words().writing.try_draft_broken)
        return None
    trial = desk.trial(draft.digest)
    if trial is not None:
        return trial
    place = st.empty()
    with place.container():
        _hint(words().writing.try_build_note)
        if not st.button(words().writing.try_build, key=Key.WRITING_TRIAL):
            return None
        trial = _build(desk, draft)
    if trial is not None:
        place.empty()
    return trial


def _build(desk: DraftDesk, draft: CheckedDraft) -> Answerer | None:
    with st.status(words().writing.try_building, expanded=True) as status:
        bar = st.progress(0.0)

        def progress(done: int, total: int) -> None:
            bar.progress(done / max(total, 1), text=words().writing.try_encoding.format(done=done, total=total))

        try:
            return desk.build_trial(draft, lambda step: status.update(label=f"{step}…"), progress)
        except DeskBusy:
            _hint(words().writing.try_busy)
        except KbError as error:
            _hint(words().writing.try_failed.format(reason=error))
    return None


def _hint(text: str) -> None:
    draw(Markup('<p class="kb-hint">{}</p>').format(text))
