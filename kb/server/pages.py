"""Routes of everything that is not JSON: the shell of the pages, plain articles, health, robots, sitemap, assets."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape as xml_escape

from starlette.responses import FileResponse, HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from kb.errors import KbError
from kb.server import plain
from kb.server.shell import Head, shell, text_font
from kb.types import Library
from kb.ui import links, local_editor, resources, words
from kb.ui.components import frame, message
from kb.ui.keys import Param, Path

if TYPE_CHECKING:
    from starlette.requests import Request

_NO_CACHE = {"Cache-Control": "no-cache"}


def routes() -> list[BaseRoute]:
    """Return the routes; all work is synchronous and runs in a thread."""
    return [
        Route(Path.ASK, _start),
        Route(Path.ARTICLE, _article),
        Route(Path.BROWSE, _browse),
        Route(Path.CONTACT, _contact),
        Route(Path.WRITING, _writing),
        Route("/a/{article_id}", _plain_article),
        Route("/healthz", _healthy),
        Route("/readyz", _ready),
        Route("/robots.txt", _robots),
        Route("/sitemap.xml", _sitemap),
        Route("/assets/text.woff2", font),
        Mount("/assets", StaticFiles(directory=frame.STATIC)),
    ]


def not_found(request: Request) -> Response:
    """Return the page for an address that leads nowhere."""
    del request  # the page is the same for all of them
    return HTMLResponse(plain.not_found_page(resources.get_settings().site), status_code=404)


# ------------------------------------------------------------------------------- shells of the pages


def _start(request: Request) -> Response:
    library = _library()
    asked = Param.QUERY in request.query_params
    return _shell(
        Head(
            title=f"{words.ASK_TITLE} · {resources.get_settings().site.name}",
            description=words.ASK_LEAD,
            canonical=_absolute(request, Path.ASK),
            noscript=plain.all_articles(library) if library else "",
            indexed=not asked,
        )
    )


def _article(request: Request) -> Response:
    library = _library()
    wanted = request.query_params.get(Param.ARTICLE, "")
    site = resources.get_settings().site
    article = library.resolve(wanted) if library else None
    if library is None:
        return _shell(Head(title=site.name, indexed=False))
    if article is None:
        return _shell(Head(title=f"{words.ARTICLE_UNKNOWN_TITLE} · {site.name}", indexed=False), status=404)
    if article.id != wanted:
        return RedirectResponse(links.article(article.id), status_code=301)
    return _shell(
        Head(
            title=f"{article.title} · {site.name}",
            description=article.summary,
            canonical=_absolute(request, links.plain_article(article.id)),
            noscript=plain.article_main(article, library),
        )
    )


def _browse(request: Request) -> Response:
    library = _library()
    wanted = request.query_params.get(Param.CATEGORY, "")
    category = next((c for c in library.categories if c.id == wanted), None) if library else None
    title, text, address = words.BROWSE_TITLE, "", str(Path.BROWSE)
    if category is not None:
        title, text, address = category.title, category.text, links.category(category.id)
    status = 404 if wanted and library and category is None else 200
    head = Head(
        title=f"{title} · {resources.get_settings().site.name}",
        description=text,
        canonical=_absolute(request, address) if status == 200 else "",  # noqa: PLR2004 - the HTTP status
        noscript=plain.all_articles(library) if library else "",
        indexed=status == 200,  # noqa: PLR2004 - the HTTP status
    )
    return _shell(head, status=status)


def _contact(request: Request) -> Response:
    site = resources.get_settings().site
    return _shell(
        Head(
            title=f"{words.CONTACT_TITLE} · {site.name}",
            description=words.CONTACT_LEAD,
            canonical=_absolute(request, Path.CONTACT),
            noscript=plain.contact_main(site),
        )
    )


def _writing(request: Request) -> Response:
    """Return the page for writers, which does not exist for anybody else."""
    if not local_editor.is_open_to(request.headers.get("host", "")):
        return not_found(request)
    return _shell(Head(title=f"{words.WRITING_TITLE} · {resources.get_settings().site.name}", indexed=False))


def _shell(head: Head, status: int = 200) -> Response:
    return HTMLResponse(shell(head), status_code=status, headers=_NO_CACHE)


# ----------------------------------------------------------------------------------- plain documents


def _plain_article(request: Request) -> Response:
    site = resources.get_settings().site
    wanted = request.path_params["article_id"]
    try:
        library = resources.get_answerer().library
    except KbError as error:
        page = plain.message_page(site, message.unavailable_html(error))
        return HTMLResponse(page, status_code=503, headers={"Retry-After": "60"})
    article = library.resolve(wanted)
    if article is None:
        page = plain.not_found_page(site, words.ARTICLE_UNKNOWN_TITLE, words.ARTICLE_UNKNOWN_TEXT)
        return HTMLResponse(page, status_code=404)
    if article.id != wanted:
        return RedirectResponse(links.plain_article(article.id), status_code=301)
    canonical = _absolute(request, links.plain_article(article.id))
    return HTMLResponse(plain.article_page(site, article, library, canonical), headers=_NO_CACHE)


def _robots(request: Request) -> Response:
    lines = ("User-agent: *", "Disallow: /api/", "Allow: /", f"Sitemap: {_absolute(request, '/sitemap.xml')}", "")
    return PlainTextResponse("\n".join(lines))


def _sitemap(request: Request) -> Response:
    addresses = [str(Path.ASK), str(Path.BROWSE), str(Path.CONTACT)]
    library = _library()
    if library:
        addresses += [links.category(c.id) for c in library.categories]
        addresses += [links.plain_article(article_id) for article_id in sorted(library.articles)]
    items = "".join(f"<url><loc>{xml_escape(_absolute(request, a))}</loc></url>" for a in addresses)
    xml = '<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return Response(f"{xml}{items}</urlset>\n", media_type="application/xml")


# ------------------------------------------------------------------------------------------- health


def _healthy(request: Request) -> Response:
    del request  # alive is alive
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


def _ready(request: Request) -> Response:
    del request  # the same for everybody
    try:
        answerer = resources.get_answerer()
    except KbError as error:
        reason = {"status": "not ready", "reason": str(error)}
        return JSONResponse(reason, status_code=503, headers={"Cache-Control": "no-store"})
    content = {"status": "ready", "index_version": answerer.index_version, "articles": len(answerer.library)}
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def font(request: Request) -> Response:
    """Return the application's own typeface, so that plain pages look like the others."""
    del request  # one font for all
    file = text_font()
    if file is None:  # another Streamlit, another font: the system's is named next
        return Response(status_code=404)
    return FileResponse(file, media_type="font/woff2", headers={"Cache-Control": "public, max-age=86400"})


def _library() -> Library | None:
    try:
        return resources.get_answerer().library
    except KbError:
        return None


def _absolute(request: Request, path: str) -> str:
    return f"{str(request.base_url).rstrip('/')}{path}"
