"""Routes to sign in and out with a local account: ``/login`` and ``/logout``; with an identity provider, its page.

Posted forms are accepted only from our own pages: ``Origin`` and ``Sec-Fetch-Site``, if sent, must name this site, and
the form must hold the value of the cookie ``kb_csrf``, which no other site can read.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from kb.app.staff_access import SESSION_COOKIE, has_provider_cookie, session_user, uses_provider
from kb.common.limits import client_of, network_of
from kb.errors import JournalUnavailable, SignInRefused
from kb.html import language
from kb.html.addresses import Page, Param
from kb.html.documents import login as login_pages
from kb.html.documents import plain
from kb.html.documents.page_head import Head
from kb.html.parts import message
from kb.html.words import words
from kb.server.pages.shell import shell
from kb.server.shared import shared
from kb.types import CameFrom

if TYPE_CHECKING:
    from starlette.requests import Request

CSRF_COOKIE: Final = "kb_csrf"
NEXT_COOKIE: Final = "kb_next"
BROWSER_COOKIE: Final = "kb_browser"
"""Tells a browser in which someone signed in before from a stranger's; it opens nothing by itself."""
_BROWSER_SECONDS: Final = 90 * 24 * 3600
_NEXT_SECONDS: Final = 600
"""How long a sign-in at the identity provider may take."""
_HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
}


def routes() -> list[BaseRoute]:
    """Return the routes."""
    return [
        Route(Page.LOGIN, _sign_in_form, methods=["GET"]),
        Route(Page.LOGIN, _sign_in, methods=["POST"]),
        Route(Page.LOGOUT, _sign_out_form, methods=["GET"]),
        Route(Page.LOGOUT, _sign_out, methods=["POST"]),
    ]


def safe_next(wanted: str) -> str:
    """Return where to go after signing in: always a staff page of this site.

    :param wanted: From the address or the form.
    :return: A path, with its query when it is one of ours.
    """
    try:
        parts = urlsplit(wanted)
    except ValueError:
        return Page.INSIGHTS
    plainly = not (parts.scheme or parts.netloc or "\\" in wanted) and wanted.isprintable()
    if plainly and parts.path in (Page.INSIGHTS, Page.WRITING):
        return f"{parts.path}?{parts.query}" if parts.query else parts.path
    return Page.INSIGHTS


def after_provider(request: Request) -> Response | None:
    """Return the way on after the identity provider, which always leads back to the first page.

    :param request: For the first page.
    :return: A redirect to the page that was asked for before; None for every other request.
    """
    wanted = request.cookies.get(NEXT_COOKIE)
    if not wanted or not has_provider_cookie(request.cookies):
        return None
    response = RedirectResponse(safe_next(wanted), status_code=HTTPStatus.SEE_OTHER)
    response.delete_cookie(NEXT_COOKIE)
    return response


# ---------------------------------------------------------------------------------------------- signing in


def _sign_in_form(request: Request) -> Response:
    to = safe_next(request.query_params.get(Param.NEXT, ""))
    if uses_provider():
        head = Head(title=shared(request).settings.site.name, indexed=False)
        response: Response = HTMLResponse(shell(head), headers={"Cache-Control": "no-store"})
        _set_cookie(response, request, NEXT_COOKIE, to, _NEXT_SECONDS)
        return response
    return _form(request, to)


def _form(request: Request, to: str, name: str = "", problem: str = "", status: int = HTTPStatus.OK) -> Response:
    language.in_english_only()
    csrf = request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(32)
    page = login_pages.sign_in_page(shared(request).settings.site, csrf, to, name, problem)
    response = HTMLResponse(page, status_code=status, headers=_HEADERS)
    _set_cookie(response, request, CSRF_COOKIE, csrf)
    return response


async def _sign_in(request: Request) -> Response:
    if await run_in_threadpool(uses_provider):
        return await run_in_threadpool(_refused, request, HTTPStatus.NOT_FOUND)
    posted = await _posted(request)
    if posted is None:
        return await run_in_threadpool(
            lambda: _form(request, Page.INSIGHTS, problem=words().sign_in.expired, status=HTTPStatus.FORBIDDEN)
        )
    return await run_in_threadpool(_signed_in, request, posted)


