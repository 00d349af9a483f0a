"""Gaps in a real browser: closed on proof and by hand, split and merged, several at once; wide and at 320 px."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from playwright.sync_api import TimeoutError as PlaywrightTimeout

from kb.accounts.local import Accounts
from kb.accounts.passwords import Cost
from kb.accounts.store import SqlAccounts
from kb.app.container import Container
from kb.app.insights import replay_all
from kb.database.engine import open_engine, upgrade
from kb.gaps.book import GapBook
from kb.gaps.states import GapState
from kb.settings.settings import Settings
from kb.types import Role
from tests.browser.conftest import Visit
from tests.browser.screens import PHONE, STAFF_SCREENS, WIDE, everywhere, violations
from tests.browser.staff import PASSWORD, drawn, sign_in, window
from tests.journal_rows import put_query
from tests.server.process import RunningServer, start_server
from tests.support import build, write_many

pytestmark = pytest.mark.browser

PROVED = "auto automatic"
"""The title of an article whose other examples find it without that title."""
BY_HEART = "added after"
"""The title of an article that is not found without it."""
BOX = "is the modem box on my printed statement"
RECEIPT = "is the modem receipt on my mail statement"


@dataclass(frozen=True)
class House:
    """A server with a journal, and what a build does after it."""

    server: RunningServer
    settings: Settings

    def replay(self) -> None:
        """Ask the index the questions of all gaps, as every build does."""
        container = Container(self.settings)
        replay_all(container, container.newest_index(pytest.fail))
        container.close()

    def book(self) -> GapBook:
        """Return the gaps of the journal."""
        return GapBook(open_engine(self.settings.database_url))


@pytest.fixture(scope="module")
def learned(toy: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings whose index is large enough to have learned a confidence; not to be written to."""
    folder = tmp_path_factory.mktemp("learned")
    settings = replace(toy, articles=write_many(folder / "articles"), index=folder / "index")
    build(settings)
    return settings


@pytest.fixture
def house(learned: Settings, tmp_path: Path) -> Iterator[House]:
    """A server of the test's own, with four questions of three needs; kim and lee lead."""
    settings = replace(learned, database_url=f"sqlite:///{tmp_path / 'journal.db'}")
    engine = open_engine(settings.database_url)
    upgrade(engine)
    accounts = Accounts(SqlAccounts(engine), cost=Cost(n=16, r=1, p=1))
    accounts.add("kim", Role.LEAD, PASSWORD, who="ops")
    accounts.add("lee", Role.LEAD, PASSWORD, who="ops")
    now = datetime.now(UTC)
    for number, (text, near) in enumerate([(PROVED, "topic-1"), (BY_HEART, "topic-0"), (BOX, "b"), (RECEIPT, "b")]):
        put_query(engine, number, text, asked_at=now - timedelta(hours=number + 1), hits=[[near, 0.4]])
    engine.dispose()
    more = {"KB_DATABASE_URL": settings.database_url, "KB_ARTICLES": str(settings.articles)}
    with start_server(settings, tmp_path, **more) as running:
        yield House(running, settings)


@contextmanager
def led(browser: Browser, house: House, **screen: object) -> Iterator[Visit]:
    """Open a window in which kim is signed in, on the list of gaps."""
    with window(browser, house.server.origin, **(screen or WIDE)) as visit:
        sign_in(visit, "kim", to="/insights?view=gaps")
        drawn(visit.page, lambda page: page.locator("[data-gaps]"))
        yield visit


def gap_of(page: Page, text: str) -> None:
    """Open a gap of the list."""
    page.locator('a[href*="gap="]').filter(has_text=text).click()
    drawn(page, lambda p: p.locator(".kb-facts"))


def choose(page: Page, label: str, option: str) -> None:
    """Choose an option of a field by typing: a list that a press opens is shut by the scrolling before it."""
    field = page.get_by_role("combobox", name=label)
    drawn(page, lambda _: field)
    wanted = page.get_by_role("option", name=option).first
    for key in ("", "ArrowDown") * 3:  # a page that is still unfolding draws the field again, and shuts its list
        field.press(key) if key else field.fill(option)
        with suppress(PlaywrightTimeout):
            wanted.wait_for(timeout=3000)
            break
    wanted.click()
    expect(field).to_have_value(re.compile(re.escape(option)))
    drawn(page, lambda _: field)


def fact(page: Page, name: str) -> str:
    """Return a fact about the gap that is open."""
    return page.locator(f'.kb-facts div:has(> dt:text-is("{name}")) dd').inner_text()


def problems(page: Page, name: str) -> list[str]:
    """Return what is wrong with the page on any screen."""
    return [f"{name} {screen}: {problem}" for screen in everywhere(page) for problem in violations(page)]


