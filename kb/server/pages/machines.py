"""Routes of what other programs read: articles as Markdown, llms.txt, feed, sitemap, robots, OpenSearch."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from kb.errors import KbError
from kb.html import language, links
from kb.html.addresses import Machine, Page, Param
from kb.html.documents import machines
from kb.server.pages.languages import address_of
from kb.server.shared import absolute, library_of, shared
from kb.types import ENGLISH

if TYPE_CHECKING:
    from starlette.requests import Request

    from kb.types import Library

MARKDOWN: Final = "text/markdown"
_LATER: Final = {"Retry-After": "60", "Cache-Control": "no-store"}


def routes() -> list[Route]:
    """Return the routes; that of Markdown has to come before that of plain articles."""
    return [
        Route(f"{Page.PLAIN}/{{article_id}}.md", _markdown),
        Route(Machine.LLMS, _llms),
        Route(Machine.FEED, _feed),
        Route(Machine.SEARCH, _search),
        Route(Machine.SITEMAP, _sitemap),
        Route(Machine.ROBOTS, _robots),
    ]


def _markdown(request: Request) -> Response:
    """Return an article as Markdown. Nothing is recorded: it is read by programs."""
    wanted = request.path_params["article_id"]
    library = _library(request)
    if isinstance(library, Response):
        return library
    article = library.resolve(wanted)
    if article is None:
        missing = f"There is no article {wanted!r}. {absolute(request, Machine.LLMS)} lists all.\n"
        return PlainTextResponse(missing, status_code=404, headers={"Cache-Control": "no-store"})
    if article.id != wanted:
        return RedirectResponse(links.markdown_article(article.id), status_code=301)
    article = article.in_language(str(language.chosen(request.query_params.get(Param.LANGUAGE)) or ENGLISH))
    text = machines.article(article, library, shared(request).settings.site, absolute(request, ""))
    canonical = address_of(request, article)
    return document(request, text, MARKDOWN, {"Link": f'<{canonical}>; rel="canonical"'})


def _llms(request: Request) -> Response:
    library = _library(request)
    if isinstance(library, Response):
        return library
    # Plain text, as robots.txt: browsers show it, and llmstxt.org asks for no other type.
    return document(request, machines.llms(library, shared(request).settings.site, absolute(request, "")), "text/plain")


def _feed(request: Request) -> Response:
    library = _library(request)
    if isinstance(library, Response):
        return library
    wanted = str(language.chosen(request.query_params.get(Param.LANGUAGE)) or ENGLISH)
    content = machines.feed(library, shared(request).settings.site, absolute(request, ""), wanted)
    return document(request, content, "application/atom+xml")


def _search(request: Request) -> Response:
    content = machines.search(shared(request).settings.site, absolute(request, ""))
    return document(request, content, "application/opensearchdescription+xml")


def _sitemap(request: Request) -> Response:
    content = machines.sitemap(library_of(request), shared(request).settings.site, absolute(request, ""))
    return document(request, content, "application/xml")


def _robots(request: Request) -> Response:
    sitemap = absolute(request, Machine.SITEMAP)
    return PlainTextResponse(f"User-agent: *\nDisallow: /api/\nAllow: /\nSitemap: {sitemap}\n")


def _library(request: Request) -> Library | Response:
    """Return what customers can open, or the response that says that there is nothing yet."""
    try:
        return shared(request).answerer.library
    except KbError:
        return PlainTextResponse("No index serves yet. Try again later.\n", status_code=503, headers=_LATER)


def document(request: Request, content: str, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return a document, or only that it is the one that the caller has.

    :param request: With the tags of what the caller has.
    :param content: Text of any kind.
    :param media_type: Its media type, without the encoding.
    :param headers: Further headers.
    :return: Status 200, or 304 without a body.
    """
    data = content.encode("utf-8", "replace")
    tag = f'"{hashlib.sha256(data).hexdigest()[:32]}"'
    more = {"ETag": tag, "Cache-Control": "no-cache", **(headers or {})}
    held = {each.strip().removeprefix("W/") for each in request.headers.get("if-none-match", "").split(",")}
    if tag in held or "*" in held:
        return Response(status_code=304, headers=more)
    return Response(data, media_type=f"{media_type}; charset=utf-8", headers=more)
