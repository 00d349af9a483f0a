"""Two brands as ``kb serve --brands`` serves them, and everything that one could try to see of the other."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import re
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

import anyio
import pytest
import sqlalchemy as sa
from mcp.client import Client
from mcp.client.stdio import StdioServerParameters
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus
from websockets.typing import Origin

from kb.database.engine import open_engine, reading
from kb.database.tables.journal import queries
from kb.settings.settings import Settings
from tests.server.process import RunningServer, start_server
from tests.server.processes.sites import PASSWORD, write_sites
from tests.support import ROOT, wait_until

pytestmark = pytest.mark.slow
NORTH, SOUTH = "north.localhost", "south.localhost"
_PROGRAM = (
    "import sys; from pathlib import Path; from kb.server.processes.serving import serve_brands; "
    "sys.exit(serve_brands(Path({file!r}), '127.0.0.1', 0, operator_port={operator}, build=False))"
)


@dataclass
class Browser:
    """Somebody's cookies, sent to any host that is named: more than a browser would do."""

    port: int
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(
        self, host: str, path: str, posted: dict[str, str] | None = None, **headers: str
    ) -> tuple[int, str, http.client.HTTPMessage]:
        """Return status, text and headers."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        sent = {"Host": f"{host}:{self.port}", **{name.replace("_", "-"): value for name, value in headers.items()}}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        body = None
        if posted is not None:
            body, sent["Content-Type"] = urlencode(posted), "application/x-www-form-urlencoded"
        connection.request("GET" if posted is None else "POST", path, body, sent)
        reply = connection.getresponse()
        text = reply.read().decode("utf-8", "replace")
        for cookie in reply.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        connection.close()
        return reply.status, text, reply.headers

    def sign_in(self, host: str) -> int:
        """Sign in as the lead of a brand; return the status."""
        form = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', self.ask(host, "/login")[1]))
        return self.ask(host, "/login", {**form, "name": "kim", "password": PASSWORD})[0]


@dataclass
class Brands:
    """Two brands that are served."""

    folder: Path
    server: RunningServer
    operator: int

    @property
    def port(self) -> int:
        """The port of visitors."""
        return int(self.server.origin.rpartition(":")[2])

    def browser(self, **cookies: str) -> Browser:
        """Return a new browser."""
        return Browser(self.port, dict(cookies))

    def wait_for(self, host: str, status: int = 200, path: str = "/readyz") -> None:
        """Wait until a brand answers with a status."""
        deadline = time.monotonic() + 60
        while self.browser().ask(host, path)[0] != status:
            assert time.monotonic() < deadline, self.server.log.read_text()
            time.sleep(0.1)


@pytest.fixture(scope="module")
def brands(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Brands]:
    """Two brands, both ready; tests put back what they change."""
    folder = tmp_path_factory.mktemp("brands")
    with pytest.MonkeyPatch.context() as patch:
        file = write_sites(folder, patch)
    (folder / "home" / ".streamlit").mkdir(parents=True)
    (folder / "home" / ".streamlit" / "secrets.toml").write_text(
        '[auth]\ncookie_secret = "of the account, and no brand"\n'
    )
    operator = _free_port()
    program = _PROGRAM.format(file=str(file), operator=operator)
    with start_server(Settings(), folder, program, KB_CACHE=str(folder / "cache"), HOME=str(folder / "home")) as server:
        found = Brands(folder, server, operator)
        for host in (NORTH, SOUTH):
            found.wait_for(host)
        yield found
    assert server.process.returncode == 0
    assert "Traceback" not in server.log.read_text()


def _free_port() -> int:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def test_each_host_has_its_own_site(brands: Brands) -> None:
    """Pages, feed, list for machines, search, articles as Markdown: nothing of the other, not even under its ids."""
    for host, name, own, other in ((NORTH, "Northwind", "aurora", "cactus"), (SOUTH, "Southsun", "cactus", "aurora")):
        visitor = brands.browser()
        for path in ("/llms.txt", "/feed.xml", "/sitemap.xml", f"/a/{own}-fee", f"/a/{own}-fee.md", "/opensearch.xml"):
            status, text, _ = visitor.ask(host, path)
            assert status == 200, (path, text)
            assert other not in text.lower()
        assert f"<title>{name} Help" in visitor.ask(host, "/feed.xml")[1]
        assert visitor.ask(host, f"/a/{other}-fee")[0] == 404
        assert visitor.ask(host, f"/a/{other}-fee.md")[0] == 404
        assert visitor.ask(host, f"/api/articles/{other}-fee")[0] == 404
        asked = json.loads(visitor.ask(host, f"/api/ask?text=what+is+the+{other}+fee")[1])
        assert f"{other}-fee" not in json.dumps(asked["hits"])
        assert f"{own}-fee" in visitor.ask(host, f"/api/suggest?text={own}")[1]
        assert f"{other}-fee" not in visitor.ask(host, f"/api/suggest?text={other}")[1]


def test_a_forged_host_leads_nowhere_else(brands: Brands) -> None:
    """Not by other headers, an absolute address, a path out of the folder, or a second request on a connection."""
    visitor = brands.browser()
    status, text, _ = visitor.ask("elsewhere.example", "/")
    assert (status, text) == (421, "This server does not answer for that host name.\n")
    forged = {"X_Forwarded_Host": SOUTH, "Forwarded": f"host={SOUTH}", "X_Original_Host": SOUTH}
    assert "Northwind" in visitor.ask(NORTH, "/llms.txt", **forged)[1]
    for path in (
        "/assets/../../south/site.yaml",
        "/assets/%2e%2e/%2e%2e/south/site.yaml",
        "/a/..%2f..%2fsouth",
        "/media/../south",
    ):
        status, text, _ = visitor.ask(NORTH, path)
        assert status in {400, 404}
        assert "Southsun" not in text
    connection = http.client.HTTPConnection("127.0.0.1", brands.port, timeout=30)
    connection.request("GET", "/llms.txt", headers={"Host": NORTH})
    assert "Northwind" in connection.getresponse().read().decode()
    connection.request("GET", "/llms.txt", headers={"Host": SOUTH})
    reply = connection.getresponse()
    assert (reply.status, reply.read()) == (421, b"This server does not answer for that host name.")
    connection.close()


def test_a_lead_of_one_brand_is_a_stranger_to_the_other(brands: Brands) -> None:
    """Even with the same name and password, and with cookies sent under every name that the other could read."""
    lead = brands.browser()
    assert lead.sign_in(NORTH) == 303
    assert lead.ask(NORTH, "/insights")[0] == 200
    assert {name.partition(".")[2] for name in lead.cookies} == {"north"}
    for name in ("kb_session.north", "kb_session.south", "kb_session"):
        stranger = brands.browser(**{name: lead.cookies["kb_session.north"]})
        assert stranger.ask(SOUTH, "/logout")[0] == 404
        status, _, headers = stranger.ask(SOUTH, "/insights")
        assert status in {303, 307, 404}, status  # to sign in, where it was signed in before
        assert "north" not in str(headers.get("Location", ""))
    assert lead.sign_in(SOUTH) == 303
    assert lead.ask(NORTH, "/insights")[0] == 200  # signing in there signs nobody out here


def test_a_sign_in_of_one_brand_sends_no_file_to_the_other(brands: Brands) -> None:
    """Uploads and downloads are in the processes of their own brand."""
    lead = brands.browser()
    assert lead.sign_in(NORTH) == 303
    assert lead.ask(SOUTH, "/_stcore/upload_file/session/file", {"x": "y"})[0] == 403
    for path in ("/media/0123456789abcdef.csv", "/pictures/082194cf3c88562b-340x328.svg"):
        assert lead.ask(SOUTH, path)[0] == 404


def test_an_assistant_of_one_brand_is_told_nothing_of_the_other(brands: Brands) -> None:
    """``kb mcp`` in a brand's folder, as ``kb brands run`` starts it."""
    words = ["-m", "kb", "brands", "run", "--only", "south", str(brands.folder / "brands.yaml"), "mcp"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "KB_CACHE": str(brands.folder / "cache")}
    server = StdioServerParameters(command=sys.executable, args=words, env=environment, cwd=brands.folder)

    async def told(article_id: str) -> str:
        async with Client(server) as client:
            return str(await client.call_tool("read_article", {"article_id": article_id}))

    assert "secret of the south" in anyio.run(told, "cactus-fee")
    said = anyio.run(told, "aurora-fee")
    assert "There is no article 'aurora-fee'" in said
    assert "secret of the north" not in said


