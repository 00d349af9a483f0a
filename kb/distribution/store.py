"""Where releases are kept: a folder, a bucket, or an address on the web; and how long it is waited for."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Protocol, TypeVar
from urllib.parse import urlsplit

from kb.common.background import doubled
from kb.errors import ConfigError, SourceUnavailable

_BUCKET: Final = re.compile(r"[a-z0-9][a-z0-9.\-]{1,61}[a-z0-9]")
_PREFIX: Final = re.compile(r"[A-Za-z0-9._\-]+(/[A-Za-z0-9._\-]+)*")
Done = TypeVar("Done")


def _sleep(seconds: float) -> bool:
    time.sleep(seconds)
    return False


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a place of releases is waited for."""

    connect_s: float = 10.0
    read_s: float = 20.0
    """The longest silence."""
    least_rate: float = 16_384.0
    """Bytes a second, on average, below which a transfer counts as stuck."""
    grace_s: float = 30.0
    """How long a transfer may be slower than that."""
    attempts: int = 4
    """How often in a row something is tried."""
    first_wait: timedelta = timedelta(seconds=1)
    longest_wait: timedelta = timedelta(seconds=30)
    pause: Callable[[float], bool] = field(default=_sleep)
    """Waits some seconds; returns whether the program ends."""

    def check(self) -> None:
        """Stop here if the program ends.

        :raises SourceUnavailable: If it ends.
        """
        self.wait(0.0)

    def wait(self, seconds: float) -> None:
        """Wait.

        :param seconds: How long.
        :raises SourceUnavailable: If the program ends.
        """
        if self.pause(seconds):
            raise SourceUnavailable(
                "It was stopped, because the program ends. The next start continues.", may_pass=False
            )

    def tried(self, do: Callable[[], Done]) -> Done:
        """Do something, again if a failure may pass: the waits in between double.

        :param do: Does it; safe to repeat.
        :return: What it returns.
        :raises SourceUnavailable: If the last attempt failed, or one that cannot succeed later.
        """
        for failures in range(1, self.attempts):
            try:
                return do()
            except SourceUnavailable as error:
                if not error.may_pass:
                    raise
            self.wait(doubled(self.first_wait, failures, self.longest_wait).total_seconds())
        return do()


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is being read."""

    chunks: Iterator[bytes]
    """Its bytes, as they come."""
    offset: int = 0
    """Where they begin: 0 where the place cannot continue in the middle of a file."""
    tag: str = ""
    """Changes whenever the file does; empty where files cannot be written."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file of a place, as it is listed."""

    path: str
    written_at: datetime
    """Aware."""


class Source(Protocol):
    """A place from which releases can be pulled; every method raises :class:`SourceUnavailable`."""

    @property
    def address(self) -> str:
        """The place, for messages: without a password."""

    def open(self, path: str, offset: int = 0) -> AbstractContextManager[Opened | None]:
        """Open a file, from some byte on.

        :param path: Below the place, with slashes.
        :param offset: The first byte that is wanted.
        :return: The file; None if there is none.
        """


class Target(Source, Protocol):
    """A place to which releases can be published; every method raises :class:`SourceUnavailable`."""

    def prepare(self) -> None:
        """Make the place, where that is for a publisher to do."""

    def size(self, path: str) -> int | None:
        """Return the size of a file, or None if there is none."""

    def write(self, path: str, content: Path | bytes) -> None:
        """Write a file, all of it or nothing.

        :param path: Below the place, with slashes.
        :param content: Its bytes, or a file that has them.
        """

    def names(self, folder: str) -> Iterator[Written]:
        """Yield the files below a folder of the place, in any order."""

    def remove(self, path: str) -> None:
        """Remove a file, if it is there."""

    def switch(self, path: str, content: bytes, tag: str | None) -> bool:
        """Replace a file if it is still as it was read, atomically.

        :param path: Below the place, with slashes.
        :param content: Its new bytes.
        :param tag: The tag with which it was read; None if there was no file.
        :return: False if another writer was first; then nothing is changed.
        """


def is_web(address: str) -> bool:
    """Return whether an address is one from which can only be read."""
    return address.lower().startswith(("http://", "https://"))


def open_source(address: str, environ: Mapping[str, str], patience: Patience) -> Source:
    """Return a place to pull from; nothing is connected to yet.

    :param address: A folder, ``s3://bucket/prefix``, or an address that begins with ``https://`` or ``http://``.
    :param environ: The environment, in which a bucket's credentials are.
    :param patience: How long it is waited for.
    :return: The place.
    :raises ConfigError: If the address cannot be one.
    """
    if is_web(address):
        from kb.distribution.web import Web  # noqa: PLC0415 - a library that nothing else needs

        if not urlsplit(address).hostname:
            raise ConfigError(f"{address[:200]!r} names no host. Write https://host/folder.")
        return Web(address, patience)
    return open_target(address, environ, patience)


def open_target(address: str, environ: Mapping[str, str], patience: Patience) -> Target:
    """Return a place to publish to; nothing is connected to yet.

    :param address: A folder, or ``s3://bucket/prefix``.
    :param environ: The environment, in which a bucket's credentials are.
    :param patience: How long it is waited for.
    :return: The place.
    :raises ConfigError: If the address cannot be one, or the extra for buckets is not installed.
    """
    scheme, is_address, rest = address.partition("://")
    if not is_address:
        from kb.distribution.folder import Folder  # noqa: PLC0415 - only what is used

        return Folder(Path(address).expanduser())
    if is_web(address):
        raise ConfigError(
            f"{address!r} can only be read. Publish to the folder that the web server serves, or to a bucket: s3://NAME"
        )
    if scheme != "s3":
        raise ConfigError(f"{address!r} is not a place for releases. Name a folder, s3://bucket/prefix or https://….")
    bucket, _, prefix = rest.strip("/").partition("/")
    if not _BUCKET.fullmatch(bucket) or (prefix and not _PREFIX.fullmatch(prefix)) or ".." in prefix:
        raise ConfigError(f"{address!r} is not the address of a bucket. Write s3://bucket, or s3://bucket/prefix.")
    try:
        from kb.distribution.bucket import Bucket  # noqa: PLC0415 - needs the extra
    except ImportError as error:
        raise ConfigError(
            f"{address!r} needs the extra 's3', which is not installed. Run: pip install 'billing-help[s3]'"
        ) from error
    return Bucket(bucket, prefix, environ, patience)
