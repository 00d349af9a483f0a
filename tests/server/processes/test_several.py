"""Two serving processes as ``kb serve --processes 2`` starts them."""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import pytest

from kb.settings.settings import Settings
from tests.server.process import start_server

_PROGRAM = (
    "import sys; from kb.settings.settings import load_settings; "
    "from kb.server.processes.serving import serve_several; sys.exit(serve_several(load_settings(), '127.0.0.1', 0, 2))"
)


@pytest.mark.slow
def test_two_processes_answer_as_one(built_index: Settings, tmp_path: Path) -> None:
    """Pages begin visits in either process; questions are in one journal; figures name the process; both stop."""
    with start_server(built_index, tmp_path, program=_PROGRAM) as server:
        keys = set()
        while {int(key[:8], 16) % 2 for key in keys} != {0, 1}:
            with urllib.request.urlopen(f"{server.origin}/", timeout=20) as reply:
                keys.add(re.findall(r"kb_visit=([0-9a-f]{32})", str(reply.headers))[0])
            assert len(keys) < 100
        for key in keys:
            visit = {"Cookie": f"kb_visit={key}"}
            request = urllib.request.Request(f"{server.origin}/api/ask?text=late+fee", headers=visit)
            assert urllib.request.urlopen(request, timeout=20).status == 200
        figures = server.get("/metrics")[1]
        assert set(re.findall(r'kb_questions_total{.*process="(\d)"', figures)) == {"0", "1"}
        assert set(re.findall(r'kb_ready{process="(\d)"} 1', figures)) == {"0", "1"}
    assert server.process.returncode == 0
    assert "did not stop" not in server.log.read_text()
