"""Index versions on disk: written next to the others, flushed, verified, and only then named in ``CURRENT``.

``versions/<id>/`` holds ``manifest.json`` and the files it lists with size and SHA-256. The id ends in the first 16 hex
digits of the manifest's own SHA-256, and ``CURRENT`` is that id, so the whole chain can be verified. A reader verifies
every byte before anything parses it. It loads all of them into memory but the models' graphs, which are mapped: no file
of a version is ever written to again.
"""

from __future__ import annotations

import json
import logging
import os
import re
import shutil
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from kb.common.files import canonical_json, flush_folder, replace_file, sha256, sha256_of_file, write_flushed
from kb.errors import IndexBusy, IndexDamaged, IndexMissing, IndexStale, KbIndexError
from kb.retrieval.build.status import read_status
from kb.types import Say

_log = logging.getLogger(__name__)

FORMAT = 3
"""Increase it when the files of a version change their meaning."""

MANIFEST = "manifest.json"
CURRENT = "CURRENT"
_FILE_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]*")
"""A file next to the manifest; no folder, and nothing that leads to one."""
_APART_NS = 1_000_000
"""Least time between two publications, so that every file system can tell them apart."""
_UNFINISHED = ".new-"
"""How the name of a version begins while it is written."""
_BUILD_AGAIN = "Build again: kb build"
GRAPH = ".onnx"
LARGE = 1 << 20
"""Bytes from which a graph stays on disk."""


@dataclass(frozen=True, slots=True)
class VersionFiles:
    """A version, every byte verified."""

    name: str
    manifest: Mapping[str, Any]
    files: Mapping[str, bytes]
    on_disk: Mapping[str, Path] = field(default_factory=dict)
    """Large graphs, and what else was to be mapped: they are not read into memory."""


def version_name(manifest: bytes) -> str:
    """Return the id of the version that a manifest describes."""
    return f"v{FORMAT}-{sha256(manifest)[:16]}"


