"""An error that nobody foresaw: the reader gets a page with a reference, the log the same reference with the cause."""

from __future__ import annotations

import logging
import secrets
from http import HTTPStatus
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response

from kb.html.documents import plain
from kb.html.parts import message
from kb.html.words import words
from kb.server.shared import shared

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger(__name__)
_HEADERS = {"Cache-Control": "no-store", "Retry-After": "5"}


class Failures:
    """ASGI middleware: answers where the application raised instead, such as for want of memory."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application.

        :param app: The application.
        """
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        has_begun = False

        async def send_on(part: Message) -> None:
            nonlocal has_begun
            has_begun = True
            await send(part)

        try:
            await self.app(scope, receive, send_on)
        except Exception as error:
            if has_begun:
                raise
            reference = secrets.token_hex(4)
            _log.error("Error %s in answering a request: %s", reference, type(error).__name__, exc_info=error)
            response = await run_in_threadpool(_apology, Request(scope), reference)
            await response(scope, receive, send)


def _apology(request: Request, reference: str) -> Response:
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    if request.url.path.startswith("/api/"):
        said = f"Something went wrong here. Try again; if it happens again, name this error reference: {reference}"
        return JSONResponse({"error": said}, status_code=status, headers=_HEADERS)
    own = words().frame
    main = message.message(own.script_error_title, own.script_error.format(reference=reference))
    return HTMLResponse(plain.message_page(shared(request).settings.site, main), status_code=status, headers=_HEADERS)
