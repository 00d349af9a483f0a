"""The levels of the house: imports point down, and each heavy library stays in its room (pyproject.toml says which)."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support import ROOT

_LINT = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"


def lint(folder: Path) -> subprocess.CompletedProcess[str]:
    """Check the package below a folder against the contracts in the folder's pyproject.toml."""
    return subprocess.run([sys.executable, "-c", _LINT], cwd=folder, capture_output=True, text=True, check=False)


def test_imports_point_down():
    """No import upward or sideways, in functions and for types too, and every package has a level."""
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


PLANTED = {
    "upward": ("kb/types/bill.py", "import kb.content.articles.corpus", "Imports point down"),
    "in a function": ("kb/gaps/states.py", "def f():\n    import kb.cli.main", "Imports point down"),
    "sideways": ("kb/content/history.py", "from kb.retrieval.query.normalise import words", "Imports point down"),
    "a package without a level": ("kb/attic/__init__.py", "", "attic"),
    "streamlit": ("kb/gaps/states.py", "import streamlit", "Only the pages and the server use Streamlit"),
    "faiss": ("kb/retrieval/index/lexical.py", "import faiss", "Only one module uses FAISS"),
    "sql": ("kb/accounts/local.py", "import sqlalchemy", "SQL stays in the packages that store rows"),
}


@pytest.mark.parametrize("case", PLANTED)
def test_a_planted_violation_is_found(case: str, tmp_path: Path):
    """A copy of the package with one import too many is refused by the contract's name."""
    path, line, said = PLANTED[case]
    shutil.copytree(ROOT / "kb", tmp_path / "kb", ignore=lambda _, names: [n for n in names if n == "__pycache__"])
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    planted = tmp_path / path
    planted.parent.mkdir(exist_ok=True)
    with planted.open("a", encoding="utf-8") as file:
        file.write(f"\n{line}\n")
    done = lint(tmp_path)
    assert done.returncode == 1
    assert f"{said} BROKEN" in done.stdout or said in done.stdout + done.stderr