@pytest.mark.parametrize(
    ("host", "origin", "path"),
    [(SOUTH, NORTH, "/_stcore/stream"), ("elsewhere.example", "elsewhere.example", "/_stcore/stream")],
)
def test_a_websocket_of_one_brand_does_not_open_at_the_other(brands: Brands, host: str, origin: str, path: str) -> None:
    """The page's origin must be the brand's own host."""

    async def knock(host: str, origin: str) -> int:
        site = Origin(f"http://{origin}:{brands.port}")
        try:
            async with connect(f"ws://{host}:{brands.port}{path}", host="127.0.0.1", port=brands.port, origin=site):
                return 101
        except InvalidStatus as refused:
            return refused.response.status_code

    assert asyncio.run(knock(host, origin)) in {403, 421}
    assert asyncio.run(knock(SOUTH, SOUTH)) == 101


def test_figures_are_each_brands_own_and_the_operators_together(brands: Brands) -> None:
    """A brand counts its own questions; the operator's port has both, with their names, and is no visitor's."""
    before = _questions(brands)
    for host in (NORTH, NORTH, NORTH, SOUTH):
        status, text, _ = brands.browser().ask(host, "/api/ask?text=late+fee")
        assert status == 200, text
    after = _questions(brands)
    assert (after["north"] - before["north"], after["south"] - before["south"]) == (3, 1)
    own = brands.browser().ask(SOUTH, "/metrics")[1]
    assert "north" not in own
    assert "brand" not in own
    assert brands.browser().ask("127.0.0.1", "/metrics")[0] == 421


