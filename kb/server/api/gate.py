"""The checks before every API request: allowed sites, methods and the rate limit."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response

from kb.app.container import Container
from kb.common.limits import Buckets, client_of
from kb.errors import ConfigError
from kb.server.api import openapi
from kb.settings.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

PREFIX: Final = "/api/"
_REMEMBER_SECONDS: Final = 600
"""Time for which a browser need not ask again whether it may send."""


class ApiGate:
    """ASGI middleware for addresses below ``/api/``; everything else passes untouched."""

    def __init__(self, app: ASGIApp, container: Container) -> None:
        """Wrap an application.

        :param app: The application.
        :param container: Its settings' ``api_origins`` and ``api_per_minute`` are read on each request.
        """
        self.app = app
        self._container = container
        self._buckets = Buckets(0)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self.app(scope, receive, send)
            return
        settings = self._known_settings()
        origin = Headers(scope=scope).get("origin", "")
        allowed = settings.api_origins
        answered = self._for_other_sites(send, origin, allowed) if allowed else send
        if scope["method"] == "OPTIONS":
            await _options(scope["path"])(scope, receive, answered)
            return
        wait = self._wait(settings, scope)
        if wait > 0:
            await _too_many(wait)(scope, receive, answered)
            return
        await self.app(scope, receive, answered)

    def _known_settings(self) -> Settings:
        try:
            return self._container.settings
        except ConfigError:  # the route reports it, as every page does
            return Settings()

    def _wait(self, settings: Settings, scope: Scope) -> float:
        if self._buckets.per_minute != settings.api_per_minute:
            self._buckets = Buckets(settings.api_per_minute)
        peer = scope.get("client")
        return self._buckets.take(client_of(peer[0] if peer else ""))

    @staticmethod
    def _for_other_sites(send: Send, origin: str, allowed: tuple[str, ...]) -> Send:
        """Return what sends a response with the headers by which a browser lets another site read it."""
        any_site = "*" in allowed

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                if not any_site:
                    headers.add_vary_header("Origin")
                if origin and (any_site or origin in allowed):
                    headers["Access-Control-Allow-Origin"] = "*" if any_site else origin
                    headers["Access-Control-Expose-Headers"] = "Retry-After"
                    if "allow" in headers:  # the answer to OPTIONS
                        headers["Access-Control-Allow-Methods"] = headers["allow"]
                        headers["Access-Control-Allow-Headers"] = "Content-Type"
                        headers["Access-Control-Max-Age"] = str(_REMEMBER_SECONDS)
            await send(message)

        return send_with_headers


def _options(path: str) -> Response:
    methods = openapi.methods_of(path)
    if not methods:
        return JSONResponse({"error": "There is nothing at this address: see /api/openapi.json."}, status_code=404)
    return Response(status_code=204, headers={"Allow": ", ".join(methods), "Cache-Control": "no-store"})


def _too_many(wait: float) -> Response:
    seconds = max(1, math.ceil(wait))
    message = f"Too many requests: try again in {seconds} {'second' if seconds == 1 else 'seconds'}."
    return JSONResponse(
        {"error": message}, status_code=429, headers={"Retry-After": str(seconds), "Cache-Control": "no-store"}
    )
