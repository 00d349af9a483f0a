"""Customers' questions, tried with the text as it is, and what the change wins and loses among all known ones."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from kb.app.container import current
from kb.common.files import sha256
from kb.content.editing.edit import CannotEdit, append_item
from kb.html.format import LONGEST_QUERY, clean_query, counted
from kb.html.parts.writing import editor as part
from kb.html.parts.writing import impact as impact_part
from kb.html.parts.writing import tried as tried_part
from kb.html.words import words
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing import typed
from kb.ui.widgets.writing.working import Said, ask_for, done_with, is_asked_for, worked
from kb.writing.records import CheckedText, Draft, Tried

_MOST = 20
"""Questions that are tried in one go."""


def show(draft: Draft, checked: CheckedText) -> None:
    """Draw the questions that may be tried, and the impact of the change.

    :param draft: With the text that was checked.
    :param checked: What was found.
    """
    with st.expander(words().editor.questions, expanded=bool(draft.questions)):
        draw(part.note(words().editor.questions_lead))
        _try(draft, can=checked.article is not None)
    with st.expander(words().editor.impact):
        draw(part.note(words().editor.impact_lead))
        _measure(draft, can=checked.article is not None)


# ---------------------------------------------------------------------------------------- questions


def _try(draft: Draft, *, can: bool) -> None:
    labels, key = words().editor, f"{Key.WRITE_QUESTIONS}{draft.id}"
    if key not in st.session_state:
        st.session_state[key] = "\n".join(draft.questions)
    with st.form(Key.WRITE_QUESTIONS_FORM, border=False):
        written = st.text_area(labels.questions_field, key=key, height=140, max_chars=_MOST * LONGEST_QUERY)
        asked_for = f"{Key.WRITE_TRY_ASKED}{draft.id}"
        submit = labels.questions_submit
        st.form_submit_button(submit, key=Key.WRITE_QUESTIONS_SUBMIT, on_click=ask_for, args=(asked_for,))
    questions = _lines(written)
    kept_as = f"{Key.WRITE_TRIED}{draft.id}"
    if not questions:
        done_with(asked_for)
    if is_asked_for(asked_for):
        if not can:
            done_with(asked_for)
            draw(part.refused(labels.questions_errors))
            return
        found = _try_now(draft, questions, asked_for)
        if found is not None:
            lost = [item.question for item in found if not item.is_found]
            _keep(kept_as, draft, tried_part.html(found), lost=lost)
    kept = st.session_state.get(kept_as)
    if kept is None:
        return
    _show_kept(kept, draft, labels.questions_stale)
    if kept["lost"]:
        add = labels.questions_add
        st.button(add, key=Key.WRITE_ADD_EXAMPLES, on_click=_add_examples, args=(draft.id, kept["lost"]))


def _lines(written: str | None) -> list[str]:
    lines = (clean_query(line) for line in (written or "").splitlines())
    return list(dict.fromkeys(line for line in lines if line))[:_MOST]


def _try_now(draft: Draft, questions: list[str], asked_for: str) -> tuple[Tried, ...] | None:
    labels = words().editor
    said = Said(labels.questions_building, labels.questions_asking, labels.questions_busy, labels.questions_failed)
    return worked(
        asked_for, said, lambda say, progress: current().writing.try_questions(draft, questions, say, progress)
    )


def _add_examples(draft_id: int, questions: list[str]) -> None:
    labels, text = words().editor, st.session_state[typed.field(draft_id)]
    try:
        for question in questions:
            text = append_item(text, "examples", question)
    except CannotEdit as reason:
        typed.say(labels.questions_cannot_add.format(reason=reason), is_refusal=True)
        return
    typed.say(counted(labels.questions_added, len(questions)))
    typed.change(draft_id, text)


# ------------------------------------------------------------------------------------------- impact


def _measure(draft: Draft, *, can: bool) -> None:
    labels, kept_as = words().editor, f"{Key.WRITE_IMPACT}{draft.id}"
    asked_for = f"{Key.WRITE_MEASURE_ASKED}{draft.id}"
    st.button(labels.impact_submit, key=Key.WRITE_MEASURE, on_click=ask_for, args=(asked_for,))
    if is_asked_for(asked_for):
        if not can:
            done_with(asked_for)
            draw(part.refused(labels.impact_errors))
            return
        said = Said(
            words().lessons.impact_running, labels.questions_asking, labels.questions_busy, labels.impact_failed
        )
        found = worked(asked_for, said, lambda say, progress: current().writing.impact(draft, say, progress))
        if found is not None:
            _keep(kept_as, draft, impact_part.html(found))
    kept = st.session_state.get(kept_as)
    if kept is not None:
        _show_kept(kept, draft, labels.impact_stale)


# -------------------------------------------------------------------------------------------- helpers


def _keep(kept_as: str, draft: Draft, html: Markup, **more: object) -> None:
    """Keep a result as plain data, with the text that it is of."""
    st.session_state[kept_as] = {"html": str(html), "of": _digest(draft), **more}


def _show_kept(kept: dict[str, str], draft: Draft, stale: str) -> None:
    if kept["of"] != _digest(draft):
        draw(part.note(stale))
    draw(Markup(kept["html"]))  # noqa: S704 — made by one of our parts, kept as text


def _digest(draft: Draft) -> str:
    return sha256(draft.text.encode("utf-8", "replace"))
