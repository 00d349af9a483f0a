"""The search box of docs/api.md, copied verbatim onto a page of another origin, in a real browser."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.settings.settings import Settings
from tests.browser.other_site import OtherSite, noting, other_sites
from tests.server.process import ROOT, RunningServer, start_server

pytestmark = pytest.mark.browser
PLACE = "https://help.example.com"


def snippet(address: str) -> str:
    """Return the snippet with a help center's address in it."""
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    (found,) = re.findall(r"```html\n(.*?)```", text, re.DOTALL)
    assert found.count(PLACE) == 2
    return found.replace(PLACE, address)


@pytest.fixture(scope="module")
def sites() -> Iterator[tuple[OtherSite, OtherSite]]:
    """Two other sites: one that the help center lists, and one that it does not list."""
    with other_sites() as made:
        yield made


@pytest.fixture(scope="module")
def help_center(
    built_index: Settings, sites: tuple[OtherSite, OtherSite], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningServer]:
    """Run a server that lists the first of the two sites."""
    folder = tmp_path_factory.mktemp("snippet")
    with start_server(built_index, folder, KB_API_ORIGINS=sites[0].origin) as running:
        for site in sites:
            site.page = (
                f"<!doctype html><html lang=en><title>Another site</title><h1>Ours</h1>{snippet(running.origin)}"
            )
        yield running


@pytest.fixture
def errors() -> list[str]:
    """The browser's complaints."""
    return []


@pytest.fixture
def page(browser: Browser, help_center: RunningServer, errors: list[str]) -> Iterator[Page]:
    """Open a window that notes every error."""
    del help_center
    yield from noting(browser, errors)


def ask(page: Page, site: OtherSite, question: str) -> None:
    """Type a question into the other site's box."""
    page.goto(site.origin)
    field = page.get_by_label("Ask about your bill")
    field.fill(question)
    field.press("Enter")


def test_an_answer_shows_on_another_site(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: RunningServer, errors: list[str]
) -> None:
    """Title and passage are there, the link leads to the article in the help center, and a click is recorded."""
    ask(page, sites[0], "why did my bill go up")
    reply = page.get_by_role("status")
    expect(reply.get_by_role("heading")).to_have_text("Why did my bill go up?")
    expect(reply.locator("p").first).to_contain_text("bill")
    address = reply.get_by_role("link").get_attribute("href") or ""
    assert address.startswith(f"{help_center.origin}/article?id=why-bill-went-up")
    reply.get_by_role("button", name="No").click()
    expect(reply).to_contain_text("Thank you.")
    with sqlite3.connect(f"file:{help_center.log.parent / 'data' / 'journal.db'}?mode=ro", uri=True) as journal:
        events = journal.execute(
            "SELECT q.source, e.kind, e.article_id FROM events e JOIN queries q ON q.query_id = e.query_id"
        ).fetchall()
    assert ("api", "not_helpful", "why-bill-went-up") in events
    assert errors == []


def test_a_choice_is_offered_on_another_site(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: RunningServer, errors: list[str]
) -> None:
    """Two or three articles to choose from, each by its title."""
    ask(page, sites[0], "payment")
    reply = page.get_by_role("status")
    expect(reply.get_by_role("heading")).to_have_text("Which of these do you mean?")
    assert reply.get_by_role("listitem").count() in {2, 3}
    for link in reply.get_by_role("link").all():
        assert (link.get_attribute("href") or "").startswith(f"{help_center.origin}/article?id=")
        assert link.inner_text().strip()
    assert errors == []


def test_without_an_answer_it_leads_to_an_agent(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: RunningServer, errors: list[str]
) -> None:
    """Without an answer, the box leads to an agent; typed HTML stays text."""
    ask(page, sites[0], "<img src=x onerror=alert(1)> how do I bake bread")
    reply = page.get_by_role("status")
    expect(reply.get_by_role("link")).to_have_text("Contact an agent")
    assert reply.get_by_role("link").get_attribute("href") == f"{help_center.origin}/contact"
    assert page.locator("img").count() == 0
    assert errors == []


def test_a_site_that_is_not_listed_is_told_by_the_browser(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: RunningServer, errors: list[str]
) -> None:
    """The box explains calmly that it cannot be used, and leads to the help center."""
    ask(page, sites[1], "why did my bill go up")
    reply = page.get_by_role("status")
    expect(reply).to_contain_text("Answers are not available right now")
    assert reply.get_by_role("link").get_attribute("href") == f"{help_center.origin}/"
    assert any("CORS" in error for error in errors)
