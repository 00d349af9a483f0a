"""What is let through to Streamlit: websockets of our own pages, and uploads of the staff."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from starlette.testclient import TestClient, WebSocketDenialResponse
from starlette.websockets import WebSocketDisconnect

from kb.server.middleware.streamlit_gate import STREAM, UPLOAD, StreamlitGate, site_of
from tests.ui import fakes
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send


class Behind:
    """What stands behind the gate: accepts everything, and keeps the host that it was told."""

    def __init__(self) -> None:
        self.hosts: list[bytes] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Accept."""
        self.hosts.append(dict(scope["headers"])[b"host"])
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1000})
        else:
            await send({"type": "http.response.start", "status": 204, "headers": []})
            await send({"type": "http.response.body", "body": b""})


def gate(**settings: Any) -> tuple[TestClient, Behind]:
    """Return a client of the gate, and what stands behind it."""
    behind = Behind()
    container = FakeContainer(replace(fakes.settings(), **settings))
    return TestClient(StreamlitGate(behind, container), base_url="http://help.example.com"), behind


def is_open(client: TestClient, path: str = STREAM, **headers: str) -> bool:
    """Return whether a websocket is accepted."""
    try:
        with client.websocket_connect(path, headers={"host": "help.example.com", **headers}):
            return True
    except (WebSocketDisconnect, WebSocketDenialResponse):
        return False


@pytest.mark.parametrize(
    ("origin", "accepted"),
    [
        ("http://help.example.com", True),
        ("https://help.example.com", True),
        ("https://HELP.example.com:443", True),
        ("https://evil.example", False),
        ("https://help.example.com.evil.example", False),
        ("https://evil.example/help.example.com", False),
        ("https://help.example.com:8443", False),
        ("http://localhost:3000", False),
        ("null", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_a_websocket_comes_from_a_page_of_ours(origin: str, *, accepted: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """A foreign page is refused at once, and nobody outside is asked about it."""
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("asked outside"))
    client, _ = gate()
    assert is_open(client, origin=origin) is accepted


def test_what_is_no_browser_sends_no_origin() -> None:
    """As Streamlit's own rule has it."""
    assert is_open(gate()[0])


def test_other_websockets_do_not_exist() -> None:
    """Streamlit has one address for them."""
    assert not is_open(gate()[0], "/_stcore/other", origin="http://help.example.com")


def test_a_proxy_may_rewrite_the_host() -> None:
    """With the public name in site.yaml, its pages connect, and Streamlit sees both agree; other names get nothing."""
    client, behind = gate(hosts=("help.example.com", "10.0.0.7:8501"))
    assert is_open(client, host="10.0.0.7:8501", origin="https://help.example.com")
    assert behind.hosts == [b"help.example.com"]
    assert not is_open(client, host="evil.example", origin="https://evil.example")
    assert not is_open(client, host="10.0.0.7:8501", origin="https://evil.example")


@pytest.mark.parametrize(
    ("host", "path", "status"),
    [
        ("help.example.com", "/", 204),
        ("HELP.example.com:8501", "/", 204),
        ("evil.example", "/", 421),
        ("evil.example", "/sitemap.xml", 421),
        ("10.1.2.3", "/healthz", 204),
        ("10.1.2.3", "/readyz", 204),
    ],
)
def test_only_named_hosts_are_answered_for(host: str, path: str, status: int) -> None:
    """A page never carries the address of a host that somebody made up; health checks may use any."""
    client, _ = gate(hosts=("help.example.com",))
    assert client.get(path, headers={"host": host}).status_code == status


def test_without_hosts_any_is_answered_for() -> None:
    """As on the first day, on one's own computer."""
    assert gate()[0].get("/", headers={"host": "anything.example"}).status_code == 204


def test_customers_cannot_upload() -> None:
    """No page of theirs has a file picker."""
    client, behind = gate()
    reply = client.put(f"{UPLOAD}session/file", content=b"x" * 10)
    assert (reply.status_code, reply.text) == (403, "Sign in to send a file.")
    assert behind.hosts == []


def test_an_editor_can_upload(monkeypatch: pytest.MonkeyPatch) -> None:
    """The signed-in one, and the one on the server's own computer."""
    monkeypatch.setenv("KB_LOCAL_EDITOR", "1")
    container = FakeContainer(fakes.settings())
    container.listens_on = "127.0.0.1"
    client = TestClient(StreamlitGate(Behind(), container), base_url="http://127.0.0.1:8501")
    assert client.put(f"{UPLOAD}session/file", content=b"x").status_code == 204


@pytest.mark.parametrize(
    ("origin", "site"),
    [
        ("https://a.example", "a.example"),
        ("http://a.example:80", "a.example"),
        ("http://a.example:443", "a.example:443"),
    ],
)
def test_the_site_of_an_origin(origin: str, site: str) -> None:
    """Host and port, without the port that goes without saying."""
    assert site_of(origin) == site
