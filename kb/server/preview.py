"""``kb preview``: the articles as the customer will see them, on this computer alone; a saved file is shown at once."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route

from kb.authoring.article_watch import ArticleWatch
from kb.content.markdown.render import PICTURES
from kb.errors import ArticlesError
from kb.html import links
from kb.html.addresses import Param
from kb.html.documents import preview as preview_pages
from kb.server.listening import Server, listen
from kb.server.middleware.security import SecurityHeaders
from kb.server.pages import assets
from kb.settings.settings import Settings
from kb.settings.site import Site

if TYPE_CHECKING:
    from types import FrameType

    from starlette.requests import Request

HOST: Final = "127.0.0.1"
PORT: Final = 8502
PATIENCE_S: Final = 25.0
"""How long a request for the next change waits before it is sent again."""
_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; connect-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-store",
}


class _Pages:
    """The routes of the preview, which share one watch."""

    def __init__(self, watch: ArticleWatch, site: Site) -> None:
        self._watch = watch
        self._site = site

    def routes(self) -> list[Route | Mount]:
        """Return the routes; pages are made in threads, only waiting is not."""
        return [
            Route("/", self._list),
            Route("/browse", self._list),
            Route("/contact", self._contact),
            Route("/article", self._application_address),
            Route("/a/{article_id}", self._article),
            Route("/preview/changes", self._changes),
            Route(f"{PICTURES}/{{name}}", self._picture),
            *assets.routes(),
        ]

    def not_found(self, request: Request, error: Exception) -> Response:
        """Return the page for an address that leads nowhere."""
        del request, error
        return _page(preview_pages.no_page(self._site, self._watch.snapshot), 404)

    def _list(self, request: Request) -> Response:
        del request
        return _page(preview_pages.list_page(self._site, self._watch.snapshot))

    def _picture(self, request: Request) -> Response:
        return assets.picture(self._watch.snapshot.pictures, request.path_params["name"])

    def _contact(self, request: Request) -> Response:
        del request
        return _page(preview_pages.contact_page(self._site, self._watch.snapshot))

    def _application_address(self, request: Request) -> Response:
        return RedirectResponse(links.plain_article(request.query_params.get(Param.ARTICLE, "")), status_code=307)

    def _article(self, request: Request) -> Response:
        snapshot = self._watch.snapshot
        page = snapshot.find(request.path_params["article_id"])
        if page is None:
            return _page(preview_pages.unknown_page(self._site, snapshot), 404)
        if page.article_id != request.path_params["article_id"]:
            return RedirectResponse(links.plain_article(page.article_id), status_code=307)
        asked = snapshot.translation(page, request.query_params.get(Param.LANGUAGE, ""))
        return _page(preview_pages.article_page(self._site, asked or page, snapshot))

    async def _changes(self, request: Request) -> Response:
        since = request.query_params.get("since", "")
        seen = int(since) if since.isascii() and since.isdigit() and len(since) < 12 else -1  # noqa: PLR2004
        revision = await self._watch.changed(seen, PATIENCE_S)
        return JSONResponse({"revision": revision}, headers={"Cache-Control": "no-store"})


def _page(html: str, status: int = 200) -> Response:
    return HTMLResponse(html, status_code=status, headers=_HEADERS)


def create_app(watch: ArticleWatch, site: Site) -> Starlette:
    """Return the application.

    :param watch: What is shown; the caller starts and closes it.
    :param site: The operator's words.
    :return: It answers only to names of this computer, so that no page from elsewhere can read drafts.
    """
    pages = _Pages(watch, site)
    return Starlette(
        routes=pages.routes(),
        middleware=[
            Middleware(TrustedHostMiddleware, allowed_hosts=["127.0.0.1", "localhost"]),
            Middleware(SecurityHeaders),
        ],
        exception_handlers={404: pages.not_found},
    )


class _PreviewServer(Server):
    """A server that releases waiting pages when told to stop, so that it stops at once."""

    def __init__(self, config: uvicorn.Config, watch: ArticleWatch) -> None:
        super().__init__(config, is_logged=False)
        self._watch = watch

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self._watch.stop()
        super().handle_exit(sig, frame)


def preview(settings: Settings, port: int = PORT) -> None:
    """Serve the preview until stopped.

    :param settings: ``articles`` and ``site`` are read.
    :param port: Port to listen on; 0 for any free one, which is printed.
    :raises ArticlesError: If the folder does not exist.
    :raises ConfigError: If the port is taken.
    """
    if not settings.articles.is_dir():
        raise ArticlesError(
            f"{settings.articles} is not a folder. Name the folder of articles with --articles or KB_ARTICLES."
        )
    listener = listen(HOST, port)
    watch = ArticleWatch(settings.articles, settings.site.channel_texts())
    config = uvicorn.Config(
        create_app(watch, settings.site),
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_graceful_shutdown=2,
    )
    watch.start()
    try:
        asyncio.run(_PreviewServer(config, watch).serve(sockets=[listener]))
    except KeyboardInterrupt:
        pass
    finally:
        watch.close()
        listener.close()
