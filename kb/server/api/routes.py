"""The JSON API: questions and articles."""

from __future__ import annotations

from asyncio import wrap_future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from kb.content.markdown import render
from kb.errors import KbError, TooBusy
from kb.html import language, links
from kb.html.addresses import Param
from kb.html.format import LONGEST_QUERY, counted
from kb.html.words import words
from kb.retrieval.query.suggestible import Suggestion, SuggestionKind
from kb.server.api import feedback, openapi
from kb.server.api.bodies import BadRequest, error, json_object, not_ready, read_body, too_busy
from kb.server.middleware.visits import key_of, traffic_behind, visitor_of
from kb.server.shared import shared
from kb.types import DEFAULT_K, ENGLISH, MAX_K, Article, QuerySource

if TYPE_CHECKING:
    from starlette.requests import Request


def routes() -> list[Route]:
    """Return the API's routes."""
    return [
        Route("/api/ask", _ask_get, methods=["GET"]),
        Route("/api/ask", _ask_post, methods=["POST"]),
        Route(feedback.ADDRESS, feedback.feedback, methods=["POST"]),
        Route("/api/suggest", _suggest, methods=["GET"]),
        Route("/api/popular", _popular, methods=["GET"]),
        Route("/api/articles/{article_id}", _article, methods=["GET"]),
        Route(openapi.ADDRESS, _description, methods=["GET"]),
        Route("/api/{rest:path}", _unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


async def _ask_get(request: Request) -> Response:
    text, k = request.query_params.get("text"), request.query_params.get("k")
    if text is None:
        return error(422, "The parameter 'text' is missing: send /api/ask?text=your+question.")
    if k is not None and not (k.isascii() and k.isdigit() and len(k) <= 4):  # noqa: PLR2004 - far above the most
        return error(422, f"'k' must be a whole number from 1 to {MAX_K}.")
    return await _answer(request, text, DEFAULT_K if k is None else int(k))


async def _ask_post(request: Request) -> Response:
    try:
        text, k = _asked(await read_body(request))
    except BadRequest as problem:
        return error(problem.status, str(problem))
    return await _answer(request, text, k)


def _asked(body: bytes) -> tuple[str, int]:
    """Return text and k of a posted question."""
    values = json_object(body)
    if "text" not in values:
        raise BadRequest(422, 'The key "text" is missing: send {"text": "your question"}.')
    text, k = values["text"], values.get("k")
    if not isinstance(text, str):
        raise BadRequest(422, '"text" must be a string.')
    if isinstance(k, float) and k.is_integer():  # JSON knows no difference between 5 and 5.0
        k = int(k)
    if k is not None and (not isinstance(k, int) or isinstance(k, bool)):
        raise BadRequest(422, f'"k" must be a whole number from 1 to {MAX_K}.')
    return text, DEFAULT_K if k is None else k


async def _answer(request: Request, text: str, k: int) -> Response:
    if not 1 <= k <= MAX_K:
        return error(422, f"'k' must be a whole number from 1 to {MAX_K}.")
    # Half of a surrogate pair is valid in JSON's escapes but in no UTF-8 answer.
    text, is_cut = text[:LONGEST_QUERY].encode("utf-8", "replace").decode("utf-8"), len(text) > LONGEST_QUERY
    try:
        queue = shared(request).admission
        content = await wrap_future(queue.submit(visitor_of(request), text, partial(_answered, request, text, k)))
    except TooBusy as problem:
        return too_busy(problem)
    except KbError as problem:
        return not_ready(problem)
    return JSONResponse({**content, "cut": is_cut}, headers={"Cache-Control": "no-store"})


def _answered(request: Request, text: str, k: int) -> dict[str, Any]:
    """Answer and record a question; what was asked for is cut after recording, so that the journal has the ranking."""
    wanted = language.chosen(request.query_params.get(Param.LANGUAGE))
    answer = shared(request).answerer.ask(text, max(k, DEFAULT_K), language=wanted)
    shown = replace(answer, hits=answer.hits[:k]).as_json()
    if request.method == "HEAD":
        return shown
    key, traffic = key_of(request), traffic_behind(request)
    return {
        **shown,
        "query_id": shared(request).visits.record(answer, source=QuerySource.API, visit=key, traffic=traffic),
    }


def _suggest(request: Request) -> Response:
    """Return what may be meant by what was typed so far; nothing of it is kept anywhere."""
    typed = request.query_params.get("text")
    if typed is None:
        return error(422, "The parameter 'text' is missing: send /api/suggest?text=late+f.")
    try:
        found = shared(request).suggester.suggest(typed, language=words().language)
    except KbError as problem:
        return not_ready(problem)
    content = {
        "text": typed,
        "suggestions": [_suggestion(each) for each in found],
        "announcement": counted(words().ask.suggest_count, len(found)) if found else "",
    }
    return JSONResponse(content, headers={"Cache-Control": "no-store"})


def _popular(request: Request) -> Response:
    """Return what is asked and read most, in the language of the request."""
    try:
        found = shared(request).suggester.popular(words().language)
    except KbError as problem:
        return error(503, str(problem))
    return JSONResponse({"suggestions": [_suggestion(each) for each in found]}, headers={"Cache-Control": "no-store"})


def _suggestion(shown: Suggestion) -> dict[str, str]:
    is_article = shown.kind is SuggestionKind.ARTICLE
    return {
        "kind": shown.kind.value,
        "text": shown.text,
        "article_id": shown.article_id,
        "address": links.article(shown.article_id, shown.anchor) if is_article else links.ask(shown.text),
    }


def _article(request: Request) -> Response:
    wanted = request.path_params["article_id"]
    try:
        article = shared(request).answerer.library.resolve(wanted)
    except KbError as problem:
        return not_ready(problem)
    if article is None:
        return error(404, f"There is no article {wanted!r}.")
    if article.id != wanted:
        asked = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/api/articles/{article.id}{asked}", status_code=301)
    wanted = language.chosen(request.query_params.get(Param.LANGUAGE))
    return JSONResponse(article_json(article, wanted or ENGLISH), headers={"Cache-Control": "no-cache"})


def article_json(original: Article, wanted: str = ENGLISH) -> dict[str, Any]:
    """Return an article as the API gives it: texts, never Markdown or paths of the machine.

    :param original: The article with its translations.
    :param wanted: The language to give it in, if it is translated.
    :return: Plain JSON values.
    """
    article = original.in_language(wanted)
    return {
        "id": article.id,
        "title": article.title,
        "kind": article.kind.value,
        "category": article.category,
        "summary": article.summary,
        "address": links.article(article.id),
        "sections": [
            {"heading": s.heading, "anchor": s.anchor, "level": s.level, "text": render.plain_text(s.markdown)}
            for s in article.sections
        ],
        "related": list(article.related),
        "reviewed": article.reviewed.isoformat() if article.reviewed else None,
        "language": article.language,
        "languages": [each.language for each in original.all_languages],
        "out_of_date": article.is_out_of_date,
        "sources": [{"address": s.address, "dated": s.dated, "read": s.read} for s in article.sources],
    }


def _description(request: Request) -> Response:
    content = openapi.description(shared(request).settings.site.name)
    return JSONResponse(content, headers={"Cache-Control": "no-cache"})


def _unknown(request: Request) -> Response:
    methods = openapi.methods_of(request.url.path)
    if not methods:
        return error(404, f"There is nothing at this address: see {openapi.ADDRESS}.")
    reply = error(405, f"This address takes {', '.join(methods)}: see {openapi.ADDRESS}.")
    reply.headers["Allow"] = ", ".join(methods)
    return reply
