"""The published states of an article: git's commits where the folder is a working copy, or else kept copies.

A publication becomes a commit of its file and its pictures alone; whatever else is changed or staged stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from kb.common.git import git_output, run_git
from kb.errors import ArticlesError, WritingRefused

_MOST: Final = 200
"""Commits that are listed; git log has the others."""
_RECORD, _FIELD = "\x01", "\x02"
_FORMAT: Final = "--format=%x01%H%x02%an%x02%aI%x02%B%x02"
_COMMIT: Final = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that changed a file."""

    id: str
    who: str
    at: datetime
    message: str
    path: str
    """The file's path in it, below the top of the working copy."""


class GitHistory:
    """The commits of a folder of articles."""

    def __init__(self, folder: Path) -> None:
        """Store the folder; git does not run yet.

        :param folder: The folder of articles.
        """
        self._folder = folder

    def keeps(self, below: str) -> bool:
        """Return whether git is there, the folder is a working copy, and the file is not one that it leaves out."""
        if (git_output(self._folder, "rev-parse", "--is-inside-work-tree") or b"").strip() != b"true":
            return False
        return git_output(self._folder, "check-ignore", "--quiet", "--", below) is None

    def commit(self, files: Sequence[str], who: str, message: str) -> str:
        """Make a commit of some files alone; if they are committed as they are, return that commit.

        :param files: Their paths below the folder, the article's first.
        :param who: The author: a name, or an e-mail address.
        :param message: The message.
        :return: The commit's id.
        :raises GitUnavailable: If git is gone, or does not answer.
        :raises ArticlesError: If git refuses, such as by a hook of the working copy, with its words.
        """
        author, email = author_of(who)
        added = run_git(self._folder, "add", "--", *files)
        if added.returncode:
            raise ArticlesError(f"git did not add the file: {_said(added.stderr)}")
        if run_git(self._folder, "diff", "--cached", "--quiet", "HEAD", "--", *files).returncode == 0:
            return self._newest(files[0])
        identity = [] if self._has_identity() else ["-c", f"user.name={author}", "-c", f"user.email={email}"]
        written = [f"--author={author} <{email}>", f"--message={message}", "--only", "--quiet"]
        made = run_git(self._folder, *identity, "commit", *written, "--", *files)
        if made.returncode:
            raise ArticlesError(f"git did not make a commit: {_said(made.stderr or made.stdout)}")
        return self._newest(files[0])

    def log(self, below: str) -> tuple[Commit, ...]:
        """Return the commits that changed a file, the newest first, also under earlier names.

        :param below: Its path below the folder.
        :return: None of them where there is no git, no commit, or no such file in any.
        """
        command = ["-c", "core.quotePath=false", "log", "--follow", f"--max-count={_MOST}", _FORMAT, "--name-only"]
        said = git_output(self._folder, *command, "--", below) or b""
        return tuple(map(_commit, said.decode("utf-8", "replace").split(_RECORD)[1:]))

    def text_at(self, below: str, commit_id: str) -> bytes:
        """Return a file as a commit left it.

        :param below: Its path below the folder now.
        :param commit_id: One of :meth:`log`.
        :return: Its bytes.
        :raises WritingRefused: If that commit did not change the file.
        """
        found = next((commit for commit in self.log(below) if commit.id == commit_id), None)
        data = None
        if found is not None and _COMMIT.fullmatch(commit_id):
            data = git_output(self._folder, "show", f"{commit_id}:{found.path}")
        if data is None:
            raise WritingRefused(f"git has no text of {below} at {commit_id[:12]!r}. Choose one from the history.")
        return data

    def _newest(self, below: str) -> str:
        said = git_output(self._folder, "log", "--max-count=1", "--format=%H", "--", below) or b""
        return said.decode().strip()

    def _has_identity(self) -> bool:
        """Return whether the working copy, or who runs the server, has a name of their own for commits."""
        return git_output(self._folder, "config", "user.email") is not None


def author_of(who: str) -> tuple[str, str]:
    """Return the name and the e-mail address of a commit's author.

    :param who: An account's name, which may be an e-mail address.
    :return: The name, without what would end it; the address is empty if the name is none.
    """
    name = " ".join(re.sub(r"[<>\x00-\x1f]", " ", who).split()) or "unknown"
    return name, name if re.fullmatch(r"[^@\s]+@[^@\s]+", name) else ""


def _commit(record: str) -> Commit:
    commit_id, who, at, message, rest = record.split(_FIELD, 4)
    return Commit(commit_id, who, datetime.fromisoformat(at), message.strip(), rest.strip())


def _said(output: bytes) -> str:
    """Return the last words of git, as the end of a sentence."""
    lines = [line.strip() for line in output.decode("utf-8", "replace").splitlines() if line.strip()]
    return f"{lines[-1].rstrip('.')}." if lines else "it gave no reason."
