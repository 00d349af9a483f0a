"""Routes of everything that is not JSON: the shell of the pages, plain articles, health, assets."""

from __future__ import annotations

from asyncio import wrap_future
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from markupsafe import Markup
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kb.app.staff_access import has_provider_cookie, is_local_editor, session_user, was_signed_in
from kb.app.visits import COOKIE
from kb.content.markdown.render import PICTURES
from kb.errors import KbError, TooBusy
from kb.html import language, links
from kb.html.addresses import SPANISH, Page, Param
from kb.html.documents import layout, plain, structured
from kb.html.documents.page_head import Head
from kb.html.format import clean_query, clean_text, is_cut
from kb.html.parts import ask, feedback, message, outcome, privacy
from kb.html.words import words
from kb.retrieval.build.status import read_status
from kb.server import login, metrics
from kb.server.api.bodies import BadRequest, read_form, reason
from kb.server.middleware.visits import key_of, traffic_behind, visitor_of
from kb.server.pages import assets, embed, machines
from kb.server.pages import feedback as plain_feedback
from kb.server.pages.languages import (
    address_of,
    alternates_of,
    follow_question,
    in_both_languages,
    library_in_language,
    moved,
    remember_question,
    start_in_spanish,
)
from kb.server.pages.shell import shell
from kb.server.processes.figures import ADDRESS
from kb.server.shared import library_of, shared
from kb.settings.site import Site
from kb.types import Answered, Clarify, EventKind, Picture, QuerySource

if TYPE_CHECKING:
    from starlette.requests import Request

_NO_CACHE = {"Cache-Control": "no-cache"}
_NO_STORE = {"Cache-Control": "no-store"}
_MOST_FORM_BYTES = 64 * 1024
"""Largest posted form; the longest question fits in any encoding."""


def routes() -> list[BaseRoute]:
    """Return the routes; all work but that of the health check is synchronous and runs in a thread."""
    return [
        Route(Page.ASK, _start),
        Route(SPANISH, start_in_spanish),
        Route(Page.ARTICLE, _article),
        Route(Page.BROWSE, _browse),
        Route(Page.BILL, _bill),
        Route(Page.CONTACT, _contact),
        Route(Page.PRIVACY, _privacy),
        Route(Page.WRITING, _writing),
        Route(Page.INSIGHTS, _insights),
        *machines.routes(),
        *embed.routes(),
        Route("/a/{article_id}", _plain_article),
        Route("/c/{category_id}", _plain_category),
        Route(Page.PLAIN_ASK, _plain_ask_form, methods=["GET"]),
        Route(Page.PLAIN_ASK, _plain_ask, methods=["POST"]),
        Route(Page.PLAIN_FEEDBACK, plain_feedback.judge, methods=["POST"]),
        Route("/healthz", _healthy),
        Route("/readyz", _ready),
        Route(ADDRESS, metrics.metrics),
        Route(f"{PICTURES}/{{name}}", _picture),
        *assets.routes(),
    ]


def not_found(request: Request) -> Response:
    """Return the page for an address that leads nowhere."""
    return HTMLResponse(plain.not_found_page(shared(request).settings.site), status_code=404)


# ------------------------------------------------------------------------------- shells of the pages


def _start(request: Request) -> Response:
    way_on = login.after_provider(request)
    if way_on is not None:
        return way_on
    library = library_in_language(request)
    asked = Param.QUERY in request.query_params
    return _shell(
        request,
        Head(
            title=f"{words().ask.title} · {shared(request).settings.site.name}",
            description=words().ask.lead,
            **in_both_languages(request, Page.ASK),
            noscript=plain.all_topics(library) if library else Markup(),
            indexed=not asked,
        ),
    )


def _article(request: Request) -> Response:
    library = library_in_language(request)
    wanted = request.query_params.get(Param.ARTICLE, "")
    site = shared(request).settings.site
    article = library.resolve(wanted) if library else None
    if library is None:
        return _shell(request, Head(title=site.name, indexed=False))
    if article is None:
        return _shell(request, Head(title=f"{words().article.unknown_title} · {site.name}", indexed=False), status=404)
    if article.id != wanted:
        return moved(request, links.article(article.id))
    return _shell(
        request,
        Head(
            title=f"{article.title} · {site.name}",
            description=article.summary,
            canonical=address_of(request, article),
            alternates=alternates_of(request, article),
            noscript=plain.article_main(article, library),
        ),
        article_id=article.id,
    )


def _browse(request: Request) -> Response:
    library = library_in_language(request)
    wanted = request.query_params.get(Param.CATEGORY, "")
    category = next((c for c in library.categories if c.id == wanted), None) if library else None
    title, text, address = words().browse.title, words().browse.lead, str(Page.BROWSE)
    noscript = plain.all_topics(library) if library else Markup()
    if category is not None and library is not None:
        title, text, address = category.title, category.text, links.plain_category(category.id)
        noscript = plain.category_main(category, library)
    status = 404 if wanted and library and category is None else 200
    head = Head(
        title=f"{title} · {shared(request).settings.site.name}",
        description=text,
        **(in_both_languages(request, address) if status == 200 else {}),  # noqa: PLR2004 - the HTTP status
        noscript=noscript,
        indexed=status == 200,  # noqa: PLR2004 - the HTTP status
    )
    return _shell(request, head, status=status)


