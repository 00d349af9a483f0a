"""Verifies a version on disk without loading it, in small portions, so that a server can do it while it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

from kb.errors import IndexDamaged
from kb.retrieval.index.versions import MANIFEST, damaged, read_manifest

_PORTION: Final = 1 << 22
"""Bytes read between two pauses, in some ten milliseconds."""


def verify_version(index: Path, name: str, breathe: Callable[[], None] = lambda: None) -> int:
    """Compare every byte of a version with its manifest.

    :param index: The index folder.
    :param name: A version's name.
    :param breathe: Called between two portions; an error it raises is passed on.
    :return: The version's size in bytes, its manifest included.
    :raises IndexDamaged: Naming the version and the file.
    :raises IndexStale: If it was written by another format.
    """
    folder = index / "versions" / name
    manifest = read_manifest(index, name)
    size = (folder / MANIFEST).stat().st_size
    for file, wanted in manifest["files"].items():
        found, digest = _digest(folder / file, name, breathe)
        if found != wanted["size"] or digest != wanted["sha256"]:
            raise IndexDamaged(damaged(name, file, "its bytes are not those its manifest lists"))
        size += found
    return size


def _digest(path: Path, name: str, breathe: Callable[[], None]) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    try:
        with path.open("rb") as file:
            while portion := file.read(_PORTION):
                digest.update(portion)
                size += len(portion)
                breathe()
    except OSError as error:
        raise IndexDamaged(damaged(name, path.name, error.strerror or "it cannot be read")) from error
    return size, digest.hexdigest()