def _signed_in(request: Request, posted: _Posted) -> Response:
    try:
        wait = shared(request).limits.sign_ins.take(client_of(request.client.host if request.client else ""))
        if wait:
            return _too_often(request, posted, wait)
        accounts = shared(request).accounts
        browser = request.cookies.get(BROWSER_COOKIE, "")
        came_from = CameFrom(network_of(request.client.host if request.client else ""), browser)
        token = accounts.sign_in(posted.name, posted.password, came_from)
        browser = accounts.know_browser(token, browser)
    except SignInRefused as problem:
        return _form(request, posted.to, posted.name, str(problem), status=HTTPStatus.FORBIDDEN)
    except JournalUnavailable:
        return _form(
            request, posted.to, posted.name, words().sign_in.no_database, status=HTTPStatus.SERVICE_UNAVAILABLE
        )
    response = RedirectResponse(posted.to, status_code=HTTPStatus.SEE_OTHER, headers={"Cache-Control": "no-store"})
    seconds = int(accounts.longest_session.total_seconds())
    _set_cookie(response, request, SESSION_COOKIE, token, seconds)
    _set_cookie(response, request, BROWSER_COOKIE, browser, _BROWSER_SECONDS)
    response.delete_cookie(CSRF_COOKIE)  # the next form gets a new one
    return response


def _too_often(request: Request, posted: _Posted, wait: float) -> Response:
    said, status = words().sign_in.too_often, HTTPStatus.TOO_MANY_REQUESTS
    response = _form(request, posted.to, posted.name, said, status=status)
    response.headers["Retry-After"] = str(int(wait) + 1)
    return response


# --------------------------------------------------------------------------------------------- signing out


def _sign_out_form(request: Request) -> Response:
    site = shared(request).settings.site
    user = session_user(shared(request), request.cookies)
    if user is None:
        return _refused(request, HTTPStatus.NOT_FOUND)
    language.in_english_only()
    csrf = request.cookies.get(CSRF_COOKIE) or secrets.token_urlsafe(32)
    response = HTMLResponse(login_pages.sign_out_page(site, csrf, user), headers=_HEADERS)
    _set_cookie(response, request, CSRF_COOKIE, csrf)
    return response


async def _sign_out(request: Request) -> Response:
    posted = await _posted(request)
    return await run_in_threadpool(_signed_out, request, allowed=posted is not None)


def _signed_out(request: Request, *, allowed: bool) -> Response:
    if not allowed:
        return _refused(request, HTTPStatus.FORBIDDEN)
    language.in_english_only()
    try:
        shared(request).accounts.sign_out(request.cookies.get(SESSION_COOKIE, ""))
    except JournalUnavailable as error:
        # Not signed out: the session could be used further, so nothing is claimed.
        page = plain.message_page(shared(request).settings.site, message.unavailable(error))
        return HTMLResponse(page, status_code=HTTPStatus.SERVICE_UNAVAILABLE, headers=_HEADERS)
    response = HTMLResponse(login_pages.signed_out_page(shared(request).settings.site), headers=_HEADERS)
    response.delete_cookie(SESSION_COOKIE)
    response.delete_cookie(CSRF_COOKIE)
    return response


# --------------------------------------------------------------------------------------------------- forms


@dataclass(frozen=True, slots=True)
class _Posted:
    """The fields of a posted form."""

    name: str
    password: str
    to: str


async def _posted(request: Request) -> _Posted | None:
    """Return a posted form; None when it is not from a page of ours."""
    if not _is_same_site(request):
        return None
    try:
        async with request.form(max_files=0, max_fields=10, max_part_size=4096) as form:
            given = {name: value for name, value in form.items() if isinstance(value, str)}
    except HTTPException:  # not a form, or too much of one
        return None
    cookie, csrf = request.cookies.get(CSRF_COOKIE, ""), given.get(Param.CSRF, "")
    if not cookie or not hmac.compare_digest(cookie.encode(), csrf.encode("utf-8", "surrogatepass")):
        return None
    to = safe_next(given.get(Param.NEXT, ""))
    return _Posted(given.get(Param.NAME, ""), given.get(Param.PASSWORD, ""), to)


def _is_same_site(request: Request) -> bool:
    """Return whether the headers name this site as a form's origin; old browsers send none."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return True
    try:
        return urlsplit(origin).netloc == request.headers.get("host", "")
    except ValueError:
        return False


def _refused(request: Request, status: int) -> Response:
    page = plain.not_found_page(shared(request).settings.site)
    return HTMLResponse(page, status_code=status, headers=_HEADERS)


def _set_cookie(response: Response, request: Request, name: str, value: str, seconds: int | None = None) -> None:
    """Set a cookie: hidden from scripts, not sent to other sites, and secure under https."""
    secure = request.url.scheme == "https"
    response.set_cookie(name, value, max_age=seconds, path="/", httponly=True, samesite="lax", secure=secure)