def test_a_gap_with_its_question_as_a_title_is_closed(browser: Browser, house: House) -> None:
    """The most natural title is no hindrance: the question is asked again without it, and the proof is shown."""
    with led(browser, house) as visit:
        page = visit.page
        gap_of(page, PROVED)
        assert fact(page, "Can it be closed?").startswith("Not by a replay. It was not replayed yet.")
        choose(page, "Next step", "Start a draft")
        page.get_by_role("textbox", name="Id of the article").fill("topic-1")
        page.get_by_role("textbox", name="Note for the history").fill("it has the question as its title")
        page.get_by_role("button", name="Do it").click()
        expect(page.locator(".kb-done")).to_contain_text("is now “Drafting”")
        choose(page, "Next step", "Claim that an article closes it")
        page.get_by_role("button", name="Do it").click()
        expect(page.locator(".kb-done")).to_contain_text("is now “Claimed closed”")
        house.replay()
        page.reload()
        drawn(page, lambda p: p.get_by_role("heading", name="Proposed for closing"))
        replay = page.locator('.kb-table:has(caption:text-is("Before and after")) tbody tr')
        expect(replay).to_contain_text("answered now")
        expect(replay).to_contain_text("without what repeats it: Answered, confidence 0.9")
        assert problems(page, "proposed") == []
        page.set_viewport_size(WIDE["viewport"])
        expect(page.get_by_role("combobox", name="Next step")).to_have_value("Confirm that it is closed")
        page.get_by_role("button", name="Do it").click()
        expect(page.locator(".kb-done")).to_contain_text("is now “Verified closed”")
        assert fact(page, "Closed by") == "a replay that proved it"
        history = page.locator('.kb-table:has(caption:text-is("History")) tbody tr')
        expect(history.filter(has_text="it has the question as its title")).to_have_count(1)


@pytest.mark.slow
def test_a_gap_that_cannot_be_proved_is_closed_by_hand(browser: Browser, house: House) -> None:
    """On a phone: the page says why no replay closes it, and takes a note for doing so by hand."""
    house.replay()
    with led(browser, house, **PHONE) as visit:
        page = visit.page
        gap_of(page, BY_HEART)
        assert "answered only because a title or an example repeats the words" in fact(page, "Can it be closed?")
        expect(page.get_by_text("only by heart: an article repeats it")).to_be_visible()
        choose(page, "Next step", "Close it by hand")
        page.get_by_role("button", name="Do it").click()
        expect(page.get_by_role("alert")).to_contain_text("Say how its questions are answered")
        page.get_by_role("textbox", name="How its questions are answered").fill("read on the page itself")
        page.get_by_role("button", name="Do it").click()
        expect(page.locator(".kb-done")).to_contain_text("is now “Verified closed”")
        assert fact(page, "Closed by") == "hand, without a proof"
        house.replay()
        page.reload()
        drawn(page, lambda p: p.locator(".kb-facts"))
        assert fact(page, "State") == "Verified closed"
        expect(page.get_by_text("closed by hand: read on the page itself")).to_be_visible()


@pytest.mark.slow
@pytest.mark.parametrize("screen", STAFF_SCREENS.values(), ids=STAFF_SCREENS)
def test_a_gap_is_split_and_merged(browser: Browser, house: House, screen: dict[str, object]) -> None:
    """By the boxes of its questions; the gap that was merged leads to the one that goes on."""
    with led(browser, house, **screen) as visit:
        page = visit.page
        page.get_by_role("link", name="is the modem").first.click()
        drawn(page, lambda p: p.locator(".kb-facts"))
        page.get_by_text("Split, merge, rename").click()
        page.locator("label").filter(has_text=RECEIPT).click()
        page.get_by_role("textbox", name="Name of the new gap").fill("Receipts for modems")
        assert problems(page, "split") == []
        page.set_viewport_size(screen["viewport"])  # type: ignore[arg-type]
        page.get_by_role("button", name="Change it").click()
        expect(page.locator(".kb-done")).to_contain_text("these questions are now gap")
        expect(page.locator("#kb-status")).to_contain_text("these questions are now gap")
        page.get_by_role("link", name="All gaps").click()
        gap_of(page, "Receipts for modems")
        page.get_by_text("Split, merge, rename").click()
        choose(page, "What to change", "Merge this gap into another one")
        choose(page, "The other gap", BOX)
        page.get_by_role("button", name="Change it").click()
        expect(page.locator(".kb-done")).to_contain_text("everything is now in gap")
        assert problems(page, "merged") == []
        page.set_viewport_size(screen["viewport"])  # type: ignore[arg-type]
        page.locator(".kb-facts").get_by_role("link").first.click()
        drawn(page, lambda p: p.locator("q").filter(has_text=RECEIPT))
        expect(page.get_by_text("was merged into this one (1 question)")).to_be_visible()
    assert [row.name for row in house.book().list([GapState.MERGED])] != []


@pytest.mark.slow
def test_several_gaps_at_once(browser: Browser, house: House) -> None:
    """Two are assigned to lee, who finds them among those that are hers."""
    with led(browser, house) as visit:
        page = visit.page
        page.get_by_text("Several gaps at once").click()
        for text in (PROVED, BY_HEART):
            page.locator("label").filter(has_text=text).click()
        choose(page, "Who sees to it", "lee")
        page.get_by_role("textbox", name="Note for the history").fill("titles")
        assert problems(page, "several") == []
        page.set_viewport_size(WIDE["viewport"])
        page.get_by_role("button", name="Do it").click()
        expect(page.locator(".kb-done")).to_contain_text("Done: 2 gaps are now “Assigned”.")
    with window(browser, house.server.origin) as visit:
        sign_in(visit, "lee", to="/insights?view=gaps%26state=mine")
        expect(visit.page.locator('[data-gaps="2"]')).to_be_visible()
