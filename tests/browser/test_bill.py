"""The sample bill in a real browser: by keyboard, by mouse, by address, on a phone and in dark."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screens import EVERY, LOOKS, violations

pytestmark = pytest.mark.browser

WINDOWS: dict[str, dict[str, Any]] = {
    f"{width}-{scheme}": {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    for width in (1280, 320)
    for scheme in ("light", "dark")
}


LOOKED_AT = {f"{width}-{scheme}": WINDOWS[f"{width}-{scheme}"] for scheme, width in (LOOKS if EVERY else LOOKS[:1])}
"""The windows that everything is looked at in."""
JOURNEYS = {name: WINDOWS[name] for name in ("1280-light", "320-light", *(("1280-dark",) if EVERY else ()))}


@pytest.mark.parametrize("visit", JOURNEYS.values(), ids=JOURNEYS.keys(), indirect=True)
def test_a_part_leads_to_its_article_by_keyboard_alone(visit: Visit) -> None:
    """Tab to a part, Enter opens it, Tab and Enter go to the article of its first line; Back comes back."""
    page = visit.page
    visit.open("/bill")
    page.evaluate("window.sameVisit = true")
    page.get_by_role("heading", name="The parts of the bill").evaluate("e => { e.tabIndex = -1; e.focus(); }")
    for _ in range(5):
        page.keyboard.press("Tab")
    part = page.get_by_role("link", name="Taxes and surcharges")
    expect(part).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".kb-bill")).to_have_attribute("data-selected", "taxes")
    expect(part).to_be_focused()
    expect(page.locator(".kb-bill-area.is-selected")).to_have_attribute("data-part", "taxes")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("What are the franchise fee, PEG fee and FCC fee?")
    page.go_back()
    expect(page.locator(".kb-bill")).to_have_attribute("data-selected", "taxes")
    assert page.evaluate("window.sameVisit") is True


@pytest.mark.parametrize("visit", [WINDOWS["320-light"], WINDOWS["1280-dark"]], indirect=True)
def test_a_touch_on_the_drawing_opens_the_part_in_the_list(visit: Visit) -> None:
    """Both are marked, the part scrolls into view, and its suggested question is asked from there."""
    page = visit.page
    visit.open("/bill")
    page.locator(".kb-bill-area[data-part=partial-month]").click()
    item = page.locator(".kb-bill-list li.is-selected")
    expect(item).to_contain_text("Partial month")
    expect(item.get_by_role("link", name="Partial month", exact=True)).to_be_focused()
    expect(item.get_by_role("link", name="Partial month", exact=True)).to_be_in_viewport()
    item.get_by_role("link", name="Ask: “what is the partial month charge”").click()
    expect(page.locator(".kb-answer")).to_have_attribute("data-answer", "partial-month-charge")


def test_the_same_part_once_more_closes_it(visit: Visit) -> None:
    """Activating an open part closes it and keeps the focus."""
    page = visit.page
    visit.open("/bill?part=account")
    part = page.get_by_role("link", name="Account number and contact details")
    part.click()
    expect(page.locator(".kb-bill")).to_have_attribute("data-selected", "")
    expect(part).to_be_focused()


def test_a_line_is_explained_and_is_in_no_address(visit: Visit) -> None:
    """Enter in the field submits it, and a screen reader announces the result."""
    page = visit.page
    visit.open("/bill")
    page.get_by_role("textbox", name="Amount, if you like").fill("27")
    box = page.get_by_role("textbox", name="The line, as printed")
    box.fill("Broadcast TV Surcharge")
    box.press("Enter")
    expect(page.locator(".kb-line")).to_contain_text("$27.00 is $324.00 in a year")
    expect(page.locator(".kb-line")).to_contain_text("What is the Broadcast TV Surcharge?")
    expect(page.locator("#kb-status")).to_contain_text("Found: What is the Broadcast TV Surcharge?")
    assert page.url.endswith("/bill")


@pytest.mark.parametrize("visit", LOOKED_AT.values(), ids=LOOKED_AT, indirect=True)
def test_axe_finds_nothing_on_the_bill(visit: Visit) -> None:
    """Closed, with a part open, and with a line explained; nothing scrolls sideways."""
    page = visit.page
    visit.open("/bill")
    assert violations(page) == []
    visit.open("/bill?part=services")
    box = page.get_by_role("textbox", name="The line, as printed")
    box.fill("Late fee")
    box.press("Enter")
    expect(page.locator(".kb-line")).to_be_visible()
    assert violations(page) == []
    for address in ("/bill", "/bill?part=services&lang=es"):
        visit.open(address)
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0, address
    assert violations(page) == []


def test_without_scripts_the_bill_is_there_with_its_part_open(visit: Visit) -> None:
    """The server draws it; a part is a link to the same page."""
    context = visit.page.context.browser.new_context(java_script_enabled=False)  # type: ignore[union-attr]
    page = context.new_page()
    page.goto(f"{visit.origin}/bill?part=payment")
    expect(page.locator(".kb-bill-list li.is-selected")).to_contain_text("Due date, payment and late fees")
    page.get_by_role("link", name="Services and charges").click()
    expect(page.locator(".kb-bill-list li.is-selected")).to_contain_text("Services and charges")
    page.get_by_role("link", name="Why did my bill go up?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why did my bill go up?")
    context.close()
