"""The steps of a gap, one at a time: each is recorded with name and time."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kb.app import insights
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
    _say_done(detail)
    steps = allowed(detail, user)
    draw(pieces.heading(words().insights.gap_steps_title))
    draw(gap.steps_note(may_take=bool(steps), may_move=user.role.moves_gaps))
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
        format_func=_name,
        key=f"{Key.GAP_STEP}{number}_{detail.row.state}",
    )
    with st.form(f"{Key.GAP_FORM}{number}", border=False):
        given = _fields(step, detail, user)
        done = st.form_submit_button(words().insights.gap_step_submit, key=f"{Key.GAP_SUBMIT}{number}", type="primary")
    if done:
        _take(desk, detail, user, step, given)


def _name(step: Step) -> str:
    return words().insights.gap_steps[step]


def _fields(step: Step, detail: GapDetail, user: User) -> str:
    """Draw the one field that a step needs, and return what is in it."""
    row = detail.row
    labels = {
        Step.ASSIGN: (words().insights.gap_step_owner, row.owner or user.name),
        Step.DRAFT: (words().insights.gap_step_article, row.article_id),
        Step.CLAIM: (words().insights.gap_step_article, row.article_id),
        Step.DISMISS: (words().insights.gap_step_reason, ""),
    }
    label, value = labels.get(step, (words().insights.gap_step_note, ""))
    return st.text_input(label, value=value, max_chars=200, key=f"{Key.GAP_FIELD}{row.id}_{step}_{row.state}").strip()


def _take(desk: LeadDesk, detail: GapDetail, user: User, step: Step, given: str) -> None:
    number = detail.row.id
    try:
        if step in (Step.DRAFT, Step.CLAIM):
            check_slug(given)
        _STEPS[step](desk.book, number, given, user.name)
    except (GapRefused, ArticlesError) as problem:
        draw(gap.refused(str(problem)))
        return
    current().accounts.note(user, f"gap {step.value}", str(number), given)
    st.session_state[Key.GAP_DONE] = number
    st.rerun()


_STEPS: dict[Step, Callable[[GapBook, int, str, str], None]] = {
    Step.ASSIGN: lambda book, number, given, who: book.assign(number, given, who=who),
    Step.DRAFT: lambda book, number, given, who: book.draft(number, given, who=who),
    Step.CLAIM: lambda book, number, given, who: book.claim(number, given, who=who),
    Step.CONFIRM: lambda book, number, given, who: book.confirm(number, who=who, note=given),
    Step.DISMISS: lambda book, number, given, who: book.dismiss(number, given, who=who),
    Step.REOPEN: lambda book, number, given, who: book.reopen(number, who=who, note=given),
}


def _say_done(detail: GapDetail) -> None:
    """Show once what the previous step did."""
    if st.session_state.pop(Key.GAP_DONE, None) == detail.row.id:
        draw(gap.step_done(detail))


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
