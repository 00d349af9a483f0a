"""The application with a help center in memory behind it."""

from __future__ import annotations

from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from tests.ui import fakes

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def journal(container: fakes.FakeContainer) -> fakes.FakeJournal:
    """Put a journal in memory in the place of the database; return it, to see what was recorded."""
    fake = fakes.FakeJournal()
    container.put(journal=fake)
    return fake


@pytest.fixture
def answerer(container: fakes.FakeContainer, journal: fakes.FakeJournal) -> fakes.FakeAnswerer:
    """Put a fake answerer behind the pages; return it, to see what it was asked."""
    st.cache_data.clear()
    fake = fakes.FakeAnswerer()
    container.put(answerer=fake)
    return fake


@pytest.fixture
def app(answerer: fakes.FakeAnswerer) -> AppTest:
    """Return the application, not yet run."""
    del answerer
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)


def page_html(at: AppTest) -> str:
    """Return everything a run has drawn as HTML, the styles left out."""
    return "\n".join(element.body for element in at.html if not element.body.startswith("<style>"))
