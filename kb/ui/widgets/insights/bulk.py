"""One step for several gaps of the list at once: assign them, or dismiss them."""

from __future__ import annotations

from typing import Final

import streamlit as st

from kb.app.container import current
from kb.app.insights import LeadDesk
from kb.errors import GapRefused
from kb.gaps.records import GapRow
from kb.gaps.states import STEPS as MACHINE
from kb.gaps.states import Step
from kb.html.format import counted, shortened
from kb.html.parts.insights import gap
from kb.html.words import words
from kb.types import User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.insights.arrange import plain_label
from kb.ui.widgets.insights.steps import LONGEST, STEPS, Given, owner_field, step_name

_STEPS: Final = (Step.ASSIGN, Step.DISMISS)
_MOST: Final = 50
"""Gaps that can be chosen one by one."""
_LONGEST_NAME: Final = 120


def show(desk: LeadDesk, rows: list[GapRow], user: User) -> None:
    """Draw the form, folded; only leads move gaps.

    :param desk: The gaps.
    :param rows: The gaps that are listed.
    :param user: The user who is signed in.
    """
    _say_done()
    if not user.role.moves_gaps or not rows:
        return
    labels = words().insights
    with st.expander(labels.gaps_bulk, key=Key.GAPS_BULK):
        step = st.selectbox(labels.gap_step, _STEPS, format_func=step_name, key=Key.GAPS_BULK_STEP)
        with st.form(Key.GAPS_BULK_FORM, border=False):
            chosen = _chosen(rows)
            given = _given(step, user)
            pressed = st.form_submit_button(labels.gap_step_submit, key=Key.GAPS_BULK_SUBMIT, type="primary")
        if pressed:
            _take(desk, chosen, user, step, given)


def _chosen(rows: list[GapRow]) -> list[GapRow]:
    """Draw the gaps to choose from, and return those chosen."""
    labels = words().insights
    every = st.checkbox(counted(labels.gaps_bulk_all, len(rows)), key=Key.GAPS_BULK_ALL)
    chosen = [row for row in rows[:_MOST] if st.checkbox(_label(row), key=f"{Key.GAPS_BULK_GAP}{row.id}")]
    if len(rows) > _MOST:
        draw(gap.hint(labels.gaps_bulk_first.format(shown=_MOST)))
    return rows if every else chosen


def _label(row: GapRow) -> str:
    name = plain_label(shortened(" ".join(row.name.split()), _LONGEST_NAME))
    return words().insights.gaps_bulk_gap.format(number=row.id, name=name)


def _given(step: Step, user: User) -> Given:
    labels = words().insights
    if step is Step.ASSIGN:
        value = owner_field("bulk", "", user)
    else:
        value = st.text_input(labels.gap_step_reason, max_chars=LONGEST, key=f"{Key.GAP_FIELD}bulk_{step}")
    note = st.text_input(labels.gap_step_note, max_chars=LONGEST, key=f"{Key.GAP_NOTE}bulk_{step}")
    return Given(value.strip(), note.strip())


def _take(desk: LeadDesk, chosen: list[GapRow], user: User, step: Step, given: Given) -> None:
    labels = words().insights
    if not chosen:
        draw(gap.refused(labels.gaps_bulk_none))
        return
    taken, refused = [], []
    for row in chosen:
        try:
            STEPS[step](desk.book, row.id, given, user.name)
        except GapRefused as problem:
            refused.append(labels.gaps_bulk_refused.format(number=row.id, why=problem))
        else:
            current().accounts.note(user, f"gap {step.value}", str(row.id), given.value)
            taken.append(row.id)
    if not taken:
        for why in refused:
            draw(gap.refused(why))
        return
    state = labels.gaps_states[MACHINE[step][1].value]
    said = labels.gaps_bulk_done[len(taken) != 1].format(count=len(taken), state=state)
    st.session_state[Key.GAPS_BULK_DONE] = (said, refused)
    st.rerun()


def _say_done() -> None:
    """Show once what the previous press did, and for which gaps it did nothing."""
    said, refused = st.session_state.pop(Key.GAPS_BULK_DONE, ("", []))
    if said:
        draw(gap.step_done(said))
    for why in refused:
        draw(gap.refused(why))
