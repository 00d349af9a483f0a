"""Take screenshots of every page for customers, and of writing, into docs/screenshots: wide, on a phone, in dark mode.

Usage: python scripts/screenshots.py [--index DIR] [--only NAME]

Needs the tests' dependencies and Chromium (KB_CHROMIUM names one). Also draws the card of shared links from its SVG.
"""

from __future__ import annotations

import argparse
import io
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, expect, sync_playwright

from kb.html.parts.frame import STATIC
from kb.settings.settings import Settings, load_settings
from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.server.process import start_server

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "docs" / "screenshots"
SCREENS: dict[str, dict[str, Any]] = {
    "wide": {"viewport": {"width": 1280, "height": 900}},
    "phone": {"viewport": {"width": 360, "height": 780}, "has_touch": True},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
}
TALLEST = 1800
"""Pixels of a screenshot; what is further down adds nothing new."""
COLORS = 128
_PATIENCE_MS = 60_000
"""The first visit to the page for writers reads and checks all articles."""


def _suggestions(page: Page) -> None:
    page.locator(".st-key-ask_query input").press_sequentially("late f")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("ArrowDown")


def _editing(page: Page) -> None:
    """Make two mistakes in an article, unless they are in the draft from the screen before; wait for what is found."""
    field = page.locator('[class*="st-key-write_text_"] textarea')
    text = field.input_value()
    if "(no-" not in text:
        field.fill(text.replace("kind: faq", "kind: FAQ").replace("](", "](no-", 1))
    expect(page.locator(".kb-typed-error").first).to_be_visible()
    size = page.viewport_size
    if size is not None:
        page.set_viewport_size({"width": size["width"], "height": TALLEST})
    page.mouse.move(0, 0)


PAGES: dict[str, tuple[str, Callable[[Page], None] | None]] = {
    "start": ("/", None),
    "suggestions": ("/", _suggestions),
    "answer": ("/?q=what+is+the+broadcast+tv+surcharge", None),
    "steps": ("/?q=how+do+i+set+up+auto+pay", None),
    "choice": ("/?q=late", None),
    "no-answer": ("/?q=how+do+i+bake+bread", None),
    "spanish": ("/?q=%C2%BFPor+qu%C3%A9+subi%C3%B3+mi+factura%3F&lang=es", None),
    "article": ("/article?id=set-up-autopay", None),
    "topics": ("/browse", None),
    "topic": ("/browse?category=paying-your-bill", None),
    "index": ("/browse?letter=A", None),
    "bill": ("/bill", None),
    "contact": ("/contact", None),
    "plain-article": ("/a/why-bill-went-up", None),
}

STAFF: dict[str, tuple[str, Callable[[Page], None] | None]] = {
    "writing": ("/writing", None),
    "editor": ("/writing?article=late-fee", _editing),
}
"""Pages of a server of their own: on one that is open to writers, the footers of customers' pages would say so."""


def small(png: bytes) -> bytes:
    """Return a picture reduced to few colors, enough for a page."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    out = io.BytesIO()
    picture.quantize(COLORS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
    return out.getvalue()


def take(browser: Browser, origin: str, name: str, screen: str) -> bytes:
    """Return the screenshot of a page, from the top to the footer or to the maximum height."""
    address, prepare = {**PAGES, **STAFF}[name]
    options = SCREENS[screen]
    context = browser.new_context(**options)
    page = context.new_page()
    page.goto(f"{origin}{address}")
    expect(page.locator(".kb-footer")).to_be_visible()
    asked = parse_qs(urlsplit(address).query).get("q", [""])[0]
    if urlsplit(address).path == "/":
        expect(page.locator(".st-key-ask_query input")).to_have_value(asked)
    page.evaluate("document.fonts.ready")
    heights = "[...document.querySelectorAll('html, [data-testid=stMain]')].map((e) => e.scrollHeight)"
    whole = max(page.evaluate(heights))
    if prepare is None:
        height = max(options["viewport"]["height"], min(whole, TALLEST))
        page.set_viewport_size({"width": options["viewport"]["width"], "height": height})
        page.mouse.move(0, 0)
        page.evaluate("document.activeElement?.blur()")
    else:
        prepare(page)
    taken = page.screenshot(animations="disabled", caret="hide")
    context.close()
    return taken


def draw_card(browser: Browser) -> None:
    """Write the card for shared links."""
    page = browser.new_page(viewport={"width": 1200, "height": 630})
    page.set_content(f"<style>body{{margin:0}}</style>{(STATIC / 'card.svg').read_text(encoding='utf-8')}")
    (STATIC / "card.png").write_bytes(small(page.screenshot()))
    page.close()


def _take_all(browser: Browser, settings: Settings, names: list[str], variables: dict[str, str]) -> int:
    """Take the screenshots of some pages from one server; return their bytes."""
    total = 0
    articles = str(settings.articles.resolve())
    with (
        tempfile.TemporaryDirectory() as folder,
        start_server(settings, Path(folder), KB_ARTICLES=articles, **variables) as server,
    ):
        for name in names:
            for screen in SCREENS:
                file = FOLDER / f"{name}-{screen}.png"
                file.write_bytes(small(take(browser, server.origin, name, screen)))
                total += file.stat().st_size
    return total


def main() -> None:
    """Take all screenshots, or those of one page."""
    parser = argparse.ArgumentParser(description="Take pictures of every customer's page into docs/screenshots.")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--only", choices=sorted([*PAGES, *STAFF]), default=None)
    chosen = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    settings = load_settings(index=chosen.index)
    total = 0
    expect.set_options(timeout=_PATIENCE_MS)
    with sync_playwright() as p:
        path = os.environ.get("KB_CHROMIUM") or "/usr/bin/chromium"
        browser = p.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        draw_card(browser)
        for pages, variables in ((PAGES, {}), (STAFF, {"KB_LOCAL_EDITOR": "1"})):
            names = [name for name in pages if chosen.only in (None, name)]
            total += _take_all(browser, settings, names, variables) if names else 0
        browser.close()
    print(f"{total / 1e6:.1f} MB in {FOLDER.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
