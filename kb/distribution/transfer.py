"""Reading from a place of releases: no more than was announced, not without end, and on from where it broke off."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeAlias

from kb.common.background import doubled
from kb.distribution.store import Opened, Patience, Source
from kb.errors import ReleaseDamaged, SourceUnavailable

Counted: TypeAlias = Callable[[int], None]
_PORTION: Final = 1 << 22
_PROGRESS: Final = 1 << 20
"""Bytes that an attempt has to bring for the failures before it to be forgotten."""


@dataclass(frozen=True, slots=True)
class WantedFile:
    """A file of a version, as the signed manifest lists it."""

    path: str
    size: int
    sha256: str


def read_small(source: Source, path: str, most: int, patience: Patience) -> tuple[bytes, str] | None:
    """Read a small file whose size nobody has announced.

    :param source: The place.
    :param path: Below it.
    :param most: Bytes that it may have.
    :param patience: How long, and how often.
    :return: Its bytes and its tag; None if there is no file.
    :raises SourceUnavailable: If it cannot be read.
    :raises ReleaseDamaged: If it has more bytes than it may.
    """
    return patience.tried(lambda: _read_once(source, path, most, patience))


def _read_once(source: Source, path: str, most: int, patience: Patience) -> tuple[bytes, str] | None:
    with source.open(path) as opened:
        if opened is None:
            return None
        return b"".join(_bounded(opened, most, f"{source.address}/{path}", patience)), opened.tag


def download(
    source: Source, wanted: WantedFile, part: Path, patience: Patience, count: Counted = lambda _: None
) -> None:
    """Download a file, and compare its digest; what an earlier attempt left is continued.

    :param source: The place.
    :param wanted: The file.
    :param part: Where it goes; may hold the beginning.
    :param patience: How long, and how often without progress.
    :param count: Called with the bytes that came.
    :raises SourceUnavailable: If it cannot be read to its end; what came stays.
    :raises ReleaseDamaged: If it has other bytes; nothing of it stays.
    """
    failures = 0
    while True:
        before = _size(part)
        try:
            _continue(source, wanted, part, patience, count)
        except SourceUnavailable as error:
            failures = 1 if _size(part) - before >= _PROGRESS else failures + 1
            if not error.may_pass or failures >= patience.attempts:
                raise
        else:
            return
        patience.wait(doubled(patience.first_wait, failures, patience.longest_wait).total_seconds())


def _continue(source: Source, wanted: WantedFile, part: Path, patience: Patience, count: Counted) -> None:
    place = f"{source.address}/{wanted.path}"
    if _size(part) > wanted.size:
        part.unlink()
    digest, have = _digest(part)
    began_with = have
    if have < wanted.size or not have:
        with source.open(wanted.path, have) as opened:
            if opened is None:
                raise SourceUnavailable(
                    f"{place} is missing, though the release lists it. Publish again: kb publish --all", may_pass=False
                )
            if opened.offset != have:
                digest, have, began_with = hashlib.sha256(), 0, 0
            with part.open("r+b" if have else "wb") as file:
                file.seek(have)
                for chunk in _bounded(opened, wanted.size - have, place, patience):
                    file.write(chunk)
                    digest.update(chunk)
                    have += len(chunk)
                    count(len(chunk))
                file.flush()
                os.fsync(file.fileno())
    if have < wanted.size:
        raise SourceUnavailable(
            f"{place} broke off after {have:,} of {wanted.size:,} bytes. Check the server and the way to it; the next "
            "attempt continues."
        )
    if digest.hexdigest() != wanted.sha256:
        part.unlink()
        if began_with:  # it may have been the beginning, from another attempt or server, that was wrong
            raise SourceUnavailable(
                f"{place} does not continue what came before. Try again; it starts from the beginning."
            )
        raise ReleaseDamaged(
            f"{place} has other bytes than the release lists (SHA-256 {digest.hexdigest()[:16]}…, not "
            f"{wanted.sha256[:16]}…). Publish again: kb publish --all"
        )


def _bounded(opened: Opened, most: int, place: str, patience: Patience) -> Iterator[bytes]:
    """Pass chunks on as long as they are not too many and come fast enough."""
    began, received = time.monotonic(), 0
    for chunk in opened.chunks:
        patience.check()
        received += len(chunk)
        if received > most:
            raise ReleaseDamaged(
                f"{place} has more than the {most:,} bytes that it may have, and was not read on. Publish again: kb "
                "publish --all"
            )
        took = time.monotonic() - began
        if took > patience.grace_s and received < took * patience.least_rate:
            raise SourceUnavailable(
                f"{place} comes too slowly: {received:,} bytes in {took:.0f} s. Check the server and the way to it."
            )
        yield chunk


def _digest(part: Path) -> tuple[hashlib._Hash, int]:
    """Return the digest of what is there, to be continued, and its size."""
    digest, size = hashlib.sha256(), 0
    if part.exists():
        with part.open("rb") as file:
            while portion := file.read(_PORTION):
                digest.update(portion)
                size += len(portion)
    return digest, size


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
