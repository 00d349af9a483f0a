"""Pulling: a release is verified to the last byte next to the versions that are there, and only then made current."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeAlias

from filelock import FileLock, Timeout

from kb import __version__
from kb.common.files import flush_folder, sha256_of_file, write_flushed
from kb.distribution.installed import Installed, read_installed, write_installed
from kb.distribution.keys import KeyRing
from kb.distribution.offers import manifest_of, offered
from kb.distribution.release import Release, file_path
from kb.distribution.store import Patience, Source
from kb.distribution.transfer import WantedFile, download
from kb.errors import (
    IndexBusy,
    IndexDamaged,
    KbError,
    KbIndexError,
    ReleaseDamaged,
    ReleaseOlder,
    ReleaseRefused,
    ReleaseTooNew,
    SourceUnavailable,
)
from kb.retrieval.index.verifying import verify_version
from kb.retrieval.index.versions import (
    FORMAT,
    MANIFEST,
    VersionFiles,
    build_lock,
    publish,
    read_manifest,
    read_version,
    version_name,
    version_names,
)
from kb.types import Progress, Say

Prove: TypeAlias = Callable[[VersionFiles], object]
"""Loads a version, or raises why this machine cannot answer from it."""
_WORK: Final = ".pull"
_LOCK: Final = ".pull.lock"
_ROOM: Final = 1.05
"""Share by which the free space must exceed the files, since file systems round up."""


@dataclass(frozen=True, slots=True)
class Pulled:
    """What a pull found and did."""

    release: Release
    address: str
    is_new: bool
    """False if this release was installed already."""
    fetched_files: int = 0
    fetched_bytes: int = 0

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return {
            **self.release.as_json(),
            "address": self.address,
            "fetched_files": self.fetched_files,
            "fetched_bytes": self.fetched_bytes,
            "new": self.is_new,
        }


def look(source: Source, keys: KeyRing, patience: Patience) -> Release:
    """Return the release that a place offers, and take nothing.

    :param source: The place.
    :param keys: The keys that are trusted.
    :param patience: How long it is waited for.
    :return: The release.
    :raises SourceUnavailable: If the place does not answer, or offers nothing.
    :raises ReleaseRefused: If it is not to be trusted.
    """
    found = offered(source, keys, patience)
    if found is None:
        raise SourceUnavailable(
            f"{source.address} offers no release. Check the address, or publish one: kb publish", may_pass=False
        )
    return found[0]


def pull_release(
    index: Path,
    source: Source,
    keys: KeyRing,
    prove: Prove,
    *,
    keep: int,
    allow_older: bool = False,
    refused: Mapping[str, str] | None = None,
    patience: Patience | None = None,
    say: Say = lambda _: None,
    progress: Progress = lambda _done, _total: None,
) -> Pulled:
    """Take the release that a place offers, unless it is installed; a running server goes over to it by itself.

    :param index: The index folder; created if it is missing.
    :param source: The place.
    :param keys: The keys that are trusted.
    :param prove: Loads the version before it is made current.
    :param keep: The number of versions that stay.
    :param allow_older: Also take a release that is older than the one installed.
    :param refused: Why some versions were found not to work here, by the digest of their manifest: not tried again.
    :param patience: How long the place is waited for.
    :param say: Called with each long step.
    :param progress: Called with the bytes that came, and with all that have to.
    :return: What was found and done.
    :raises ReleaseRefused: If it cannot be taken; what serves is left as it is.
    :raises IndexBusy: If a build, or another pull, is writing to the folder.
    :raises KbIndexError: If the disk cannot take it.
    """
    patience = patience or Patience()
    release = look(source, keys, patience)
    if not _is_wanted(release, _installed(index, allow_older=allow_older), source, allow_older=allow_older):
        return Pulled(release, source.address, is_new=False)
    if refused and release.manifest_sha256 in refused:
        raise ReleaseTooNew(refused[release.manifest_sha256], release.manifest_sha256)
    if release.format != FORMAT:
        raise ReleaseTooNew(
            f"{source.address} offers {release.title}, which has format {release.format}, and this program "
            f"reads {FORMAT}. {_other_program(release)}",
            release.manifest_sha256,
        )
    with _work_folder(index) as work:
        manifest = manifest_of(release, source, keys, patience)
        fetched = _fetch(index, work, release, manifest, source, patience, say, progress)
        say(f"Proving {release.version}")
        _prove(work, release, prove)
        _install(index, work, Installed(release, source.address, is_done=True), keep)
    return Pulled(release, source.address, True, *fetched)


# ------------------------------------------------------------------------------------------- whether


def _installed(index: Path, *, allow_older: bool) -> Installed | None:
    try:
        return read_installed(index)
    except ReleaseRefused:
        if allow_older:
            return None
        raise


def _is_wanted(release: Release, installed: Installed | None, source: Source, *, allow_older: bool) -> bool:
    """Return whether a release is to be taken; one that is older, or another of the same number, is refused."""
    if installed is None:
        return True
    if installed.is_same(release):
        return not installed.is_done
    if release.number < installed.release.number and not allow_older:
        raise ReleaseOlder(
            f"{source.address} offers {release.title}, older than {installed.release.title}, which is installed. If "
            "that is meant to be, run: kb pull --allow-older"
        )
    if release.number == installed.release.number and not allow_older:
        raise ReleaseOlder(
            f"{source.address} offers {release.title}, and another one of that number is installed "
            f"({installed.release.version}, from {installed.address}): two publishers did not see each other. Publish "
            "once more: kb publish; it gets the next number"
        )
    return True


# ------------------------------------------------------------------------------------------- fetching


@contextmanager
def _work_folder(index: Path) -> Iterator[Path]:
    """Hold the only pull of an index folder; what it fetched stays for the next one if it fails."""
    try:
        index.mkdir(parents=True, exist_ok=True)
        with FileLock(index / _LOCK, timeout=0):
            (index / _WORK / "files").mkdir(parents=True, exist_ok=True)
            yield index / _WORK
    except Timeout as error:
        raise IndexBusy(f"Another pull is writing to {index}. Wait until it is done, then pull again.") from error
    except OSError as error:
        raise KbIndexError(
            f"The release cannot be written to {index}: {error.strerror or error}. What serves now goes on serving. "
            "Make room, or correct the permissions, then pull again: kb pull"
        ) from error


def _fetch(
    index: Path,
    work: Path,
    release: Release,
    manifest: bytes,
    source: Source,
    patience: Patience,
    say: Say,
    progress: Progress,
) -> tuple[int, int]:
    """Bring all files of a version together, and return how many had to come from the place, and their bytes."""
    folder = work / "versions" / release.version
    for other in (work / "versions").glob("*"):
        shutil.rmtree(other)  # what of it is whole is at its digest
    folder.mkdir(parents=True)
    write_flushed(folder / MANIFEST, manifest)
    if version_name(manifest) != release.version:
        raise ReleaseDamaged(
            f"{release.title} names a version that its list of files is not. Publish again: kb publish"
        )
    listed = read_manifest(work, release.version)["files"]
    wanted = {w["sha256"]: WantedFile(file_path(w["sha256"]), w["size"], w["sha256"]) for w in listed.values()}
    places = {digest: work / "files" / digest for digest in wanted}
    _take_over(index, wanted, places)
    missing = [file for digest, file in wanted.items() if not places[digest].exists()]
    _check_room(work, missing)
    total = sum(file.size for file in missing)
    if missing:
        say(f"Fetching {len(missing)} of {len(listed)} files, {total / 1e6:.1f} MB, from {source.address}")
    came = 0

    def count(more: int) -> None:
        nonlocal came
        came += more
        progress(min(came, total), total)

    for file in missing:
        part = work / "files" / f"{file.sha256}.part"
        download(source, file, part, patience, count)
        part.replace(places[file.sha256])
    for name, entry in listed.items():
        _link(places[entry["sha256"]], folder / name)
    flush_folder(folder)
    return len(missing), total


def _take_over(index: Path, wanted: Mapping[str, WantedFile], places: Mapping[str, Path]) -> None:
    """Take the files that a version here has, and those of a pull that did not end; each is read and compared."""
    for digest, place in places.items():
        if place.exists() and not _is(place, wanted[digest]):
            place.unlink()
    for version in version_names(index):
        with suppress(KbIndexError, OSError):
            for name, entry in read_manifest(index, version)["files"].items():
                digest, file = entry["sha256"], index / "versions" / version / name
                if digest in wanted and not places[digest].exists() and _is(file, wanted[digest]):
                    _link(file, places[digest])


def _is(path: Path, wanted: WantedFile) -> bool:
    return path.stat().st_size == wanted.size and sha256_of_file(path) == wanted.sha256


def _link(source: Path, target: Path) -> None:
    """Give a file another name, or copy it where the disk cannot: no file of a version is ever written to again."""
    try:
        os.link(source, target)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        shutil.copyfile(source, target)


def _check_room(work: Path, missing: list[WantedFile]) -> None:
    needed = int(_ROOM * sum(file.size - _came(work, file) for file in missing))
    free = shutil.disk_usage(work).free
    if free < needed:
        raise OSError(errno.ENOSPC, f"{needed / 1e6:.0f} MB are needed, {free / 1e6:.0f} MB are free")


def _came(work: Path, file: WantedFile) -> int:
    part = work / "files" / f"{file.sha256}.part"
    return min(part.stat().st_size, file.size) if part.exists() else 0


# ------------------------------------------------------------------------------------------- installing


def _prove(work: Path, release: Release, prove: Prove) -> None:
    """Verify every byte and load the version, as the server will; of one that does not load nothing stays."""
    try:
        prove(read_version(work, release.version))
    except IndexDamaged as error:
        shutil.rmtree(work)
        raise ReleaseDamaged(
            f"{_said(error)}. Pull again: kb pull; if it is refused again: kb publish --all"
        ) from error
    except KbError as error:
        shutil.rmtree(work)
        raise ReleaseTooNew(
            f"The {release.title} does not work here: {_said(error)}. {_other_program(release)}",
            release.manifest_sha256,
        ) from error


def _other_program(release: Release) -> str:
    """Return the remedy where the programs of both machines do not fit."""
    if release.program == __version__:
        return "Build it again with the program and the kind of machine that are here, and publish it: kb publish"
    return f"Install version {release.program} of the program here (this is {__version__}), or publish with this one."


def _said(error: KbError) -> str:
    """Return what an error says without its remedy, which is for the machine that builds."""
    said, _, remedy = str(error).rstrip(".").rpartition(". ")
    return said or remedy


def _install(index: Path, work: Path, installed: Installed, keep: int) -> None:
    """Put the version next to the others and make it current; the record is first, so that no number goes back."""
    name = installed.release.version
    with build_lock(index):
        (index / "versions").mkdir(exist_ok=True)
        place = index / "versions" / name
        if not _is_whole(index, name):
            shutil.rmtree(place, ignore_errors=True)
            (work / "versions" / name).rename(place)
            flush_folder(place.parent)
        write_installed(index, Installed(installed.release, installed.address, is_done=False))
        publish(index, name, keep)
        write_installed(index, installed)
    shutil.rmtree(work, ignore_errors=True)


def _is_whole(index: Path, name: str) -> bool:
    """Return whether a version is there already, as after a release that went back."""
    try:
        verify_version(index, name)
    except KbIndexError:
        return False
    return True
