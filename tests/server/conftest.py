"""Our routes behind our middleware, with a help center in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kb.app.caretaker import Caretaker
from kb.server import app as server
from tests.ui import fakes
from tests.ui.fakes import FakeContainer


@pytest.fixture
def journal(container: FakeContainer) -> fakes.FakeJournal:
    """Put a journal in memory in the place of the database; return it, to see what was recorded."""
    fake = fakes.FakeJournal()
    container.put(journal=fake, caretaker=Caretaker([]))
    return fake


@pytest.fixture
def answerer(container: FakeContainer, journal: fakes.FakeJournal) -> fakes.FakeAnswerer:
    """Put a fake answerer behind the server; return it, to see what it was asked."""
    del journal
    fake = fakes.FakeAnswerer()
    container.put(answerer=fake)
    return fake


@pytest.fixture
def client(container: FakeContainer, answerer: fakes.FakeAnswerer) -> Iterator[TestClient]:
    """Return a client of everything but Streamlit's own routes."""
    del answerer
    application = Starlette(routes=server.routes(), middleware=server.middleware(container))
    with TestClient(application, follow_redirects=False, base_url="http://testserver:8501") as test_client:
        yield test_client
