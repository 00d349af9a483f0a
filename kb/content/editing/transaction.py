"""Changes of several files that are made completely or not at all, even if the process is killed halfway.

All writes and deletions are first recorded in one journal file, which is flushed to disk. Then the articles change,
each by an atomic replacement, and in the end the journal is deleted. A process that finds a journal completes it by
repeating the same steps, which is harmless if they were done already. A process killed before its journal was in place
has changed nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from kb.common.files import delete_file, replace_file, sha256, unfinished
from kb.errors import ArticlesError

JOURNAL = ".kb-move.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file before and after."""

    path: str
    """Below the folder of articles, with forward slashes."""
    before: str | None
    """SHA-256 of the file's bytes; None if the file must not exist."""
    after: str | None
    """The new content; None to delete the file."""


def apply_changes(folder: Path, changes: Iterable[FileChange]) -> None:
    """Make all changes or none.

    :param folder: The folder of articles.
    :param changes: What to write and what to delete.
    :raises ArticlesError: If a file is no longer what it was when the changes were planned, or cannot be written.
    """
    changes = tuple(changes)
    try:
        _refuse_foreign_edits(folder, changes)
        body = json.dumps([asdict(change) for change in changes], ensure_ascii=False)
        entry = {"format": _FORMAT, "sha256": sha256(body.encode()), "changes": body}
        replace_file(folder / JOURNAL, json.dumps(entry, ensure_ascii=False).encode())
        _apply(folder, changes)
    except OSError as error:
        _drop_journal_of_nothing(folder, changes)
        raise _cannot(folder, error) from error


def _drop_journal_of_nothing(folder: Path, changes: Iterable[FileChange]) -> None:
    """Delete the journal if no file has changed yet: what is reported as failed must not be made later."""
    with suppress(OSError):
        if all(_digest(folder / change.path) == change.before for change in changes):
            (folder / JOURNAL).unlink(missing_ok=True)


def complete_unfinished(folder: Path) -> tuple[str, ...]:
    """Complete what a killed process left half done.

    :param folder: The folder of articles.
    :return: The files it was about; empty when nothing was left unfinished.
    :raises ArticlesError: If the journal is damaged, or a file was edited since, or cannot be written.
    """
    journal = folder / JOURNAL
    if not journal.is_file():
        return ()
    try:
        changes = _read_journal(journal)
        _refuse_foreign_edits(folder, changes)
        _apply(folder, changes)
    except OSError as error:
        if not journal.exists():
            return ()  # another process completed it in the meantime
        raise _cannot(folder, error) from error
    return tuple(change.path for change in changes)


def discard_leftovers(folder: Path) -> None:
    """Delete an unfinished journal of a killed process, which had changed nothing yet."""
    unfinished(folder / JOURNAL).unlink(missing_ok=True)


def _read_journal(journal: Path) -> tuple[FileChange, ...]:
    try:
        entry = json.loads(journal.read_bytes())
        body: str = entry["changes"]
        if (entry["format"], entry["sha256"]) == (_FORMAT, sha256(body.encode())):
            return tuple(_change(**item) for item in json.loads(body))
        damage: Exception | None = None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        damage = error
    # It was complete when it was put in place, so it was damaged afterwards, and some of its changes may have been
    # made: guessing could lose an article.
    raise ArticlesError(
        f"{journal} is damaged, and the rename or removal it belongs to may be half done. "
        "Restore the articles from version control, delete that file and run the command again."
    ) from damage


def _change(path: str, before: str | None, after: str | None) -> FileChange:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or pure.suffix != ".md":
        raise ValueError(path)
    return FileChange(path, before, after)


def _refuse_foreign_edits(folder: Path, changes: Iterable[FileChange]) -> None:
    """Refuse if a file is neither as it was nor as planned, because an editor's work would be lost."""
    for change in changes:
        now = _digest(folder / change.path)
        after = None if change.after is None else sha256(change.after.encode())
        if now not in (change.before, after):
            hint = f" Put the file back as it was, or delete {folder / JOURNAL} and finish the change by hand."
            hint = hint if (folder / JOURNAL).exists() else " Run the command again."
            raise ArticlesError(f"{folder / change.path} was changed by somebody else in the meantime.{hint}")


def _digest(path: Path) -> str | None:
    try:
        return sha256(path.read_bytes())
    except FileNotFoundError:
        return None


def _apply(folder: Path, changes: Iterable[FileChange]) -> None:
    """Write first, then delete, then drop the journal: no content is ever only in memory."""
    for change in sorted(changes, key=lambda change: change.after is None):
        if change.after is not None:
            replace_file(folder / change.path, change.after.encode())
        else:
            delete_file(folder / change.path)
    delete_file(folder / JOURNAL)


def _cannot(folder: Path, error: OSError) -> ArticlesError:
    name: Any = error.filename or folder
    return ArticlesError(f"{name} cannot be written: {error.strerror}. Check the permissions and the space on disk.")
