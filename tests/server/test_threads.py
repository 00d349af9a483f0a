"""The turns that threads of a serving process take."""

from __future__ import annotations

import subprocess
import sys

from tests.support import ROOT


def test_threads_of_a_server_pass_the_lock_on_soon():
    """In a process of its own, since the setting is one of the whole process."""
    asked = "import sys; from kb.server import threads; threads.pass_the_lock_on(); print(sys.getswitchinterval())"
    said = subprocess.run([sys.executable, "-c", asked], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert float(said) < 0.001
