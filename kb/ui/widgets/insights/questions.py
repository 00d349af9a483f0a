"""The questions: a list that is narrowed by its address, or one question with what the customer saw."""

from __future__ import annotations

import streamlit as st

from kb.app import review
from kb.app.container import current
from kb.app.review import QuestionDesk
from kb.app.seen import seen
from kb.html.parts.insights import decisions, period, question, question_list
from kb.html.parts.insights import seen as seen_part
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.exports import csv_text
from kb.types import User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.insights import decide, drafting


def show(view: View, user: User) -> None:
    """Draw the list of questions, or the question that is open.

    :param view: What is looked at.
    :param user: The user who is signed in.
    :raises QueryUnknown: If there is no such question.
    :raises JournalUnavailable: If the database cannot be used.
    """
    with st.spinner(words().insights.reading):
        desk = review.open_questions(current())
    if view.question:
        _show_one(desk, view, user)
    else:
        _show_list(desk, view)


def _show_list(desk: QuestionDesk, view: View) -> None:
    wanted = view.asked.wanted(view.period)
    with st.spinner(words().insights.reading):
        page = desk.book.list(wanted, after=view.asked.after)
    draw(period.html(view, question_list.heading(view, desk.waiting)))
    if desk.library is None:
        draw(period.no_index())
    draw(question_list.filters(view, desk.library))
    draw(question_list.part_only(view, page.rows[0].heading if page.rows else ""))
    draw(question_list.count(page))
    draw(question_list.rows(page, view, desk.library))
    if page.rows:
        _download(desk, view)


def _download(desk: QuestionDesk, view: View) -> None:
    """Offer all questions that the filter lets through, not only those of the page, read when they are asked for."""
    wanted = view.asked.wanted(view.period)
    first, last = view.period.first.isoformat(), view.period.last.isoformat()
    st.download_button(
        words().review.download,
        data=lambda: csv_text(review.EXPORT_COLUMNS, desk.book.export(wanted)).encode("utf-8-sig"),
        file_name=f"questions-{first}-to-{last}.csv",
        mime="text/csv",
        key=f"{Key.INSIGHTS_CSV}questions",
        on_click="ignore",  # nothing on the page changes: a run would only lose the next click
    )


def _show_one(desk: QuestionDesk, view: View, user: User) -> None:
    with st.spinner(words().insights.reading):
        detail = desk.book.show(view.question)
        found = seen(current(), detail)
    draw(question.head(detail, view, desk.library))
    shown, deciding = st.columns([6, 5], gap="large")
    with shown:
        draw(seen_part.html(found, detail.row, current().settings.site, desk.library))
    with deciding:
        drafting.for_question(detail, user)
        made = decide.show(detail, view, desk.library, user)
    draw(decisions.history(made, desk.library))
    draw(question.evidence(detail, view, desk.library))
