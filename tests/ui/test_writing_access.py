"""Who may open the page for writers: the editor on the editor's own computer, and nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.testclient import TestClient

from kb.app.staff_access import is_local_editor
from kb.server import app as server
from kb.ui import current_user
from kb.ui.main import PAGES
from tests.ui.conftest import ROOT, page_html
from tests.ui.fakes import FakeAnswerer, FakeContainer

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

WRITING = "kb/ui/pages/writing.py"


@pytest.mark.parametrize(
    ("value", "listens", "requested", "status"),
    [
        ("1", "127.0.0.1", "127.0.0.1:8501", 200),
        ("1", "::1", "[::1]:8501", 200),
        ("1", "localhost", "localhost", 200),
        ("0", "127.0.0.1", "127.0.0.1:8501", 404),
        ("", "127.0.0.1", "127.0.0.1:8501", 404),
        ("1", "0.0.0.0", "127.0.0.1:8501", 404),
        ("1", "", "127.0.0.1:8501", 404),
        ("1", "127.0.0.1", "help.example.com", 404),
        ("1", "127.0.0.1", "127.0.0.1.example.com", 404),
        ("1", "127.0.0.1", "", 404),
        ("1", "127.0.0.1", "[broken", 404),
    ],
)
def test_it_is_open_on_the_editors_own_computer_only(
    monkeypatch: pytest.MonkeyPatch, value: str, listens: str, requested: str, status: int
) -> None:
    """Asked for, listening to itself, and called by its own name: all three."""
    monkeypatch.setenv("KB_LOCAL_EDITOR", value)
    assert is_local_editor(listens, requested) is (status == 200)


def test_streamlits_own_address_counts_when_nothing_else_is_known(
    monkeypatch: pytest.MonkeyPatch, container: FakeContainer
) -> None:
    """``streamlit run app.py`` listens where its configuration says."""
    monkeypatch.setenv("KB_LOCAL_EDITOR", "1")
    monkeypatch.setattr(current_user, "_requested_host", lambda: "127.0.0.1:8501")
    assert container.listens_on is None
    monkeypatch.setattr(st, "get_option", lambda _name: "0.0.0.0")
    assert not current_user.is_open_to_writers()
    monkeypatch.setattr(st, "get_option", lambda _name: "127.0.0.1")
    assert current_user.is_open_to_writers()


def test_for_customers_there_is_no_such_page(app: AppTest) -> None:
    """Not in the navigation, not in the footer, and not to be opened."""
    html = page_html(app.run())
    assert "/writing" not in html
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        app.switch_page(WRITING)


@pytest.mark.parametrize(("value", "status"), [("1", 200), ("", 404)])
def test_the_address_is_unknown_unless_open(
    answerer: FakeAnswerer, container: FakeContainer, monkeypatch: pytest.MonkeyPatch, value: str, status: int
) -> None:
    """The server's first HTML: the shell, or the page of every unknown address."""
    del answerer
    monkeypatch.setenv("KB_LOCAL_EDITOR", value)
    container.listens_on = "127.0.0.1"
    application = Starlette(routes=server.routes(), middleware=server.middleware(container))
    with TestClient(application, base_url="http://127.0.0.1:8501") as client:
        reply = client.get("/writing")
        foreign = client.get("/writing", headers={"host": "help.example.com"})
    assert reply.status_code == status
    assert foreign.status_code == 404
    assert ("This page does not exist" in reply.text) is (status == 404)
    assert "noindex" in reply.text


def test_the_pages_file_stands_beside_the_others() -> None:
    """Tests and router name the same file."""
    assert (PAGES / "writing.py") == ROOT / WRITING
