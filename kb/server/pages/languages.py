"""The language of what is served: articles and addresses in the language of the page, and questions that set it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import RedirectResponse, Response

from kb.html import language, links
from kb.html.addresses import Page, Param
from kb.html.words import Language, use_language, words
from kb.server.middleware.language import cookie
from kb.server.shared import absolute, library_of
from kb.types import ENGLISH, Article, Library

if TYPE_CHECKING:
    from starlette.requests import Request


def start_in_spanish(request: Request) -> Response:
    """Lead to the start page in Spanish: an address that can be said on the telephone."""
    del request
    return RedirectResponse(language.in_language(Page.ASK, Language.SPANISH), status_code=302)


def library_in_language(request: Request) -> Library | None:
    """Return what customers can open, in the language of the page; None as long as no index serves."""
    found = library_of(request)
    return None if found is None else found.in_language(words().language)


def moved(request: Request, address: str) -> Response:
    """Lead from an article's earlier id to its own, in the language that was asked for."""
    asked = language.chosen(request.query_params.get(Param.LANGUAGE))
    return RedirectResponse(language.in_language(address, asked) if asked else address, status_code=301)


def address_of(request: Request, article: Article) -> str:
    """Return the absolute address of an article in its language: English has the plain one."""
    address = links.plain_article(article.id)
    return absolute(
        request, address if article.language == ENGLISH else language.in_language(address, article.language)
    )


def alternates_of(request: Request, article: Article) -> tuple[tuple[str, str], ...]:
    """Return the addresses of an article by language; none if it is in English alone."""
    original = library_of(request)
    found = original.resolve(article.id) if original is not None else None
    every = found.all_languages if found is not None else ()
    return tuple((each.language, address_of(request, each)) for each in every) if len(every) > 1 else ()


def in_both_languages(request: Request, address: str) -> dict[str, Any]:
    """Return what the head of a page says that is there in every language: its own address and the others."""
    found = {
        each: absolute(request, address if each is Language.ENGLISH else language.in_language(address, each))
        for each in Language
    }
    return {"canonical": found[words().language], "alternates": tuple(found.items())}


def follow_question(request: Request, query: str) -> Language | None:
    """Use the language of a posted question unless the reader chose one; return it if its words tell it."""
    accepted = request.headers.get("accept-language", "")
    asked = language.chosen(request.query_params.get(Param.LANGUAGE))
    use_language(language.negotiate(asked, request.cookies, accepted, query))
    return language.of_question(query)


def remember_question(request: Request, response: Response, spoken: Language | None) -> None:
    """Have the browser remember the language of a question until it is closed; nothing if its words tell none."""
    if spoken is not None:
        kept = cookie(language.ASKED_COOKIE, spoken, secure=request.url.scheme == "https")
        response.headers.append("Set-Cookie", kept)
