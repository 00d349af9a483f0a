"""Releases behind any web server, read-only: a folder of static files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Final
from urllib.parse import urlsplit

import requests
import urllib3

from kb.distribution.store import Opened, Patience
from kb.errors import SourceUnavailable

_PORTION: Final = 1 << 16
_REFUSED: Final = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.PROXY_AUTHENTICATION_REQUIRED)
_PASSING: Final = (HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY, HTTPStatus.TOO_MANY_REQUESTS)


class Web:
    """An address of the web as a place of releases; proxies and certificates are those of the environment."""

    def __init__(self, address: str, patience: Patience) -> None:
        """Connect to nothing yet.

        :param address: The folder's address; what it has before an ``@`` is sent as name and password.
        :param patience: How long the server is waited for.
        """
        self._root = address.rstrip("/")
        self._patience = patience
        self._session = requests.Session()

    @property
    def address(self) -> str:
        """The address, without name and password."""
        parts = urlsplit(self._root)
        return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()

    @contextmanager
    def open(self, path: str, offset: int = 0) -> Iterator[Opened | None]:
        """Open a file; see :class:`kb.distribution.store.Source`."""
        headers = {"Accept-Encoding": "identity", **({"Range": f"bytes={offset}-"} if offset else {})}
        timeout = (self._patience.connect_s, self._patience.read_s)
        try:
            reply = self._session.get(
                f"{self._root}/{path}", headers=headers, timeout=timeout, stream=True, allow_redirects=False
            )
        except (requests.RequestException, ValueError) as error:
            raise self._unavailable(path, type(error).__name__) from error
        with reply:
            if reply.status_code == HTTPStatus.NOT_FOUND:
                yield None
                return
            begins = self._begins(path, reply, offset)
            yield Opened(self._chunks(path, reply.raw), begins)

    def _begins(self, path: str, reply: requests.Response, offset: int) -> int:
        """Return the byte at which an answer begins; an answer without the file is an error."""
        status = reply.status_code
        if status == HTTPStatus.OK:
            return 0
        if status == HTTPStatus.PARTIAL_CONTENT and reply.headers.get("Content-Range", "").startswith(
            f"bytes {offset}-"
        ):
            return offset
        if status in _REFUSED:
            raise SourceUnavailable(
                f"{self.address}/{path} is refused ({status}). Check who may read there, and name and password.",
                may_pass=False,
            )
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            to = reply.headers.get("Location", "elsewhere")[:200]
            raise SourceUnavailable(
                f"{self.address}/{path} leads to {to}, and is not followed. Name that address, if it is the right one.",
                may_pass=False,
            )
        may_pass = status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _PASSING
        raise self._unavailable(path, f"status {status}", may_pass=may_pass)

    def _chunks(self, path: str, raw: urllib3.HTTPResponse) -> Iterator[bytes]:
        """Yield bytes as they come, so that a server that sends one at a time is noticed."""
        try:
            while chunk := raw.read1(_PORTION, decode_content=False):
                yield chunk
        except (urllib3.exceptions.HTTPError, OSError) as error:
            raise self._unavailable(path, type(error).__name__) from error

    def _unavailable(self, path: str, why: str, *, may_pass: bool = True) -> SourceUnavailable:
        return SourceUnavailable(
            f"{self.address}/{path} does not answer as it should ({why}). Check the address, the server and the way "
            "to it.",
            may_pass=may_pass,
        )
