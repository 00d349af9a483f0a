"""Our routes behind our middleware, with a help center in memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kb.server import app as server
from kb.ui import resources
from tests.ui import fakes


@pytest.fixture
def answerer(monkeypatch: pytest.MonkeyPatch) -> fakes.FakeAnswerer:
    """Put a fake answerer behind the server; return it, to see what it was asked."""
    fake = fakes.FakeAnswerer()
    monkeypatch.setattr(resources, "get_settings", fakes.settings)
    monkeypatch.setattr(resources, "get_answerer", lambda: fake)
    return fake


@pytest.fixture
def client(answerer: fakes.FakeAnswerer) -> Iterator[TestClient]:
    """Return a client of everything but Streamlit's own routes."""
    del answerer
    application = Starlette(routes=server.routes(), middleware=server.middleware())
    with TestClient(application, follow_redirects=False, base_url="http://testserver:8501") as test_client:
        yield test_client
