"""The page for support leads in a real browser: who sees it, what it shows, its exports, and who may do what."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.settings.settings import Settings
from tests.browser.conftest import Visit
from tests.browser.screens import everywhere, violations
from tests.browser.staff import HOSTILE, accounts_of, drawn, journal, sign_in, window
from tests.server.process import RunningServer, start_server

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class House:
    """A server with a journal."""

    server: RunningServer
    url: str


@contextmanager
def housed(index: Settings, folder: Path) -> Iterator[House]:
    """Run the server over six small articles and a few questions."""
    url = journal(folder)
    more = {"KB_DATABASE_URL": url, "KB_ARTICLES": str(index.articles)}
    with start_server(index, folder, **more) as running:
        yield House(running, url)


@pytest.fixture(scope="module")
def house(tiny_index: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A server that the tests of this file share, so none of them closes a gap in it."""
    with housed(tiny_index, tmp_path_factory.mktemp("insights")) as running:
        yield running


@pytest.fixture
def own_house(tiny_index: Settings, tmp_path: Path) -> Iterator[House]:
    """A server of the test's own."""
    with housed(tiny_index, tmp_path) as running:
        yield running


@pytest.fixture
def lead(browser: Browser, house: House) -> Iterator[Visit]:
    """A window in which a lead is signed in, on /insights."""
    with led(browser, house) as visit:
        yield visit


@contextmanager
def led(browser: Browser, house: House) -> Iterator[Visit]:
    """Open a window in which a lead is signed in, on /insights."""
    with window(browser, house.server.origin, accept_downloads=True) as visit:
        sign_in(visit, "kim")
        drawn(visit.page, lambda page: page.locator("#articles"))
        yield visit


def to_gaps(page: Page) -> None:
    """Go to the list of gaps, one step from wherever one is."""
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Gaps").click()
    drawn(page, lambda p: p.locator("[data-gaps]"))


def figure(page: Page, name: str) -> str:
    """Return a figure as it is read."""
    return page.locator(f'[data-figure="{name}"]').inner_text()


def test_the_figures_stand_with_what_they_mean(lead: Visit) -> None:
    """Counted by hand; what is not known is a dash with its reason, never a zero."""
    page = lead.page
    assert {name: figure(page, name) for name in ("questions", "answered", "undecided", "handed_over")} == {
        "questions": "7", "answered": "3", "undecided": "1", "handed_over": "3"
    }  # fmt: skip
    assert (figure(page, "confirmed"), figure(page, "assumed"), figure(page, "unknown")) == ("1", "2", "3")
    assert (figure(page, "rated_wrong"), figure(page, "risk_promised")) == ("1 of 2", "–")
    promised = page.locator('div:has(> dd > [data-figure="risk_promised"])')
    expect(promised).to_contain_text("the index in use has no certificate")
    expect(promised).to_contain_text("The upper bound that the index in use was certified for")
    expect(page.get_by_text("Nothing is known of the period before: the journal had not begun.")).to_have_count(1)
    expect(page.get_by_text("not known for the period before")).to_have_count(0)
    expect(page.locator('[aria-label^="Stacked bars"], [alt^="Stacked bars"]').first).to_be_attached()


def test_a_period_is_chosen_and_stands_in_the_address(lead: Visit) -> None:
    """By a link within the visit, by dates of one's own, and Back."""
    page = lead.page
    page.evaluate("window.sameVisit = true")
    page.get_by_role("link", name="7 days").click()
    expect(page.locator(".kb-chips a[aria-current]").first).to_have_text("7 days")
    assert page.url.endswith("/insights?days=7")
    page.get_by_role("textbox", name="From", exact=True).fill("2025-01-01")
    page.get_by_role("textbox", name="To", exact=True).fill("2025-01-31")
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("[data-period]")).to_have_attribute("data-period", "2025-01-01/2025-01-31")
    expect(page.locator('[data-figure="questions"]')).to_have_text("–")
    expect(page.get_by_text("there is nothing to draw")).to_be_visible()
    page.go_back()
    expect(page.locator(".kb-chips a[aria-current]").first).to_have_text("7 days")
    assert page.evaluate("window.sameVisit") is True


def test_an_export_holds_the_cells_of_the_screen_and_no_formula(lead: Visit) -> None:
    """A filtered list of gaps is exported; a customer's text stays text, on the page and in a spreadsheet."""
    page = lead.page
    to_gaps(page)
    page.get_by_label("Only gaps with this text").fill("zebra")
    page.get_by_label("Only gaps with this text").press("Enter")
    expect(page.locator('[data-gaps="1"]')).to_be_visible()
    with page.expect_download() as started:
        page.get_by_role("button", name="Gaps as CSV").click()
    data = Path(started.value.path()).read_bytes().decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(data))
    assert row["Question"] == f"'{HOSTILE}"
    cells = page.locator('.kb-table:has(a[href*="gap="]) tbody tr').locator("th, td").all_inner_texts()
    assert cells[0].startswith(HOSTILE[:40])
    assert (cells[1].split("\n")[0], row["State"]) == ("New", "new")
    assert cells[2].startswith(row["This period"])
    assert page.evaluate("window.hacked") is None
    page.get_by_role("link", name="Overview").click()
    with page.expect_download() as started:
        page.get_by_role("button", name="Articles as CSV").click()
    articles = list(csv.DictReader(io.StringIO(Path(started.value.path()).read_bytes().decode("utf-8-sig"))))
    shown = page.locator(".kb-table:has(th[scope=row] a[href*='article']) tbody tr").first.locator("td")
    assert shown.all_inner_texts()[:3] == [articles[0]["Shown"], articles[0]["Opened"], articles[0]["Helpful"]]
    assert {row["Article"]: row["Reasons"] for row in articles} == {
        "late-fee": "It is hard to understand: 1",
        "paper-bill": "",
    }
    expect(page.get_by_text("It is hard to understand: 1", exact=True)).to_be_visible()


