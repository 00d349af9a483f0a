"""The case sheet on the page: before, during and after the call, a few fields at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import streamlit as st

from kb.contact.casesheet import LONGEST, CaseSheet, Entry, as_text
from kb.contact.reminder import Reminder, as_calendar
from kb.html.addresses import Page
from kb.html.format import day_words
from kb.html.parts import case_sheet
from kb.html.words import words
from kb.settings.site import Site
from kb.types import Library
from kb.ui import case_state, language
from kb.ui.draw import draw
from kb.ui.keys import Key

_AREAS = (Entry.HAPPENED, Entry.AMOUNTS, Entry.PROMISED)
_LINES = 92
"""Pixels of a field of three lines."""


def show(site: Site, library: Library | None, level: int = 2) -> CaseSheet:
    """Draw the sheet.

    :param site: The operator's words.
    :param library: For the titles of the articles read; None leaves them out.
    :param level: The level of its heading.
    :return: The sheet as it is filled in, for what is drawn below it.
    """
    case_state.prepare(case_state.customer_today())
    draw(case_sheet.heading(level))
    with st.container(border=True, key="case_sheet"):
        before, during, after = st.tabs(words().case.tabs)
        with before:
            _before(library)
        with during:
            _during()
        case_state.keep()
        sheet = case_state.sheet(library)
        with after:
            _after(sheet)
    draw(case_sheet.printed(site, sheet))
    return sheet


@st.fragment
def show_folded(site: Site, library: Library | None) -> None:
    """Draw the case sheet closed, for below a hand-over: one press opens it, with the question filled in.

    What is in it is drawn once it is open: most customers never look, and it has more elements than the answer.
    """
    language.follow_visit(Page.ASK)  # a part that is drawn again runs alone, without the page's router
    with st.container(key="case_folded"), st.expander(words().case.open, key=Key.CASE_OPEN, on_change="rerun") as sheet:
        if sheet.open:
            show(site, library, level=3)


def _before(library: Library | None) -> None:
    draw(case_sheet.hint(words().case.before))
    for entry in (Entry.QUESTION, Entry.HAPPENED, Entry.AMOUNTS, Entry.WANTED):
        _field(entry)
    read = case_state.articles_read(library)
    if read:
        draw(case_sheet.read_articles(read))


def _during() -> None:
    draw(case_sheet.hint(words().case.during))
    with st.container(horizontal=True, gap="small", key="case_who"):
        _field(Entry.REPRESENTATIVE)
        _field(Entry.CASE_NUMBER)
    _field(Entry.PROMISED)
    with st.container(horizontal=True, gap="small", key="case_days"):
        _day(Entry.PROMISED_BY)
        _day(Entry.CONTACTED)


def _after(sheet: CaseSheet) -> None:
    draw(case_sheet.hint(words().case.empty if sheet.is_empty else words().case.after))
    text = as_text(sheet, words().case.title, _labels(), day_table(sheet))
    draw(case_sheet.text_with_actions(text))
    with st.container(horizontal=True, gap="small", key="case_downloads"):
        st.download_button(
            words().case.text,
            data=text.encode,
            file_name=words().case.file,
            mime="text/plain",
            key=Key.CASE_TEXT,
            on_click="ignore",
        )
        if sheet.promised_by is not None:
            _reminder(sheet, sheet.promised_by)
    if sheet.promised_by is None:
        draw(case_sheet.hint(words().case.reminder_none))
    if not sheet.is_empty:
        st.button(words().case.clear, key=Key.CASE_CLEAR, on_click=case_state.clear, type="tertiary")


def _reminder(sheet: CaseSheet, day: date) -> None:
    title = words().case.reminder_title
    if sheet.case_number:
        title = words().case.reminder_title_case.format(case_number=sheet.case_number)
    text = f"{words().case.reminder_text}\n\n{as_text(sheet, words().case.title, _labels(), day_table(sheet))}"
    now = datetime.now(UTC)
    # Minutes since the epoch: a later file of the same case replaces an earlier one.
    reminder = Reminder(
        case_state.reminder_uid(), day, title, text, case_state.customer_zone(), int(now.timestamp()) // 60
    )
    st.download_button(
        words().case.reminder.format(day=day_words(day)),
        data=lambda: as_calendar(reminder, now),
        file_name=words().case.reminder_file,
        mime="text/calendar",
        key=Key.CASE_REMINDER,
        on_click="ignore",
        type="primary",
    )


def _field(entry: Entry) -> None:
    hint = words().case.hints.get(entry.value, "")
    key, most = case_state.widget_key(entry), LONGEST[entry]
    # Kept before the page is drawn: going to another page at once stops the drawing of this one.
    if entry in _AREAS:
        st.text_area(_label(entry), key=key, max_chars=most, placeholder=hint, height=_LINES, on_change=case_state.keep)
    else:
        st.text_input(
            _label(entry), key=key, max_chars=most, placeholder=hint, autocomplete="off", on_change=case_state.keep
        )


def _day(entry: Entry) -> None:
    st.date_input(
        _label(entry), key=case_state.widget_key(entry), format="MM/DD/YYYY", value=None, on_change=case_state.keep
    )


def _label(entry: Entry) -> str:
    return words().case.labels[entry.value]


def _labels() -> Mapping[Entry, str]:
    return {entry: words().case.labels[entry.value] for entry in Entry}


def day_table(sheet: CaseSheet) -> Mapping[date, str]:
    """Return how the days of a sheet are written in the language of the page."""
    return {day: day_words(day) for day in (sheet.contacted, sheet.promised_by) if day is not None}
