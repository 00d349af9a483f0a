"""git in a folder: what it prints, and what happens without it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kb.common.git import git_output, require_revision, run_git
from kb.errors import ArticlesError, GitUnavailable


def test_output_is_given_only_where_git_succeeds(tmp_path: Path) -> None:
    """A status other than 0 is None; standard input is passed on."""
    assert git_output(tmp_path, "rev-parse", "--is-inside-work-tree") is None
    assert run_git(tmp_path, "rev-parse", "--is-inside-work-tree").returncode != 0
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    assert git_output(tmp_path, "rev-parse", "--is-inside-work-tree") == b"true\n"
    empty = b"e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n"
    assert git_output(tmp_path, "hash-object", "--stdin", given=b"") == empty


def test_a_revision_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    """An unknown revision is refused with the names that work."""
    subprocess.run(["git", "init", "-q", str(tmp_path)], check=True)
    with pytest.raises(ArticlesError, match=r"git knows no revision 'main'\. Name a commit, a branch or a tag"):
        require_revision(tmp_path, "main")


def test_without_git_there_is_a_sentence_or_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller chooses between an error and None."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(GitUnavailable, match="git is not installed"):
        run_git(tmp_path, "status")
    assert git_output(tmp_path, "status") is None