@pytest.mark.slow
def test_a_lead_moves_a_gap_and_it_is_written_down(browser: Browser, own_house: House) -> None:
    """Assigning, an explained refusal, and dismissing with a reason work; history and audit name who did it."""
    with led(browser, own_house) as lead:
        _move(lead.page)
    told = [(e.who, e.what, e.detail) for e in accounts_of(own_house.url).audited(2)]
    assert told == [("kim", "gap dismiss", "no zebras here"), ("kim", "gap assign", "kim")]


def _move(page: Page) -> None:
    """Assign, try to dismiss without a reason, dismiss with one."""
    to_gaps(page)
    page.get_by_role("link", name="zebra").click()
    expect(page.locator(".kb-facts")).to_contain_text("nobody yet")
    expect(page.get_by_text("The most central first")).to_be_visible()
    page.get_by_role("button", name="Do it").click()
    expect(page.locator(".kb-done")).to_contain_text("is now “Assigned”")
    expect(page.locator("#kb-status")).to_contain_text("is now “Assigned”")
    page.get_by_role("combobox", name="Next step").click()
    page.get_by_role("option", name="Dismiss it").click()
    page.get_by_role("textbox", name="Why nothing is to be done").fill("")
    page.get_by_role("button", name="Do it").click()
    expect(page.get_by_role("alert")).to_contain_text("Say why nothing is to be done")
    page.get_by_role("textbox", name="Why nothing is to be done").fill("no zebras here")
    page.get_by_role("button", name="Do it").click()
    expect(page.locator(".kb-facts")).to_contain_text("no zebras here")
    history = page.locator('.kb-table:has(caption:text-is("History")) tbody tr')
    expect(history.first).to_contain_text("kim")
    expect(history.first).to_contain_text("Dismissed")


def test_an_editor_reads_and_drafts_and_no_more(browser: Browser, house: House) -> None:
    """The only step is the draft; its file holds the questions as comments."""
    with window(browser, house.server.origin) as visit:
        sign_in(visit, "ed", to="/insights?view=gaps")
        page = visit.page
        page.get_by_role("link", name="is the modem").first.click()
        expect(page.get_by_text("As an editor you may start a draft")).to_be_visible()
        page.get_by_role("combobox", name="Next step").click()
        assert page.get_by_role("option").all_inner_texts() == ["Start a draft"]
        page.keyboard.press("Escape")
        page.get_by_role("textbox", name="Id of the article").fill("Modem Box!")
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_role("alert")).to_contain_text("cannot be an article's id")
        page.get_by_role("textbox", name="Id of the article").fill("modem-box")
        page.get_by_role("button", name="Do it").click()
        with page.expect_download() as started:
            page.get_by_role("button", name="Download the draft modem-box.md").click()
        text = Path(started.value.path()).read_text("utf-8")
        assert "# TODO: is the modem box on my printed statement\n" in text
        assert re.search(r'title: "Is the modem \w+ on my \w+ statement\?"', text)  # the gap's most central question
        expect(page.get_by_text("draft, not published yet")).to_be_visible()


def test_a_session_that_ends_shuts_the_window_that_is_open(browser: Browser, house: House) -> None:
    """Access ends at the next click, and no reload brings the page back without signing in."""
    with window(browser, house.server.origin) as visit:
        sign_in(visit, "ed")
        page = visit.page
        drawn(page, lambda p: p.locator("#articles"))
        accounts_of(house.url).set_disabled("ed", disabled=True, who="ops")
        page.get_by_role("link", name="7 days").click()
        expect(page.get_by_role("heading", name="You are no longer signed in")).to_be_visible()
        expect(page.locator("[data-figure]")).to_have_count(0)
        page.reload()
        expect(page).to_have_url(f"{house.server.origin}/login?next=%2Finsights%3Fdays%3D7")
        accounts_of(house.url).set_disabled("ed", disabled=False, who="ops")


@pytest.mark.slow
def test_the_pages_do_well_on_every_screen(lead: Visit) -> None:
    """axe-core, targets, headings and nothing sideways: the page, a gap, signing in and out."""
    page, found = lead.page, []
    addresses = {
        "insights": "/insights",
        "gaps": "/insights?view=gaps",
        "gap": "/insights?gap=1",
        "login": "/login",
        "logout": "/logout",
    }
    for name, address in addresses.items():
        page.goto(f"{lead.origin}{address}")
        if "insights" in address:
            drawn(page, lambda p: p.locator(".kb-footer"))
        found += [f"{name} {screen}: {problem}" for screen in everywhere(page) for problem in violations(page)]
    assert found == []


def test_writing_says_how_often_an_article_was_shown(browser: Browser, house: House) -> None:
    """A signed-in editor sees on /writing how often the journal counted an article as shown."""
    with window(browser, house.server.origin) as visit:
        sign_in(visit, "kim", to="/writing")
        expect(visit.page.get_by_role("columnheader", name="Shown in 30 days")).to_be_visible()
        expect(visit.page.get_by_role("heading", name="Writing")).to_be_visible()


def test_customers_find_nothing(house: House) -> None:
    """Without a cookie, the real server shows nothing."""
    for address in ("/insights", "/insights?days=7", "/writing", "/logout"):
        status, html = house.server.get(address)
        assert (address, status, "This page does not exist" in html) == (address, 404, True)
