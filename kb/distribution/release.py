"""What a release says of itself, and where its files are in a folder, a bucket or behind an address.

::

    CURRENT.json                the signed release: its number, its version, and the digest of the version's manifest
    versions/v3-….json          the signed manifest of each version, with size and SHA-256 of every file
    files/ab/abcdef…            every file, named by its SHA-256; versions share those they have in common

Files are written first, then the manifest, then ``CURRENT.json``, so that a reader never sees a release in part.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any, Final, Self

from kb.common.files import canonical_json
from kb.errors import ReleaseUntrusted

CURRENT: Final = "CURRENT.json"
MOST_RELEASE_BYTES: Final = 1 << 16
MOST_MANIFEST_BYTES: Final = 1 << 26
"""100,000 articles and their pictures take some 20 MB."""
_VERSION: Final = re.compile(r"v\d{1,6}-[0-9a-f]{16}")
_DIGEST: Final = re.compile(r"[0-9a-f]{64}")
_MOST_NUMBER: Final = 1 << 53


@dataclass(frozen=True, slots=True)
class Release:
    """A version that was published, as the signed file ``CURRENT.json`` says it."""

    number: int
    """From 1, one more with every release."""
    version: str
    """The version's name."""
    manifest_sha256: str
    """The digest of the version's manifest."""
    format: int
    """The format of the version's files."""
    size: int
    """Bytes of all files."""
    program: str
    """The version of the program that published it, such as ``3.2.0``."""
    published_at: datetime
    """Aware; never before that of an earlier release."""

    def as_json(self) -> dict[str, Any]:
        """Return what the commands say of it, as plain JSON values."""
        return {
            "release": self.number,
            "version": self.version,
            "published_at": self.published_at.isoformat(),
            "bytes": self.size,
        }

    def to_bytes(self) -> bytes:
        """Return it as JSON, to be signed."""
        return canonical_json({**asdict(self), "published_at": self.published_at.astimezone(UTC).isoformat()})

    @classmethod
    def from_bytes(cls, data: bytes, place: str) -> Self:
        """Read what was signed.

        :param data: The bytes, with a signature that was checked.
        :param place: Where they are from, for the message.
        :return: The release.
        :raises ReleaseUntrusted: If a value is missing or cannot be.
        """
        try:
            found: dict[str, Any] = json.loads(data)
            release = cls(
                number=_whole(found["number"]),
                version=str(found["version"]),
                manifest_sha256=str(found["manifest_sha256"]),
                format=_whole(found["format"]),
                size=_whole(found["size"]),
                program=str(found["program"])[:40],
                published_at=datetime.fromisoformat(found["published_at"]),
            )
            is_good = (
                _VERSION.fullmatch(release.version) is not None
                and _DIGEST.fullmatch(release.manifest_sha256) is not None
                and release.number > 0
                and release.published_at.tzinfo is not None
            )
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise ReleaseUntrusted(_unreadable(place)) from error
        if not is_good:
            raise ReleaseUntrusted(_unreadable(place))
        return release

    @property
    def title(self) -> str:
        """How messages call it."""
        return f"release {self.number} ({self.version}, of {self.published_at:%Y-%m-%d %H:%M:%S} UTC)"


def manifest_path(version: str) -> str:
    """Return where the signed manifest of a version is."""
    return f"versions/{version}.json"


def file_path(digest: str) -> str:
    """Return where a file is, by its SHA-256."""
    return f"files/{digest[:2]}/{digest}"


def _whole(value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < _MOST_NUMBER:
        raise ValueError(value)
    return value


def _unreadable(place: str) -> str:
    return f"{place} is signed, but lacks a value or has a wrong one. Publish again with this program: kb publish"
