"""The visit of each request: its key in a cookie that ends with the browser's session."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from kb.app import visits
from kb.errors import ConfigError
from kb.journal.traffic import HEADER, traffic_of
from kb.server.processes.routing import key_for
from kb.server.shared import shared
from kb.types import Traffic

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_STATE = "kb_visit"


class VisitCookie:
    """ASGI middleware: a browser that opens a page without a visit's key gets a new one with it."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application.

        :param app: What answers.
        """
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        cookie = HTTPConnection(scope).cookies.get(visits.COOKIE, "")
        known = visits.valid_key(cookie)
        key = cookie if known else _new_key(scope)
        scope.setdefault("state", {})[_STATE] = key

        async def send_with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start" and not known:
                headers = MutableHeaders(scope=message)
                found = message["status"] < 400  # noqa: PLR2004 - the first of HTTP's errors
                if found and headers.get("content-type", "").startswith("text/html"):
                    headers.append("Set-Cookie", _cookie(key, secure=scope.get("scheme") == "https"))
            await send(message)

        await self.app(scope, receive, send_with_cookie)


def _new_key(scope: Scope) -> str:
    """Return the key of a new visit, which belongs to this process among several."""
    place = shared(HTTPConnection(scope)).place
    return visits.new_key() if place is None else key_for(place.slot, place.of)


def key_of(connection: HTTPConnection) -> str:
    """Return the visit's key of a request; a new one if the browser keeps none."""
    return str(connection.scope.get("state", {}).get(_STATE) or visits.new_key())


def visitor_of(connection: HTTPConnection) -> str:
    """Return who asks, for the queue of questions: an address, or the visit where the address is this machine's."""
    return visits.visitor(connection.client.host if connection.client else "", key_of(connection))


def traffic_behind(connection: HTTPConnection) -> Traffic:
    """Return the kind of traffic of a request."""
    headers = connection.headers
    try:
        setting = shared(connection).settings.traffic
    except ConfigError:  # reported by what cannot go on without it
        setting = Traffic.CUSTOMER
    return traffic_of(headers.get("user-agent", ""), headers.get(HEADER, ""), setting)


def _cookie(key: str, *, secure: bool) -> str:
    """Return the header that has the browser keep a visit's key until it is closed."""
    cookie = SimpleCookie({visits.COOKIE: key})[visits.COOKIE]
    cookie.update({"path": "/", "samesite": "Lax"})
    cookie["httponly"] = True
    cookie["secure"] = secure
    return cookie.OutputString()
