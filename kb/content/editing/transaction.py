"""Changes of several files that happen wholly or not at all, even when the process is killed half-way.

What shall be written and deleted goes into one journal file first, complete and flushed to disk. Only then do the
articles change, each by an atomic replacement, and at the end the journal is deleted. Whoever finds a journal
completes it: the same steps once more, harmless where they were done already. A process killed before the journal
stood there has changed nothing.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias

from kb.errors import ArticlesError

JOURNAL = ".kb-move.json"
_FORMAT = 1

Step: TypeAlias = Callable[[str], None]
"""Called with a description before each step on disk; a test kills the process in it."""


@dataclass(frozen=True, slots=True)
class Change:
    """One file before and after."""

    path: str
    """Below the folder of articles, with forward slashes."""
    before: str | None
    """SHA-256 of the file's bytes; None when there must be no such file."""
    after: str | None
    """The new content; None to delete the file."""


def digest(data: bytes) -> str:
    """Return the SHA-256 of some bytes in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def no_step(description: str) -> None:
    """Do nothing between two steps."""


def apply_changes(folder: Path, changes: Iterable[Change], step: Step = no_step) -> None:
    """Make all changes or none.

    :param folder: The folder of articles.
    :param changes: What to write and what to delete.
    :param step: Called before each step on disk.
    :raises ArticlesError: If a file is no longer what it was when the changes were planned, or cannot be written.
    """
    changes = tuple(changes)
    try:
        _refuse_foreign_edits(folder, changes)
        body = json.dumps([asdict(change) for change in changes], ensure_ascii=False)
        entry = {"format": _FORMAT, "sha256": digest(body.encode()), "changes": body}
        write_atomically(folder / JOURNAL, json.dumps(entry, ensure_ascii=False).encode(), step)
        _apply(folder, changes, step)
    except OSError as error:
        raise _cannot(folder, error) from error


def complete_unfinished(folder: Path, step: Step = no_step) -> tuple[str, ...]:
    """Complete what a killed process left half done.

    :param folder: The folder of articles.
    :param step: Called before each step on disk.
    :return: The files it was about; empty when nothing was left unfinished.
    :raises ArticlesError: If the journal is damaged, or a file was edited since, or cannot be written.
    """
    journal = folder / JOURNAL
    if not journal.is_file():
        return ()
    try:
        changes = _read_journal(journal)
        _refuse_foreign_edits(folder, changes)
        _apply(folder, changes, step)
    except OSError as error:
        if not journal.exists():
            return ()  # another process completed it in the meantime
        raise _cannot(folder, error) from error
    return tuple(change.path for change in changes)


def discard_leftovers(folder: Path) -> None:
    """Delete the beginning of a journal that a killed process never finished writing: nothing had changed yet."""
    _temporary(folder / JOURNAL).unlink(missing_ok=True)


def _read_journal(journal: Path) -> tuple[Change, ...]:
    try:
        entry = json.loads(journal.read_bytes())
        body: str = entry["changes"]
        if (entry["format"], entry["sha256"]) == (_FORMAT, digest(body.encode())):
            return tuple(_change(**item) for item in json.loads(body))
        damage: Exception | None = None
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        damage = error
    # It was complete when it came to stand here, so somebody damaged it afterwards, and some of its changes may have
    # been made: guessing could lose an article.
    raise ArticlesError(
        f"{journal} is damaged, and the rename or removal it belongs to may be half done. "
        "Restore the articles from version control, delete that file and run the command again."
    ) from damage


def _change(path: str, before: str | None, after: str | None) -> Change:
    pure = PurePosixPath(path)
    if pure.is_absolute() or ".." in pure.parts or pure.suffix != ".md":
        raise ValueError(path)
    return Change(path, before, after)


def _refuse_foreign_edits(folder: Path, changes: Iterable[Change]) -> None:
    """Refuse when a file is neither as planned from nor as planned to: an editor's work would be lost."""
    for change in changes:
        try:
            now: str | None = digest((folder / change.path).read_bytes())
        except FileNotFoundError:
            now = None
        after = None if change.after is None else digest(change.after.encode())
        if now not in (change.before, after):
            hint = f" Put the file back as it was, or delete {folder / JOURNAL} and finish the change by hand."
            hint = hint if (folder / JOURNAL).exists() else " Run the command again."
            raise ArticlesError(f"{folder / change.path} was changed by somebody else in the meantime.{hint}")


def _apply(folder: Path, changes: Iterable[Change], step: Step) -> None:
    """Write first, then delete, then drop the journal: no content is ever only in memory."""
    ordered = sorted(changes, key=lambda change: change.after is None)
    for change in ordered:
        path = folder / change.path
        if change.after is not None:
            write_atomically(path, change.after.encode(), step)
        else:
            step(f"delete {change.path}")
            path.unlink(missing_ok=True)
            _flush_folder(path.parent)
    step("drop the journal")
    (folder / JOURNAL).unlink(missing_ok=True)
    _flush_folder(folder)


def write_atomically(path: Path, data: bytes, step: Step = no_step) -> None:
    """Replace a file by new content in one step, flushed to disk; it keeps its permissions.

    :param path: The file; it need not exist.
    :param data: The whole content.
    :param step: Called before each step on disk.
    """
    temporary = _temporary(path)
    step(f"write {temporary.name}")
    with temporary.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    if path.exists():
        temporary.chmod(path.stat().st_mode & 0o7777)
    step(f"replace {path.name}")
    temporary.replace(path)
    _flush_folder(path.parent)


def _temporary(path: Path) -> Path:
    """Return the name beside a file that it is written under; hidden, so that no reader takes it for an article."""
    return path.with_name(f".{path.name.lstrip('.')}.kb-new")


def _flush_folder(folder: Path) -> None:
    if os.name == "nt":  # opens no folder, and writes its names in order
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _cannot(folder: Path, error: OSError) -> ArticlesError:
    name: Any = error.filename or folder
    return ArticlesError(f"{name} cannot be written: {error.strerror}. Check the permissions and the space on disk.")
