"""Releases in a bucket of any server that speaks S3; the only module that uses its client."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Final

import obstore
from obstore.exceptions import AlreadyExistsError, BaseError, NotSupportedError, PreconditionError
from obstore.store import S3Store

from kb.distribution.store import Opened, Patience, Written
from kb.errors import ConfigError, SourceUnavailable

_CODE: Final = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS: Final = re.compile(r"status code: (\d{3})")
_CREDENTIALS: Final = frozenset(
    {"AccessDenied", "ExpiredToken", "InvalidAccessKeyId", "InvalidToken", "SignatureDoesNotMatch", "401", "403"}
)
_REMEDIES: Final = {
    "NoSuchBucket": "Make the bucket, or correct its name.",
    "RequestTimeTooSkewed": "Have this machine's clock set by the network (NTP).",
    "NotImplemented": "The server lacks writing under a condition, which keeps two publishers apart; use a newer one.",
}
_LONGEST: Final = timedelta(hours=6)
"""Of one request; what is too slow is noticed long before, by its rate."""


class Bucket:
    """A bucket, or what is below a prefix of one, as a place of releases."""

    def __init__(self, bucket: str, prefix: str, environ: Mapping[str, str], patience: Patience) -> None:
        """Connect to nothing yet; credentials, region and address are those of the usual variables (``AWS_…``).

        :param bucket: The bucket's name.
        :param prefix: What all names begin with; empty for the whole bucket.
        :param environ: The environment; ``AWS_ENDPOINT_URL`` names another server than Amazon's.
        :param patience: How long the server is waited for.
        :raises ConfigError: If the variables cannot be used.
        """
        self.address = f"s3://{bucket}/{prefix}".rstrip("/")
        endpoint = environ.get("AWS_ENDPOINT_URL_S3") or environ.get("AWS_ENDPOINT_URL") or ""
        try:
            self._store = S3Store(
                bucket,
                prefix=prefix or None,
                config={"endpoint": endpoint} if endpoint else {},
                client_options={
                    "allow_http": endpoint.startswith("http://"),
                    "connect_timeout": timedelta(seconds=patience.connect_s),
                    "read_timeout": timedelta(seconds=patience.read_s),
                    "timeout": _LONGEST,
                },
                retry_config={"max_retries": 0, "retry_timeout": timedelta(seconds=1)},  # Patience tries again
            )
        except (BaseError, ValueError) as error:
            raise ConfigError(
                f"The client of {self.address} refuses the variables that begin with AWS_ ({_why(error)}). Correct "
                "them."
            ) from error

    @contextmanager
    def open(self, path: str, offset: int = 0) -> Iterator[Opened | None]:
        """Open a file; see :class:`kb.distribution.store.Source`."""
        try:
            found = obstore.get(self._store, path, options={"range": {"offset": offset}} if offset else {})
        except FileNotFoundError as error:
            self._check_bucket(path, error)
            yield None
            return
        except (BaseError, OSError) as error:
            raise self._unavailable(path, error) from error
        yield Opened(self._chunks(path, found), found.range[0], found.meta["e_tag"] or "")

    def _chunks(self, path: str, found: obstore.GetResult) -> Iterator[bytes]:
        """Yield bytes as they come, so that a server that sends one at a time is noticed."""
        try:
            for chunk in found.stream(min_chunk_size=1):
                yield bytes(chunk)
        except (BaseError, OSError) as error:
            raise self._unavailable(path, error) from error

    def prepare(self) -> None:
        """Do nothing: a bucket is made by who owns it, with the rights that it is to have."""

    def size(self, path: str) -> int | None:
        """Return the size of a file, or None if there is none."""
        try:
            return int(obstore.head(self._store, path)["size"])
        except FileNotFoundError:
            return None
        except (BaseError, OSError) as error:
            raise self._unavailable(path, error) from error

    def write(self, path: str, content: Path | bytes) -> None:
        """Write a file; a reader sees all of it or none."""
        try:
            obstore.put(self._store, path, content)
        except (BaseError, OSError) as error:
            raise self._unavailable(path, error) from error

    def names(self, folder: str) -> Iterator[Written]:
        """Yield the files below a folder."""
        try:
            for some in obstore.list(self._store, folder):
                yield from (Written(found["path"], found["last_modified"]) for found in some)
        except (BaseError, OSError) as error:
            raise self._unavailable(folder, error) from error

    def remove(self, path: str) -> None:
        """Remove a file."""
        try:
            obstore.delete(self._store, path)
        except FileNotFoundError:
            return
        except (BaseError, OSError) as error:
            raise self._unavailable(path, error) from error

    def switch(self, path: str, content: bytes, tag: str | None) -> bool:
        """Replace a file if it is still as it was read: the server compares and writes in one step."""
        try:
            if self._put(path, content, tag):
                return True
            # Ceph's gateway compares the tag as it keeps it, without the quotation marks that HTTP has around it.
            is_unchanged = tag is not None and obstore.head(self._store, path)["e_tag"] == tag
            return is_unchanged and self._put(path, content, str(tag).strip('"'))
        except NotSupportedError as error:
            raise SourceUnavailable(_sentence(self.address, path, "NotImplemented"), may_pass=False) from error
        except (BaseError, OSError) as error:
            raise self._unavailable(path, error) from error

    def _put(self, path: str, content: bytes, tag: str | None) -> bool:
        """Write a file if there is none, or if it has this tag; return whether it was so."""
        try:
            obstore.put(self._store, path, content, mode="create" if tag is None else {"e_tag": tag})
        except (AlreadyExistsError, PreconditionError):
            return False
        return True

    def _check_bucket(self, path: str, error: Exception) -> None:
        if _why(error) == "NoSuchBucket":
            raise self._unavailable(path, error) from error

    def _unavailable(self, path: str, error: Exception) -> SourceUnavailable:
        why = _why(error)
        return SourceUnavailable(
            _sentence(self.address, path, why), may_pass=why not in _CREDENTIALS and why not in _REMEDIES
        )


def _sentence(address: str, path: str, why: str) -> str:
    if why in _CREDENTIALS:
        remedy = (
            "Check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN, when they end, and their rights."
        )
        return f"{address}/{path} is refused ({why}). {remedy}"
    remedy = _REMEDIES.get(why, "Check AWS_ENDPOINT_URL, AWS_REGION, the server and the way to it.")
    return f"{address}/{path} does not answer as it should ({why}). {remedy}"


def _why(error: Exception) -> str:
    """Return a code of S3, a status of HTTP, or the kind of an error; its text may hold more than belongs in a log."""
    text = str(error)
    for pattern in (_CODE, _STATUS):
        found = pattern.search(text)
        if found:
            return found.group(1)
    if "timed out" in text or "TimedOut" in text:
        return "it took too long"
    return "no connection" if "error sending request" in text or "Connect" in text else type(error).__name__
