"""Cookies of a brand carry its name in the browser, so that none is taken for another brand's.

Brands may be hosts of one domain, and a host may set cookies for the whole domain. Here the names are changed on the
way in and out, for everything behind it: our own cookies, and those with which Streamlit keeps an identity provider's
user.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kb.server.processes.routing import cookie_of

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_AS_IT_IS: Final = "_streamlit_xsrf"
"""The pages' own script reads it by this name; it says nothing about a visitor, and opens nothing."""


class BrandCookies:
    """ASGI middleware: a request's cookies are those of its brand alone, under their usual names."""

    def __init__(self, app: ASGIApp, brand: str) -> None:
        """Wrap an application.

        :param app: What answers.
        :param brand: The brand's name.
        """
        self.app = app
        self._brand = brand

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return

        async def send_named(message: Message) -> None:
            if message.get("headers"):
                message = {**message, "headers": [self._sent(*header) for header in message["headers"]]}
            await send(message)

        await self.app({**scope, "headers": self._received(scope["headers"])}, receive, send_named)

    def _received(self, headers: list[tuple[bytes, bytes]]) -> list[tuple[bytes, bytes]]:
        """Return a request's headers with the brand's own cookies, under their usual names."""
        given = b"; ".join(value for name, value in headers if name.lower() == b"cookie")
        if not given:
            return headers
        own = b"; ".join(filter(None, map(self._usual, given.split(b";"))))
        others = [(name, value) for name, value in headers if name.lower() != b"cookie"]
        return [*others, (b"cookie", own)] if own else others

    def _usual(self, cookie: bytes) -> bytes:
        """Return a cookie under its usual name; nothing for one of somebody else's."""
        name, equals, value = cookie.strip().partition(b"=")
        usual = name.decode("latin-1").removesuffix(cookie_of("", self._brand))
        is_own = equals and (usual == _AS_IT_IS or cookie_of(usual, self._brand) == name.decode("latin-1"))
        return usual.encode("latin-1") + equals + value if is_own else b""

    def _sent(self, name: bytes, value: bytes) -> tuple[bytes, bytes]:
        if name.lower() != b"set-cookie":
            return name, value
        cookie, equals, rest = value.partition(b"=")
        usual = cookie.decode("latin-1")
        named = usual if usual == _AS_IT_IS else cookie_of(usual, self._brand)
        return name, named.encode("latin-1") + equals + rest
