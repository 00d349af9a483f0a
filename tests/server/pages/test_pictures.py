"""Pictures of articles: served by name, forever, and nothing else."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kb.content.articles.corpus import load_articles
from tests.pictures import drawing, picture
from tests.support import write_article

if TYPE_CHECKING:
    from pathlib import Path

    from starlette.testclient import TestClient

    from tests.ui.fakes import FakeAnswerer


@pytest.fixture
def source(client: TestClient, tmp_path: Path, answerer: FakeAnswerer) -> str:
    """Return the address at which an article shows its picture."""
    body = "Look: ![The menu & more](menu.png)\n\n![Elsewhere](other.png)\n"
    path = write_article(tmp_path, "menu", body)
    (path.parent / "menu.png").write_bytes(picture())
    (path.parent / "other.png").write_bytes(picture())
    answerer.library = load_articles(tmp_path).library
    html = client.get("/a/menu").text
    found = re.search(r'<img src="(/pictures/[^"]+)" alt="The menu &amp; more" width="40" height="30"', html)
    assert found is not None
    return found[1]


def test_an_article_s_picture_is_served(client: TestClient, source: str) -> None:
    """A browser may keep it, and may show it on every page of ours."""
    reply = client.get(source)
    assert reply.status_code == 200
    assert reply.content == picture()
    assert reply.headers["content-type"] == "image/png"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert "immutable" in reply.headers["cache-control"]
    assert client.head(source).status_code == 200


def test_a_drawing_is_served_in_a_sandbox(client: TestClient, tmp_path: Path, answerer: FakeAnswerer) -> None:
    """Opened by itself, it is a document: nothing in it may run or load, whatever the check let through."""
    path = write_article(tmp_path, "menu", "Look:\n\n![The menu](menu.svg)\n")
    (path.parent / "menu.svg").write_bytes(drawing())
    answerer.library = load_articles(tmp_path).library
    shown = re.search(r'<img src="(/pictures/[^"]+\.svg)" alt="The menu" width="360"', client.get("/a/menu").text)
    assert shown is not None
    reply = client.get(shown[1])
    assert reply.content == drawing()
    assert reply.headers["content-type"] == "image/svg+xml"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["content-security-policy"] == "default-src 'none'; style-src 'unsafe-inline'; sandbox"


@pytest.mark.parametrize("name", ["nope.png", "%2e%2e%2fmenu.png", "menu.png", "x/y.png", ""])
def test_other_names_are_404(client: TestClient, source: str, name: str) -> None:
    """Only what the articles show is served."""
    assert source
    assert client.get(f"/pictures/{name}").status_code == 404
