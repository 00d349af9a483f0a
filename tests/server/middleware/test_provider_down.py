"""The operator's identity provider does not answer."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from kb.server import app as server
from kb.settings.settings import Settings
from tests.server.process import start_server
from tests.ui.fakes import FakeAnswerer, FakeContainer

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

_SECRETS = """[auth]
redirect_uri = "http://localhost/oauth2callback"
cookie_secret = "a secret of the tests alone, long enough"
client_id = "help-center"
client_secret = "another secret of the tests"
server_metadata_url = "http://127.0.0.1:1/.well-known/openid-configuration"
"""


@pytest.mark.parametrize("status", [400, 307])
def test_who_signs_in_reads_what_is_wrong(answerer: FakeAnswerer, container: FakeContainer, status: int) -> None:
    """In place of Streamlit's two words; a provider that answers is left alone."""
    del answerer

    def begin(_: Request) -> Response:
        return PlainTextResponse("Authentication error", status, headers={"Location": "https://id.example.com"})

    application = Starlette(routes=[Route("/auth/login", begin)], middleware=server.middleware(container))
    with TestClient(application, follow_redirects=False, headers={"Accept-Language": "es"}) as client:
        reply = client.get("/auth/login")
    if status >= 400:
        assert (reply.status_code, reply.headers["Retry-After"]) == (503, "60")
        assert "<h1>Your organization&#39;s sign-in does not answer</h1>" in reply.text
        assert "Authentication error" not in reply.text
        assert reply.headers["Cache-Control"] == "no-store"
    else:
        assert (reply.status_code, reply.headers["Location"]) == (307, "https://id.example.com")


@pytest.mark.slow
def test_customers_are_served_while_the_provider_is_down(tiny_index: Settings, tmp_path: Path) -> None:
    """The real server, and a provider at an address where nothing listens."""
    from streamlit.auth_util import encode_provider_token

    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(_SECRETS, "utf-8")
    with pytest.MonkeyPatch.context() as patch, start_server(tiny_index, tmp_path) as running:
        from streamlit import auth_util

        patch.setattr(auth_util, "get_signing_secret", lambda: "a secret of the tests alone, long enough")
        status, text = running.get(f"/auth/login?provider={encode_provider_token('default')}")
        assert status == 503
        assert "Your organization&#39;s sign-in does not answer" in text
        assert '"outcome"' in running.get("/api/ask?text=late+fee")[1]
        assert running.get("/login")[0] == 200
        assert "ConnectError" in running.log.read_text()
