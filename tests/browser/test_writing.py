"""What an editor does, in a real browser: a file saved under the preview, and the page for writers."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect

from kb.settings.settings import Settings
from tests.browser.conftest import PATIENCE_MS, Visit
from tests.browser.screens import everywhere, violations
from tests.server.process import RunningServer, start_server
from tests.support import ROOT, write_article, write_tiny

pytestmark = pytest.mark.browser

WINDOWS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 320, "height": 640}},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}
DRAFT = """---
title: "What is a zebra credit?"
kind: faq
category: fees
---

Money back. See [that](no-such-article).

<script>window.hacked=1</script> <img src=x onerror="window.hacked=1"> [x](javascript:window.hacked=1)
"""


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Return a folder of six small articles and a draft, the test's own."""
    return write_tiny(tmp_path / "articles")


@pytest.fixture
def preview(articles: Path) -> Iterator[str]:
    """Run the command on a free port; yield its address."""
    command = [sys.executable, "-m", "kb", "preview", "--articles", str(articles), "--port", "0"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=articles.parent, env=environment, text=True) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().removeprefix("Open ").strip()
        finally:
            process.terminate()
            process.wait(timeout=20)


@pytest.fixture
def desk(tiny_index: Settings, articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Run the server with the page for writers; yield its address."""
    monkeypatch.setattr("tests.server.process._PASSED_ON", ("PATH", "HOME", "KB_LOCAL_EDITOR", "KB_ARTICLES"))
    monkeypatch.setenv("KB_LOCAL_EDITOR", "1")
    monkeypatch.setenv("KB_ARTICLES", str(articles))
    with start_server(tiny_index, tmp_path) as running:
        yield running.origin


def visit_to(browser: Browser, origin: str, window: str = "wide") -> Visit:
    """Open a separate window."""
    context = browser.new_context(**WINDOWS[window])
    context.set_default_timeout(PATIENCE_MS)
    visit = Visit(context.new_page(), origin)
    visit.watch()
    return visit


def test_a_saved_file_changes_the_page_that_is_open(browser: Browser, preview: str, articles: Path) -> None:
    """The open page shows new words without a reload, a finding beside the last good version, and the fixed article."""
    visit = visit_to(browser, preview)
    page = visit.page
    visit.open("/a/late-fee")
    page.evaluate("window.sameVisit = true")
    path = articles / "fees" / "late-fee.md"
    good = path.read_text(encoding="utf-8")
    path.write_text(good.replace("The amount stands", "The new amount stands"), encoding="utf-8")
    expect(page.get_by_text("The new amount stands on the statement.")).to_be_visible()
    expect(page.get_by_role("status")).to_contain_text("Updated")
    path.write_text(good.replace("kind:", "kindd:"), encoding="utf-8")
    finding = page.locator(".kb-findings .kb-error").filter(has_text="unknown-key")
    expect(finding).to_contain_text("3:1")
    expect(page.get_by_text(str(path))).to_have_count(1)
    expect(page.get_by_text("The new amount stands on the statement.")).to_be_visible()
    path.write_text(good, encoding="utf-8")
    expect(page.get_by_text("The amount stands on the statement.")).to_be_visible()
    expect(page.get_by_text("unknown-key")).to_have_count(0)
    assert page.evaluate("window.sameVisit") is True
    page.context.close()
    assert visit.problems == []


def test_the_list_follows_new_and_deleted_files(browser: Browser, preview: str, articles: Path) -> None:
    """A new file appears, a deleted one is named; nothing scrolls sideways on a phone."""
    visit = visit_to(browser, preview, "phone")
    page = visit.page
    visit.open("/")
    write_article(articles, "brand-new", title="Brand new?")
    expect(page.get_by_role("link", name="Brand new?")).to_be_visible()
    (articles / "fees" / "brand-new.md").unlink()
    expect(page.get_by_role("heading", name="Deleted since the preview started")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.context.close()
    assert visit.problems == []


def test_an_article_is_found_by_its_words(browser: Browser, preview: str, articles: Path) -> None:
    """The field narrows the list and unfolds what it leaves, also after a file was saved; empty, it folds all again."""
    (articles / "fees" / "category.yaml").write_text("title: Fees of all kinds\n", encoding="utf-8")
    clean = {"summary": "x", "examples": [f"say thing {n}" for n in range(10)], "tests": ["a b", "c d", "e f", "g h"]}
    for n in (1, 2):
        body = f"See [that](clean-{3 - n}).\n"
        write_article(articles, f"clean-{n}", body, title=f"Clean {'one' if n == 1 else 'two'}", **clean)
        clean["examples"], clean["tests"] = [f"tell thing {n}" for n in range(10)], ["i j", "k l", "m n", "o p"]
    visit = visit_to(browser, preview)
    page = visit.page
    visit.open("/")
    topic = page.locator("#topic-fees")
    expect(topic).to_have_attribute("id", "topic-fees")
    expect(topic.get_by_role("link")).to_have_count(0)
    field = page.get_by_role("searchbox", name="Find an article")
    field.fill("ALL  cléan two")
    expect(topic.get_by_role("link")).to_have_text(["Clean two"])
    expect(page.get_by_role("heading", name="With findings")).to_be_hidden()
    write_article(articles, "clean-1", "See [that](clean-2). More.\n", title="Clean too", **clean)
    expect(topic.get_by_role("link")).to_have_count(1)
    field.fill("nothing at all")
    expect(page.get_by_text("No article has these words")).to_be_visible()
    field.fill("")
    expect(page.get_by_role("heading", name="With findings")).to_be_visible()
    expect(topic.get_by_role("link")).to_have_count(0)
    visit.open("/browse#topic-fees")
    expect(topic.get_by_role("link").first).to_be_visible()
    page.context.close()
    assert visit.problems == []


@pytest.mark.parametrize("address", ["/", "/a/late-fee", "/a/walrus-draft", "/contact"])
def test_axe_finds_nothing_in_the_preview(browser: Browser, preview: str, articles: Path, address: str) -> None:
    """Light and dark, at 1280 and at 320 pixels; with an error, everything unfolded."""
    path = articles / "fees" / "late-fee.md"
    path.write_text(path.read_text(encoding="utf-8").replace("kind: ", "kindd: "), encoding="utf-8")
    visit = visit_to(browser, preview)
    visit.open(address)
    expect(visit.page.get_by_text("Checking…")).to_have_count(0)
    visit.page.evaluate("document.querySelectorAll('details').forEach((fold) => { fold.open = true; })")
    found = [f"{screen}: {problem}" for screen in everywhere(visit.page) for problem in violations(visit.page)]
    visit.page.context.close()
    assert found == []
    assert visit.problems == []


@pytest.mark.parametrize("window", WINDOWS)
def test_the_page_for_writers(browser: Browser, desk: str, window: str) -> None:
    """The list, a hostile draft checked, a question tried; on a phone nothing scrolls sideways."""
    visit = visit_to(browser, desk, window)
    page = visit.page
    visit.open("/writing")
    expect(page.locator(".kb-writing-list a[href='/writing?article=late-fee']")).to_be_visible()
    page.get_by_role("tab", name="Check a draft").click()
    page.get_by_role("textbox", name="The whole file").fill(DRAFT)
    page.get_by_role("button", name="Check the draft").click()
    expect(page.locator("[data-draft] .kb-findings")).to_contain_text("dead-link")
    expect(page.locator(".kb-sheet")).to_contain_text("<script>window.hacked=1</script>")
    page.get_by_role("tab", name="Try a question").click()
    page.get_by_role("textbox", name="A customer’s question").fill("why was i charged a late fee")
    page.get_by_role("button", name="Show the answer").click()
    expect(page.locator("[data-hit]").first).to_have_attribute("data-hit", "late-fee")
    expect(page.locator(".kb-why")).to_contain_text("The question is, word for word, an example of")
    expect(page.locator(".kb-seen-card .kb-answer")).to_contain_text("A late fee is added after the due date.")
    expect(page.locator(".kb-reasons dd").first).to_be_hidden()
    page.locator(".kb-reasons summary").first.click()
    expect(page.locator(".kb-reasons dd").first).to_be_visible()
    page.locator(".kb-reasons summary").first.click()
    assert violations(page) == []
    assert page.evaluate("window.hacked") is None
    if window == "phone":
        assert page.evaluate("Math.max(...[...document.querySelectorAll('html, body')].map(e => e.scrollWidth))") <= 320
    if window == "dark":
        color = page.locator(".kb-desk").first.evaluate("e => getComputedStyle(e).backgroundColor")
        assert max(int(n) for n in re.findall(r"\d+", color)[:3]) < 60
    page.context.close()
    assert visit.problems == []


def test_for_customers_the_address_is_unknown(tiny_index: Settings, tmp_path: Path) -> None:
    """The real server without the variable."""
    running: RunningServer
    with start_server(replace(tiny_index), tmp_path) as running:
        status, html = running.get("/writing")
    assert status == 404
    assert "This page does not exist" in html
