"""The server as it is started by ``kb serve``: its output, its log, and an index that comes later."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

from kb.config import Settings
from tests.server.process import start_server

_DEADLINE_SECONDS = 30.0


def test_an_index_that_comes_later_is_picked_up_without_a_restart(built_index: Settings, tmp_path: Path) -> None:
    """First 503 with the remedy, then answers, from the same process."""
    index = tmp_path / "index"
    index.mkdir()
    with start_server(replace(built_index, index=index), tmp_path) as server:
        assert server.get("/healthz")[0] == 200
        status, text = server.get("/readyz")
        assert status == 503
        assert "kb build" in text
        shutil.copytree(built_index.index / "versions", index / "versions")
        shutil.copy(built_index.index / "CURRENT", index / "new")
        (index / "new").replace(index / "CURRENT")
        deadline, pause = time.monotonic() + _DEADLINE_SECONDS, threading.Event()
        while server.get("/readyz")[0] != 200:
            assert time.monotonic() < deadline, "the index was not picked up"
            pause.wait(0.05)
        assert '"outcome":"answered"' in server.get("/api/ask?text=why+did+my+bill+go+up")[1]
        assert server.process.poll() is None


def test_no_question_is_written_to_the_log(built_index: Settings, tmp_path: Path) -> None:
    """Not of the API and not of the pages; nothing else is worth a line either."""
    with start_server(built_index, tmp_path) as server:
        for path in ("/api/ask?text=zebrastripe", "/?q=zebrastripe", "/nope?q=zebrastripe"):
            server.get(path)
        process, log = server.process, server.log
    assert process.returncode in {0, -15}
    assert "zebrastripe" not in log.read_text()
    assert "Traceback" not in log.read_text()
