"""Routes of the search box for other sites: the script, and the page that shows it at work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from kb.html import language
from kb.html.addresses import Machine
from kb.html.documents import embed
from kb.server.middleware.security import STRICT
from kb.server.pages.machines import document
from kb.server.shared import absolute, shared

if TYPE_CHECKING:
    from starlette.requests import Request

_FOR_ALL: Final = {
    # Any site may load it, also one that isolates itself or asks for an integrity hash. It holds nothing secret.
    "Cross-Origin-Resource-Policy": "cross-origin",
    "Access-Control-Allow-Origin": "*",
}


def routes() -> list[Route]:
    """Return the routes."""
    return [Route(Machine.EMBED_SCRIPT, _script), Route(Machine.EMBED, _page)]


def _script(request: Request) -> Response:
    return document(request, embed.script(), "text/javascript", _FOR_ALL)


def _page(request: Request) -> Response:
    language.in_english_only()
    page = embed.page(shared(request).settings.site, absolute(request, ""))
    policy = f"{STRICT}; script-src 'self'"
    return HTMLResponse(page, headers={"Cache-Control": "no-cache", "Content-Security-Policy": policy})
