"""The steps of a gap, one at a time: each is recorded with name, time and note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from kb.app import insights, people
from kb.app.container import current
from kb.app.insights import LeadDesk
from kb.content.editing.scaffold import check_slug
from kb.errors import ArticlesError, GapRefused
from kb.gaps.book import GapBook
from kb.gaps.records import GapDetail
from kb.gaps.states import GapState, Step
from kb.html.parts.insights import gap, pieces
from kb.html.words import words
from kb.types import User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.insights import drafting

LONGEST = 200
"""Characters of a field."""


@dataclass(frozen=True, slots=True)
class Given:
    """What was given with a step."""

    value: str = ""
    """The owner, the article's id or the reason; empty for a step that needs nothing."""
    note: str = ""


def allowed(detail: GapDetail, user: User) -> list[Step]:
    """Return the steps that a user may take now; closing is confirmed only where a replay proposes it.

    :param detail: The gap.
    :param user: The user who is signed in.
    :return: In the order in which they are usually taken.
    """
    steps = [step for step in detail.steps if step is not Step.CONFIRM or detail.row.proposed]
    if detail.row.state is GapState.NEW and Step.DRAFT not in steps:
        steps.insert(1, Step.DRAFT)  # its drafter becomes its owner
    return [step for step in steps if user.role.moves_gaps or step is Step.DRAFT]


def show(desk: LeadDesk, detail: GapDetail, user: User) -> None:
    """Draw the steps as one form, the one that is due first."""
    say_done(detail.row.id)
    steps = allowed(detail, user)
    if detail.row.state is GapState.MERGED:
        return
    draw(pieces.heading(words().insights.gap_steps_title))
    draw(gap.steps_note(may_take=bool(steps), may_move=user.role.moves_gaps))
    drafting.for_gap(detail, user, steps)
    if steps:
        _form(desk, detail, user, steps)
    if detail.row.state is GapState.DRAFTING and detail.row.article_id:
        _draft(desk, detail)


def _form(desk: LeadDesk, detail: GapDetail, user: User, steps: list[Step]) -> None:
    first = steps.index(Step.CONFIRM) if Step.CONFIRM in steps else 0
    number = detail.row.id
    step = st.selectbox(
        words().insights.gap_step,
        steps,
        index=first,
        format_func=step_name,
        key=f"{Key.GAP_STEP}{number}_{detail.row.state}",
    )
    with st.form(f"{Key.GAP_FORM}{number}", border=False):
        given = _fields(step, detail, user)
        done = st.form_submit_button(words().insights.gap_step_submit, key=f"{Key.GAP_SUBMIT}{number}", type="primary")
    if done:
        _take(desk, detail, user, step, given)


def step_name(step: Step) -> str:
    """Return a step in words."""
    return words().insights.gap_steps[step]


def _fields(step: Step, detail: GapDetail, user: User) -> Given:
    """Draw what a step needs, and a note, and return what is in them."""
    row = detail.row
    place = f"{row.id}_{step}_{row.state}"
    value = ""
    if step is Step.ASSIGN:
        value = owner_field(place, row.owner, user)
    elif step in _FIELDS:
        usual = row.article_id if step in (Step.DRAFT, Step.CLAIM) else ""
        value = st.text_input(_label(step), value=usual, max_chars=LONGEST, key=f"{Key.GAP_FIELD}{place}")
    if step is Step.CLOSE:  # its one field is the note
        return Given(value.strip())
    note = st.text_input(words().insights.gap_step_note, max_chars=LONGEST, key=f"{Key.GAP_NOTE}{place}")
    return Given(value.strip(), note.strip())


_FIELDS = (Step.DRAFT, Step.CLAIM, Step.CLOSE, Step.DISMISS)


def _label(step: Step) -> str:
    labels = words().insights
    if step is Step.DISMISS:
        return labels.gap_step_reason
    return labels.gap_step_answered if step is Step.CLOSE else labels.gap_step_article


def owner_field(place: str, owner: str, user: User) -> str:
    """Draw the choice of an owner: the accounts, the user, and whoever owns the gap now.

    :param place: Tells this field from others.
    :param owner: The owner now; empty for none.
    :param user: The user who is signed in, who is proposed where there is no owner.
    :return: The owner chosen.
    """
    names = people.owners(current())
    names += [name for name in (owner, user.name) if name and name not in names]
    usual = names.index(owner or user.name)
    return st.selectbox(words().insights.gap_step_owner, names, index=usual, key=f"{Key.GAP_FIELD}{place}")


def _take(desk: LeadDesk, detail: GapDetail, user: User, step: Step, given: Given) -> None:
    number = detail.row.id
    try:
        if step in (Step.DRAFT, Step.CLAIM):
            check_slug(given.value)
        STEPS[step](desk.book, number, given, user.name)
    except (GapRefused, ArticlesError) as problem:
        draw(gap.refused(str(problem)))
        return
    current().accounts.note(user, f"gap {step.value}", str(number), given.value or given.note)
    state = desk.book.show(number).row.state
    labels = words().insights
    done(number, labels.gap_step_done.format(number=number, state=labels.gaps_states[state.value]))


STEPS: dict[Step, Callable[[GapBook, int, Given, str], None]] = {
    Step.ASSIGN: lambda book, number, given, who: book.assign(number, given.value, who=who, note=given.note),
    Step.DRAFT: lambda book, number, given, who: book.draft(number, given.value, who=who, note=given.note),
    Step.CLAIM: lambda book, number, given, who: book.claim(number, given.value, who=who, note=given.note),
    Step.CONFIRM: lambda book, number, given, who: book.confirm(number, who=who, note=given.note),
    Step.CLOSE: lambda book, number, given, who: book.close(number, given.value, who=who),
    Step.DISMISS: lambda book, number, given, who: book.dismiss(number, given.value, who=who, note=given.note),
    Step.REOPEN: lambda book, number, given, who: book.reopen(number, who=who, note=given.note),
}
"""How each step is taken: with the gaps, the gap's number, what was given, and who takes it."""


def done(number: int, said: str) -> None:
    """Draw the page again, which then says once what was done.

    :param number: The gap.
    :param said: What was done.
    """
    st.session_state[Key.GAP_DONE] = (number, said)
    st.rerun()


def say_done(number: int) -> None:
    """Show once what the previous step with a gap did."""
    if st.session_state.get(Key.GAP_DONE, (None, ""))[0] == number:
        draw(gap.step_done(st.session_state.pop(Key.GAP_DONE)[1]))


def _draft(desk: LeadDesk, detail: GapDetail) -> None:
    """Offer the draft's file, and the command that writes it in place."""
    article = detail.row.article_id
    st.download_button(
        words().insights.gap_draft_file.format(article=article),
        data=lambda: insights.draft_text(detail, article, desk.library),
        file_name=f"{article}.md",
        mime="text/markdown",
        key=f"{Key.GAP_DRAFT}{detail.row.id}",
        on_click="ignore",  # nothing on the page changes: a run would only lose the next click
    )
    draw(gap.draft_command(article, detail.row.id))
