"""Removing what no release needs any more from a place: old lists of files, and files that no list names.

Another publisher may be about to use a file that nobody needs now. So nothing younger than a day is removed, and every
publisher looks after its switch whether its files are still there.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from kb.distribution.envelope import MANIFEST, unseal
from kb.distribution.keys import KeyRing
from kb.distribution.release import MOST_MANIFEST_BYTES, Release, file_path, manifest_path
from kb.distribution.store import Patience, Target
from kb.distribution.transfer import read_small

SETTLED: Final = timedelta(days=1)
"""The age from which something that nobody needs is removed."""


@dataclass(frozen=True, slots=True)
class Tidied:
    """What was removed."""

    versions: int = 0
    files: int = 0


def tidy(target: Target, release: Release, keys: KeyRing, keep: int, now: datetime, patience: Patience) -> Tidied:
    """Remove the versions beyond the newest, and the files that only they needed.

    :param target: The place.
    :param release: The release that it offers; its version always stays.
    :param keys: The lists of files that stay are signed by one of these.
    :param keep: The number of versions that stay.
    :param now: The moment, aware.
    :param patience: How long the place is waited for.
    :return: What was removed.
    :raises SourceUnavailable: If the place does not answer.
    :raises ReleaseUntrusted: If a list that stays is not to be trusted; nothing is removed then.
    """
    found = patience.tried(lambda: sorted(target.names("versions"), key=lambda name: name.written_at, reverse=True))
    offered = manifest_path(release.version)
    others = [name for name in found if name.path != offered]
    old = [name.path for name in others[max(0, keep - 1) :] if now - name.written_at > SETTLED]
    staying = [offered, *(name.path for name in others if name.path not in old)]
    needed = {path for manifest in staying for path in _files(target, manifest, keys, patience)}
    files = patience.tried(lambda: list(target.names("files")))
    unused = [name.path for name in files if name.path not in needed and now - name.written_at > SETTLED]
    for path in (*old, *unused):
        patience.tried(partial(target.remove, path))
    return Tidied(len(old), len(unused))


def _files(target: Target, path: str, keys: KeyRing, patience: Patience) -> list[str]:
    """Return where the files of a version are."""
    found = read_small(target, path, MOST_MANIFEST_BYTES, patience)
    if found is None:  # another publisher has tidied
        return []
    manifest = json.loads(unseal(found[0], MANIFEST, keys, f"{target.address}/{path}"))
    return [file_path(listed["sha256"]) for listed in manifest["files"].values()]
