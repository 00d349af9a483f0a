"""An editor without a terminal: writes, mends, uploads, sees what changes, publishes and undoes, in a real browser."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from kb.accounts.local import Accounts
from kb.accounts.passwords import Cost
from kb.accounts.store import SqlAccounts
from kb.database.engine import open_engine
from kb.settings.settings import Settings
from kb.types import Role
from tests.browser.conftest import Visit
from tests.browser.screens import everywhere, violations
from tests.browser.staff import PASSWORD, accounts_of, journal, sign_in, window
from tests.checkouts import git
from tests.pictures import picture
from tests.server.process import RunningServer, start_server
from tests.support import write_tiny

pytestmark = pytest.mark.browser

PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
ARTICLE = "/writing?article=late-fee"
MISTAKEN = """---
title: "What is the late fee?"
kind: FAQ
category: fees
summary: "A late fee is added when payment arrives after the due date."
keywords: "late fee, penalty"
examples:
  - "why was i charged a late fee"
  - "late fee amount"
  - "what does paying late cost"
tests:
  - "zebra penalty for tardy remittance"
---

A late fee of nine dollars is added after the due date. See [the paper bill](paper-bil).

## How much

The amount stands on the statement.
"""
"""Two mistakes that one click mends, and a link that only a person can."""


@dataclass(frozen=True)
class House:
    """A server over a git working copy, with a journal and its accounts."""

    server: RunningServer
    articles: Path
    url: str

    def log(self) -> list[str]:
        """Return author and message of each commit, the newest first."""
        command = ["git", "-C", str(self.articles), "log", "--format=%an: %s"]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()


@pytest.fixture
def house(tiny_index: Settings, tmp_path: Path) -> Iterator[House]:
    """Run the server as an operator does: no variable opens the page for writers."""
    articles, index = write_tiny(tmp_path / "help" / "articles"), tmp_path / "index"
    shutil.copytree(tiny_index.index, index)
    git(articles.parent, "init", "-q")
    git(articles.parent, "add", ".")
    git(articles.parent, "commit", "-q", "-m", "As it was")
    url = journal(tmp_path)
    Accounts(SqlAccounts(open_engine(url)), cost=Cost(n=16, r=1, p=1)).add("pat", Role.EDITOR, PASSWORD, who="ops")
    site = tmp_path / "site.yaml"
    site.write_text("name: Billing Help\n", encoding="utf-8")
    more = {
        "KB_DATABASE_URL": url,
        "KB_ARTICLES": str(articles),
        "KB_INDEX": str(index),
        "KB_ENCODER": tiny_index.encoder,
        "KB_CACHE": str(tiny_index.cache),
        "KB_SITE": str(site),
    }
    with start_server(tiny_index, tmp_path, **more) as running:
        yield House(running, articles, url)


def field(page: Page) -> Locator:
    """Return the field with the article's text."""
    return page.get_by_label("Text of the article")


def saved(page: Page, number: int = 2) -> None:
    """Wait until what was typed is saved, for at least the given time, and its findings are drawn."""
    page.wait_for_function(
        "number => Number(document.querySelector('[data-writing]')?.dataset.number) >= number", arg=number
    )
    expect(page.locator("[data-saved]")).to_contain_text("Saved as a draft at")
    settled(page)


def settled(page: Page) -> None:
    """Wait until no run goes on: while one does, what it replaces is still there."""
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute("data-test-script-state", "notRunning")


def number(page: Page) -> int:
    """Return the number of the draft as it was saved last."""
    return int(page.locator("[data-writing]").get_attribute("data-number") or 0)


def unfold(page: Page, title: str) -> None:
    """Open a part of the page."""
    page.locator("summary", has_text=title).first.click()


@pytest.mark.slow
@pytest.mark.parametrize("options", [pytest.param({}, id="wide"), pytest.param(PHONE, id="phone")])
def test_an_editor_without_a_terminal(browser: Browser, house: House, options: dict[str, Any]) -> None:
    """From the list to the live article and back again, with a keyboard and a mouse alone."""
    with window(browser, house.server.origin, **options) as visit:
        page = visit.page
        sign_in(visit, "ed", "/writing")
        find_and_open(page)
        write_and_mend(page)
        try_and_measure(page)
        add_picture(page)
        publish(page)
        read_and_compare(visit, house)
        undo(visit, house)


