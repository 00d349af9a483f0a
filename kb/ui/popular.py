"""The most-read articles, fetched from the journal occasionally instead of for every visitor."""

from __future__ import annotations

import logging
from datetime import UTC, datetime

import streamlit as st

from kb.app.container import current
from kb.errors import JournalUnavailable

_log = logging.getLogger(__name__)
_SECONDS = 600
"""Time for which a result is kept."""


def most_read() -> list[str]:
    """Return the ids of the articles that are read most; none while the journal cannot say."""
    return _most_read()


@st.cache_data(ttl=_SECONDS, show_spinner=False)
def _most_read() -> list[str]:
    # Customers who only ask do not need the database's library.
    from kb.reports.most_read import most_read as counted  # noqa: PLC0415

    try:
        return counted(current().engine, datetime.now(UTC).date())
    except JournalUnavailable as error:
        _log.warning("The most-read articles are not known: %s", error)
        return []