def _questions(brands: Brands) -> dict[str, float]:
    text = Browser(brands.operator).ask("127.0.0.1", "/metrics")[1]
    assert set(re.findall(r'^kb_brand_ready{brand="(\w+)"} 1', text, re.MULTILINE)) == {"north", "south"}
    found = {"north": 0.0, "south": 0.0}
    for name, count in re.findall(r'^kb_questions_total{brand="(\w+)".*?} ([\d.]+)', text, re.MULTILINE):
        found[name] += float(count)
    return found


def test_questions_are_in_their_own_journal(brands: Brands) -> None:
    """Each brand writes into its own folder."""
    for host, text in ((NORTH, "zebra up here"), (SOUTH, "quokka down there")):
        assert brands.browser().ask(host, f"/api/ask?{urlencode({'text': text})}")[0] == 200
    for name, own, other in (("north", "zebra", "quokka"), ("south", "quokka", "zebra")):
        _wait_for_text(brands, name, own)
        assert other not in _written(brands, name)


def _wait_for_text(brands: Brands, name: str, text: str) -> None:
    wait_until(lambda: text in _written(brands, name))


def _written(brands: Brands, name: str) -> str:
    engine = open_engine(f"sqlite:///{brands.folder / name / 'data' / 'journal.db'}")
    with reading(engine) as connection:
        texts = " ".join(connection.scalars(sa.select(queries.c.text)))
    engine.dispose()
    return texts


def test_a_brand_without_index_or_site_is_honest_and_stops_no_other(brands: Brands) -> None:
    """First its index goes, then its site.yaml breaks and the file is read again: the other answers all the time."""
    site, kept = brands.folder / "south" / "site.yaml", brands.folder / "south.yaml"
    file = brands.folder / "brands.yaml"
    shutil.copy(site, kept)
    try:
        site.write_text("name: [\n")
        (brands.folder / "south" / "index").rename(brands.folder / "away")
        _reread(brands, file, "processes: 1, hosts: [south.localhost]", "hosts: [south.localhost]")
        brands.wait_for(SOUTH, 503, "/")
        status, text, headers = brands.browser().ask(SOUTH, "/")
        assert status == 503
        assert headers["Retry-After"]
        assert "Southsun" not in text
        shutil.copy(kept, site)
        brands.wait_for(SOUTH, 503)  # it starts by itself, and says what is missing
        assert "kb build" in _until(brands, SOUTH, "/readyz", "kb build")
        assert brands.browser().ask(NORTH, "/readyz")[0] == 200
    finally:
        shutil.copy(kept, site)
        (brands.folder / "away").rename(brands.folder / "south" / "index")
    brands.wait_for(SOUTH)
    assert brands.browser().ask(NORTH, "/llms.txt")[0] == 200


def _until(brands: Brands, host: str, path: str, said: str) -> str:
    deadline = time.monotonic() + 60
    while said not in (text := brands.browser().ask(host, path)[1]) and time.monotonic() < deadline:
        time.sleep(0.1)
    return text


def _reread(brands: Brands, file: Path, new: str, old: str) -> None:
    """Change the file, so that the south starts again, and have it read."""
    file.write_text(file.read_text().replace(old, new.replace("processes: 1", "processes: 2")))
    brands.server.process.send_signal(signal.SIGHUP)
