"""Models' graphs that several versions carry, as one file on disk, so that processes map the same memory.

Brands with the same encoder have the same graphs, byte for byte, in the folder of each. A version is never written to,
so a file of it may be a hard link to the same file of another version; each version goes on proving its own bytes.
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from kb.common.files import sha256_of_file
from kb.errors import KbIndexError
from kb.retrieval.index.versions import GRAPH, LARGE, read_manifest

_log = logging.getLogger(__name__)
_NEW: Final = ".linked-"
"""How the name of a link begins until it takes the place of the file."""


def share_graphs(indexes: Iterable[Path]) -> int:
    """Make large graphs with the same bytes one file, within and across index folders.

    :param indexes: Index folders; what cannot be shared, as on another file system, stays as it is.
    :return: The bytes that are free on disk now.
    """
    first: dict[tuple[int, str], Path] = {}
    saved = 0
    for path, key in _graphs(indexes):
        kept = first.setdefault(key, path)
        try:
            if kept.samefile(path) or sha256_of_file(kept) != key[1]:
                continue
            beside = path.with_name(f"{_NEW}{path.name}")
            beside.unlink(missing_ok=True)
            os.link(kept, beside)
            beside.replace(path)
        except OSError as error:
            _log.info("%s stays a file of its own: %s", path, error.strerror)
        else:
            saved += key[0]
    return saved


def _graphs(indexes: Iterable[Path]) -> Iterator[tuple[Path, tuple[int, str]]]:
    """Yield the large graphs of all versions, with size and SHA-256 as their manifests list them."""
    for index in indexes:
        for folder in sorted((index / "versions").glob("v*")):
            try:
                listed = read_manifest(index, folder.name)["files"]
            except KbIndexError:  # it is damaged, or being removed; it is reported when it is loaded
                continue
            for file, wanted in listed.items():
                if file.endswith(GRAPH) and wanted["size"] >= LARGE:
                    yield folder / file, (wanted["size"], wanted["sha256"])
