"""A page in a real browser whose replica is killed: it goes on at another one, with all that was typed."""

from __future__ import annotations

import shutil
import signal
import sys
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from playwright.sync_api import Page, Playwright, expect

from kb.database.engine import open_engine, reading
from kb.database.tables.sheets import sealed_sheets
from kb.settings.settings import Settings
from tests import postgres
from tests.browser.conftest import CHROMIUM_ARGUMENTS, PATIENCE_MS, Visit, chromium_path
from tests.support import ROOT, wait_until

sys.path.insert(0, str(ROOT / "scripts"))
import try_replicas
from replica_cluster import HOST, Cluster

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(NGINX is None or postgres.programs() is None, reason="nginx or PostgreSQL is not installed"),
]
ASKED = ("why was I charged a late fee", "how do i set up autopay", "what's the regional sports fee")


@pytest.fixture(scope="module")
def cluster(built_index: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two replicas behind nginx, over one PostgreSQL."""
    folder = tmp_path_factory.mktemp("replicas")
    with try_replicas.running(folder, built_index.index.resolve(), ROOT / built_index.site_path, 2) as running:
        yield running


@pytest.fixture
def page(playwright: Playwright, cluster: Cluster) -> Iterator[Page]:
    """A window of a browser that knows the host's name and takes its certificate."""
    del cluster
    expect.set_options(timeout=PATIENCE_MS)
    rules = f"--host-resolver-rules=MAP {HOST} 127.0.0.1"
    browser = playwright.chromium.launch(executable_path=chromium_path(), args=[*CHROMIUM_ARGUMENTS, rules])
    yield browser.new_context(ignore_https_errors=True).new_page()
    browser.close()


def sheets(cluster: Cluster) -> int:
    """Return how many case sheets are kept, sealed."""
    engine = open_engine(cluster.url)
    with reading(engine) as connection:
        count = connection.scalar(sa.select(sa.func.count()).select_from(sealed_sheets))
    engine.dispose()
    return int(count or 0)


def test_a_page_goes_on_with_its_case_sheet(page: Page, cluster: Cluster) -> None:
    """Each replica is killed once, so the page moves: no reload, the next question is answered, the sheet is there."""
    visit = Visit(page, f"https://{HOST}:{cluster.door.port}")
    links = page.get_by_role("navigation", name="Main")
    visit.open("/")
    page.evaluate("window.samePage = true")
    visit.ask(ASKED[0])
    expect(page.locator("[data-answer=late-fee]")).to_be_visible()
    links.get_by_role("link", name="Contact").click()
    happened = page.get_by_role("textbox", name="What happened", exact=True)
    happened.fill("The total rose.")
    happened.press("Tab")
    wait_until(lambda: sheets(cluster) == 1)
    try_replicas.wait_for_journal(cluster)

    first, second = cluster.replicas
    first.end(signal.SIGKILL)
    links.get_by_role("link", name="Ask").click()
    visit.ask(ASKED[1])
    expect(page.locator("[data-answer=set-up-autopay]")).to_be_visible()
    first.start()
    first.wait_until_ready()
    try_replicas.wait_for_journal(cluster)
    second.end(signal.SIGKILL)
    visit.ask(ASKED[2])
    expect(page.locator("[data-answer=regional-sports-fee]")).to_be_visible()
    links.get_by_role("link", name="Contact").click()
    expect(happened).to_have_value("The total rose.")

    assert page.evaluate("window.samePage") is True
    counts, _ = try_replicas.journal_of(cluster)
    assert counts == dict.fromkeys(ASKED, 1)
