"""What a request to the API passes first: other sites, methods, and the rate."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kb.errors import ConfigError
from tests.ui import fakes
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from starlette.testclient import TestClient

OTHER = "https://www.example.com"
PREFLIGHT = {"Origin": OTHER, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}


@pytest.fixture
def configured(client: TestClient, container: FakeContainer):
    """Return what changes the settings behind the client."""
    del client

    def configure(**changes: object) -> None:
        settings = replace(fakes.settings(), **changes)  # type: ignore[arg-type]
        container.put(settings=settings)

    return configure


def test_no_other_site_may_use_it_by_default(client: TestClient) -> None:
    """Without the setting there is no header that would let a browser read the answer."""
    reply = client.get("/api/ask?text=late", headers={"Origin": OTHER})
    assert reply.status_code == 200
    assert not [name for name in reply.headers if name.startswith("access-control")]
    preflight = client.options("/api/ask", headers=PREFLIGHT)
    assert preflight.status_code == 204
    assert not [name for name in preflight.headers if name.startswith("access-control")]


def test_a_site_that_is_listed_may_use_it(client: TestClient, configured) -> None:
    """Its own origin is named, and caches are told that the answer depends on it."""
    configured(api_origins=(OTHER,))
    preflight = client.options("/api/ask", headers=PREFLIGHT)
    assert preflight.status_code == 204
    assert preflight.headers["access-control-allow-origin"] == OTHER
    assert preflight.headers["access-control-allow-methods"] == "GET, HEAD, POST, OPTIONS"
    assert preflight.headers["access-control-allow-headers"] == "Content-Type"
    reply = client.post("/api/ask", json={"text": "late"}, headers={"Origin": OTHER})
    assert reply.headers["access-control-allow-origin"] == OTHER
    assert "Origin" in reply.headers["vary"]
    assert "access-control-allow-credentials" not in reply.headers


def test_a_site_that_is_not_listed_may_not(client: TestClient, configured) -> None:
    """An unlisted site is refused, even if its name starts like a listed one."""
    configured(api_origins=(OTHER,))
    for origin in ("https://evil.example", f"{OTHER}.evil.example", "null", "http://www.example.com"):
        reply = client.get("/api/ask?text=late", headers={"Origin": origin})
        assert "access-control-allow-origin" not in reply.headers, origin
        assert "Origin" in reply.headers["vary"]


def test_every_site_may_use_it_if_so_set(client: TestClient, configured) -> None:
    """A star is answered by a star, errors included."""
    configured(api_origins=("*",))
    for address in ("/api/ask?text=late", "/api/ask", "/api/nothing"):
        assert client.get(address, headers={"Origin": OTHER}).headers["access-control-allow-origin"] == "*"


def test_pages_are_of_this_site_alone(client: TestClient, configured) -> None:
    """The setting is about the API."""
    configured(api_origins=("*",))
    assert "access-control-allow-origin" not in client.get("/", headers={"Origin": OTHER}).headers


def test_too_many_requests_are_told_when_to_come_back(client: TestClient, configured) -> None:
    """429 with seconds to wait, readable by the site that asked; pages and health are not counted."""
    configured(api_per_minute=2, api_origins=(OTHER,))
    assert [client.get("/api/ask?text=late").status_code for _ in range(2)] == [200, 200]
    reply = client.get("/api/ask?text=late", headers={"Origin": OTHER})
    assert reply.status_code == 429
    assert 1 <= int(reply.headers["retry-after"]) <= 30
    assert reply.json()["error"].startswith("Too many requests: try again in")
    assert reply.headers["access-control-allow-origin"] == OTHER
    assert reply.headers["access-control-expose-headers"] == "Retry-After"
    assert client.options("/api/ask").status_code == 204
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 200


def test_another_limit_counts_from_the_start(client: TestClient, configured) -> None:
    """A changed setting holds at once."""
    configured(api_per_minute=1)
    assert client.get("/api/ask?text=late").status_code == 200
    assert client.get("/api/ask?text=late").status_code == 429
    configured(api_per_minute=0)
    assert {client.get("/api/ask?text=late").status_code for _ in range(20)} == {200}


def test_a_wrong_setting_is_not_the_gate_s_to_say(client: TestClient, container: FakeContainer) -> None:
    """A wrong setting admits no other site, and the request continues."""
    container.put(settings=ConfigError("x"))
    assert client.get("/api/ask?text=late", headers={"Origin": OTHER}).status_code == 200


@pytest.mark.parametrize(
    ("address", "methods"),
    [
        ("/api/ask", "GET, HEAD, POST, OPTIONS"),
        ("/api/suggest", "GET, HEAD, OPTIONS"),
        ("/api/articles/late-fee", "GET, HEAD, OPTIONS"),
        ("/api/openapi.json", "GET, HEAD, OPTIONS"),
    ],
)
def test_each_address_says_its_methods(client: TestClient, address: str, methods: str) -> None:
    """To OPTIONS, and with 405 to a method it does not take."""
    assert client.options(address).headers["allow"] == methods
    refused = client.delete(address)
    assert (refused.status_code, refused.headers["allow"]) == (405, methods)
    assert methods in refused.json()["error"]
    assert client.options("/api/nothing").status_code == 404


@pytest.mark.parametrize(
    "address",
    ["/api/ask?text=late", "/api/suggest?text=late", "/api/articles/late-fee", "/api/openapi.json", "/healthz"],
)
def test_head_is_get_without_a_body(client: TestClient, address: str) -> None:
    """Same status, same kind of content."""
    got, headed = client.get(address), client.head(address)
    assert headed.status_code == got.status_code == 200
    assert headed.headers["content-type"] == got.headers["content-type"] == "application/json"
    assert headed.content == b""
