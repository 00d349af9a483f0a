"""Nothing calls out where the product has other parties: they are called, and nobody else is."""

from __future__ import annotations

import asyncio
import os
import socket
import subprocess
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from kb.settings.settings import Settings
from tests.browser.test_provider import PEOPLE, SECRETS
from tests.contact.desks import HookDesk, hook_desk
from tests.distribution.conftest import web_server
from tests.outside import walk
from tests.outside.calls import calls, listened
from tests.outside.test_nothing_calls_out import refused
from tests.outside.visit import Visit
from tests.postgres import Server
from tests.server.process import RunningServer, start_server
from tests.support import build, wait_until

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the provider's own, of its library
    from oidc_provider_mock import run_server_in_thread

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SITE = """name: Billing Help
provider: Northwind
handover:
  deliver: webhook
  url: http://127.0.0.1:{desk}/in
settings:
  oidc_claim: groups
  oidc_roles:
    lead: [support-leads]
  index_source_seconds: 0.2
"""
_PROGRAM = (
    "from kb.settings.settings import load_settings; from kb.server.app import serve; serve(load_settings(), port={})"
)


@contextmanager
def _published(settings: Settings, folder: Path, written: Path) -> Iterator[dict[str, str]]:
    """Publish an index to a web server; yield the variables of who pulls it from there."""

    def kb(*words: str, **variables: str) -> str:
        environment = {**os.environ, **listened(written), "KB_INDEX": str(settings.index), **variables}
        done = subprocess.run(
            [sys.executable, "-m", "kb", *words],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        return done.stdout

    place, key = folder / "releases", str(folder / "publish.pem")
    printed = kb("publish", "--new-key", key)
    public = next(word for word in printed.split() if word.startswith("ed25519:"))
    kb("publish", str(place), KB_PUBLISH_KEY=key)
    with web_server(place) as (address, _):
        yield {"KB_INDEX_SOURCE": address, "KB_INDEX_KEYS": public.strip(".,")}


@contextmanager
def _serving(
    settings: Settings, folder: Path, written: Path, database: str, desk: HookDesk, pulled: dict[str, str]
) -> Iterator[RunningServer]:
    """Serve a pulled index with a provider for the staff, a webhook and PostgreSQL."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with run_server_in_thread(user_claims=PEOPLE) as provider:
        secrets = folder / ".streamlit" / "secrets.toml"
        secrets.parent.mkdir()
        secrets.write_text(SECRETS.format(origin=f"http://localhost:{port}", provider=provider.server_port), "utf-8")
        site = folder / "site.yaml"
        site.write_text(SITE.format(desk=desk.port), "utf-8")
        variables = {
            **listened(written),
            **pulled,
            "KB_DATABASE_URL": database,
            "KB_HANDOVER_SECRET": "a secret of the tests",
            "KB_CACHE": str(settings.cache),
            "KB_ENCODER": settings.encoder,
        }
        own = replace(settings, site_path=site, index=folder / "pulled")
        with start_server(own, folder, _PROGRAM.format(port), **variables) as server:
            yield server


async def _way_to_provider(origin: str) -> str:
    """Press the button of the page on which the staff sign in; return where it leads."""
    async with Visit(origin) as page:
        drawn = await page.fill(await page.show("login"), {}, press="sign_in")
        return drawn.leads_to


def _signed_in(origin: str, subject: str) -> str:
    """Sign in at the provider, as a browser does; return the cookies."""
    way = asyncio.run(_way_to_provider(origin))
    with httpx.Client(follow_redirects=True, trust_env=False, timeout=60) as browser:
        asked = browser.get(f"{origin}{way}")
        back = browser.post(asked.url, data={"sub": subject, "action": "authorize"})
        assert str(back.url).startswith(origin), back.text
        browser.get(f"{origin}/_stcore/health")  # gives the token against forged requests
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies.jar)


def test_nobody_but_the_parties_is_called(tiny_index: Settings, tmp_path: Path, postgres_server: Server) -> None:
    """A provider, a webhook, PostgreSQL and a place of releases, all on this machine."""
    written, folder = tmp_path / "calls.jsonl", tmp_path / "site"
    folder.mkdir()
    built = replace(tiny_index, index=tmp_path / "index")
    build(built)
    database = postgres_server.new_database()
    with (
        hook_desk() as desk,
        _published(built, tmp_path, written) as pulled,
        _serving(built, folder, written, database, desk, pulled) as server,
    ):
        origin = server.origin.replace("127.0.0.1", "localhost")
        wait_until(lambda: server.get("/readyz")[0] == 200)
        walk.customers(origin)
        asyncio.run(walk.visit(origin))
        session = _signed_in(origin, "kim")
        asyncio.run(walk.staff(origin, session, *walk.STAFF[0][1:], way_out="Sign out (Kim Lee)"))
        wait_until(lambda: len(desk.requests) == 1)
        assert "Traceback" not in server.log.read_text()
    found = calls(written)
    connected = {call.what[1] for call in found if call.event == "socket.connect" and isinstance(call.what, list)}
    assert desk.port in connected, "the listener did not listen"
    assert refused(found) == []
