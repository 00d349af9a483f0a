"""The model runtime reports to nobody."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support import ROOT

PROGRAM = """
import sys
{first}
import onnxruntime
onnxruntime.InferenceSession(sys.argv[1])
"""


def files_written(model, folder, first):
    """Return what loading a graph writes below an empty home."""
    home = folder / "home"
    home.mkdir()
    passed = {
        k: v for k, v in os.environ.items() if k not in ("ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "HOME", "TMPDIR")
    }
    places = {name: str(home) for name in ("HOME", "XDG_CACHE_HOME", "TMPDIR")}
    command = [sys.executable, "-c", PROGRAM.format(first=first), str(model)]
    subprocess.run(command, env={**passed, **places, "PYTHONPATH": str(ROOT)}, check=True, timeout=120)
    return [path.name for path in home.rglob("*") if path.is_file()]


def test_loading_a_graph_leaves_nothing_behind(tiny_index, tmp_path):
    """Loading a graph leaves no device number and no reports waiting to be sent, whatever is imported first."""
    model = min(tiny_index.index.glob("versions/*/*.onnx"))
    assert files_written(model, tmp_path, "import kb.retrieval.encoder") == []