def find_and_open(page: Page) -> None:
    """Look for the article by its words; its editor has an address of its own."""
    page.get_by_role("searchbox", name="Find an article").fill("LATE fee")
    page.get_by_role("button", name="Find", exact=True).click()
    page.get_by_role("link", name="What is the late fee?").click()
    expect(field(page)).to_be_visible()
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    assert page.url.endswith(ARTICLE)
    page.go_back()
    expect(page.get_by_role("searchbox", name="Find an article")).to_have_value("LATE fee")
    page.go_forward()
    expect(field(page)).to_be_visible()


def write_and_mend(page: Page) -> None:
    """The text is saved in a pause and shown as customers will see it; three mistakes are found, and mended."""
    field(page).fill(MISTAKEN)
    saved(page)
    expect(page.locator(".kb-preview")).to_contain_text("A late fee of nine dollars")
    dead = page.locator('[data-code="dead-link"]')
    expect(dead).to_contain_text("paper-bil")
    expect(page.locator(".kb-typed-error").first).to_have_text("kind: FAQ")
    expect(page.locator(".kb-typed-warning")).to_contain_text("paper-bil")
    found = [f"{screen}: {problem}" for screen in everywhere_and_back(page) for problem in violations(page)]
    assert found == []
    before = number(page)
    page.get_by_role("button", name="Fix it: kind and status in lowercase").click()
    saved(page, before + 1)
    page.get_by_role("button", name="Fix it: lists written as text").click()
    saved(page, before + 2)
    expect(field(page)).to_have_value(MISTAKEN.replace("FAQ", "faq").replace('"late fee, penalty"', FIXED))
    dead.get_by_role("button", name="Go to line").click()
    line = field(page).evaluate("e => e.value.slice(e.selectionStart, e.selectionEnd)")
    assert "paper-bil" in line
    field(page).fill(field(page).input_value().replace("(paper-bil)", "(paper-bill)"))
    saved(page, before + 3)
    expect(dead).to_have_count(0)
    expect(page.locator(".kb-typed-error, .kb-typed-warning")).to_have_count(0)


FIXED = '["late fee", penalty]'


def everywhere_and_back(page: Page) -> Iterator[str]:
    """Show the page on every screen, and afterwards as it was."""
    size = page.viewport_size
    yield from everywhere(page)
    page.emulate_media(color_scheme="light")
    assert size is not None
    page.set_viewport_size(size)


def try_and_measure(page: Page) -> None:
    """Questions are asked of the text as it is now, and so is every known one."""
    unfold(page, "Questions customers ask")
    page.get_by_label("Questions to try").fill("late fee of nine dollars\nquokka wants the money taken without asking")
    page.get_by_role("button", name="Try them").click()
    expect(page.locator("[data-tried]")).to_have_attribute("data-tried", "1/2")
    unfold(page, "What it changes for customers")
    page.get_by_role("button", name="Show what is won and lost").click()
    expect(page.locator("[data-impact]")).to_contain_text("known questions")


def add_picture(page: Page) -> None:
    """Without words for those who can't see it there is none; with them it stands in the text and is shown."""
    before = number(page)
    unfold(page, "Pictures")
    upload = page.locator('input[type="file"]')
    upload.set_input_files({"name": "not a picture.png", "mimeType": "image/png", "buffer": b"no picture"})
    page.get_by_role("button", name="Add the picture").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what the picture shows")
    page.get_by_label("What it shows").fill("The late fee on a statement")
    page.get_by_role("button", name="Add the picture").click()
    expect(page.get_by_role("alert")).to_contain_text("picture")
    upload.set_input_files({"name": "My Fee.JPG", "mimeType": "image/jpeg", "buffer": picture(kind="JPEG")})
    expect(page.get_by_text("My Fee.JPG")).to_be_visible()
    page.get_by_role("button", name="Add the picture").click()
    saved(page, before + 1)
    assert "![The late fee on a statement](my-fee.jpg)" in field(page).input_value()
    shown = page.locator('.kb-preview img[alt="The late fee on a statement"]')
    expect(shown).to_be_visible()
    shown.scroll_into_view_if_needed()  # it is loaded once somebody looks at it
    page.wait_for_function("() => document.querySelector('.kb-preview img')?.naturalWidth === 40")


