"""The case sheet of a visit: in ``st.session_state``, and sealed in the database where another process may go on.

Streamlit forgets a widget's value when its page is left, so what was written is kept next to the widgets under
``Key.CASE``, as plain texts and days. It goes when the visit goes. Nothing of it may reach a log, a file, an address or
the journal in words that anybody could read; a test types a secret word into every field and searches for it.
"""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kb.contact.casesheet import LONGEST, MOST_ARTICLES, CaseSheet, Entry, clean
from kb.types import Article, Library
from kb.ui import moved
from kb.ui.keys import Key


def note_article(article_id: str) -> None:
    """Remember that an article was opened in this visit: in order, each once."""
    seen = [i for i in st.session_state.get(Key.READ_ARTICLES, []) if i != article_id]
    st.session_state[Key.READ_ARTICLES] = [*seen, article_id][-MOST_ARTICLES:]


def note_query(query: str) -> None:
    """Remember the question that was asked last in this visit."""
    st.session_state[Key.LAST_QUERY] = query


def widget_key(entry: Entry) -> str:
    """Return the key of the widget of an entry."""
    return f"{Key.CASE_FIELD}{entry}"


def prepare(today: date) -> None:
    """Give each widget of the sheet its value before it is drawn.

    A question asked since the sheet was last seen takes the place of an earlier one that the customer left as it was.

    :param today: The customer's current day.
    """
    kept = _kept()
    asked = clean(st.session_state.get(Key.LAST_QUERY, ""), LONGEST[Entry.QUESTION])
    if asked and kept.get("asked") != asked and kept.get(Entry.QUESTION.value, "") == kept.get("asked", ""):
        kept[Entry.QUESTION.value] = asked
        st.session_state[widget_key(Entry.QUESTION)] = asked
    kept["asked"] = asked or kept.get("asked", "")
    kept.setdefault(Entry.CONTACTED.value, today)
    for entry in Entry:
        key = widget_key(entry)
        if entry is not Entry.ARTICLES and key not in st.session_state:
            st.session_state[key] = kept.get(entry.value, "" if entry in LONGEST else None)
    st.session_state[Key.CASE] = kept


def keep() -> None:
    """Take over what the widgets hold, once they are drawn."""
    kept = _kept()
    for entry in Entry:
        key = widget_key(entry)
        if key in st.session_state:
            value = st.session_state[key]
            kept[entry.value] = clean(value, LONGEST[entry]) if isinstance(value, str) else value
    st.session_state[Key.CASE] = kept
    moved.keep(kept)


def clear() -> None:
    """Empty the sheet."""
    for entry in Entry:
        st.session_state.pop(widget_key(entry), None)
    for key in (Key.CASE, Key.CASE_UID, Key.LAST_QUERY):
        st.session_state.pop(key, None)
    moved.forget()


def sheet(library: Library | None) -> CaseSheet:
    """Return the sheet as it is filled in.

    :param library: For the titles of the articles read; None leaves them out.
    :return: The sheet.
    """
    kept = _kept()
    values: dict[str, Any] = {e.value: kept[e.value] for e in Entry if kept.get(e.value)}
    return CaseSheet(**{**values, "articles": tuple(article.title for article in articles_read(library))})


def articles_read(library: Library | None) -> list[Article]:
    """Return the articles that were read in this visit and are still there."""
    read = st.session_state.get(Key.READ_ARTICLES, [])
    found = [library.resolve(i) for i in read] if library is not None else []
    return [article for article in found if article is not None]


def reminder_uid() -> str:
    """Return the id of this sheet's reminders: random, the same until the sheet is emptied."""
    return str(st.session_state.setdefault(Key.CASE_UID, uuid.uuid4().hex))


def customer_zone() -> str:
    """Return the time zone of the customer's browser; empty where it does not say, as for plain HTML."""
    if get_script_run_ctx(suppress_warning=True) is None:
        return ""
    return st.context.timezone or ""


def customer_today() -> date:
    """Return the day it is where the customer is."""
    try:
        return datetime.now(ZoneInfo(customer_zone() or "UTC")).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return datetime.now(UTC).date()


def _kept() -> dict[str, Any]:
    return dict(st.session_state.get(Key.CASE, {}))
