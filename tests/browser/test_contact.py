"""From "no answer" to a case sheet, a reminder and a sheet of paper: in a real browser, with nothing left behind."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.settings.settings import Settings
from tests.browser import pdf
from tests.browser.conftest import Visit
from tests.browser.screens import EVERY, LOOKS, violations
from tests.contact import strict_ics
from tests.server.process import RunningServer, start_server
from tests.support import ROOT

pytestmark = pytest.mark.browser

BREAD = "how do i bake bread"
PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "timezone_id": "America/Chicago"}
WINDOWS = {
    f"{width}-{scheme}": {"viewport": {"width": width, "height": 900}, "color_scheme": scheme}
    for width in (1280, 320)
    for scheme in ("light", "dark")
}


LOOKED_AT = {f"{width}-{scheme}": WINDOWS[f"{width}-{scheme}"] for scheme, width in (LOOKS if EVERY else LOOKS[1:])}
"""The windows that everything is looked at in."""
JOURNEYS = {name: WINDOWS[name] for name in ("320-light", *(("1280-light", "1280-dark") if EVERY else ()))}
SETTLED = """Promise.all(document.getAnimations().filter(a => a.effect.getComputedTiming().iterations !== Infinity)
    .map(a => a.finished.catch(() => null)))"""


def tab(page: Page, name: str) -> None:
    """Turn to a part of the sheet."""
    page.get_by_role("tab", name=name).click()


def write(page: Page, label: str, text: str) -> None:
    """Fill in a field and leave it."""
    box = page.get_by_role("textbox", name=label, exact=True)
    box.fill(text)
    box.press("Tab")


def day(page: Page, label: str, digits: str) -> None:
    """Type a day by keyboard: month, day, year."""
    page.get_by_role("spinbutton", name=f"month, {label}").click()
    page.keyboard.type(digits)
    page.keyboard.press("Tab")
    page.keyboard.press("Escape")  # the calendar that has opened next to the field


@pytest.mark.parametrize("visit", JOURNEYS.values(), ids=JOURNEYS.keys(), indirect=True)
def test_from_no_answer_to_a_reminder_in_a_strict_calendar(visit: Visit) -> None:
    """The question is filled in; the articles read are listed; the day promised becomes a calendar file."""
    page = visit.page
    visit.open("/article?id=late-fee")
    page.evaluate("window.sameVisit = true")
    visit.ask(BREAD)
    page.get_by_text("Prepare for the call with a case sheet").click()
    expect(page.get_by_role("textbox", name="What you asked", exact=True)).to_have_value(BREAD)
    expect(page.locator(".kb-case-read")).to_contain_text("Why was I charged a late fee?")
    write(page, "What you ask for", "A loaf")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Contact").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Contact an agent")
    expect(page.get_by_role("textbox", name="What you ask for")).to_have_value("A loaf")
    tab(page, "During")
    write(page, "Case number", "A-555-0101")
    write(page, "What was promised", "A credit; $10, on the next bill")
    day(page, "By when", "12022030")
    tab(page, "After")
    with page.expect_download() as caught:
        page.get_by_role("button", name="Add December 2, 2030 to your calendar").click()
    assert caught.value.suggested_filename == "follow-up.ics"
    (event,) = strict_ics.parse(Path(caught.value.path()).read_bytes()).all("VEVENT")
    assert event.one("DTSTART")[1].startswith("20301202T090000")
    assert strict_ics.plain(event.one("SUMMARY")[1]) == "Follow up on case A-555-0101: was it done?"
    assert "A credit; $10, on the next bill" in strict_ics.plain(event.one("DESCRIPTION")[1])
    with page.expect_download() as caught:
        page.get_by_role("button", name="Download as text").click()
    text = Path(caught.value.path()).read_text(encoding="utf-8")
    assert text.splitlines()[:5] == ["Your case sheet", "===============", "", "What you asked", f"  {BREAD}"]
    assert "  - Why was I charged a late fee?" in text
    expect(page.locator(".kb-ladder li").nth(1)).to_contain_text("From December 3, 2030")
    expect(page.locator(".kb-ladder li").nth(3)).to_contain_text("an answer is due by January 16, 2031 (30 days)")
    assert page.evaluate("window.sameVisit") is True


def test_the_sheet_is_copied_whole(visit: Visit) -> None:
    """The clipboard holds what the page shows, and the button confirms it."""
    page = visit.page
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.open("/contact")
    write(page, "What happened", "The total rose.")
    tab(page, "After")
    expect(page.locator("#kb-case-text")).to_contain_text("The total rose.")
    page.get_by_role("button", name="Copy").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == page.locator("#kb-case-text").text_content()


def test_the_printed_sheet_is_one_page_with_everything(visit: Visit) -> None:
    """Every field at its longest: still one page, nothing of it lost, nothing else on it."""
    page = visit.page
    visit.open("/contact")
    longest = {"What you asked": 300, "What happened": 900, "Amounts and dates": 400, "What you ask for": 300}
    for label, length in longest.items():
        write(page, label, ("word " * 200)[: length - 12] + f" end{length}x")
    tab(page, "During")
    write(page, "Representative’s name", "Robin")
    write(page, "Case number", "A-555-0101")
    write(page, "What was promised", ("word " * 200)[:380] + " endpromise")
    day(page, "By when", "12022030")
    tab(page, "After")
    expect(page.locator("#kb-case-text")).to_contain_text("December 2, 2030")
    (sheet,) = pdf.pages(page.pdf(format="Letter"))
    assert [n for n in longest.values() if f"end{n}x" not in sheet] == []
    for text in ("Robin", "A-555-0101", "endpromise", "December 2, 2030", "(833) 267-6094", "January 16, 2031"):
        assert text in sheet, text
    assert "What to have ready" not in sheet
    assert "Browse" not in sheet


def test_an_empty_sheet_prints_lines_to_write_on(visit: Visit) -> None:
    """An empty sheet prints on one page with lines to write on."""
    visit.open("/contact")
    (sheet,) = pdf.pages(visit.page.pdf(format="A4"))
    assert "Case number" in sheet
    assert "File an informal complaint with the FCC" in sheet


def test_below_an_answer_the_sheet_is_printed_only_when_it_is_open(visit: Visit) -> None:
    """Closed, paper shows the page; open, the sheet alone, on one page."""
    page = visit.page
    visit.open(f"/?q={quote(BREAD)}")
    assert "We don" in "".join(pdf.pages(page.pdf(format="Letter")))
    page.get_by_text("Prepare for the call with a case sheet").click()
    tab(page, "After")
    expect(page.locator("#kb-case-text")).to_contain_text(BREAD)
    page.evaluate(SETTLED)
    (sheet,) = pdf.pages(page.pdf(format="Letter"))
    assert BREAD in sheet
    assert "We don" not in sheet


@pytest.mark.parametrize("visit", LOOKED_AT.values(), ids=LOOKED_AT, indirect=True)
def test_axe_finds_nothing_on_the_contact_page(visit: Visit) -> None:
    """Each part of the sheet open in turn, filled in."""
    page = visit.page
    visit.open("/contact")
    write(page, "What happened", "The total rose.")
    assert violations(page) == []
    tab(page, "During")
    day(page, "By when", "12022030")
    assert violations(page) == []
    tab(page, "After")
    expect(page.get_by_role("button", name="Add December 2, 2030 to your calendar")).to_be_visible()
    assert violations(page) == []
    for address in ("", "?lang=es"):
        visit.open(f"/contact{address}")
        assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth - innerWidth") <= 0, address
    assert violations(page) == []


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_sheet_is_filled_in_by_keyboard_alone(visit: Visit) -> None:
    """From the first field through the tabs to the reminder, without a mouse, on a small phone."""
    page = visit.page
    visit.open("/contact")
    page.get_by_role("textbox", name="What you asked", exact=True).focus()
    for text in ("A question", "It happened", "$10", "A credit"):
        page.keyboard.type(text)
        page.keyboard.press("Tab")
    page.get_by_role("tab", name="Before").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_role("tab", name="During")).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Tab")
    page.keyboard.type("Robin")
    page.keyboard.press("Tab")
    page.keyboard.type("A-555-0101")
    page.keyboard.press("Tab")
    page.keyboard.type("A credit")
    page.keyboard.press("Tab")
    page.keyboard.type("12022030")
    page.get_by_role("tab", name="During").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.locator("#kb-case-text")).to_contain_text("It happened")
    expect(page.locator("#kb-case-text")).to_contain_text("December 2, 2030")
    button = page.get_by_role("button", name="Add December 2, 2030 to your calendar")
    button.focus()
    with page.expect_download() as caught:
        page.keyboard.press("Enter")
    (event,) = strict_ics.parse(Path(caught.value.path()).read_bytes()).all("VEVENT")
    assert event.one("DTSTART") == ({"TZID": "America/Chicago"}, "20301202T090000")


SECRET = "zanzibarquince"


@pytest.fixture
def own_server(built_index: Settings, tmp_path: Path) -> Iterator[tuple[RunningServer, Path]]:
    """Run a separate server, with its journal in a searchable folder and invented opening hours."""
    site = tmp_path / "site.yaml"
    text = (ROOT / "site.yaml").read_text(encoding="utf-8")
    phone = "    text: (833) 267-6094\n"
    hours = "    time_zone: America/New_York\n    hours: {mon-sun: 24 hours}\n    wait_minutes: 10\n"
    site.write_text(text.replace(phone, phone + hours), encoding="utf-8")
    settings = Settings(index=built_index.index, site_path=site)
    with start_server(settings, tmp_path) as running:
        yield running, tmp_path


@pytest.mark.slow
def test_what_is_written_on_the_sheet_is_nowhere_else(
    browser: Browser, own_server: tuple[RunningServer, Path], tmp_path: Path
) -> None:
    """A secret word typed into every field is in no file, log or address, even after downloads; a reload removes it.

    The same of a line of one's own bill.
    """
    server, folder = own_server
    context = browser.new_context(timezone_id="America/Chicago")
    page = context.new_page()
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url + (request.post_data or "")))
    page.goto(f"{server.origin}/contact")
    for label in ("What you asked", "What happened", "Amounts and dates", "What you ask for"):
        write(page, label, f"{SECRET} {quote(label)}")
    tab(page, "During")
    for label in ("Representative’s name", "Case number", "What was promised"):
        write(page, label, SECRET)
    day(page, "By when", "12022030")
    tab(page, "After")
    expect(page.locator("#kb-case-text")).to_contain_text(SECRET)
    for name in ("Download as text", "Add December 2, 2030 to your calendar"):
        with page.expect_download() as caught:
            page.get_by_role("button", name=name).click()
        assert SECRET in Path(caught.value.path()).read_text(encoding="utf-8").replace("\r\n ", "")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Ask").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ask about your bill")
    page.goto(f"{server.origin}/contact")
    expect(page.get_by_role("textbox", name="What happened")).to_have_value("")
    expect(page.locator(".kb-is-open").first).to_contain_text("Open now, at any hour")
    page.goto(f"{server.origin}/bill")
    write(page, "The line, as printed", f"{SECRET} surcharge")
    page.get_by_role("button", name="Explain this line").click()
    expect(page.locator(".kb-line")).to_contain_text(SECRET)
    context.close()
    assert [a for a in addresses if SECRET in a] == []
    server.process.terminate()  # first: while it runs, files come and go
    server.process.wait(timeout=20)
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert server.log in files
    assert [str(path) for path in files if SECRET.encode() in path.read_bytes()] == []
