"""Streamlit's scripts, sent compressed: a page's 2.4 MB shrink to a third."""

from __future__ import annotations

import gzip
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from streamlit import file_util

from kb.server.pages.assets import static_paths

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

_TYPES: Final = {".js": "text/javascript", ".css": "text/css"}
_LEAST_BYTES: Final = 500
"""Smaller files are not worth it."""
_HEADERS: Final = {
    "Content-Encoding": "gzip",
    "Vary": "Accept-Encoding",
    # Their names hold a digest of what is in them.
    "Cache-Control": "public, immutable, max-age=31536000",
}


class Compressed:
    """ASGI middleware: answers for Streamlit's own scripts and styles where the browser takes gzip."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application.

        :param app: The application for everything else.
        """
        self.app = app
        self.paths = frozenset(
            path for path in static_paths() if path.startswith("/static/") and Path(path).suffix in _TYPES
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"] not in self.paths:
            await self.app(scope, receive, send)
            return
        path = scope["path"]
        if "gzip" not in Request(scope).headers.get("accept-encoding", ""):
            await self.app(scope, receive, send)
            return
        body = await run_in_threadpool(compressed, path)
        if not body:
            await self.app(scope, receive, send)
            return
        response = Response(body, media_type=_TYPES[Path(path).suffix], headers=_HEADERS)
        await response(scope, receive, send)


@lru_cache(maxsize=512)
def compressed(path: str) -> bytes:
    """Return a file of Streamlit's, compressed once for as long as the process lives; nothing for a small one.

    :param path: As :func:`kb.server.pages.assets.static_paths` gives it.
    :return: Gzip, without a time stamp.
    """
    data = Path(file_util.get_static_dir(), path.removeprefix("/")).read_bytes()
    return gzip.compress(data, compresslevel=6, mtime=0) if len(data) >= _LEAST_BYTES else b""
