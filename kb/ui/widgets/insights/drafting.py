"""From a gap or a question to a draft in the editor, at one click, with the questions in it."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from kb.app import drafting
from kb.app.container import current
from kb.errors import KbError
from kb.gaps.records import GapDetail
from kb.gaps.states import Step
from kb.html.parts.insights import gap
from kb.html.words import words
from kb.review.records import QuestionDetail
from kb.types import OutcomeKind, User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing.opening import open_article
from kb.writing.records import Draft


def for_gap(detail: GapDetail, user: User, steps: list[Step]) -> None:
    """Offer to write an article for the questions of a gap; a gap that is being drafted opens its draft.

    :param detail: The gap.
    :param user: The user who is signed in.
    :param steps: What the user may do with the gap now.
    """
    if not user.role.edits_articles or Step.DRAFT not in steps:
        return
    labels = words().editor
    draw(gap.hint(labels.begin_from_gap_lead))
    if st.button(labels.begin_from_gap, key=f"{Key.BEGIN_FROM_GAP}{detail.row.id}"):
        _open(lambda: _from_gap(detail.row.id, user))


def _from_gap(number: int, user: User) -> Draft:
    draft = drafting.from_gap(current(), number, user)
    current().accounts.note(user, f"gap {Step.DRAFT.value}", str(number), draft.article_id)
    return draft


def for_question(detail: QuestionDetail, user: User) -> None:
    """Offer to improve the article that was shown, or to write a new one.

    :param detail: The question.
    :param user: The user who is signed in.
    """
    if not user.role.edits_articles:
        return
    labels, row = words().editor, detail.row
    with st.container(horizontal=True, gap="small"):
        shown = row.article_id if row.outcome is OutcomeKind.ANSWERED else ""
        if shown and st.button(labels.begin_in_article, key=f"{Key.BEGIN_IN_ARTICLE}{row.query_id}"):
            _open(lambda: drafting.from_question(current(), row.query_id, user, article_id=shown))
        if st.button(labels.begin_from_question, key=f"{Key.BEGIN_FROM_QUESTION}{row.query_id}"):
            _open(lambda: drafting.from_question(current(), row.query_id, user))


def _open(begin: Callable[[], Draft]) -> None:
    try:
        draft = begin()
    except KbError as problem:
        draw(gap.refused(str(problem)))
        return
    open_article(draft.article_id)
