"""Hostile requests: cookies, headers, addresses and forms, as a stranger sends them to a server."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import ExitStack
from functools import lru_cache
from random import Random
from typing import Final, TypeAlias
from urllib.parse import quote_plus

from starlette.applications import Starlette
from starlette.testclient import TestClient

from kb.app.caretaker import Caretaker
from kb.app.container import use
from kb.html.documents.page_head import Head
from kb.server import app as server
from kb.server.pages.shell import shell
from kb.settings.settings import Settings
from tests.fuzzing.payloads import any_payload
from tests.fuzzing.safe_html import page_problems, scripts_within
from tests.fuzzing.subjects import SUBJECTS, Harmful, Subject
from tests.ui import fakes
from tests.ui.fakes import SITE, FakeContainer

Part: TypeAlias = Callable[[Random], str]

_COOKIES: Final = (
    "kb_visit",
    "kb_session",
    "kb_browser",
    "kb_csrf",
    "kb_next",
    "kb_lang",
    "kb_asked",
    "_streamlit_user",
    "_streamlit_xsrf",
)
_PAGES: Final = ("/", "/article", "/browse", "/contact", "/bill", "/privacy", "/ask", "/login", "/logout", "/insights",
                 "/writing", "/a/late-fee", "/c/fees", "/embed", "/es", "/api/suggest", "/api/ask", "/sitemap.xml",
                 "/feed.xml", "/llms.txt", "/opensearch.xml", "/readyz", "/a/late-fee.md", "/pictures/x.png")  # fmt: skip
_QUERIES: Final = ("q", "id", "category", "letter", "part", "lang", "next", "text", "k", "odd")
_FORMS: Final = ("/ask", "/feedback", "/login", "/logout", "/api/ask", "/api/feedback", "/", "/contact")
_FIELDS: Final = ("q", "none_of_these", "exact", "article_id", "query_id", "event", "reason", "text", "sent", "csrf", "next",
                  "name", "password", "k", "odd")  # fmt: skip
_GOOD: Final = (
    "late-fee",
    "late",
    "not_helpful",
    "helpful",
    "why did my bill go up",
    "0" * 32,
    "es",
    "5",
    "",
    "/insights",
)
_TYPES: Final = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "multipart/form-data", "text/plain",
                 "application/json", "application/x-www-form-urlencoded; charset=utf-16", "", "multipart/form-data; boundary=")  # fmt: skip
_HEADERS: Final = ("Accept-Language", "User-Agent", "Referer", "X-Forwarded-For", "X-Forwarded-Proto", "Origin",
                   "Sec-Fetch-Site", "If-None-Match", "Accept-Encoding", "X-KB-Traffic", "Range", "Forwarded")  # fmt: skip


def _value(random: Random) -> str:
    return random.choice(_GOOD) if random.random() < 0.4 else any_payload(random)


def _in_header(text: str) -> str:
    """Return a text as a header may carry it: bytes, and no end of line."""
    return (
        "".join(c if c >= " " and c != "\x7f" else " " for c in text)
        .strip(" \t")
        .encode("utf-8", "replace")
        .decode("latin-1")
    )


def cookies(random: Random) -> str:
    """Return a request for a page with odd cookies, headers and query, as JSON."""
    jar = "; ".join(f"{random.choice(_COOKIES)}={_value(random)}" for _ in range(random.randrange(4)))
    asked = "&".join(f"{random.choice(_QUERIES)}={quote_plus(_value(random))}" for _ in range(random.randrange(3)))
    path = random.choice(_PAGES) if random.random() < 0.8 else "/" + quote_plus(_value(random), safe="/%")
    headers = {random.choice(_HEADERS): _in_header(_value(random)) for _ in range(random.randrange(3))}
    return json.dumps({"method": "GET", "path": f"{path}?{asked}", "headers": {**headers, "Cookie": _in_header(jar)}})


def forms(random: Random) -> str:
    """Return a posted form, of the right kind or another, with fields of ours and values of any kind, as JSON."""
    fields = [(random.choice(_FIELDS), _value(random)) for _ in range(random.randrange(6))]
    encode: tuple[Part, ...] = (
        lambda _: "&".join(f"{name}={quote_plus(value)}" for name, value in fields),
        lambda _: json.dumps(dict(fields)),
        lambda _: (
            "".join(
                f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in fields
            )
            + "--x--\r\n"
        ),
        any_payload,
    )
    headers = {"Content-Type": random.choice(_TYPES), "Cookie": "kb_csrf=x" if random.random() < 0.5 else ""}
    body = random.choice(encode)(random)
    return json.dumps({"method": "POST", "path": random.choice(_FORMS), "headers": headers, "body": body})


@lru_cache(maxsize=1)
def own_scripts() -> frozenset[str]:
    """Return the scripts that stand in the shell of every page, whose digests are in the security policy."""
    return scripts_within(shell(Head(title="")))


@lru_cache(maxsize=1)
def client() -> TestClient:
    """Return a client of our routes behind our middleware, with a help center in memory and no limits of rate."""
    container = FakeContainer(Settings(site=SITE, api_per_minute=0, question_cost_per_minute=0))
    container.put(journal=fakes.FakeJournal(), caretaker=Caretaker([]), answerer=fakes.FakeAnswerer())
    use(container)
    application = Starlette(routes=server.routes(), middleware=server.middleware(container))
    made = TestClient(application, follow_redirects=False, base_url="http://help.example.com")
    return ExitStack().enter_context(made)


def check_request(text: str) -> None:
    """Send a request: nothing fails, nobody is signed in, no header is split, and what is shown is safe."""
    asked = json.loads(text)
    sending = client()
    sending.cookies.clear()
    headers = {name: value.encode("latin-1") for name, value in asked["headers"].items()}
    body = asked.get("body", "").encode("utf-8", "replace")
    reply = sending.request(asked["method"], asked["path"], headers=headers, content=body)
    if reply.status_code >= 500:
        raise Harmful(f"status {reply.status_code}: {reply.text[:300]}")
    if "kb_session=" in reply.headers.get("set-cookie", "").replace('kb_session=""', ""):
        raise Harmful("somebody was signed in")
    if any(c in value for value in reply.headers.values() for c in "\r\n\0"):
        raise Harmful(f"a header holds an end of line: {reply.headers}")
    if not reply.headers.get("location", "/").startswith(("/", "http://help.example.com/")) or reply.headers.get(
        "location", "/"
    ).startswith(("//", "/\\")):
        raise Harmful(f"it leads off the site: {reply.headers['location']}")
    if reply.headers.get("content-type", "").startswith("text/html"):
        problems = page_problems(reply.text, own_scripts())
        if problems:
            raise Harmful(f"{problems}: {reply.text[:300]}")
    elif reply.headers.get("x-content-type-options") != "nosniff":
        raise Harmful("a browser may guess the type of what is no page")


ALL: Final = {
    **SUBJECTS,
    "cookies": Subject(cookies, check_request),
    "forms": Subject(forms, check_request),
}
"""Every subject by name."""