def write_version(index: Path, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> str:
    """Write a version next to the others and verify what the disk returns; nothing is published yet.

    :param index: The index folder; created if it is missing.
    :param files: The version's files by name.
    :param manifest: Everything but the format and the list of files, which are added here.
    :return: The version's name; the same bytes give the same name, and are not written again.
    :raises IndexDamaged: If the disk does not return what was written.
    :raises KbIndexError: If the disk cannot take it; nothing of it is left then.
    """
    listed = {name: {"sha256": sha256(data), "size": len(data)} for name, data in files.items()}
    data = canonical_json({**manifest, "format": FORMAT, "files": listed})
    name = version_name(data)
    folder = index / "versions" / name
    if folder.is_dir() and _is_good(index, name):
        return name
    sweep(index)  # room that an earlier build took and never gave back
    beside = folder.with_name(f"{_UNFINISHED}{name}")
    try:
        beside.mkdir(parents=True)
        for file, content in {**files, MANIFEST: data}.items():
            write_flushed(beside / file, content)
        flush_folder(beside)
        if folder.exists():  # a damaged one of the same name, found bad above
            shutil.rmtree(folder)
        beside.rename(folder)
        flush_folder(folder.parent)
    except OSError as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise _cannot_write(folder.parent, error, sum(map(len, files.values())) + len(data)) from error
    read_version(index, name)
    return name


def _cannot_write(folder: Path, error: OSError, size: int) -> KbIndexError:
    return KbIndexError(
        f"The new version cannot be written to {folder}: {error.strerror or error}. What serves now goes on serving. "
        f"Make sure that {size / 1e6:.0f} MB are free and the folder can be written, then build again: kb build"
    )


def _is_good(index: Path, name: str) -> bool:
    try:
        read_version(index, name)
    except KbIndexError:
        return False
    return True


def publish(index: Path, name: str, keep: int) -> None:
    """Make a version the current one, atomically, and remove the oldest beyond ``keep``.

    :param index: The index folder.
    :param name: A version that was written and verified.
    :param keep: The number of versions that stay, the current one included.
    :raises KbIndexError: If the disk cannot take it; then what was published before still is.
    """
    try:
        _stamp(index, name)
        replace_file(index / CURRENT, f"{name}\n".encode())
    except OSError as error:
        raise _cannot_write(index, error, len(name)) from error
    for old in version_names(index)[max(1, keep) :]:
        if old != name:
            _remove(index, old)
    sweep(index)


def _stamp(index: Path, name: str) -> None:
    """Record the order of publishing, for a reader that must fall back: the latest, even if the clock was set back."""
    now = max([time.time_ns(), *(at + _APART_NS for at, other in _stamps(index) if other != name)])
    os.utime(index / "versions" / name / MANIFEST, ns=(now, now))


def _remove(index: Path, name: str) -> None:
    """Remove a version; what cannot be removed now is left to the next build."""
    try:
        shutil.rmtree(index / "versions" / name)
    except OSError as error:
        _log.warning("The old index version %s cannot be removed: %s.", index / "versions" / name, error.strerror)


def sweep(index: Path) -> None:
    """Remove what builds left behind that never finished; only the holder of the build lock may.

    :param index: The index folder.
    """
    for left in (index / "versions").glob(f"{_UNFINISHED}*"):
        shutil.rmtree(left, ignore_errors=True)


def publish_over_interim(index: Path, name: str, keep: int) -> None:
    """Publish a version in place of earlier ones that only kept what others had learned; these are removed.

    :param index: The index folder.
    :param name: A version that was written and verified.
    :param keep: The number of versions that stay, the current one included.
    """
    interim = [found for found in version_names(index) if found != name and _says_kept(index, found)]
    publish(index, name, keep + len(interim))
    for old in interim:
        shutil.rmtree(index / "versions" / old, ignore_errors=True)


def _says_kept(index: Path, name: str) -> bool:
    try:
        manifest = json.loads((index / "versions" / name / MANIFEST).read_bytes())
        return bool(manifest["calibration"].get("kept", False))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return False  # damaged: it counts as one of those kept, and goes with them


@contextmanager
def build_lock(index: Path, *, wait: bool = False) -> Iterator[None]:
    """Hold the exclusive right to write to an index folder.

    :param index: The index folder; created if it is missing.
    :param wait: Wait until no other process holds it.
    :yield: Nothing.
    :raises IndexBusy: If another process holds it, and it is not waited for.
    """
    index.mkdir(parents=True, exist_ok=True)
    lock = FileLock(index / ".lock", timeout=-1 if wait else 0)
    try:
        with lock:
            yield
    except Timeout as error:
        message = f"Another build is writing to {index}. Wait until it is done, then build again."
        raise IndexBusy(message) from error


def current_name(index: Path) -> str:
    """Return the name of the published version.

    :param index: The index folder.
    :return: A folder's name below ``versions/``.
    :raises IndexMissing: If nothing was published.
    :raises IndexDamaged: If ``CURRENT`` does not hold the name of a version on disk.
    """
    try:
        data = (index / CURRENT).read_bytes()
    except FileNotFoundError as error:
        raise IndexMissing(f"There is no index in {index}. Build one: kb build") from error
    except OSError as error:
        raise IndexDamaged(f"{index / CURRENT} cannot be read: {error.strerror}. {_BUILD_AGAIN}") from error
    name = data.decode("ascii", "replace").removesuffix("\n")
    if not name or not name.replace("-", "").isalnum() or not name.isascii():
        raise IndexDamaged(f"{index / CURRENT} is damaged: it holds {name[:40]!r}, no version's name. {_BUILD_AGAIN}")
    if not (index / "versions" / name).is_dir():
        raise IndexDamaged(f"{index / CURRENT} is damaged: it names {name}, which is not there. {_BUILD_AGAIN}")
    return name


def version_names(index: Path) -> list[str]:
    """Return the names of the versions on disk, last published first."""
    return [name for _, name in sorted(_stamps(index), reverse=True)]


def _stamps(index: Path) -> list[tuple[int, str]]:
    """Return when each version was published, in nanoseconds, and its name."""
    found = []
    for folder in (index / "versions").glob("[!.]*/"):
        try:
            found.append(((folder / MANIFEST).stat().st_mtime_ns, folder.name))
        except OSError:
            found.append((0, folder.name))  # no manifest: never good, but it is listed and can be removed
    return found


def read_manifest(index: Path, name: str) -> dict[str, Any]:
    """Read the list of a version's files, and verify it by the version's name.

    :param index: The index folder.
    :param name: A name from :func:`current_name`.
    :return: The manifest.
    :raises IndexDamaged: If it is not the one of that name.
    :raises IndexStale: If it was written by another format.
    """
    data = _read(index / "versions" / name, name, MANIFEST)
    if not name.endswith(f"-{sha256(data)[:16]}"):
        raise IndexDamaged(damaged(name, MANIFEST, "its SHA-256 is not the one in the version's name"))
    manifest = _parsed(data, name)
    if manifest.get("format") != FORMAT:
        raise IndexStale(
            f"The index version {name} in {index} has format {manifest.get('format')!r}, this program reads {FORMAT}. "
            f"{_BUILD_AGAIN}"
        )
    _check_listed(manifest, name)
    return manifest


def read_version(index: Path, name: str, mapped: Collection[str] = ()) -> VersionFiles:
    """Read a version into memory and verify every byte.

    :param index: The index folder.
    :param name: A name from :func:`current_name`.
    :param mapped: Files that stay on disk, next to large graphs.
    :return: The manifest and the files it lists.
    :raises IndexDamaged: Naming the version and the file.
    :raises IndexStale: If it was written by another format.
    """
    manifest = read_manifest(index, name)
    folder = index / "versions" / name
    listed: Mapping[str, Mapping[str, Any]] = manifest["files"]
    files = {}
    on_disk = {
        file: folder / file
        for file, wanted in listed.items()
        if file in mapped or (file.endswith(GRAPH) and wanted["size"] >= LARGE)
    }
    with ThreadPoolExecutor(max_workers=2, thread_name_prefix="verify") as pool:  # digests are computed without the GIL
        measured = {file: pool.submit(_measured, folder, name, file) for file in on_disk}
        for file, wanted in listed.items():
            if file not in on_disk:
                files[file] = _read(folder, name, file)
                _compare((len(files[file]), sha256(files[file])), wanted, name, file)
        for file, found in measured.items():
            _compare(found.result(), listed[file], name, file)
    return VersionFiles(name, manifest, files, on_disk)


def _compare(found: tuple[int, str], wanted: Mapping[str, Any], name: str, file: str) -> None:
    if found != (wanted["size"], wanted["sha256"]):
        raise IndexDamaged(damaged(name, file, "its bytes are not those its manifest lists"))


def _measured(folder: Path, name: str, file: str) -> tuple[int, str]:
    """Return size and digest of a file that is not read into memory."""
    try:
        return (folder / file).stat().st_size, sha256_of_file(folder / file)
    except OSError as error:
        raise IndexDamaged(damaged(name, file, error.strerror or "it cannot be read")) from error


def _parsed(data: bytes, name: str) -> dict[str, Any]:
    """Return a manifest's values; its bytes are as they were written, but not necessarily by this program."""
    try:
        manifest = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise IndexDamaged(damaged(name, MANIFEST, "it is not JSON")) from error
    if not isinstance(manifest, dict):
        raise IndexDamaged(damaged(name, MANIFEST, "it is not a JSON object"))
    return manifest


def _check_listed(manifest: Mapping[str, Any], name: str) -> None:
    """Refuse a list of files that is none, and a name in it that leads out of the version's folder."""
    listed = manifest.get("files")
    if not isinstance(listed, dict):
        raise IndexDamaged(damaged(name, MANIFEST, "it lists no files"))
    for file, wanted in listed.items():
        if not _FILE_NAME.fullmatch(file):
            raise IndexDamaged(damaged(name, MANIFEST, f"{file[:40]!r} is not the name of a file of a version"))
        if not isinstance(wanted, dict) or not {"size", "sha256"} <= wanted.keys():
            raise IndexDamaged(damaged(name, MANIFEST, f"size or SHA-256 of {file!r} is missing"))


def _read(folder: Path, name: str, file: str) -> bytes:
    try:
        return (folder / file).read_bytes()
    except OSError as error:
        raise IndexDamaged(damaged(name, file, error.strerror or "it cannot be read")) from error


def damaged(name: str, file: str, why: str) -> str:
    """Return the sentence about a damaged file of a version, with the remedy."""
    return f"The index version {name} is refused: {file} is damaged ({why}). {_BUILD_AGAIN}"


def readable_versions(index: Path, report: Say, mapped: Collection[str] = ()) -> Iterator[VersionFiles]:
    """Yield the versions that can be read: the published one first, then the others, last published first.

    :param index: The index folder.
    :param report: Called for each version that is refused, before the next one is tried.
    :param mapped: As for :func:`read_version`.
    :yield: Versions with every byte verified.
    :raises IndexMissing: If there is no index at all.
    """
    names = version_names(index)
    try:
        first = current_name(index)
        names = [first, *(n for n in names if n != first)]
    except IndexDamaged as error:
        report(str(error))
    except IndexMissing:
        if not names or read_status(index) is not None:  # what a running build has written is not published yet
            raise
        report(f"{index / CURRENT} is missing; the last version that was published is used. {_BUILD_AGAIN}")
    for name in names:
        try:
            yield read_version(index, name, mapped)
        except KbIndexError as error:
            report(str(error))
