"""A build next to a server: what is started, when, and that it ends with the server."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import pytest

from kb.server import building
from kb.server.building import BackgroundBuild
from kb.settings.settings import Settings
from tests.cli.conftest import environment
from tests.support import ROOT

_DEADLINE_SECONDS = 60.0


@pytest.fixture
def build(tmp_path) -> BackgroundBuild:
    """Return a build of an empty folder."""
    return BackgroundBuild(Settings(articles=tmp_path / "a", index=tmp_path / "i", site_path=tmp_path / "site.yaml"))


def test_it_builds_what_the_server_serves(build, tmp_path):
    """The same folders, and the operator's file where there is one."""
    wanted = ["-m", "kb", "build", "--polite", "--articles", str(tmp_path / "a"), "--index", str(tmp_path / "i")]
    assert build.command()[1:] == wanted
    (tmp_path / "site.yaml").write_text("name: X\n")
    assert build.command()[1:] == [*wanted, "--site", str(tmp_path / "site.yaml")]


def test_it_is_urgent_where_nothing_is_published(build, tmp_path):
    """Without a published index, the build starts before the server does."""
    assert build.is_urgent
    (tmp_path / "i").mkdir()
    (tmp_path / "i/CURRENT").write_text("v1\n")
    assert not build.is_urgent


def test_it_runs_once_and_is_ended(build, monkeypatch):
    """A second start changes nothing, and nothing is left when the server stops."""
    ready = subprocess.Popen  # the real one, kept before it is replaced
    started = []

    def start(_command, **options):
        process = ready([sys.executable, "-c", "import signal; signal.pause()"], **options)
        started.append(process)
        return process

    monkeypatch.setattr(building.subprocess, "Popen", start)
    build.start()
    build.start()
    (process,) = started
    build.stop()
    assert process.returncode == -signal.SIGTERM
    build.stop()


def test_one_that_does_not_listen_is_killed(build, monkeypatch):
    """A build that does not stop is killed, so that the server does not wait forever."""
    code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); signal.pause()"
    monkeypatch.setattr(building, "_PATIENCE_S", 0.05)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "deaf\n"
        build._process = process
        build.stop()
        assert process.returncode == -signal.SIGKILL


def test_nothing_was_started(build):
    """Stopping is harmless."""
    build.stop()


def status(address: str) -> int:
    """Return the status of an address."""
    try:
        with urllib.request.urlopen(address, timeout=20) as reply:
            return reply.status
    except urllib.error.HTTPError as error:
        return error.code


def test_a_server_without_an_index_builds_one_and_answers(tiny_index, tmp_path):
    """``kb serve --build`` in an empty folder: first 503, then answers, and one command was typed."""
    passed = {k: v for k, v in os.environ.items() if not k.startswith("KB_")}
    index = {"KB_INDEX": str(tmp_path / "index"), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", "from kb.cli.main import run; run()", "serve", "--port", "0", "--build"]
    with subprocess.Popen(
        command,
        cwd=tmp_path,
        env={**passed, **environment(tiny_index), **index},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as server:
        said = []
        while not (said and said[-1].startswith("Open http://")):  # the build's line may come first
            said.append(server.stdout.readline())
            assert said[-1], said
        address = said[-1].split()[1]
        deadline, pause = time.monotonic() + _DEADLINE_SECONDS, threading.Event()
        while status(f"{address}/readyz") != 200:
            assert time.monotonic() < deadline, "no index was built"
            pause.wait(0.05)
        assert status(f"{address}/api/ask?text=late+fee") == 200
        server.terminate()
        server.wait(timeout=30)
