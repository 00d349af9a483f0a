"""A real server with the real articles, and a real browser in front of it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Playwright, Request, expect, sync_playwright

from kb.settings.settings import Settings
from tests.server.process import RunningServer, start_server

CHROMIUM_ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # As a customer's: one that says it has no window counts as a bot.
    "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
)
PATIENCE_MS = 40_000


def chromium_path() -> str:
    """Return the browser's path.

    :return: ``KB_CHROMIUM``, else the system's Chromium.
    """
    path = os.environ.get("KB_CHROMIUM") or "/usr/bin/chromium"
    if shutil.which(path):
        return path
    words = f"Chromium is not at {path}: install it, or name it in KB_CHROMIUM"
    if os.environ.get("CI") == "true":
        pytest.fail(words)
    pytest.skip(words)


@pytest.fixture(scope="session")
def server(built_index: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """Run the server on a free port, from a folder that is not the repository."""
    with start_server(built_index, tmp_path_factory.mktemp("server")) as running:
        yield running


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Start the driver, for one module: while it runs, no other test of this thread can run an event loop."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Start the browser."""
    expect.set_options(timeout=PATIENCE_MS)
    chromium = playwright.chromium.launch(executable_path=chromium_path(), args=list(CHROMIUM_ARGUMENTS))
    yield chromium
    chromium.close()


@dataclass
class Visit:
    """A page and what happened behind it."""

    page: Page
    origin: str
    problems: list[str] = field(default_factory=list)
    """Console errors, script errors, and requests to other hosts."""

    def open(self, address: str) -> None:
        """Go to an address and wait until the whole page is drawn."""
        self.page.goto(f"{self.origin}{address}")
        expect(self.page.locator(".kb-footer")).to_be_visible()

    @property
    def field(self) -> Locator:
        """The question field, with or without suggestions."""
        return self.page.get_by_label("Your question").and_(self.page.locator("input"))

    def type(self, text: str) -> None:
        """Type letter by letter into the question field, and wait for the suggestions for the whole text."""
        self.field.press_sequentially(text)
        expect(self.page.get_by_role("listbox")).to_have_attribute("data-typed", text)

    def ask(self, question: str) -> None:
        """Type a question and press Enter."""
        self.field.fill(question)
        self.field.press("Enter")

    def watch(self) -> None:
        """Record everything that must not happen."""
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.problems.append(f"script: {error}"))
        self.page.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.problems.append(f"console: {message.text} {message.location}")

    def _request(self, request: Request) -> None:
        if not request.url.startswith((self.origin, "data:", "blob:")):
            self.problems.append(f"other host: {request.url}")


@pytest.fixture
def visit(browser: Browser, server: RunningServer, request: pytest.FixtureRequest) -> Iterator[Visit]:
    """Open a browser window; at the end there must have been no error and no request to another host.

    A test's own window (viewport, colors) comes by indirect parametrization.
    """
    options: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, **getattr(request, "param", {})}
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    made = Visit(context.new_page(), server.origin)
    made.watch()
    yield made
    context.close()
    assert made.problems == []
