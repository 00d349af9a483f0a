"""A walk through the whole product, over HTTP and websockets as browsers have it, and by every command."""

from __future__ import annotations

import asyncio
import re
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from http.cookies import SimpleCookie
from urllib.parse import quote, urlencode

from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus, WebSocketException

from tests.browser.staff import PASSWORD
from tests.outside.visit import STREAM, Drawn, Visit

ENGLISH, SPANISH = "why was i charged a late fee", "por qué subió mi factura este mes"
PAGES = ("/", "/browse", "/bill", "/contact", "/privacy", "/article?id=late-fee", "/a/late-fee", "/c/fees", "/ask")
OTHERS = (
    "/es",
    "/nothing/here",
    "/robots.txt",
    "/sitemap.xml",
    "/llms.txt",
    "/healthz",
    "/readyz",
    "/metrics",
    "/_stcore/health",
    "/_stcore/host-config",
    "/api/openapi.json",
    "/api/popular",
    "/api/suggest?text=late+f",
    "/api/articles/late-fee",
    "/api/articles/late-fee?lang=es",
)
STAFF = (
    ("kim", "insights", ({}, {"view": "questions"}, {"view": "sample"})),
    ("ed", "writing", ({}, {"article": "late-fee"}, {"view": "publications"})),
)
"""Who opens which page of the staff, in which views."""
_LINKED = re.compile(r'(?:src|href)="/((?:assets|media)/[^"]+)"')
_CSRF = re.compile(r'name="csrf" value="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer over HTTP."""

    status: int
    text: str
    cookies: dict[str, str]


def ask_for(
    address: str, form: dict[str, str] | None = None, cookies: dict[str, str] | None = None, **headers: str
) -> Reply:
    r"""Send one request; follow no redirect.

    :param address: Whole.
    :param form: Posted, if given.
    :param cookies: Sent along.
    :param \**headers: Further headers, ``_`` for ``-``.
    :return: The answer, whatever its status.
    """
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    if cookies:
        sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    request = urllib.request.Request(address, urlencode(form).encode() if form else None, sent)
    try:
        with _OPENER.open(request, timeout=60) as reply:
            status, body, got = reply.status, reply.read(), reply.headers
    except urllib.error.HTTPError as error:
        status, body, got = error.code, error.read(), error.headers
    jar = SimpleCookie()
    for line in got.get_all("Set-Cookie", []):
        jar.load(line)
    return Reply(status, body.decode("utf-8", "replace"), {name: morsel.value for name, morsel in jar.items()})


class _Stay(urllib.request.HTTPRedirectHandler):
    """Follow nothing."""

    def redirect_request(self, *_: object, **__: object) -> None:
        """Leave a redirect as it is."""


_OPENER = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


# ------------------------------------------------------------------------------------------- over HTTP


def customers(origin: str) -> None:
    """Go through everything that customers reach over HTTP, in both languages."""
    addresses = [f"{page}{'&' if '?' in page else '?'}lang={lang}" for page in PAGES for lang in ("en", "es")]
    shown = [ask_for(f"{origin}{address}") for address in addresses]
    assert {reply.status for reply in shown} == {200}
    files = {path for reply in shown for path in _LINKED.findall(reply.text)}
    assert {ask_for(f"{origin}/{path}").status for path in files} == {200}
    for path in OTHERS:
        assert ask_for(f"{origin}{path}").status < 500, path
    for text in (ENGLISH, SPANISH):
        assert ask_for(f"{origin}/api/ask?text={quote(text)}").status == 200
        reply = ask_for(f"{origin}/ask", {"q": text})
        assert reply.status == 200
    asked = ask_for(f"{origin}/api/ask?text={quote(ENGLISH)}").text
    query_id = asked.split('"query_id":"')[1][:32]
    judged = {"query_id": query_id, "article_id": "late-fee", "event": "helpful"}
    assert ask_for(f"{origin}/feedback", judged).status < 500


def sign_in(origin: str, name: str) -> str:
    """Sign in with a local account, as a browser does; return the session's cookie."""
    form = ask_for(f"{origin}/login?next=/insights")
    (csrf,) = _CSRF.findall(form.text)
    posted = {"csrf": csrf, "name": name, "password": PASSWORD, "next": "/insights"}
    signed_in = ask_for(f"{origin}/login", posted, form.cookies, Origin=origin)
    assert signed_in.status == 303, signed_in.text
    return f"kb_session={signed_in.cookies['kb_session']}"


# ------------------------------------------------------------------------------------------ websockets


async def visit(origin: str) -> None:
    """Be a customer on one open page: every page, a question in each language, a request to the help desk."""
    async with Visit(origin) as page:
        for language in ("en", "es"):
            for name in ("browse", "bill", "privacy", "article"):
                _good(await page.show(name, {"lang": language, "id": "late-fee"}))
            start = await page.show("", {"lang": language})
            text = SPANISH if language == "es" else ENGLISH
            _good(await page.fill(start, {"ask_query": text}, press="ask_submit"))
        contact = await page.show("contact")
        filled = {
            "handover_name": "Robin",
            "handover_reach": "555 0100 200",
            "handover_question": "Why is there a late fee?",
            "handover_consent": True,
        }
        sent = await page.fill(contact, filled, press="handover_submit")
        assert "handover_again" in _good(sent).widgets, sent.text
        await meddle(page)
        _good(await page.show())


async def meddle(page: Visit) -> None:
    """Send what no page of ours sends: Streamlit's messages for developers."""
    for name in ("load_git_info", "clear_cache", "set_run_on_save", "debug_shutdown_runtime"):
        await page.send(BackMsg(**{name: True}))


async def staff(
    origin: str, session: str, page: str, views: Sequence[dict[str, str]], *, way_out: str = "/logout"
) -> None:
    """Be a lead or an editor: open a page of theirs in several views, each of which leads to the way out."""
    async with Visit(origin, headers={"Cookie": session}) as opened:
        for view in views:
            drawn = _good(await opened.show(page, view))
            assert way_out in drawn.text, f"{page} is not open: {drawn.text}"


async def strangers(origin: str, count: int) -> None:
    """Knock as pages of other sites do, all at once; all of them are refused."""

    async def knock(n: int) -> None:
        try:
            async with connect(
                f"{origin.replace('http', 'ws', 1)}{STREAM}",
                origin=f"https://evil-{n}.example",  # type: ignore[arg-type]  # a NewType of str
                proxy=None,
                open_timeout=60,
            ):
                raise AssertionError("a foreign page was let in")
        except (InvalidStatus, WebSocketException):
            return

    await asyncio.gather(*(knock(n) for n in range(count)))


def _good(drawn: Drawn) -> Drawn:
    assert not drawn.has_failed, drawn.text
    return drawn
