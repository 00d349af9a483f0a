"""From a question without an answer to an article, to proof that it answers, and to the gap's return when it goes."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kb.settings.settings import Settings
from tests.browser.conftest import Visit
from tests.browser.staff import PASSWORD, sign_in, window
from tests.server.process import start_server
from tests.support import ROOT, wait_until, write_article

pytestmark = pytest.mark.browser

QUESTION = "we lost the house in a wildfire, what happens to the cable"
SHELF = "paying-your-bill"
KEPT = (
    "category.yaml", "change-due-date.md", "deposit-and-credit-check.md", "partial-payment.md", "pay-by-mail.md",
    "pay-by-phone.md", "pay-in-store.md", "payment-declined.md", "proof-of-payment.md",
)  # fmt: skip
BODY = """When a fire, flood, hurricane, wildfire or other disaster makes a home unlivable, ask for a pause.

## What to tell the agent

Say that the home was destroyed or damaged, since when, and which equipment was lost in it.
"""
EXAMPLES = [
    "my home was damaged by a hurricane", "house fire and cable equipment", "we were evacuated because of a flood",
    "a tornado hit us and we cannot live there", "natural disaster and my bill", "the storm took roof and modem",
]  # fmt: skip


class Town:
    """A folder of eight real articles, an index, a journal, and the commands over them."""

    def __init__(self, folder: Path) -> None:
        """Copy the articles."""
        self.folder = folder
        self.articles = folder / "articles"
        (self.articles / SHELF).mkdir(parents=True)
        shutil.copytree(ROOT / "articles" / "pictures", self.articles / "pictures")
        for name in KEPT:
            shutil.copy(ROOT / "articles" / SHELF / name, self.articles / SHELF / name)
        self.variables = {
            "KB_ARTICLES": str(self.articles),
            "KB_DATABASE_URL": f"sqlite:///{folder / 'journal.db'}",
            "KB_ENCODER": "minilm",
        }
        self.settings = Settings(index=folder / "index", site_path=ROOT / "site.yaml")

    def kb(self, *arguments: str, given: str = "") -> str:
        """Run a command in a separate process; return its output, including errors."""
        named = {"KB_INDEX": str(self.settings.index), "KB_SITE": str(self.settings.site_path), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "kb", *arguments],
            input=given,
            capture_output=True,
            text=True,
            check=False,
            cwd=self.folder,
            env={**os.environ, **self.variables, **named},
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout + done.stderr


def version(visit: Visit) -> str:
    """Return the index that answers now."""
    return visit.page.request.get(f"{visit.origin}/readyz").json()["index_version"]


def build(town: Town, visit: Visit) -> str:
    """Build, and wait until the running server has taken the new index over."""
    before = version(visit)
    said = town.kb("build")
    wait_until(lambda: version(visit) != before)
    return said


@pytest.mark.slow
def test_a_gap_is_found_mended_proven_and_opened_again(browser: Browser, tmp_path: Path) -> None:
    """The whole way, through the real pages, commands, encoder and database."""
    town = Town(tmp_path)
    town.kb("build")
    town.kb("users", "add", "kim", "--role", "lead", given=f"{PASSWORD}\n")
    with start_server(town.settings, tmp_path, **town.variables) as running:
        # A customer asks, is handed over, and is not shown anything of what follows.
        with window(browser, running.origin) as customer:
            customer.open("/")
            customer.ask(QUESTION)
            expect(
                customer.page.get_by_role("heading", name=re.compile("no answer|agent", re.IGNORECASE)).first
            ).to_be_visible()
            expect(customer.page.locator(".kb-footer")).not_to_contain_text("Insights")
        with window(browser, running.origin) as lead:
            page = lead.page
            # The lead finds the gap and starts a draft.
            sign_in(lead, "kim")
            expect(page.locator('[data-figure="handed_over"]')).to_have_text("1")
            page.get_by_role("link", name="Gaps", exact=True).click()
            page.get_by_role("link", name=QUESTION).click()
            expect(page.get_by_text("Not replayed yet. Every build")).to_be_visible()
            address = page.url
            page.get_by_role("combobox", name="Next step").click()
            page.get_by_role("option", name="Start a draft").click()
            page.get_by_role("textbox", name="Id of the article").fill("after-a-disaster")
            page.get_by_role("button", name="Do it").click()
            expect(page.locator(".kb-done")).to_contain_text("is now “Drafting”")
            expect(page.get_by_role("button", name="Download the draft after-a-disaster.md")).to_be_visible()

            # The article is written, in an editor's own words, and built: closing is proposed, with before and after.
            title = "What happens after a fire, flood or storm at my home?"
            article = write_article(
                town.articles, "after-a-disaster", BODY, title=title, category=SHELF, examples=EXAMPLES
            )
            assert "gap 1 is answered now" in build(town, lead)
            page.goto(address)
            expect(page.locator(".kb-proposal")).to_contain_text(title)
            expect(page.locator("[data-replay]")).to_have_attribute("data-replay", "1/1")
            before, after = page.locator(
                '.kb-table:has(caption:text-is("Before and after")) tbody td'
            ).all_inner_texts()
            assert before.startswith("Handed over")
            assert after.startswith("Answered")
            assert "after-a-disaster at rank 1" in after

            # The lead confirms; the next step comes first.
            page.get_by_role("button", name="Do it").click()
            expect(page.locator(".kb-done")).to_contain_text("is now “Verified closed”")
            page.get_by_role("link", name="All gaps").click()
            expect(page.locator('[data-gaps="0"]')).to_be_visible()

            # The article goes: the gap opens by itself.
            article.unlink()
            assert "gap 1 is open again" in build(town, lead)
            page.goto(address)
            expect(page.locator(".kb-facts")).to_contain_text("Reopened")
            history = page.locator('.kb-table:has(caption:text-is("History")) tbody')
            states = [text.split("\n")[0] for text in history.locator(".kb-state").all_inner_texts()]
            assert list(reversed(states)) == [
                "New", "Assigned", "Drafting", "Drafting", "Verified closed", "Reopened"
            ]  # fmt: skip
