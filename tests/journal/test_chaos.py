"""A process that is killed loses nothing it has confirmed and doubles nothing; ``make chaos`` is the long form."""

from __future__ import annotations

import json
import subprocess
import sys

from tests.support import ROOT

ROUNDS = 15


def test_kill_9_loses_nothing_confirmed_and_doubles_nothing(url):
    """Fifteen processes with four writers each, on both databases; each sends again what the one before sent."""
    command = [sys.executable, "-m", "tests.journal.chaos", url, "--rounds", str(ROUNDS)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=240)
    assert done.stderr == ""
    figures = json.loads(done.stdout)
    assert (figures["lost"], figures["doubled"], figures["strange"]) == (0, 0, 0)
    assert figures["rounds"] == ROUNDS
    assert figures["confirmed"] > ROUNDS
    assert figures["events"] >= figures["confirmed"]
    assert done.returncode == 0
