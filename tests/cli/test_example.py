"""``kb example``, what an empty folder is told, and that the wheel carries the example."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from kb.cli import example
from kb.cli.main import main
from tests.support import ROOT


@pytest.fixture
def empty(tmp_path, monkeypatch):
    """Return an empty folder that the command runs in, with no setting of the environment."""
    for name in [name for name in os.environ if name.startswith("KB_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("command", [["serve"], ["build"], ["ask", "late fee"]])
def test_an_empty_folder_is_told_what_to_do(empty, capsys, command):
    """One sentence with one command, and nothing was made."""
    assert main(command) == 1
    assert capsys.readouterr().err == (
        "kb: There is neither an index (index) nor a folder of articles (articles) here. "
        "For a working site to begin with, run: kb example\n"
    )
    assert list(empty.iterdir()) == []


def test_the_example_is_the_shipped_site(empty, capsys, monkeypatch):
    """Every article and the operator's file, byte for byte; the next command is named."""
    assert main(["example", "a/site"]) == 0
    count = len(list((ROOT / "articles").rglob("*.md")))
    assert capsys.readouterr().out == f"a/site: {count} articles and site.yaml. Next: cd a/site && kb serve --build\n"
    copied = {p.relative_to(empty / "a/site") for p in (empty / "a/site").rglob("*") if p.is_file()}
    for name in copied:
        assert (empty / "a/site" / name).read_bytes() == (ROOT / name).read_bytes()
    assert len(copied) == 1 + sum(p.is_file() for p in (ROOT / "articles").rglob("*"))
    monkeypatch.chdir(empty / "a/site")
    assert main(["check"]) == 0


@pytest.mark.parametrize("part", ["articles", "site.yaml"])
def test_nothing_is_overwritten(empty, capsys, part):
    """What is there stays as it is, and nothing is put next to it."""
    (empty / "billing-help").mkdir()
    (empty / "billing-help" / part).write_text("mine")
    assert main(["example"]) == 1
    assert f"{part} exists, so nothing was copied. Name another folder: kb example FOLDER" in capsys.readouterr().err
    assert [p.name for p in (empty / "billing-help").iterdir()] == [part]


def test_an_example_that_did_not_come_along(empty, capsys, monkeypatch):
    """A package without its data reports the remedy."""
    monkeypatch.setattr(example, "_PARTS", ("no-such-part",))
    assert main(["example"]) == 1
    assert "did not come with this installation. Install it again: pip install billing-help" in capsys.readouterr().err


def test_the_wheel_carries_the_example(tmp_path):
    """Built offline and unpacked into an empty folder: the command copies the same site, without the checkout."""
    source = tmp_path / "source"
    ignored = shutil.ignore_patterns("__pycache__", ".venv*", ".git", "versions", "tests", "docs")
    shutil.copytree(ROOT, source, ignore=ignored)
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path / "dist")]
    subprocess.run(build, cwd=source, check=True, capture_output=True)
    (wheel,) = (tmp_path / "dist").glob("billing_help-*.whl")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(tmp_path / "installed")
    shutil.rmtree(source)
    (tmp_path / "desk").mkdir()
    passed = {k: v for k, v in os.environ.items() if not k.startswith(("KB_", "COV"))}
    done = subprocess.run(
        [sys.executable, "-c", "from kb.cli.main import run; run()", "example", "site"],
        cwd=tmp_path / "desk",
        env={**passed, "PYTHONPATH": str(tmp_path / "installed")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "desk/site/site.yaml").read_bytes() == (ROOT / "site.yaml").read_bytes()
    assert len(list((tmp_path / "desk/site/articles").rglob("*.md"))) == len(list((ROOT / "articles").rglob("*.md")))