def _contact(request: Request) -> Response:
    site = shared(request).settings.site
    if request.method == "GET":  # the page itself records it as well, where nobody asks for this address
        shared(request).visits.record_contact_opened(key_of(request))
    return _shell(
        request,
        Head(
            title=f"{words().contact.title} · {site.name}",
            description=words().contact.lead,
            **in_both_languages(request, Page.CONTACT),
            noscript=plain.contact_main(site, library_in_language(request)),
        ),
    )


def _bill(request: Request) -> Response:
    """Return the sample bill; a part that does not exist opens none."""
    library = library_in_language(request)
    part = request.query_params.get(Param.PART, "")
    return _shell(
        request,
        Head(
            title=f"{words().bill.title} · {shared(request).settings.site.name}",
            description=words().bill.lead,
            **in_both_languages(request, Page.BILL),
            noscript=plain.bill_main(library, part) if library else Markup(),
            indexed=shared(request).settings.site.has_bill_page,
        ),
    )


def _privacy(request: Request) -> Response:
    settings = shared(request).settings
    kept = privacy.page(settings.retention_days, key_of(request))
    return _shell(
        request,
        Head(
            title=f"{words().privacy.title} · {settings.site.name}",
            description=words().privacy.lead,
            **in_both_languages(request, Page.PRIVACY),
            noscript=kept,
        ),
    )


def _writing(request: Request) -> Response:
    """Return the page for writers; for others it does not exist."""
    return _staff_shell(
        request,
        words().writing.title,
        is_open=is_local_editor(shared(request).listens_on or "", request.headers.get("host", "")),
    )


def _insights(request: Request) -> Response:
    """Return the page for support leads; for others it does not exist."""
    return _staff_shell(request, words().insights.title)


def _staff_shell(request: Request, title: str, *, is_open: bool = False) -> Response:
    """Return a page's shell to a signed-in user; for customers there is none.

    A browser that was signed in before is sent to sign in again. With an identity provider, whose cookie only the page
    itself can read, the shell says nothing about the page.
    """
    site = shared(request).settings.site
    if is_open or session_user(shared(request), request.cookies) is not None:
        language.in_english_only()
        return _shell(request, Head(title=f"{title} · {site.name}", indexed=False, for_staff=True))
    if has_provider_cookie(request.cookies):
        return _shell(request, Head(title=site.name, indexed=False, for_staff=True))
    if was_signed_in(request.cookies):
        wanted = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return RedirectResponse(links.login(wanted), status_code=303, headers=_NO_STORE)
    return not_found(request)


def _shell(request: Request, head: Head, status: int = 200, article_id: str = "") -> Response:
    site = shared(request).settings.site
    head = replace(head, found_by=structured.found_by(site, article_id))
    if head.canonical:
        head = replace(head, social=structured.social_head(site, head.title, head.description, head.canonical))
    head = replace(head, noscript=layout.without_script(site, head.noscript))
    return HTMLResponse(shell(head), status_code=status, headers=_NO_CACHE)


# ----------------------------------------------------------------------------------- plain documents


def _plain_article(request: Request) -> Response:
    site = shared(request).settings.site
    wanted = request.path_params["article_id"]
    try:
        library = shared(request).answerer.library
    except KbError as error:
        return _unavailable(site, error)
    library = library.in_language(words().language)
    article = library.resolve(wanted)
    if article is None:
        page = plain.not_found_page(site, words().article.unknown_title, words().article.unknown_text)
        return HTMLResponse(page, status_code=404)
    if article.id != wanted:
        return moved(request, links.plain_article(article.id))
    if request.cookies.get(COOKIE):  # who comes without one has asked nothing
        shared(request).visits.record_opened(key_of(request), article.id)
    page = plain.article_page(site, article, library, address_of(request, article), alternates_of(request, article))
    return HTMLResponse(page, headers=_NO_CACHE)


def _plain_category(request: Request) -> Response:
    site = shared(request).settings.site
    wanted = request.path_params["category_id"]
    try:
        library = shared(request).answerer.library
    except KbError as error:
        return _unavailable(site, error)
    library = library.in_language(words().language)
    category = next((c for c in library.categories if c.id == wanted), None)
    if category is None:
        return HTMLResponse(plain.not_found_page(site, text=words().browse.unknown), status_code=404)
    address = links.plain_category(category.id)
    page = plain.category_page(site, category, library, **in_both_languages(request, address))
    return HTMLResponse(page, headers=_NO_CACHE)


def _plain_ask_form(request: Request) -> Response:
    return HTMLResponse(plain.ask_page(shared(request).settings.site), headers=_NO_STORE)


