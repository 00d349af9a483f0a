"""The case sheet on the page: before, during and after the call, a few fields at a time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime

import streamlit as st

from kb.contact.casesheet import LONGEST, CaseSheet, Entry, as_text
from kb.contact.reminder import Reminder, as_calendar
from kb.settings.site import Site
from kb.types import Library
from kb.ui import case_state, words
from kb.ui.components import case_print
from kb.ui.formatting import day_words, escape
from kb.ui.keys import Key

_AREAS = (Entry.HAPPENED, Entry.AMOUNTS, Entry.PROMISED)
_LINES = 92
"""Pixels of a field of three lines."""


def show(site: Site, library: Library | None, level: int = 2) -> CaseSheet:
    """Draw the sheet.

    :param site: The operator's words.
    :param library: For the titles of the articles read; None leaves them out.
    :param level: The level of its heading.
    :return: The sheet as it stands, for what is drawn below it.
    """
    case_state.prepare(case_state.customer_today())
    st.html(
        f'<section class="kb-case"><h{level} id="case-sheet">{escape(words.CASE_TITLE)}</h{level}>'
        f"<p>{escape(words.CASE_LEAD)}</p></section>"
    )
    with st.container(border=True, key="case_sheet"):
        before, during, after = st.tabs(words.CASE_TABS)
        with before:
            _before(library)
        with during:
            _during()
        case_state.keep()
        sheet = case_state.sheet(library)
        with after:
            _after(sheet)
    case_print.show(site, sheet)
    return sheet


def _before(library: Library | None) -> None:
    _hint(words.CASE_BEFORE)
    for entry in (Entry.QUESTION, Entry.HAPPENED, Entry.AMOUNTS, Entry.WANTED):
        _field(entry)
    titles = case_state.sheet(library).articles
    if titles:
        items = "".join(f"<li{words.articles_lang()}>{escape(title)}</li>" for title in titles)
        st.html(f'<div class="kb-case-read"><p>{escape(_label(Entry.ARTICLES))}</p><ul>{items}</ul></div>')


def _during() -> None:
    _hint(words.CASE_DURING)
    with st.container(horizontal=True, gap="small", key="case_who"):
        _field(Entry.REPRESENTATIVE)
        _field(Entry.CASE_NUMBER)
    _field(Entry.PROMISED)
    with st.container(horizontal=True, gap="small", key="case_days"):
        _day(Entry.PROMISED_BY)
        _day(Entry.CONTACTED)


def _after(sheet: CaseSheet) -> None:
    _hint(words.CASE_EMPTY if sheet.is_empty else words.CASE_AFTER)
    text = as_text(sheet, words.CASE_TITLE, _labels(), day_table(sheet))
    st.html(
        '<p class="kb-case-actions">'
        f'<button type="button" data-kb-copy="kb-case-text" data-kb-done="{escape(words.CASE_COPIED)}">'
        f"{escape(words.CASE_COPY)}</button>"
        f'<button type="button" data-kb-print="1">{escape(words.CASE_PRINT)}</button></p>'
        f'<pre class="kb-case-text" id="kb-case-text" tabindex="0" aria-label="{escape(words.CASE_TITLE)}">'
        f"{escape(text)}</pre>"
    )
    with st.container(horizontal=True, gap="small", key="case_downloads"):
        st.download_button(
            words.CASE_TEXT,
            data=text.encode,
            file_name=words.CASE_FILE,
            mime="text/plain",
            key=Key.CASE_TEXT,
            on_click="ignore",
        )
        if sheet.promised_by is not None:
            _reminder(sheet, sheet.promised_by)
    if sheet.promised_by is None:
        _hint(words.CASE_REMINDER_NONE)
    if not sheet.is_empty:
        st.button(words.CASE_CLEAR, key=Key.CASE_CLEAR, on_click=case_state.clear, type="tertiary")


def _reminder(sheet: CaseSheet, day: date) -> None:
    title = words.REMINDER_TITLE
    if sheet.case_number:
        title = words.REMINDER_TITLE_CASE.format(case_number=sheet.case_number)
    text = f"{words.REMINDER_TEXT}\n\n{as_text(sheet, words.CASE_TITLE, _labels(), day_table(sheet))}"
    now = datetime.now(UTC)
    # Minutes since the epoch: a later file of the same case replaces an earlier one.
    reminder = Reminder(
        case_state.reminder_uid(), day, title, text, case_state.customer_zone(), int(now.timestamp()) // 60
    )
    st.download_button(
        words.CASE_REMINDER.format(day=day_words(day)),
        data=lambda: as_calendar(reminder, now),
        file_name=words.CASE_REMINDER_FILE,
        mime="text/calendar",
        key=Key.CASE_REMINDER,
        on_click="ignore",
        type="primary",
    )


def _field(entry: Entry) -> None:
    hint = words.CASE_HINTS.get(entry.value, "")
    key, most = case_state.widget_key(entry), LONGEST[entry]
    # Kept before the page is drawn: whoever goes to another page at once stops the drawing of this one.
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
    return words.CASE_LABELS[entry.value]


def _labels() -> Mapping[Entry, str]:
    return {entry: words.CASE_LABELS[entry.value] for entry in Entry}


def day_table(sheet: CaseSheet) -> Mapping[date, str]:
    """Return how the days of a sheet are written in the language of the page."""
    return {day: day_words(day) for day in (sheet.contacted, sheet.promised_by) if day is not None}


def _hint(text: str) -> None:
    st.html(f'<p class="kb-case-hint">{escape(text)}</p>')
