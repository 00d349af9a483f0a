"""The screens that every customer's page must do well on, and what is checked on each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from zlib import crc32

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

WIDE: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}}
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True}
DARK: dict[str, Any] = {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"}
EVERY = os.environ.get("KB_TEST_SCREENS") == "all"
"""``make test-screens`` looks at everything on every screen, ``make test`` at each page on one of two."""
LOOKS = (("light", 1280), ("dark", 320), *((("light", 320), ("dark", 1280)) if EVERY else ()))
"""Color scheme and width of the windows that a page is looked at in."""
SCREENS = {"wide": WIDE, "phone": PHONE, **({"dark": DARK} if EVERY else {})}
"""For ``@pytest.mark.parametrize("visit", SCREENS.values(), ids=SCREENS, indirect=True)``."""

STAFF_SCREENS = SCREENS if EVERY else {"phone": PHONE}
"""For long journeys of the staff: the narrow window, where more can go wrong."""

KNOWN: dict[tuple[str, str], str] = {}
"""Violations that are Streamlit's own and cannot be themed away: (rule, part of the element's HTML) to the reason."""

_SMALLEST = 24
_SMALL_TARGETS = """(smallest) => {
  const targets = "a[href], button, input:not([type=hidden]), select, textarea, summary, [role=option]";
  const shown = [...document.querySelectorAll(targets)]
    .filter((e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && !e.closest("[hidden]"));
  // WCAG 2.5.8 leaves out links in a line of text.
  const inText = (e) => e.matches("a") && getComputedStyle(e).display === "inline";
  return shown.filter((e) => !inText(e)).filter((e) => {
    const box = (e.closest("label") ?? e).getBoundingClientRect(); // pressing the label presses the box in it
    return box.width > 1 && (box.width < smallest || box.height < smallest);
  }).map((e) => e.outerHTML.slice(0, 160));
}"""
_HEADINGS = """() => [...document.querySelectorAll("h1, h2, h3, h4, h5, h6")]
  .filter((e) => e.checkVisibility()).map((e) => Number(e.tagName[1]))"""


_IS_DRAWN = """(scheme) => {
  // Streamlit takes over another scheme in a run of its own; text is dark on light, or light on dark, once it has.
  const place = document.querySelector(".stApp") ?? document.body;
  const bright = (colour) => colour.match(/[0-9.]+/g).slice(0, 3).map(Number).reduce((a, b) => a + b) > 384;
  const { backgroundColor, color } = getComputedStyle(place);
  const [ground, text] = [bright(backgroundColor), bright(color)];
  return scheme === "light" ? ground && !text : !ground && text;
}"""


def everywhere(page: Page) -> Iterator[str]:
    """Show the page that is open in each of the windows in turn, and yield the window's name.

    In ``make test`` it is one window: a wide light or a narrow dark one, as the page's address has it.
    """
    _, _, address = page.url.partition("//")
    turn = crc32(address.partition("/")[2].encode()) % len(LOOKS)
    for scheme, width in LOOKS if EVERY else LOOKS[turn : turn + 1]:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function(_IS_DRAWN, arg=scheme)
        yield f"{scheme} {width}"


def violations(page: Page) -> list[str]:
    """Return what axe-core finds on the page that is open, and what it does not look for.

    :param page: Drawn to its end.
    :return: Rule and element of each violation, targets below 24 px, headings out of order, and scrolling sideways.
    """
    found = [
        f"{violation['id']}: {node['html'][:200]}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
        if not any(rule == violation["id"] and part in node["html"] for rule, part in KNOWN)
    ]
    found += [f"small target: {html}" for html in page.evaluate(_SMALL_TARGETS, _SMALLEST)]
    levels = page.evaluate(_HEADINGS)
    if levels.count(1) != 1:
        found.append(f"headings: {levels.count(1)} of level 1")
    found += [f"headings: {a} then {b}" for a, b in pairwise(levels) if b > a + 1]
    if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
        found.append("scrolls sideways")
    return found
