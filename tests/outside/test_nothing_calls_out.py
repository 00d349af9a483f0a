"""Nothing calls out: no library asks anybody outside or starts a program, whatever is done with the product."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from kb.settings.settings import Settings
from tests.browser.staff import journal
from tests.contact.desks import mail_desk
from tests.outside import swallow, walk
from tests.outside.calls import Call, calls, listened
from tests.server.process import ROOT, start_server
from tests.support import wait_until

SITE = """name: Billing Help
provider: Northwind
handover:
  deliver: smtp
  to: desk@example.com
  sender: help@example.com
  host: 127.0.0.1
  port: {port}
  security: none
"""
MCP = (
    {
        "method": "initialize",
        "params": {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "walk", "version": "1"}},
    },
    {"method": "tools/list", "params": {}},
    {"method": "tools/call", "params": {"name": "search", "arguments": {"question": walk.ENGLISH}}},
)
"""What an assistant says to ``kb mcp``."""


QUICK_SECONDS = 10.0
"""Longest that ``/healthz`` may take while foreign pages knock; where packets are dropped it once took twenty."""


def refused(found: list[Call]) -> list[str]:
    """Return what nobody may do."""
    return [str(call) for call in found if not call.is_allowed]


def test_nothing_calls_out_while_serving(tiny_index: Settings, tmp_path: Path) -> None:
    """Customers, staff and strangers reach every page; nobody outside is asked, and only editors' pages start git."""
    written = tmp_path / "calls.jsonl"
    with mail_desk() as desk:
        site = tmp_path / "site.yaml"
        site.write_text(SITE.format(port=desk.port), "utf-8")
        variables = {**listened(written), **_where(tiny_index), "KB_DATABASE_URL": journal(tmp_path)}
        with start_server(replace(tiny_index, site_path=site), tmp_path, **variables) as server:
            walk.customers(server.origin)
            assert asyncio.run(_longest_health_check(server.origin)) < QUICK_SECONDS
            asyncio.run(walk.visit(server.origin))
            for name, page, views in walk.STAFF:
                asyncio.run(walk.staff(server.origin, walk.sign_in(server.origin, name), page, views))
            wait_until(lambda: len(desk.mails) == 1)
            assert "Traceback" not in server.log.read_text()
    found = calls(written)
    assert {call.event for call in found} >= {"smtplib.connect", "socket.connect"}, "the listener did not listen"
    assert refused(found) == []


@pytest.mark.slow
def test_nothing_calls_out_from_commands(tiny_index: Settings, tmp_path: Path) -> None:
    """Checks, builds, reports, assistants and the preview; the only programs are git and ourselves."""
    written = tmp_path / "calls.jsonl"
    settings = replace(tiny_index, index=tmp_path / "index")
    with _commands(settings, tmp_path, written) as origin:
        for path in ("/", "/articles/late-fee", "/a/late-fee", "/nothing"):
            assert walk.ask_for(f"{origin}{path}").status < 500
    found = calls(written)
    assert found, "the listener did not listen"
    assert refused(found) == []


@pytest.mark.parametrize(
    ("event", "kind", "what"),
    [
        ("socket.connect", "address", ["203.0.113.7", 443]),
        ("socket.getaddrinfo", "address", "checkip.amazonaws.com"),
        ("urllib.Request", "address", "https://example.com/?at=127.0.0.1"),
        ("subprocess.Popen", "process", ["uname", "-p"]),
        ("subprocess.Popen", "process", [sys.executable, "-c", "pass"]),
        ("os.fork", "process", "os.fork"),
        ("open", "file", "/etc/machine-id"),
    ],
)
def test_what_is_refused(event: str, kind: str, what: object) -> None:
    """An address of another machine, a program that is not on the list, and what tells machines apart."""
    assert not Call(event, kind, what, ("kb.common.git:24",)).is_allowed


def test_what_a_library_starts_is_refused() -> None:
    """Git is for our own modules: Streamlit would tell a stranger what it says."""
    words = ["git", "status"]
    assert Call("subprocess.Popen", "process", words, ("kb.common.git:24", "kb.content.history:54")).is_allowed
    assert not Call("subprocess.Popen", "process", words, ("streamlit.git_util:109",)).is_allowed


@pytest.mark.slow
def test_no_packet_leaves() -> None:
    """The same walk where every packet out is swallowed: none is sent, and nothing waits for an answer."""
    if not swallow.is_possible():
        pytest.skip("no network namespace can be made here")
    done = subprocess.run(
        [sys.executable, "-m", "tests.outside.swallow"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert "Packets that left: none" in done.stdout


async def _longest_health_check(origin: str) -> float:
    """Return the seconds of the slowest ``/healthz`` while many foreign pages knock."""
    knocking = asyncio.create_task(walk.strangers(origin, 50))
    longest = 0.0
    while not knocking.done():
        began = time.perf_counter()
        assert (await asyncio.to_thread(walk.ask_for, f"{origin}/healthz")).status == 200
        longest = max(longest, time.perf_counter() - began)
    await knocking
    return longest


def _where(settings: Settings) -> dict[str, str]:
    return {
        "KB_ARTICLES": str(settings.articles),
        "KB_INDEX": str(settings.index),
        "KB_CACHE": str(settings.cache),
        "KB_ENCODER": settings.encoder,
    }


@contextmanager
def _commands(settings: Settings, folder: Path, written: Path) -> Iterator[str]:
    """Run every command; yield the address of the preview, which is the last."""
    environment = {**os.environ, **listened(written), **_where(settings), "KB_DATABASE_URL": journal(folder)}
    log = folder / "commands.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-m", "tests.outside.commands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=folder,
            env=environment,
            text=True,
        ) as process,
    ):
        assert process.stdin is not None
        assert process.stdout is not None
        for n, message in enumerate(MCP):
            process.stdin.write(json.dumps({"jsonrpc": "2.0", "id": n, **message}) + "\n")
        process.stdin.flush()
        try:
            line = _line(process.stdout, log, f'"id":{len(MCP) - 1},')
            assert "late-fee" in line, line
            process.stdin.close()  # the assistant has gone
            yield _line(process.stdout, log, "Open http://").split()[1]
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=20)


def _line(lines: Iterable[str], log: Path, mark: str) -> str:
    """Return the next line with a mark in it."""
    for line in lines:
        if mark in line:
            return line
    pytest.fail(f"{mark!r} was not written: {log.read_text()}")
