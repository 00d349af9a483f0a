"""The language of each request: used for what is rendered, kept in a cookie, and named to caches."""

from __future__ import annotations

from http.cookies import SimpleCookie
from typing import TYPE_CHECKING, Final

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection

from kb.html import language
from kb.html.addresses import Page, Param
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
        question = request.query_params.get(Param.QUERY, "") if path == Page.ASK else ""
        found = language.negotiate(asked, request.cookies, request.headers.get("accept-language", ""), question)
        use_language(found, self.own)
        language.stand_at(f"{path}?{query}" if query else path)

        async def send_in_language(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if headers.get("content-type", "").startswith("text/html"):
                    headers.add_vary_header("Accept-Language, Cookie")
                    secure = scope.get("scheme") == "https"
                    if asked is not None:
                        headers.append("Set-Cookie", cookie(language.COOKIE, asked, secure=secure, max_age=_YEAR))
                    elif (spoken := language.of_question(question)) is not None:
                        headers.append("Set-Cookie", cookie(language.ASKED_COOKIE, spoken, secure=secure))
            await send(message)

        await self.app(scope, receive, send_in_language)


def cookie(name: str, remembered: Language, *, secure: bool, max_age: int | None = None) -> str:
    """Return the header that has the browser remember a language.

    :param name: What it is remembered as.
    :param remembered: The language.
    :param secure: Whether it is sent over HTTPS alone.
    :param max_age: For so many seconds; None for as long as the browser is open.
    :return: The value of Set-Cookie.
    """
    kept = SimpleCookie({name: remembered.value})[name]
    kept.update({"path": "/", "samesite": "Lax"})
    if max_age is not None:
        kept["max-age"] = str(max_age)
    kept["httponly"] = True
    kept["secure"] = secure
    return kept.OutputString()
