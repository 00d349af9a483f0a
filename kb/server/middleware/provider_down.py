"""An identity provider that does not answer: a page that says so, in place of Streamlit's two words."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import HTMLResponse

from kb.html import language
from kb.html.documents import plain
from kb.html.parts import message
from kb.html.words import words
from kb.server.shared import shared

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

BEGINS: Final = "/auth/login"
"""Where Streamlit begins a sign-in: it asks the provider for its addresses, and leads the browser there."""


class ProviderDown:
    """ASGI middleware: replaces the answer to a sign-in that the provider's server did not let begin."""

    def __init__(self, app: ASGIApp) -> None:
        """Wrap an application.

        :param app: The application.
        """
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or scope["path"] != BEGINS:
            await self.app(scope, receive, send)
            return
        failed = False

        async def send_unless_failed(part: Message) -> None:
            nonlocal failed
            if part["type"] == "http.response.start":
                failed = part["status"] >= HTTPStatus.BAD_REQUEST
            if not failed:
                await send(part)

        await self.app(scope, receive, send_unless_failed)
        if failed:
            response = await run_in_threadpool(_page, Request(scope))
            await response(scope, receive, send)


def _page(request: Request) -> HTMLResponse:
    language.in_english_only()
    said = message.message(words().sign_in.provider_down_title, words().sign_in.provider_down)
    page = plain.message_page(shared(request).settings.site, said)
    headers = {"Cache-Control": "no-store", "Retry-After": "60"}
    return HTMLResponse(page, status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=headers)
