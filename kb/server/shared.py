"""The container that requests are answered from, handed to the routes by a middleware."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from kb.app.container import Container
from kb.errors import KbError
from kb.types import Library

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection, Request
    from starlette.types import ASGIApp, Receive, Scope, Send

_KEY: Final = "kb.container"


class Shared:
    """ASGI middleware that hands the container on to every route behind it."""

    def __init__(self, app: ASGIApp, container: Container) -> None:
        """Wrap an application.

        :param app: The application.
        :param container: What its routes share.
        """
        self.app = app
        self._container = container

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        scope[_KEY] = self._container
        await self.app(scope, receive, send)


def shared(connection: HTTPConnection) -> Container:
    """Return the container of the server that a request came to."""
    container = connection.scope[_KEY]
    if not isinstance(container, Container):
        raise TypeError(f"{_KEY} is {container!r}, not a container")
    return container


def library_of(connection: HTTPConnection) -> Library | None:
    """Return what customers can open now; None as long as no index serves."""
    try:
        return shared(connection).answerer.library
    except KbError:
        return None


def absolute(request: Request, path: str) -> str:
    """Return the absolute address of a path, at the host that the request came to."""
    return f"{str(request.base_url).rstrip('/')}{path}"