async def _plain_ask(request: Request) -> Response:
    """Answer a posted question."""
    try:
        form = await read_form(request, _MOST_FORM_BYTES)
    except BadRequest as problem:
        return PlainTextResponse(str(problem), status_code=problem.status, headers=_NO_STORE)
    refused, exact = Param.NONE_OF_THESE in form, Param.EXACT in form
    typed = form.get(Param.QUERY, "")
    work = partial(_plain_answer, request, typed, refused=refused, exact=exact)
    site = shared(request).settings.site
    try:
        return await wrap_future(shared(request).admission.submit(visitor_of(request), clean_query(typed), work))
    except TooBusy as error:
        page = plain.message_page(site, message.unavailable(error))
        return HTMLResponse(page, status_code=429, headers={**_NO_STORE, "Retry-After": str(error.seconds)})


def _plain_answer(request: Request, typed: str, *, refused: bool, exact: bool) -> Response:
    site, query = shared(request).settings.site, clean_query(typed)
    spoken = follow_question(request, query)
    if not query:
        return HTMLResponse(plain.ask_page(site, answer=outcome.empty()), headers=_NO_STORE)
    try:
        answerer = shared(request).answerer.pinned()
        answer = answerer.ask(query, exact=exact, language=words().language)
    except KbError as error:
        return _unavailable(site, error)
    key = key_of(request)
    query_id = shared(request).visits.record(
        answer, source=QuerySource.PLAIN, visit=key, traffic=traffic_behind(request)
    )
    if refused and isinstance(answer.outcome, Clarify):
        shared(request).visits.record_event(query_id, EventKind.NONE_OF_THESE, visit=key)
    if outcome.is_handover(answer, refused=refused):
        shared(request).visits.record_event(query_id, EventKind.CONTACT_SHOWN, visit=key)
    below = Markup()
    if isinstance(answer.outcome, Answered):
        below = feedback.form(answer.outcome.hit.article_id, query_id)
    library = answerer.library.in_language(words().language)
    shown = outcome.reply(answer, library, site, refused=refused, to=links.PLAIN, below_answer=below)
    if is_cut(typed):
        shown = ask.only_first() + shown
    response = HTMLResponse(plain.ask_page(site, clean_text(typed), shown), headers=_NO_STORE)
    remember_question(request, response, spoken)
    return response


def _unavailable(site: Site, error: KbError) -> Response:
    page = plain.message_page(site, message.unavailable(error))
    return HTMLResponse(page, status_code=503, headers={"Retry-After": "60"})


def _picture(request: Request) -> Response:
    library, name = library_of(request), request.path_params["name"]
    known = library.pictures if library else {}
    if name not in known and _is_staff(request):
        return assets.picture(_waiting(request, name), name, kept_by="private")
    return assets.picture(known, name)


def _is_staff(request: Request) -> bool:
    """Return whether a request may see a picture that is not published yet.

    With an identity provider only the page can read who is signed in; its cookie is enough here, since nobody knows a
    picture's name, a digest of its bytes, who has not seen the draft.
    """
    cookies, host = request.cookies, request.headers.get("host", "")
    if is_local_editor(shared(request).listens_on or "", host) or has_provider_cookie(cookies):
        return True
    return session_user(shared(request), cookies) is not None


def _waiting(request: Request, name: str) -> dict[str, Picture]:
    """Return a picture that waits with a draft, by its name."""
    try:
        found = shared(request).writing.picture(name)
    except KbError:  # without the database there are no drafts to show it in
        return {}
    return {name: found} if found is not None else {}


# ------------------------------------------------------------------------------------------- health


async def _healthy(request: Request) -> Response:
    del request  # alive is alive; and no thread is needed to say so
    return JSONResponse({"status": "alive"}, headers={"Cache-Control": "no-store"})


def _ready(request: Request) -> Response:
    if shared(request).ending.has_begun:
        why = {"status": "stopping", "reason": "This process ends. Send visitors to another one."}
        return JSONResponse(why, status_code=503, headers={"Cache-Control": "no-store"})
    try:
        answerer = shared(request).answerer
    except KbError as error:
        why = {"status": "not ready", "reason": reason(error), **_building(request)}
        return JSONResponse(why, status_code=503, headers={"Cache-Control": "no-store"})
    content = {"status": "ready", "index_version": answerer.index_version, "articles": len(answerer.library)}
    content["index_files"] = shared(request).index_files.state
    return JSONResponse({**content, **_building(request)}, headers={"Cache-Control": "no-store"})


def _building(request: Request) -> dict[str, Any]:
    """Return how far a running build is, for a caller that waits for it; empty when none runs."""
    status = read_status(shared(request).settings.index)
    if status is None:
        return {}
    left = status.seconds_left
    about = {"stage": status.stage.value, "encoder": status.encoder, "goal": status.goal}
    counts = {"done": status.done, "total": status.total, "seconds_left": None if left is None else round(left)}
    return {"building": {**about, **counts}}
