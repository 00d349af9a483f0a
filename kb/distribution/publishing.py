"""Publishing: files that are missing, then the signed manifest, and at last the signed release, if nobody was first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from kb import __version__
from kb.common.files import sha256
from kb.distribution.envelope import MANIFEST as MANIFEST_TYPE
from kb.distribution.envelope import RELEASE, seal
from kb.distribution.installed import Installed, read_installed, write_installed
from kb.distribution.keys import KeyRing, SigningKey
from kb.distribution.offers import offered
from kb.distribution.release import CURRENT, Release, file_path, manifest_path
from kb.distribution.store import Patience, Target
from kb.errors import ReleaseConflict
from kb.retrieval.index.verifying import verify_version
from kb.retrieval.index.versions import FORMAT, MANIFEST, read_manifest
from kb.types import Progress, Say


@dataclass(frozen=True, slots=True)
class Published:
    """What was published."""

    release: Release
    address: str
    sent_files: int
    sent_bytes: int
    is_new: bool
    """False if the place already offered this version."""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            **self.release.as_json(),
            "address": self.address,
            "sent_files": self.sent_files,
            "sent_bytes": self.sent_bytes,
            "new": self.is_new,
        }


def publish_release(
    index: Path,
    version: str,
    target: Target,
    key: SigningKey,
    keys: KeyRing,
    *,
    send_all: bool = False,
    patience: Patience | None = None,
    say: Say = lambda _: None,
    progress: Progress = lambda _done, _total: None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Published:
    """Publish a version.

    :param index: The index folder.
    :param version: A version in it.
    :param target: The place.
    :param key: Signs the release.
    :param keys: What is there has to be signed by one of these, the key's own public half included.
    :param send_all: Send every file, also those that are there.
    :param patience: How long the place is waited for.
    :param say: Called with each long step.
    :param progress: Called with the bytes that were sent, and with all that have to be.
    :param clock: Returns the moment, aware.
    :return: What was published.
    :raises KbIndexError: If the version is not whole.
    :raises SourceUnavailable: If the place cannot be used.
    :raises ReleaseUntrusted: If what is there is signed by a stranger.
    :raises ReleaseConflict: If another publisher was first.
    """
    patience = patience or Patience()
    say(f"Verifying {version}")
    verify_version(index, version)
    target.prepare()
    found = offered(target, keys, patience)
    before = found[0] if found else None
    manifest = (index / "versions" / version / MANIFEST).read_bytes()
    if before is not None and before.manifest_sha256 == sha256(manifest) and not send_all:
        _remember(index, before, target)
        return Published(before, target.address, 0, 0, is_new=False)
    sent = _send_files(index, version, target, patience, progress, send_all=send_all)
    patience.tried(partial(target.write, manifest_path(version), seal(MANIFEST_TYPE, manifest, key)))
    if before is not None and before.manifest_sha256 == sha256(manifest):
        return Published(before, target.address, *sent, is_new=False)
    release = _next(index, version, manifest, before, clock())
    say(f"Switching {target.address} to {release.title}")
    _switch(target, seal(RELEASE, release.to_bytes(), key), found[2] if found else None, keys, patience)
    _send_files(index, version, target, patience, lambda _done, _total: None)  # what another has tidied away meanwhile
    _remember(index, release, target)
    return Published(release, target.address, *sent, is_new=True)


def _send_files(
    index: Path, version: str, target: Target, patience: Patience, progress: Progress, *, send_all: bool = False
) -> tuple[int, int]:
    """Send the files that are not there, and return how many, and their bytes."""
    listed = read_manifest(index, version)["files"]
    by_digest = {wanted["sha256"]: (name, wanted["size"]) for name, wanted in listed.items()}
    missing = {
        digest: (name, size)
        for digest, (name, size) in by_digest.items()
        if send_all or patience.tried(partial(target.size, file_path(digest))) != size
    }
    total, sent = sum(size for _, size in missing.values()), 0
    for digest, (name, size) in missing.items():
        progress(sent, total)
        file = index / "versions" / version / name
        patience.tried(partial(target.write, file_path(digest), file))
        sent += size
    progress(sent, total)
    return len(missing), total


def _next(index: Path, version: str, manifest: bytes, before: Release | None, now: datetime) -> Release:
    """Return the next release: its number is higher than any that the place or this folder has seen."""
    seen = [release for release in (before, _seen(index)) if release is not None]
    return Release(
        number=max((release.number for release in seen), default=0) + 1,
        version=version,
        manifest_sha256=sha256(manifest),
        format=FORMAT,
        size=sum(wanted["size"] for wanted in read_manifest(index, version)["files"].values()),
        program=__version__,
        published_at=max([now.replace(microsecond=0), *(release.published_at for release in seen)]),
    )


def _seen(index: Path) -> Release | None:
    installed = read_installed(index)
    return installed.release if installed is not None else None


def _switch(target: Target, sealed: bytes, tag: str | None, keys: KeyRing, patience: Patience) -> None:
    if patience.tried(lambda: target.switch(CURRENT, sealed, tag)):
        return
    found = offered(target, keys, patience)
    if found is not None and found[1] == sealed:
        return  # an attempt whose confirmation was lost
    first = found[0].title if found is not None else "something else"
    raise ReleaseConflict(
        f"Another publisher was first: {target.address} offers {first} now. Look at it, then publish again if yours is "
        "still to replace it: kb publish"
    )


def _remember(index: Path, release: Release, target: Target) -> None:
    """Record a release as installed here: its number is never given twice, and this machine does not pull it."""
    seen = _seen(index)
    if seen is None or seen.number <= release.number:
        write_installed(index, Installed(release, target.address, is_done=True))
