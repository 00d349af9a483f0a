"""Among several processes: a connection of a proxy carries one request, since the next may be another visitor's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send


class OneRequest:
    """ASGI middleware: closes a proxy's connection after each answer.

    A connection is handed to a process by its first request. A browser's connections are one visitor's; a proxy may
    send several visitors' requests over one, and a visit's session and files are in its own process.
    """

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application.

        :param app: What answers.
        """
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or "x-forwarded-for" not in Headers(scope=scope):
            await self.app(scope, receive, send)
            return

        async def send_and_close(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Connection"] = "close"
            await send(message)

        await self.app(scope, receive, send_and_close)
