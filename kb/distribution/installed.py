"""What an index folder knows of releases: the one that was installed last, or published from it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from kb.common.files import canonical_json, replace_file
from kb.distribution.release import Release
from kb.errors import KbError, ReleaseRefused

_FILE: Final = ".release.json"


@dataclass(frozen=True, slots=True)
class Installed:
    """The newest release that an index folder has seen and trusted."""

    release: Release
    address: str
    """Where it was pulled from, or published to."""
    is_done: bool
    """Whether its version was made the current one; False if that was interrupted."""

    def is_same(self, release: Release) -> bool:
        """Return whether a release is this one, number and content."""
        mine = self.release
        return (mine.number, mine.manifest_sha256) == (release.number, release.manifest_sha256)


def read_installed(index: Path) -> Installed | None:
    """Return the newest release that an index folder has seen; None if there is none.

    :param index: The index folder.
    :return: The release.
    :raises ReleaseRefused: If the record is damaged: nobody could say then which release is older.
    """
    path = index / _FILE
    try:
        found: dict[str, Any] = json.loads(path.read_bytes())
        release = Release.from_bytes(json.dumps(found["release"]).encode(), str(path))
        return Installed(release, str(found["address"]), bool(found["is_done"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError, KbError) as error:
        raise ReleaseRefused(
            f"{path}, which says what release is installed, is damaged ({type(error).__name__}). Look at what is "
            "offered, then take it on purpose: kb pull --allow-older"
        ) from error


def write_installed(index: Path, installed: Installed) -> None:
    """Record a release.

    :param index: The index folder.
    :param installed: The release.
    :raises OSError: If it cannot be written.
    """
    found = {
        "release": json.loads(installed.release.to_bytes()),
        "address": installed.address,
        "is_done": installed.is_done,
    }
    replace_file(index / _FILE, canonical_json(found))
