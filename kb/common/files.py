"""Crash-safe files (written, flushed, and only then renamed), digests, and canonical JSON."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

_PORTION_BYTES = 1 << 22
"""Read at once for a digest; after each portion, a thread waits for Python's lock."""


def sha256(data: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Return the SHA-256 of a file without reading it into memory at once."""
    found, portion = hashlib.sha256(), memoryview(bytearray(_PORTION_BYTES))
    with path.open("rb", buffering=0) as file:
        while count := file.readinto(portion):
            found.update(portion[:count])
    return found.hexdigest()


def canonical_json(value: Any) -> bytes:
    """Return JSON that is the same bytes for the same value: sorted keys, fixed spacing, a final newline."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=1, allow_nan=False)
    return text.encode() + b"\n"


def write_flushed(path: Path, data: bytes) -> None:
    """Write a file and wait until it is on disk."""
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def flush_folder(path: Path) -> None:
    """Wait until the disk has a folder's names; Windows cannot open folders, and writes names in order."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file atomically: a reader sees the old bytes or the new ones, even after a crash.

    One writer at a time; the file keeps its permissions. If the disk does not take it, nothing of it is left.
    """
    new = unfinished(path)
    try:
        write_flushed(new, data)
        if path.exists():
            new.chmod(path.stat().st_mode & 0o7777)
        new.replace(path)
    except OSError:  # on a full disk, half a file would take the room that is missing
        with suppress(OSError):
            new.unlink(missing_ok=True)
        raise
    flush_folder(path.parent)


def delete_file(path: Path) -> None:
    """Delete a file, if it exists, and wait until the disk knows."""
    path.unlink(missing_ok=True)
    flush_folder(path.parent)


def unfinished(path: Path) -> Path:
    """Return the name under which :func:`replace_file` writes; hidden, so that no reader takes it for an article."""
    return path.with_name(f".{path.name.lstrip('.')}.kb-new")
