"""The language of each request: used for what is rendered, kept in a cookie, and named to caches."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from kb.html import language
from kb.html.addresses import Param
from kb.html.words import Language, use_language
from kb.settings.own_words import OwnWords

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_YEAR: Final = 365 * 24 * 3600


class PageLanguage:
    """ASGI middleware: everything behind it reads its words in the language of the request."""

    def __init__(self, app: ASGIApp, own: OwnWords | None = None) -> None:
        """Wrap an application.

        :param app: The application.
        :param own: The operator's words in place of ours.
        """
        self.app = app
        self.own = own or OwnWords()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request = HTTPConnection(scope)
        asked = language.chosen(request.query_params.get(Param.LANGUAGE))
        path, query = scope["path"], scope.get("query_string", b"").decode("latin-1")
        found = language.negotiate(asked, request.cookies, request.headers.get("accept-language", ""))
        use_language(found, self.own)
        language.stand_at(f"{path}?{query}" if query else path)

        async def send_in_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.add_vary_header("Accept-Language, Cookie")
                    if asked is not None:
                        headers.append("Set-Cookie", _cookie(asked, secure=scope.get("scheme") == "https"))
            await send(message)

        await self.app(scope, receive, send_in_language)


def _cookie(chosen: Language, *, secure: bool) -> str:
    """Return the header that has the browser remember a choice."""
    cookie = SimpleCookie({language.COOKIE: chosen.value})[language.COOKIE]
    cookie.update({"path": "/", "max-age": str(_YEAR), "samesite": "Lax"})
    cookie["httponly"] = True
    cookie["secure"] = secure
    return cookie.OutputString()
