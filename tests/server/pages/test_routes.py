"""What the server sends before any script runs: shells, plain articles, headers, and a 404 for everything else."""

from __future__ import annotations

import asyncio
import base64
import gc
import hashlib
import logging
import re
import socket
import threading
from datetime import UTC, datetime, timedelta
from itertools import chain, repeat
from typing import TYPE_CHECKING

import pytest
import uvicorn
from markupsafe import Markup

from kb.app.caretaker import FIRST_AFTER, Caretaker, Chore
from kb.app.container import Container
from kb.common import memory
from kb.errors import ConfigError, IndexDamaged, KbError
from kb.html.documents.page_head import Head
from kb.server import app as server
from kb.server.middleware.security import inline_script_sources, page_policy
from kb.server.pages import assets, shell
from kb.settings.handover import Delivery, HandOver
from kb.settings.settings import Settings
from kb.settings.site import Site
from tests.ui.fakes import NOTICE, FakeAnswerer, FakeContainer, FakeJournal

if TYPE_CHECKING:
    from starlette.testclient import TestClient


@pytest.mark.parametrize(
    ("address", "title", "words"),
    [
        ("/", "Ask about your bill", 'action="/ask" method="post"'),
        ("/?q=x", "Ask about your bill", "/c/autopay-and-paperless"),
        ("/article?id=why-bill-went-up", "Why did my bill go up?", "two bills"),
        ("/browse", "Browse all topics", "/c/autopay-and-paperless"),
        ("/browse?category=autopay-and-paperless", "Auto Pay", "/a/set-up-autopay"),
        ("/bill", "Your bill, part by part", "There is no sample bill here yet"),
        ("/contact", "Contact an agent", "(833) 267-6094"),
    ],
)
def test_the_first_html_says_what_the_page_is(client: TestClient, address: str, title: str, words: str) -> None:
    """Title, and something to read without JavaScript; nothing of Streamlit's own words is left."""
    reply = client.get(address)
    assert reply.status_code == 200
    assert f"<title>{title} · Billing Help</title>" in reply.text
    noscript = reply.text.split("<noscript>")[1].split("</noscript>")[0]
    assert words in noscript
    assert "Streamlit" not in re.sub(r'(src|href)="[^"]*"', "", reply.text)
    assert reply.text.count("<title>") == 1
    assert "service-desc" not in reply.text


def test_the_first_html_of_an_article_is_described(client: TestClient) -> None:
    """Description and canonical address, for search engines."""
    html = client.get("/article?id=why-bill-went-up").text
    assert '<meta name="description" content="Summary of why-bill-went-up." />' in html
    assert '<link rel="canonical" href="http://testserver:8501/a/why-bill-went-up" />' in html


def test_our_script_runs_before_streamlits(client: TestClient) -> None:
    """It tells theirs where the server is."""
    html = client.get("/").text
    assert html.index("/assets/kb.js") < html.index('type="module"')
    assert 'id="kb-status" role="status"' in html


@pytest.mark.parametrize("address", ["/article?id=nope", "/article", "/browse?category=nope"])
def test_unknown_ids_are_404_and_still_the_page(client: TestClient, address: str) -> None:
    """The status is for machines, the friendly page for people."""
    reply = client.get(address)
    assert reply.status_code == 404
    assert '<div id="root">' in reply.text
    assert "noindex" in reply.text


def test_earlier_ids_are_redirected(client: TestClient) -> None:
    """A browser keeps the fragment by itself."""
    for earlier, address in (
        ("/a/autopay-setup", "/a/set-up-autopay"),
        ("/article?id=autopay-setup", "/article?id=set-up-autopay"),
    ):
        reply = client.get(earlier)
        assert (reply.status_code, reply.headers["location"]) == (301, address)


