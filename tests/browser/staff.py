"""What tests of the pages for staff share: a journal with something in it, accounts, and signing in by hand."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from playwright.sync_api import Browser, Page, expect

from kb.accounts.local import Accounts
from kb.accounts.passwords import Cost
from kb.accounts.store import SqlAccounts
from kb.database.engine import open_engine, upgrade
from kb.types import Role
from tests.browser.conftest import PATIENCE_MS, Visit
from tests.journal_rows import put_query

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import Any

PASSWORD = "three quiet words"
HOSTILE = '=HYPERLINK("http://x") <img src=x onerror=window.hacked=1> why is the zebra late'


def journal(folder: Path) -> str:
    """Make a journal with two accounts and a few questions of the last days; return its address."""
    url = f"sqlite:///{folder / 'journal.db'}"
    engine = open_engine(url)
    upgrade(engine)
    accounts = Accounts(SqlAccounts(engine), cost=Cost(n=16, r=1, p=1))
    accounts.add("kim", Role.LEAD, PASSWORD, who="ops")
    accounts.add("ed", Role.EDITOR, PASSWORD, who="ops")
    now = datetime.now(UTC)
    asked: list[tuple[str, dict[str, Any]]] = [
        ("is the modem box on my printed statement", {}),
        ("is the modem receipt on my mail statement", {}),
        (HOSTILE, {}),
        ("late fee", {"outcome": "answered", "confidence": 0.99, "events": [("opened", "late-fee")]}),
        ("late fee amount", {"outcome": "answered", "confidence": 0.99, "events": [("helpful", "late-fee")]}),
        ("fee", {"outcome": "answered", "confidence": 0.99, "events": [("not_helpful", "late-fee", "unclear")]}),
        ("bill", {"outcome": "clarify", "choices": ["late-fee", "paper-bill"], "events": [("chose", "paper-bill")]}),
    ]
    for number, (text, fields) in enumerate(asked):
        put_query(engine, number, text, asked_at=now - timedelta(hours=number), **fields)
    engine.dispose()
    return url


def accounts_of(url: str) -> Accounts:
    """Return the accounts of a journal that a server is using."""
    return Accounts(SqlAccounts(open_engine(url)))


@contextmanager
def window(browser: Browser, origin: str, **options: Any) -> Iterator[Visit]:
    """Open a separate window; at the end there must have been no error."""
    context = browser.new_context(**{"viewport": {"width": 1280, "height": 900}, **options})
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(context.new_page(), origin)
    visit.watch()
    yield visit
    context.close()
    assert visit.problems == []


def sign_in(visit: Visit, name: str, to: str = "/insights") -> None:
    """Type name and password, and wait for the page."""
    page = visit.page
    page.goto(f"{visit.origin}/login?next={to}")
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator(".kb-footer").get_by_text(f"Sign out ({name})")).to_be_visible()


def drawn(page: Page, what: Callable[[Page], Any]) -> None:
    """Wait until a part of the page is there and no run goes on."""
    expect(what(page)).to_be_visible()
    expect(page.locator('[data-testid="stApp"]')).to_have_attribute("data-test-script-state", "notRunning")
