"""The language of what the server sends: chosen, remembered, or what the browser prefers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from starlette.testclient import TestClient


@pytest.mark.parametrize("address", ["/", "/article?id=late-fee", "/a/late-fee", "/nowhere"])
def test_the_page_is_in_the_readers_language(client: TestClient, address: str) -> None:
    """By the browser's header; HTML says which, the notice that articles are English is in reach, caches know."""
    spanish = client.get(address, headers={"Accept-Language": "es-US,es;q=0.9"})
    assert '<html lang="es">' in spanish.text
    assert spanish.headers["vary"] == "Accept-Language, Cookie"
    assert "kb_lang" not in spanish.headers.get("set-cookie", "")
    assert '<html lang="en">' in client.get(address).text


def test_a_choice_is_remembered(client: TestClient) -> None:
    """The address decides and leaves a cookie; the next page follows it against the browser's own wish."""
    chosen = client.get("/a/late-fee?lang=es")
    (cookie,) = [c for c in chosen.headers.get_list("set-cookie") if "kb_visit" not in c]
    assert cookie.startswith("kb_lang=es;")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    following = client.get("/a/late-payment", headers={"Accept-Language": "en"})
    assert "Comuníquese con un agente" in client.get("/contact").text
    assert '<html lang="es">' in following.text


def test_an_unknown_language_changes_nothing(client: TestClient) -> None:
    """Nothing is remembered of a code that is none of ours."""
    reply = client.get("/?lang=%22%3E%3Cscript%3E")
    assert '<html lang="en">' in reply.text
    assert "kb_lang" not in reply.headers.get("set-cookie", "")


def test_every_page_offers_the_other_language(client: TestClient) -> None:
    """The other language is offered in its own words, at the same address."""
    html = client.get("/a/late-fee").text
    assert '<a href="/a/late-fee?lang=es" hreflang="es" lang="es">Español</a>' in html
    back = client.get("/a/late-fee?lang=es").text
    assert '<a href="/a/late-fee?lang=en" hreflang="en" lang="en">English</a>' in back


def test_pages_for_writers_stay_english(
    client: TestClient, container: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages for writers stay English, whatever the browser prefers."""
    monkeypatch.setenv("KB_LOCAL_EDITOR", "1")
    container.listens_on = "127.0.0.1"
    headers = {"Accept-Language": "es", "Host": "127.0.0.1:8501"}
    assert '<html lang="en">' in client.get("/writing", headers=headers).text