def test_a_plain_article_is_whole_without_scripts(client: TestClient) -> None:
    """Everything of an article, no script at all, links to plain articles."""
    reply = client.get("/a/why-bill-went-up")
    html = reply.text
    assert reply.status_code == 200
    assert "<title>Why did my bill go up? · Billing Help</title>" in html
    assert '<meta name="description" content="Summary of why-bill-went-up.">' in html
    assert '<link rel="canonical" href="http://testserver:8501/a/why-bill-went-up">' in html
    assert html.count("<h1") == 1
    assert 'id="what-changed-on-the-bill"' in html
    assert 'href="/a/set-up-autopay#set-it-up"' in html
    assert "Undated source, read November 2026" in html
    assert NOTICE.replace("'", "&#39;") in html
    assert re.findall("<script[^>]*>", html) == ['<script type="application/ld+json">']
    assert 'action="/ask" method="post"' in html
    assert "default-src 'none'" in reply.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/contact/", "/contact"),
        ("/browse/?category=fees", "/browse?category=fees"),
        ("/a/late-fee/", "/a/late-fee"),
        ("/c/fees//", "/c/fees"),
        ("/ask/", "/ask"),
    ],
)
def test_a_slash_too_many_leads_to_the_page(client: TestClient, address: str, leads_to: str) -> None:
    """Kept are the method and what follows the question mark."""
    reply = client.get(address, follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (308, leads_to)


@pytest.mark.parametrize("address", ["//evil.example/x", "/\\evil.example/x", "/%5Cevil.example"])
def test_no_page_leads_to_another_site(client: TestClient, address: str) -> None:
    """The link to the other language begins with one slash, whatever was asked for."""
    text = client.get(f"http://testserver:8501{address}").text
    assert 'href="//' not in text
    assert 'href="/\\' not in text
    assert 'href="/evil.example' in text


@pytest.mark.parametrize(
    "address",
    [
        "/nope",
        "/article/foo",
        "/a/nope",
        "/c/nope",
        "/a/",
        "/a/x/y",
        "/a/late-fee/x/",
        "/c/fees/x",
        "/index.html",
        "/static/nope.js",
        "/%2e%2e/etc/passwd",
    ],
)
def test_unknown_addresses_are_404_with_a_way_on(client: TestClient, address: str) -> None:
    """Streamlit would answer 200 with an empty shell."""
    reply = client.get(address)
    assert reply.status_code == 404
    assert 'role="search"' in reply.text


def test_robots_and_sitemap(client: TestClient) -> None:
    """Every article is listed by its plain address, nothing twice."""
    robots = client.get("/robots.txt").text
    assert "Sitemap: http://testserver:8501/sitemap.xml" in robots
    addresses = re.findall(r"<loc>(.*?)</loc>", client.get("/sitemap.xml").text)
    assert "http://testserver:8501/a/late-fee" in addresses
    assert len(addresses) == len(set(addresses)) == 2 * 5 + 3 + 5


def test_ready_names_the_version(client: TestClient) -> None:
    """The readiness check names the version that serves."""
    known = {"status": "ready", "index_version": "fake-1", "articles": 5, "index_files": "loaded"}
    assert client.get("/readyz").json() == known
    assert client.get("/healthz").json() == {"status": "alive"}


@pytest.mark.parametrize("address", ["/", "/a/late-fee", "/api/ask?text=x", "/nope", "/assets/kb.js", "/readyz"])
def test_every_response_carries_the_headers(client: TestClient, address: str) -> None:
    """No framing, no sniffing, no address told to others, and a policy without inline scripts."""
    headers = client.get(address).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    policy = headers["content-security-policy"]
    assert "frame-ancestors 'none'" in policy
    assert "'unsafe-eval'" not in policy
    assert "script-src 'unsafe-inline'" not in policy


def test_the_policy_allows_the_shells_inline_script_by_its_hash(client: TestClient) -> None:
    """Exactly the script that is served, whatever version is installed."""
    reply = client.get("/")
    scripts = re.findall(r"<script>(.*?)</script>", reply.text, re.DOTALL)
    assert scripts
    for script in scripts:
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in reply.headers["content-security-policy"]
    assert "ws://testserver:8501" in reply.headers["content-security-policy"]


def test_a_strange_host_gets_into_no_policy() -> None:
    """A host header, which the sender controls, does not get into a policy."""
    assert "ws:" not in page_policy("evil; script-src *", ())
    assert "ws://[::1]:80" in page_policy("[::1]:80", ())
    assert inline_script_sources('<script src="/x.js"></script>') == ()


def test_what_an_article_says_cannot_break_the_shell() -> None:
    """Titles are escaped; a backslash is not taken for a group of a pattern."""
    html = shell.shell(Head(title=r"</title><script>\1", description='"><b>', noscript=Markup(r"<p>\g<0></p>")))
    assert "&lt;/title&gt;&lt;script&gt;\\1" in html
    assert "&#34;&gt;&lt;b&gt;" in html
    assert r"<p>\g<0></p>" in html


def test_without_an_index_pages_still_come(client: TestClient, container: FakeContainer) -> None:
    """The shell is served, the plain article says 503 and when to come back, the sitemap has the pages."""
    container.put(answerer=IndexDamaged("vectors.bin is damaged"))
    for address in ("/", "/article?id=late-fee", "/browse", "/contact", "/sitemap.xml"):
        assert client.get(address).status_code == 200
    reply = client.get("/a/late-fee")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "60")
    assert "not available right now" in reply.text
    assert "vectors.bin" not in reply.text


