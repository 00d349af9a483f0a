"""``kb mcp`` as a process, asked by the SDK's own client over both transports."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest
import sqlalchemy as sa
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters

from kb.database.engine import open_engine, reading, upgrade
from kb.database.tables.journal import queries
from kb.settings.settings import Settings
from tests.cli.conftest import environment
from tests.support import ROOT

PROGRAM = ("-c", "from kb.cli.main import run; run()", "mcp")
QUESTION = "What is the late fee?"


def variables(settings: Settings) -> dict[str, str]:
    """Return the environment of the process."""
    return {**environment(settings), "PYTHONPATH": str(ROOT)}


async def conversation(server: Any) -> tuple[Any, Any, Any]:
    """Return the tools, an answer and a decision that there is none."""
    async with Client(server) as client:
        tools = [tool.name for tool in (await client.list_tools()).tools]
        found = await client.call_tool("search", {"question": QUESTION})
        none = await client.call_tool("search", {"question": "zxqv wvut ponm"})
        return tools, found.structured_content, none.structured_content


def check(tools: Any, found: Any, none: Any) -> None:
    """Hold a conversation against what the index says."""
    assert tools == ["search", "read_article", "channels"]
    assert (found["outcome"], found["answer"]["article_id"]) == ("answered", "late-fee")
    assert (none["outcome"], none["answer"]) == ("no_answer", None)


@contextmanager
def over_http(settings: Settings, folder: Path, journal: str) -> Iterator[str]:
    """Run the server on a free port; give its address."""
    command = [sys.executable, *PROGRAM, "--http", "--port", "0", "--database", journal]
    with (folder / "log").open("w") as log:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**os.environ, **variables(settings)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line.startswith("Open http://127.0.0.1:"), (folder / "log").read_text()
            yield line.removeprefix("Open ").strip()
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()


def test_over_standard_input_and_output(tiny_index: Settings, tmp_path: Path) -> None:
    """Nothing but the protocol is on standard output, or the client would not understand it."""
    server = StdioServerParameters(
        command=sys.executable, args=list(PROGRAM), env=variables(tiny_index), cwd=str(tmp_path)
    )
    check(*anyio.run(conversation, server))
    assert not (tmp_path / "data").exists()  # nothing was recorded


def test_over_http_on_this_machine(tiny_index: Settings, tmp_path: Path) -> None:
    """Other hosts' names and pages of other sites are refused, so that no page can read it through a browser.

    A journal that is there gets the questions, each as a visit of its own.
    """
    journal = f"sqlite:///{tmp_path / 'journal.db'}"
    engine = open_engine(journal)
    upgrade(engine)
    with over_http(tiny_index, tmp_path, journal) as address:
        assert address.endswith("/mcp")
        check(*anyio.run(conversation, address))
        for name, value in (("Host", "evil.example"), ("Origin", "https://evil.example")):
            request = urllib.request.Request(address, b"{}", {"Content-Type": "application/json", name: value})
            with pytest.raises(urllib.error.HTTPError) as refused:
                urllib.request.urlopen(request, timeout=20)
            assert refused.value.code in {403, 421}
            refused.value.close()
    with reading(engine) as connection:
        rows = connection.execute(sa.select(queries.c.text, queries.c.source, queries.c.visit)).all()
    assert [tuple(row[:2]) for row in rows] == [(QUESTION, "mcp"), ("zxqv wvut ponm", "mcp")]
    assert len({row.visit for row in rows}) == 2
    log = (tmp_path / "log").read_text()
    assert "late fee" not in log
    assert "Traceback" not in log


def test_without_an_index_the_command_says_so(tiny_index: Settings, tmp_path: Path) -> None:
    """One sentence on standard error, and no server."""
    for more in ([], ["--http", "--port", "0"]):
        command = [sys.executable, *PROGRAM, *more, "--index", str(tmp_path / "none")]
        done = subprocess.run(
            command,
            cwd=tmp_path,
            env={**os.environ, **variables(tiny_index)},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert (done.returncode, done.stdout) == (1, "")
        assert "kb build" in done.stderr.splitlines()[-1]


def test_a_wrong_address_is_refused(tiny_index: Settings, tmp_path: Path) -> None:
    """It would be in every link."""
    command = [sys.executable, *PROGRAM, "--address", "help.example.com"]
    done = subprocess.run(
        command, cwd=tmp_path, env={**os.environ, **variables(tiny_index)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert "https://help.example.com" in done.stderr
