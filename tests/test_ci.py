"""Under CI=true nothing is skipped in silence."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.support import ROOT

SUITE = """
import pytest

def test_passes():
    pass

def test_skips():
    pytest.skip("no browser here")

@pytest.mark.skip(reason="marked")
def test_is_marked():
    pass

@pytest.mark.xfail(reason="known")
def test_is_expected_to_fail():
    assert False
"""
WHOLE_FILE = "import pytest\npytest.importorskip('no_such_module_here')\n"


def outcome(folder, ci: str | None) -> tuple[int, str]:
    """Run two small files of tests; return the status and the last line."""
    (folder / "test_some.py").write_text(SUITE)
    (folder / "test_whole.py").write_text(WHOLE_FILE)
    (folder / "pytest.ini").write_text("[pytest]\n")
    passed = {k: v for k, v in os.environ.items() if k != "CI" and not k.startswith("COV")}
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-p",
            "tests.ci",
            "-p",
            "no:cacheprovider",
            "--continue-on-collection-errors",
            ".",
        ],
        check=False,
        cwd=folder,
        env={**passed, "PYTHONPATH": str(ROOT), **({"CI": ci} if ci else {})},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout


@pytest.mark.parametrize("ci", [None, "false"])
def test_on_a_desk_a_skip_is_a_skip(tmp_path, ci):
    """Skipped tests are reported and the run succeeds."""
    status, out = outcome(tmp_path, ci)
    assert status == 0
    assert "1 passed, 3 skipped, 1 xfailed" in out


def test_under_ci_a_skip_is_a_failure(tmp_path):
    """Each skip fails with its reason, a skipped file too; an expected failure stays one."""
    status, out = outcome(tmp_path, "true")
    assert status == 1
    assert "1 failed, 1 passed, 1 xfailed, 2 errors" in out
    for reason in ("no browser here", "marked", "no_such_module_here"):
        assert "Skipped, which CI=true does not allow" in out
        assert reason in out
