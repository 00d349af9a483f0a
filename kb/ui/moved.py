"""The session of a page, and the case sheet that it takes along to another serving process."""

from __future__ import annotations

import logging
from datetime import date
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from kb.app.container import current
from kb.errors import ConfigError, JournalUnavailable
from kb.ui.keys import Key

_log = logging.getLogger(__name__)
_DAY = "day:"
"""How a day begins among plain values."""
_TAKEN_ALONG = (Key.READ_ARTICLES, Key.LAST_QUERY, Key.CASE_UID)


def keep(case: dict[str, Any]) -> None:
    """Keep the sheet where another process can go on with it, if there may be one; only what has changed is written.

    :param case: The sheet's entries: texts and days.
    """
    sheets = current().sheets
    content = {
        Key.CASE.value: {name: f"{_DAY}{v.isoformat()}" if isinstance(v, date) else v for name, v in case.items()},
        **{key.value: st.session_state[key] for key in _TAKEN_ALONG if key in st.session_state},
    }
    if sheets is None or st.session_state.get(Key.CASE_KEPT) == content:
        return
    try:
        sheets.keep(_session(), content)
        st.session_state[Key.CASE_KEPT] = content
    except JournalUnavailable as error:  # the sheet is still here; the next change is another attempt
        _log.warning("A case sheet is kept in this process alone: %s", error)


def forget() -> None:
    """Remove the sheet from where other processes find it."""
    sheets = current().sheets
    if sheets is None or st.session_state.pop(Key.CASE_KEPT, None) is None:
        return
    try:
        sheets.remove(_session())
    except JournalUnavailable as error:
        _log.warning("A case sheet that was emptied is removed after a day: %s", error)


def take_over() -> None:
    """Go on with the sheet that this page had in another process; once, when it is drawn here for the first time."""
    if Key.MOVED in st.session_state:
        return
    st.session_state[Key.MOVED] = True
    former = _former_session()
    if not former or former == _session():
        return
    try:
        sheets = current().sheets
        content = {} if sheets is None else sheets.read(former)
    except (ConfigError, JournalUnavailable) as error:
        _log.warning("A case sheet could not be brought along: %s", error)
        return
    case = content.pop(Key.CASE.value, None)
    if case is None:
        return
    for name, value in content.items():
        st.session_state.setdefault(name, value)
    st.session_state[Key.CASE] = {
        name: date.fromisoformat(v.removeprefix(_DAY)) if isinstance(v, str) and v.startswith(_DAY) else v
        for name, v in case.items()
    }
    keep(st.session_state[Key.CASE])


def _session() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context is not None else ""


def _former_session() -> str:
    """Return the session that the page had when it connected; empty for a page that was opened here."""
    offered = (st.context.headers.get("sec-websocket-protocol") or "").split(",")
    return offered[2].strip() if len(offered) > 2 else ""  # noqa: PLR2004 - after the protocol and a token
