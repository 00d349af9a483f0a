"""What is let through to Streamlit: the addresses that our pages use, and websockets that our own pages opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse

from kb.app.container import Container
from kb.app.staff_access import has_provider_cookie, is_local_editor, session_user
from kb.errors import ConfigError
from kb.server.middleware.moved_pages import MovedPage, has_moved
from kb.server.middleware.pace import PAY
from kb.server.middleware.page_messages import only_ours

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

STREAM: Final = "/_stcore/stream"
"""The websocket of every page."""
UPLOAD: Final = "/_stcore/upload_file/"
"""Where a page's file picker sends a file; only pages of the staff have one."""
IN_USE: Final = frozenset({"/_stcore/health", "/_stcore/host-config"})
"""What else the pages' program asks Streamlit for."""
_DEFAULT_PORTS: Final = {"http": ":80", "https": ":443", "ws": ":80", "wss": ":443"}
_ALWAYS: Final = ("/healthz", "/readyz")
"""Monitoring asks for these, by any host name."""


class StreamlitGate:
    """ASGI middleware: decides about host, websocket and upload before Streamlit does.

    Streamlit asks a service on the internet for its own address when a websocket comes from another site, and stands
    still as long as there is no answer. Here the decision takes no time: a page's origin must be the host that the
    request names, port included, or one of the setting ``hosts``, word for word. What carries no ``Origin`` is no
    browser, and may connect. A page's messages are those that our pages send.
    """

    def __init__(self, app: ASGIApp, container: Container) -> None:
        """Wrap an application.

        :param app: The application.
        :param container: Holds the setting ``hosts``, and knows who is signed in.
        """
        self.app = app
        self._container = container

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one connection through, or refuse it."""
        if scope["type"] == "websocket":
            admitted = self._admitted(scope)
            if admitted is None:
                await send({"type": "websocket.close", "code": 1008, "reason": "Open the page at its own address."})
                return
            said = only_ours(receive, send, scope.get(PAY))
            if has_moved(admitted):
                page = MovedPage(said, send)
                said, send = page.receive, page.send
            await self.app(admitted, said, send)
            return
        if scope["type"] == "http":
            refusal = await self._refusal(scope)
            if refusal is not None:
                await refusal(scope, receive, send)
                return
        await self.app(scope, receive, send)

    def _admitted(self, scope: Scope) -> Scope | None:
        """Return the scope that Streamlit gets; None if the websocket is refused."""
        headers = Headers(scope=scope)
        host, origin = headers.get("host", "").lower(), headers.get("origin")
        if scope["path"] != STREAM or not self._is_own(host):
            return None
        if origin is None:
            return scope
        site = site_of(origin)
        if not site or (site != _without_default_port(host, origin) and site not in self._hosts()):
            return None
        # A proxy may have rewritten the host: Streamlit compares the two, and asks outside when they differ.
        netloc = urlsplit(origin).netloc.encode("latin-1", "replace")
        others = [(name, value) for name, value in scope["headers"] if name.lower() != b"host"]
        return {**scope, "headers": [*others, (b"host", netloc)]}

    async def _refusal(self, scope: Scope) -> ASGIApp | None:
        """Return the answer to a request that goes no further; None for every other."""
        connection = HTTPConnection(scope)
        path = scope["path"]
        if path not in _ALWAYS and not self._is_own(connection.headers.get("host", "").lower()):
            return PlainTextResponse("This server does not answer for that host name.", status_code=421)
        if not path.startswith(UPLOAD) or await run_in_threadpool(self._may_upload, connection):
            return None
        return PlainTextResponse("Sign in to send a file.", status_code=403)

    def _may_upload(self, connection: HTTPConnection) -> bool:
        host = connection.headers.get("host", "")
        return (
            session_user(self._container, connection.cookies) is not None
            or has_provider_cookie(connection.cookies)
            or is_local_editor(self._container.listens_on or "", host)
        )

    def _is_own(self, host: str) -> bool:
        """Return whether a request may name a host; any may as long as the operator names none."""
        return not self._hosts() or self._is_named(host)

    def _is_named(self, host: str) -> bool:
        return host in self._hosts() or host.rpartition(":")[0] in self._hosts()

    def _hosts(self) -> tuple[str, ...]:
        try:
            return self._container.settings.hosts
        except ConfigError:  # the pages report it
            return ()


def _without_default_port(host: str, origin: str) -> str:
    """Return the host that a request names, as :func:`site_of` would give it."""
    return host.removesuffix(_DEFAULT_PORTS.get(urlsplit(origin).scheme, ""))


def site_of(origin: str) -> str:
    """Return host and port of an ``Origin`` header in lower case, without the scheme's default port.

    :param origin: The header.
    :return: Empty for ``null`` and whatever else names no site.
    """
    try:
        parts = urlsplit(origin)
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    return parts.netloc.lower().removesuffix(_DEFAULT_PORTS[parts.scheme])