def test_an_error_on_a_page_shows_only_its_reference(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The customer can name it, the operator can find it, and only the operator reads what it was."""
    shown: list[str] = []
    monkeypatch.setattr(server, "draw", shown.append)
    assert server._on_script_error(RuntimeError("inner detail"))
    reference = re.search(r"reference: ([0-9a-f]{8})</p>", shown[0])
    assert reference is not None
    assert reference[1] in caplog.text
    assert "inner detail" in caplog.text
    assert "inner detail" not in "".join(shown)


def test_plain_pages_have_the_typeface_of_the_others(client: TestClient) -> None:
    """It comes from here, from no other host."""
    reply = client.get("/assets/text.woff2")
    assert (reply.status_code, reply.headers["content-type"]) == (200, "font/woff2")
    assert reply.content[:4] == b"wOF2"


def test_starting_and_stopping(
    answerer: FakeAnswerer, monkeypatch: pytest.MonkeyPatch, journal: FakeJournal, container: FakeContainer
) -> None:
    """The index is loaded before the first request and closed at the end; no access log is written."""
    closed: list[str] = []
    monkeypatch.setattr(answerer, "close", lambda: closed.append("closed"), raising=False)
    started, due = threading.Event(), datetime(2026, 11, 25, tzinfo=UTC)
    times = chain([due], repeat(due + FIRST_AFTER))
    caretaker = Caretaker([Chore("a chore", timedelta(days=1), lambda _: started.set())], lambda: next(times))
    container.put(caretaker=caretaker)
    access, error = logging.getLogger("uvicorn.access"), logging.getLogger("uvicorn.error")
    monkeypatch.setattr(access, "disabled", False)
    monkeypatch.setattr(error, "level", error.level)

    async def live() -> None:
        async with server._lifespan(container):
            assert access.disabled
            assert closed == []
            assert started.wait(20)

    asyncio.run(live())
    assert closed == ["closed"]
    assert journal.closed
    assert "caretaker" not in {thread.name for thread in threading.enumerate()}


def test_garbage_is_collected_after_every_start(journal: FakeJournal, container: FakeContainer) -> None:
    """Also after a start that ends with an error nobody foresaw."""
    container.put(writing=RuntimeError("x"))
    memory.begin()
    try:
        with pytest.raises(RuntimeError):
            server._prepare(container)
        assert gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()


def test_starting_without_an_index(
    monkeypatch: pytest.MonkeyPatch, journal: FakeJournal, container: FakeContainer
) -> None:
    """A missing index stops nothing; a wrong site.yaml does, before anything is served."""

    async def live(error: KbError) -> str:
        container.put(answerer=error)
        async with server._lifespan(container):
            return "alive"

    monkeypatch.setattr(server.logs, "configure", lambda level: None)
    assert asyncio.run(live(IndexDamaged("x"))) == "alive"
    with pytest.raises(ConfigError):
        asyncio.run(live(ConfigError("x")))


def test_serve_says_where(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    journal: FakeJournal,
    container: FakeContainer,
) -> None:
    """The address is printed once it listens, with the port that was found."""
    used: list[Container] = []
    monkeypatch.setattr(server, "Container", lambda *_: used.append(container) or container)

    async def startup(self: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        assert sockets
        self.started = True

    def run(self: server.Server, sockets: list[socket.socket] | None = None) -> None:
        asyncio.run(self.startup(sockets))
        raise KeyboardInterrupt

    monkeypatch.setattr(uvicorn.Server, "startup", startup)
    monkeypatch.setattr(server.Server, "run", run)
    server.serve(Settings(), port=0)
    assert re.fullmatch(r"Open http://127\.0\.0\.1:\d+\n", capsys.readouterr().out)
    assert used == [container]
    assert container.listens_on == "127.0.0.1"


def test_a_missing_secret_is_one_sentence_before_anything_serves(
    answerer: FakeAnswerer, container: FakeContainer, caplog: pytest.LogCaptureFixture
) -> None:
    """By ``kb serve`` as an error, by any other starter in the log."""
    site = Site(handover=HandOver(Delivery.WEBHOOK, url="https://desk.example.com/in"))
    with pytest.raises(ConfigError, match="needs a secret of 16 characters or more: set KB_HANDOVER_SECRET"):
        server.serve(Settings(site=site), port=0)
    container.put(settings=Settings(site=site, log_level="INFO"))
    with pytest.raises(ConfigError):
        server._start(container)
    assert "set KB_HANDOVER_SECRET" in caplog.text


def test_a_port_that_is_taken_is_one_sentence() -> None:
    """The operator reads what to do."""
    listener = server.listen("127.0.0.1", 0)
    try:
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(ConfigError, match=rf"Cannot listen on 127\.0\.0\.1:{port}: .*--port"):
            server.listen("127.0.0.1", port)
    finally:
        listener.close()
    with pytest.raises(ConfigError, match="--port"):
        server.listen("127.0.0.1", 70_000)


def test_answers_are_sent_without_delay() -> None:
    """Asyncio sees to it only for a socket that says it is TCP; without, each answer waits for the client's sign."""
    listener = server.listen("127.0.0.1", 0)
    try:
        assert listener.proto == socket.IPPROTO_TCP
    finally:
        listener.close()


def test_the_scripts_behind_the_field_are_loaded_ahead(client: TestClient) -> None:
    """Each part that is named is there, so that another Streamlit is noticed."""
    html = client.get("/").text
    ahead = re.findall(r'<link rel="modulepreload" crossorigin href="\./static/js/([^"]+)">', html)
    assert [part for part in shell._NEEDED if not any(name.startswith(part) for name in ahead)] == []
    assert all(f"/static/js/{name}" in assets.static_paths() for name in ahead)