def publish(page: Page) -> None:
    """It is followed step by step until it is live."""
    page.get_by_label("What did you change").fill("The fee is nine dollars")
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator('[data-publication="done"]')).to_be_visible(timeout=60_000)
    settled(page)


def read_and_compare(visit: Visit, house: House) -> None:
    """Customers read it, git has it by the editor's name, and the history says what was changed."""
    status, html = house.server.get("/a/late-fee")
    assert status == 200
    assert "nine dollars" in html
    assert 'alt="The late fee on a statement"' in html
    assert house.log() == ["ed: The fee is nine dollars", "n: As it was"]
    page = visit.page
    expect(page.locator("[data-revisions]").filter(has_text="The fee is nine dollars")).to_be_visible()
    unfold(page, "Undo this publication")
    expect(page.locator(".kb-compare del").first).to_be_visible()
    assert [f"{screen}: {problem}" for screen in everywhere_and_back(page) for problem in violations(page)] == []


def undo(visit: Visit, house: House) -> None:
    """The text from before is published again, and nothing is lost of what was."""
    page = visit.page
    page.get_by_role("button", name="Undo this publication").click()
    expect(page.locator("[data-publication]:not([data-publication=done])")).to_be_visible()
    expect(page.locator('[data-publication="done"]')).to_be_visible(timeout=60_000)
    assert "nine dollars" not in house.server.get("/a/late-fee")[1]
    assert len(house.log()) == 3
    expect(field(page)).to_have_value(re.compile("A late fee is added after the due date"))


# ----------------------------------------------------------------------------------- nothing is lost


@pytest.mark.slow
def test_two_editors_are_told_of_each_other_and_lose_nothing(browser: Browser, house: House) -> None:
    """Each has a draft of their own; when the file changes below a draft, both texts are there to choose from."""
    with window(browser, house.server.origin) as first, window(browser, house.server.origin, **PHONE) as second:
        for visit, name in ((first, "ed"), (second, "pat")):
            sign_in(visit, name, ARTICLE)
            expect(field(visit.page)).to_be_visible()
        type_more(first.page, "Written by Ed.")
        type_more(second.page, "Written by Pat.")
        expect(second.page.locator('[data-other="ed"]')).to_contain_text("Talk to each other")
        assert "Written by Ed." not in field(second.page).input_value()
        path = house.articles / "fees" / "late-fee.md"
        path.write_text(path.read_text("utf-8") + "\nChanged in the file.\n", encoding="utf-8")
        type_more(second.page, "One more word.")
        second.page.get_by_role("button", name="Compare both texts").click()
        compared = second.page.locator(".kb-compare").first
        expect(compared.locator("ins").first).to_contain_text("Written by Pat.")
        expect(compared.locator("del").first).to_contain_text("Changed in the file.")
        assert violations(second.page) == []
        second.page.get_by_role("button", name="Go on with mine").click()
        expect(field(second.page)).to_have_value(re.compile(r"Written by Pat\.\s+One more word\."))


def type_more(page: Page, words: str) -> None:
    """Type words at the end of the text, and wait until they are saved."""
    before = number(page)
    field(page).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(f"\n{words}\n")
    saved(page, before + 1)


@pytest.mark.slow
def test_a_text_outlives_the_session(browser: Browser, house: House) -> None:
    """Signed out elsewhere while writing: the page says so, and after signing in again the words are back."""
    with window(browser, house.server.origin) as visit:
        page = visit.page
        sign_in(visit, "ed", ARTICLE)
        type_more(page, "Saved words.")
        for disabled in (True, False):  # which ends the session
            accounts_of(house.url).set_disabled("ed", disabled=disabled, who="ops")
        field(page).focus()
        page.keyboard.press("Control+End")
        page.keyboard.type("Words of the last second.")
        expect(page.get_by_text("What you typed last is kept in this window")).to_be_visible()
        page.get_by_role("link", name="Sign in again").click()
        page.get_by_label("Name").fill("ed")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.get_by_role("button", name="Bring it back").click()
        saved(page, number(page) + 1)
        assert "Words of the last second." in field(page).input_value()
        page.reload()
        expect(page.locator(".kb-preview")).to_contain_text("Words of the last second.")
        expect(page.locator(".kb-typed-advice").first).to_contain_text("title:")
