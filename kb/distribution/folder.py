"""Releases in a folder: of this machine, of a share, or one that a web server serves."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Final

from filelock import FileLock, Timeout

from kb.common.files import flush_folder, replace_file, sha256
from kb.distribution.store import Opened, Written
from kb.errors import SourceUnavailable

_PORTION: Final = 1 << 20
_LOCK: Final = ".lock"
_LOCK_PATIENCE_S: Final = 30.0
"""The lock is held while one small file is replaced."""


class Folder:
    """A folder as a place of releases."""

    def __init__(self, folder: Path) -> None:
        """Touch nothing yet.

        :param folder: The folder; made when something is written.
        """
        self._folder = folder

    @property
    def address(self) -> str:
        """The folder."""
        return str(self._folder)

    @contextmanager
    def open(self, path: str, offset: int = 0) -> Iterator[Opened | None]:
        """Open a file; see :class:`kb.distribution.store.Source`."""
        try:
            file = (self._folder / path).open("rb")
        except FileNotFoundError:
            self._check_folder()
            yield None
            return
        except OSError as error:
            raise self._unavailable(path, error) from error
        with file:
            # of the open file, which stays as it is when another takes its name
            tag = "" if _is_fixed(path) else sha256(file.read(_PORTION))
            file.seek(offset)
            yield Opened(self._chunks(path, file), offset, tag)

    def _chunks(self, path: str, file: IO[bytes]) -> Iterator[bytes]:
        try:
            while chunk := file.read(_PORTION):
                yield chunk
        except OSError as error:
            raise self._unavailable(path, error) from error

    def prepare(self) -> None:
        """Make the folder."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unavailable("", error) from error

    def size(self, path: str) -> int | None:
        """Return the size of a file, or None if there is none."""
        try:
            return (self._folder / path).stat().st_size
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unavailable(path, error) from error

    def write(self, path: str, content: Path | bytes) -> None:
        """Write a file under another name, flush it, and rename it."""
        place = self._folder / path
        beside = place.with_name(f".{uuid.uuid4().hex}.new")
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            try:
                with beside.open("wb") as file:
                    if isinstance(content, bytes):
                        file.write(content)
                    else:
                        with content.open("rb") as source:
                            shutil.copyfileobj(source, file, _PORTION)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(place)
            finally:
                beside.unlink(missing_ok=True)
            flush_folder(place.parent)
        except OSError as error:
            raise self._unavailable(path, error) from error

    def names(self, folder: str) -> Iterator[Written]:
        """Yield the files below a folder, those left out that are being written."""
        try:
            for file in (self._folder / folder).rglob("[!.]*"):
                if file.is_file():
                    written_at = datetime.fromtimestamp(file.stat().st_mtime, UTC)
                    yield Written(file.relative_to(self._folder).as_posix(), written_at)
        except OSError as error:
            raise self._unavailable(folder, error) from error

    def remove(self, path: str) -> None:
        """Remove a file."""
        try:
            (self._folder / path).unlink(missing_ok=True)
        except OSError as error:
            raise self._unavailable(path, error) from error

    def switch(self, path: str, content: bytes, tag: str | None) -> bool:
        """Replace a file if it is still as it was read, while no other publisher can."""
        try:
            with FileLock(self._folder / _LOCK, timeout=_LOCK_PATIENCE_S):
                if self._tag(path) != (tag or ""):
                    return False
                replace_file(self._folder / path, content)
                return True
        except Timeout as error:
            raise SourceUnavailable(f"Another program holds {self._folder / _LOCK}. End it, then try again.") from error
        except OSError as error:
            raise self._unavailable(path, error) from error

    def _tag(self, path: str) -> str:
        """Return the digest of the small file that is replaced; empty if there is none."""
        try:
            with (self._folder / path).open("rb") as file:
                return sha256(file.read(_PORTION))
        except FileNotFoundError:
            return ""

    def _check_folder(self) -> None:
        """Tell a share that is not mounted from one without a release.

        :raises SourceUnavailable: If there is no folder.
        """
        if not self._folder.is_dir():
            raise SourceUnavailable(
                f"There is no folder {self._folder}. Check the path, and that its disk is mounted.", may_pass=False
            )

    def _unavailable(self, path: str, error: OSError) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self._folder / path} cannot be used: {error.strerror or error}. Check the folder, its permissions and "
            "the disk."
        )


def _is_fixed(path: str) -> bool:
    """Return whether a file never changes: all but the one at the top."""
    return "/" in path
