"""git, run in a folder of articles."""

from __future__ import annotations

import subprocess
from pathlib import Path

from kb.errors import ArticlesError, GitUnavailable

_TIMEOUT_S = 120


def run_git(folder: Path, *arguments: str, given: bytes | None = None) -> subprocess.CompletedProcess[bytes]:
    r"""Run git in a folder, accepting any exit status.

    :param folder: The folder in which it runs.
    :param \*arguments: Fixed words, revisions and object ids.
    :param given: What it reads from its standard input.
    :return: Its status and output.
    :raises GitUnavailable: If git is not installed or does not answer in time.
    """
    command = ["git", "-C", str(folder), *arguments]
    try:
        return subprocess.run(command, input=given, capture_output=True, check=False, timeout=_TIMEOUT_S)  # noqa: S603 — no shell
    except subprocess.TimeoutExpired as error:
        raise GitUnavailable(f"git did not answer within {_TIMEOUT_S} s in {folder}. Try again.") from error
    except OSError as error:
        message = "git is not installed, so there is no earlier state to compare with. Install it."
        raise GitUnavailable(message) from error


def git_output(folder: Path, *arguments: str, given: bytes | None = None) -> bytes | None:
    r"""Return what git prints in a folder.

    :param folder: The folder in which it runs.
    :param \*arguments: As for :func:`run_git`.
    :param given: What it reads from its standard input.
    :return: Its output; None if it fails or is unavailable.
    """
    try:
        done = run_git(folder, *arguments, given=given)
    except GitUnavailable:
        return None
    return done.stdout if done.returncode == 0 else None


def require_revision(folder: Path, base: str) -> None:
    """Refuse a revision that does not exist.

    :param folder: In a git checkout.
    :param base: A commit, a branch or a tag.
    :raises ArticlesError: If git does not know it.
    """
    if git_output(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}") is None:
        raise ArticlesError(f"git knows no revision {base!r}. Name a commit, a branch or a tag with --base.")
