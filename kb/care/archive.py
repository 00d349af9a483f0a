"""A backup on disk: one tar file whose first member, the manifest, lists every other with its SHA-256."""

from __future__ import annotations

import hashlib
import json
import tarfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import IO, Any, Final

from kb.common.files import canonical_json, sha256_of_file
from kb.errors import BackupRefused

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
_LONGEST_MANIFEST: Final = 64 * 1024 * 1024
_COMPRESSED: Final = (".gz", ".tgz")
_PORTION: Final = 1 << 20


class Part(StrEnum):
    """A part of a backup; the name of its folder in the archive."""

    JOURNAL = "journal"
    ARTICLES = "articles"
    SITE = "site"
    INDEX = "index"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a backup."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds."""

    created_at: str
    """UTC, in ISO format."""
    program: str
    """The version of the program that made it."""
    parts: Mapping[str, Mapping[str, Any]]
    """What is known of each part, by which its restored copy is compared."""
    files: Mapping[str, Entry] = field(default_factory=dict)
    """By name in the archive."""

    def to_bytes(self) -> bytes:
        """Return the manifest's file."""
        return canonical_json({"format": FORMAT, **asdict(self)})

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(entry.size for entry in self.files.values())

    def has(self, part: Part) -> bool:
        """Return whether a part is in the backup."""
        return part.value in self.parts


# ---------------------------------------------------------------------------------------------- writing


def entries_of(sources: Mapping[str, Path]) -> dict[str, Entry]:
    """Return the list of files for a manifest.

    :param sources: Files on disk by their names in the archive.
    :return: Size and SHA-256 of each.
    """
    return {name: Entry(sha256_of_file(path), path.stat().st_size) for name, path in sorted(sources.items())}


def write_archive(target: Path, manifest: Manifest, sources: Mapping[str, Path]) -> None:
    """Write the manifest and the files it lists.

    :param target: A file that does not exist; compressed if its name ends in .gz or .tgz.
    :param manifest: Lists every source.
    :param sources: Files on disk by their names in the archive.
    :raises BackupRefused: If a file is no longer what the manifest lists.
    :raises OSError: If the disk does not take it.
    """
    target.touch(mode=0o600)
    mode = "w:gz" if target.name.endswith(_COMPRESSED) else "w:"
    with tarfile.open(target, mode, format=tarfile.PAX_FORMAT) as archive:  # type: ignore[call-overload]  # a mode of two
        listed = manifest.to_bytes()
        archive.addfile(_member(MANIFEST, len(listed)), BytesIO(listed))
        for name, entry in manifest.files.items():
            with sources[name].open("rb") as file:
                watched = _Watched(file)
                archive.addfile(_member(name, entry.size), watched)
            if watched.digest.hexdigest() != entry.sha256:
                raise BackupRefused(f"{sources[name]} was changed while it was being copied. Try again.")


class _Watched:
    """A file whose SHA-256 is computed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        """Read nothing yet."""
        self._file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        data = self._file.read(size)
        self.digest.update(data)
        return data


def _member(name: str, size: int) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.size, member.mode = size, 0o600
    return member


# ---------------------------------------------------------------------------------------------- reading


def read_manifest(path: Path) -> Manifest:
    """Read what a backup holds, without reading its files.

    :param path: The backup.
    :return: Its manifest.
    :raises BackupRefused: If it is no backup, or of a later format.
    """
    with _opened(path) as archive:
        return _manifest(path, archive)


def extract(path: Path, folders: Mapping[Part, Path]) -> Manifest:
    """Extract parts of a backup, each file verified while it is written.

    :param path: The backup.
    :param folders: Where each wanted part goes; the folders exist and are empty.
    :return: The manifest.
    :raises BackupRefused: If a file is missing, is not what the manifest lists, or is not listed.
    :raises OSError: If the disk does not take it.
    """
    with _opened(path) as archive:
        manifest = _manifest(path, archive)
        wanted = {name for name in manifest.files if Part(PurePosixPath(name).parts[0]) in folders}
        for member in archive:
            if member.name == MANIFEST:
                continue
            entry = manifest.files.get(member.name)
            if entry is None or not member.isfile():
                raise BackupRefused(
                    f"{path} holds {member.name!r}, which its manifest does not list. Use another backup."
                )
            if member.name in wanted:
                wanted.remove(member.name)
                source = archive.extractfile(member)
                _write(path, member.name, entry, source, folders)  # type: ignore[arg-type]  # a file, as was checked
        if wanted:
            raise BackupRefused(f"{path} is not whole: it lacks {min(wanted)}. Use another backup.")
    return manifest


def _write(path: Path, name: str, entry: Entry, source: IO[bytes], folders: Mapping[Part, Path]) -> None:
    part, *below = PurePosixPath(name).parts
    target = folders[Part(part)].joinpath(*below)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    with target.open("xb") as file:
        while data := source.read(_PORTION):
            digest.update(data)
            size += len(data)
            file.write(data)
    if size != entry.size or digest.hexdigest() != entry.sha256:
        raise BackupRefused(f"{path} is damaged: {name} is not what its manifest lists. Use another backup.")


@contextmanager
def _opened(path: Path) -> Iterator[tarfile.TarFile]:
    try:
        with tarfile.open(path, "r:*") as archive:
            yield archive
    except FileNotFoundError as error:
        if error.filename is not None and Path(error.filename) != path:
            raise
        raise BackupRefused(f"There is no backup {path}. Name a file that 'kb backup' wrote.") from error
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BackupRefused(f"{path} cannot be read as a backup ({error}). Use another backup.") from error


def _manifest(path: Path, archive: tarfile.TarFile) -> Manifest:
    member = archive.next()
    source = archive.extractfile(member) if member is not None and member.name == MANIFEST else None
    if member is None or source is None or member.size > _LONGEST_MANIFEST:
        raise BackupRefused(
            f"{path} is not a backup: its first file is no manifest. Name a file that 'kb backup' wrote."
        )
    try:
        found = json.loads(source.read())
        if found.pop("format") != FORMAT:
            raise BackupRefused(f"{path} was made by a newer version of this program. Install that version.")
        files = {_safe(name): Entry(**entry) for name, entry in found.pop("files").items()}
        return Manifest(**found, files=files)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise BackupRefused(f"{path} is damaged: its manifest cannot be read ({error}). Use another backup.") from error


def _safe(name: str) -> str:
    """Return a file's name, if it stays within its part.

    :param name: From a manifest, which may have been written by anybody.
    :return: The name.
    :raises ValueError: If it leads elsewhere.
    """
    pure = PurePosixPath(name)
    is_plain = not pure.is_absolute() and str(pure) == name and ".." not in pure.parts and len(pure.parts) > 1
    if not is_plain or any(c in name for c in "\\\0:") or pure.parts[0] not in set(Part):
        raise ValueError(f"the name {name!r}")
    return name
