"""The application with a help center in memory behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from kb.database.engine import open_engine, upgrade
from kb.settings.settings import Settings
from tests.ui import fakes
from tests.ui.review_site import ReviewSite

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
def review_site(
    settings: Settings, container: fakes.FakeContainer, app: AppTest, tmp_path: Path
) -> Iterator[ReviewSite]:
    """Put a small help center with a real index and a real journal behind the pages."""
    del app  # its fake parts come first, and are replaced
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(engine)
    yield ReviewSite(settings, container, engine)
    engine.dispose()


@pytest.fixture
def app(answerer: fakes.FakeAnswerer) -> AppTest:
    """Return the application, not yet run."""
    del answerer
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=20)


def page_html(at: AppTest) -> str:
    """Return everything a run has drawn as HTML, the styles left out."""
    return "\n".join(element.body for element in at.html if not element.body.startswith("<style>"))
