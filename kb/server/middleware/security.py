"""Security headers, and the middleware that rejects unknown addresses."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse

from kb.html.addresses import Machine
from kb.html.language import STAFF_PAGES

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_INLINE_SCRIPT = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)
_HOST = re.compile(r"[A-Za-z0-9.\-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
_STRICT_PREFIXES: Final = (
    "/a/",
    "/c/",
    "/ask",
    "/feedback",
    "/api/",
    "/healthz",
    "/readyz",
    "/metrics",
    *Machine,
)
STRICT: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def inline_script_sources(html: str) -> tuple[str, ...]:
    """Return a CSP source expression for each inline script of a page.

    :param html: The page as it is served.
    :return: ``'sha256-…'`` of each script's exact text.
    """
    digests = (hashlib.sha256(text.encode("utf-8")).digest() for text in _INLINE_SCRIPT.findall(html))
    return tuple(f"'sha256-{base64.b64encode(d).decode('ascii')}'" for d in digests)


def page_policy(host: str, script_sources: tuple[str, ...]) -> str:
    """Return the content security policy of the application's pages.

    :param host: The request's host as sent by the browser; left out if it is not a host name.
    :param script_sources: Hashes of the inline scripts that may run.
    :return: The header's value.
    """
    sockets = f" ws://{host} wss://{host}" if _HOST.fullmatch(host) else ""
    scripts = " ".join(("'self'", *script_sources))
    return (
        f"default-src 'self'; script-src {scripts}; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        f"font-src 'self' data:; connect-src 'self'{sockets}; worker-src 'self' blob:; form-action 'self'; "
        "frame-ancestors 'none'; base-uri 'none'; object-src 'none'"
    )


class SecurityHeaders:
    """ASGI middleware: adds the headers to every response."""

    def __init__(self, app: ASGIApp, script_sources: tuple[str, ...] = ()) -> None:
        """Wrap an application.

        :param app: The application.
        :param script_sources: Hashes of the shell's inline scripts.
        """
        self.app = app
        self.script_sources = script_sources

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        host = HTTPConnection(scope).headers.get("host", "")
        strict = scope["path"].startswith(_STRICT_PREFIXES)
        policy = STRICT if strict else page_policy(host, self.script_sources)

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("Content-Security-Policy", policy)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self.app(scope, receive, send_with_headers)


class KnownPaths:
    """ASGI middleware: answers 404 where Streamlit would send its empty shell with status 200.

    A known path with a slash too many leads to the path without it, but not a page of the staff: for customers there is
    none, and no redirect may say otherwise.
    """

    def __init__(
        self,
        app: ASGIApp,
        not_found: ASGIApp,
        exact: frozenset[str],
        prefixes: tuple[str, ...],
        with_id: tuple[str, ...] = (),
    ) -> None:
        """Wrap an application.

        :param app: The application for known paths.
        :param not_found: The application for all other paths.
        :param exact: Known paths.
        :param prefixes: Beginnings of known paths, each ending in a slash.
        :param with_id: Beginnings of paths that end with an id, each ending in a slash.
        """
        self.app = app
        self.not_found = not_found
        self.exact = exact
        self.prefixes = prefixes
        self.with_id = with_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        path = scope.get("path", "")
        bare = path.rstrip("/")
        if scope["type"] != "http" or self._is_known(path):
            app = self.app
        elif path.endswith("/") and bare and bare not in STAFF_PAGES and self._is_known(bare):
            query = scope.get("query_string", b"").decode("latin-1")
            app = RedirectResponse(quote(bare) + (f"?{query}" if query else ""), status_code=308)
        else:
            app = self.not_found
        await app(scope, receive, send)

    def _is_known(self, path: str) -> bool:
        ids = [path.removeprefix(start) for start in self.with_id if path.startswith(start)]
        return path in self.exact or path.startswith(self.prefixes) or any(i and "/" not in i for i in ids)
