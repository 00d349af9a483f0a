"""The search box by one script tag, on a page of another origin with a strict policy, in a real browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette

from kb.server import app
from kb.server.listening import listen
from tests.browser.other_site import OtherSite, noting, other_sites
from tests.browser.screens import EVERY, LOOKS, everywhere, violations
from tests.ui import fakes
from tests.ui.fakes import FakeAnswerer, FakeContainer, FakeJournal

pytestmark = pytest.mark.browser
BILL = "why did my bill go up"
_TARGETS = """() => [...document.querySelector(".kb-embed").shadowRoot.querySelectorAll("button, input, [role=option]")]
  .filter((e) => e.checkVisibility()).filter((e) => e.getBoundingClientRect().height < 24).length"""


@pytest.fixture(scope="module")
def sites() -> Iterator[tuple[OtherSite, OtherSite]]:
    """Two other sites: one that the help center lists, and one that it does not list."""
    with other_sites() as made:
        yield made


@dataclass
class HelpCenter:
    """Our routes on a port of their own, with a help center in memory behind them."""

    origin: str
    journal: FakeJournal


@pytest.fixture(scope="module")
def help_center(sites: tuple[OtherSite, OtherSite], tmp_path_factory: pytest.TempPathFactory) -> Iterator[HelpCenter]:
    """Run a server that lists the first of the two sites; both allow the server in their policies, and nothing else."""
    database = f"sqlite:///{tmp_path_factory.mktemp('embed') / 'journal.db'}"
    container = FakeContainer(replace(fakes.settings(), api_origins=(sites[0].origin,), database_url=database))
    journal = FakeJournal()
    container.put(answerer=FakeAnswerer(), journal=journal)
    application = Starlette(routes=app.routes(), middleware=app.middleware(container))
    listener = listen("127.0.0.1", 0)
    server = uvicorn.Server(uvicorn.Config(application, log_config=None, log_level="error"))
    running = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    running.start()
    made = HelpCenter(f"http://127.0.0.1:{listener.getsockname()[1]}", journal)
    for site in sites:
        site.page = page_with(made, "")
        site.policy = (
            f"default-src 'none'; img-src data:; script-src {made.origin}; connect-src {made.origin}; base-uri 'none'; "
            "form-action 'none'; require-trusted-types-for 'script'"
        )
    yield made
    server.should_exit = True
    running.join()
    listener.close()


def page_with(server: HelpCenter, attributes: str, lang: str = "en") -> str:
    """Return a page of another site with the box on it."""
    return (
        f'<!doctype html><html lang="{lang}"><head><title>Another site</title><link rel="icon" href="data:,">'
        '<meta name="viewport" content="width=device-width"></head><body><main><h1>Ours</h1><div id="here"></div>'
        f'<script src="{server.origin}/embed.js" {attributes}></script></main></body></html>'
    )


@pytest.fixture
def errors() -> list[str]:
    """The browser's complaints."""
    return []


@pytest.fixture
def page(browser: Browser, help_center: HelpCenter, errors: list[str]) -> Iterator[Page]:
    """Open a window that notes every error, also one of a policy."""
    del help_center
    yield from noting(browser, errors)


def ask(page: Page, site: OtherSite, question: str) -> None:
    """Type a question into the box and press Enter."""
    page.goto(site.origin)
    field = page.get_by_label("Ask about your bill").and_(page.locator("input"))
    field.fill(question)
    field.press("Enter")


def test_an_answer_and_a_judgment(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: HelpCenter, errors: list[str]
) -> None:
    """The direct answer is there, the link leads to the help center, and what the customer says is recorded."""
    ask(page, sites[0], BILL)
    reply = page.locator(".reply")
    expect(reply.get_by_role("heading").first).to_have_text("Why did my bill go up?")
    expect(page.get_by_role("status")).to_have_text("Why did my bill go up?")
    expect(reply.locator("p.text").first).to_contain_text("bill")
    address = reply.get_by_role("link", name="Read the whole article").get_attribute("href") or ""
    assert address.startswith(f"{help_center.origin}/article?id=why-bill-went-up")
    reply.get_by_role("button", name="No", exact=True).click()
    expect(reply).to_contain_text("Thank you.")
    expect(reply.get_by_role("link", name="Contact an agent")).to_be_visible()
    assert [event[1:3] for event in help_center.journal.events][-1] == ("not_helpful", "why-bill-went-up")
    assert page.context.cookies() == []
    assert errors == []


def test_by_the_keyboard_alone(page: Page, sites: tuple[OtherSite, OtherSite], errors: list[str]) -> None:
    """Suggestions open while typing; arrows, Escape and Enter do what they do in every combobox."""
    page.goto(sites[0].origin)
    field = page.get_by_role("combobox", name="Ask about your bill")
    page.keyboard.press("Tab")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-expanded", "false")
    page.keyboard.type("late f")
    options = page.get_by_role("listbox", name="Suggestions").get_by_role("option")
    expect(options.first).to_be_visible()
    expect(field).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(field).to_have_attribute("aria-activedescendant", "option-0")
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowUp")
    expect(options.first).to_have_attribute("aria-selected", "false")
    page.keyboard.press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Escape")
    expect(options).to_have_count(0)
    expect(field).to_have_value("late f")
    page.keyboard.press("ArrowDown")
    expect(options.first).to_be_visible()
    page.keyboard.press("Enter")  # nothing chosen: what was typed is asked
    expect(page.locator(".reply")).to_be_visible()
    assert errors == []


def test_a_second_look_does_not_lose_the_first(page: Page, sites: tuple[OtherSite, OtherSite]) -> None:
    """An arrow right after a letter asks at once, in place of the pause; a request given up closes no later list."""
    page.goto(sites[0].origin)
    field = page.get_by_role("combobox")
    field.press_sequentially("late f")
    for _ in range(3):
        field.press("ArrowDown")
    expect(page.get_by_role("option").first).to_be_visible()


def test_a_chosen_suggestion_opens_its_article(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: HelpCenter
) -> None:
    """In the help center, whose origin is another one."""
    page.goto(sites[0].origin)
    page.get_by_role("combobox").press_sequentially("why did my bill go u")
    page.get_by_role("option", name="Why did my bill go up? Article").click()
    page.wait_for_url(f"{help_center.origin}/article?id=why-bill-went-up")


def test_a_choice_can_be_refused(page: Page, sites: tuple[OtherSite, OtherSite], errors: list[str]) -> None:
    """Two or three articles; the one who means none of them gets an agent."""
    ask(page, sites[0], "late")
    reply = page.locator(".reply")
    expect(reply.get_by_role("heading")).to_have_text("Which of these do you mean?")
    assert reply.get_by_role("listitem").count() == 2
    reply.get_by_role("button", name="None of these").click()
    expect(reply.get_by_role("link")).to_have_text("Contact an agent")
    assert errors == []


def test_no_answer_is_said_and_html_stays_text(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: HelpCenter, errors: list[str]
) -> None:
    """The box leads to an agent; an empty question is asked for."""
    ask(page, sites[0], "<img src=x onerror=alert(1)> how do I bake bread")
    agent = page.locator(".reply").get_by_role("link", name="Contact an agent")
    expect(agent).to_have_attribute("href", f"{help_center.origin}/contact")
    assert page.locator("img").count() == 0
    page.get_by_role("combobox").fill(" ")
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_role("status")).to_have_text("Type your question first.")
    assert errors == []


def test_a_site_that_is_not_listed(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: HelpCenter, errors: list[str]
) -> None:
    """The box says calmly that there are no answers now, and leads to the help center."""
    ask(page, sites[1], BILL)
    reply = page.locator(".reply")
    expect(reply).to_contain_text("Answers are not available right now")
    assert (reply.get_by_role("link").get_attribute("href") or "").startswith(f"{help_center.origin}/?lang=en")
    assert any("CORS" in error for error in errors)


def test_settings(page: Page, sites: tuple[OtherSite, OtherSite], help_center: HelpCenter, errors: list[str]) -> None:
    """Place, words, language, heading, theme and suggestions are as the attributes say."""
    attributes = (
        'data-target="#here" data-label="¿Dudas?" data-placeholder="mi factura" data-heading="3" data-theme="dark" '
        'data-suggest="off" defer'
    )
    before, sites[0].page = sites[0].page, page_with(help_center, attributes, "es-MX")
    try:
        page.goto(sites[0].origin)
        field = page.locator("#here").get_by_role("searchbox", name="¿Dudas?")
        expect(field).to_have_attribute("placeholder", "mi factura")
        assert field.get_attribute("role") is None
        field.fill(BILL)
        page.get_by_role("button", name="Preguntar").click()
        expect(page.get_by_role("heading", level=3, name="Why did my bill go up?")).to_be_visible()
        color = page.locator(".box").evaluate("(box) => getComputedStyle(box).backgroundColor")
        assert color == "rgb(26, 35, 39)"
        assert errors == []
    finally:
        sites[0].page = before


def test_axe_finds_nothing_on_another_site(
    page: Page, sites: tuple[OtherSite, OtherSite], help_center: HelpCenter
) -> None:
    """Dark at 320 pixels, and on every screen if asked; at rest, with suggestions, with an answer, without one."""
    found = []
    for scheme, width in LOOKS if EVERY else LOOKS[1:]:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 800})
        for state in ("rest", "suggestions", BILL, "late", "how do i bake bread"):
            page.goto(sites[0].origin)
            field = page.get_by_role("combobox")
            if state == "suggestions":
                field.press_sequentially("late f")
                field.press("ArrowDown")
                expect(page.get_by_role("option").first).to_be_visible()
            elif state != "rest":
                field.fill(state)
                field.press("Enter")
                expect(page.locator(".reply").get_by_role("link").first).to_be_visible()
            found += [f"{scheme} {width} {state}: {problem}" for problem in violations(page)]
            if page.evaluate(_TARGETS):
                found.append(f"{scheme} {width} {state}: a target is too small")
    assert found == []


def test_a_signpost_says_who_helps(page: Page, sites: tuple[OtherSite, OtherSite], errors: list[str]) -> None:
    """Its title, its text without the marks of Markdown, and the company named."""
    ask(page, sites[0], "my comcast wifi crawls")
    reply = page.locator(".reply")
    expect(reply.get_by_role("heading")).to_have_text("Slow internet")
    expect(reply).to_contain_text("Your question seems to be about: Comcast.")
    expect(reply).to_contain_text("or see Spectrum.net.")
    assert errors == []


def test_the_page_that_shows_it(page: Page, help_center: HelpCenter, errors: list[str]) -> None:
    """It works there, too, under the policy of plain pages, and the tag to copy has the help center's address."""
    page.goto(f"{help_center.origin}/embed")
    expect(page.locator("pre")).to_have_text(f'<script src="{help_center.origin}/embed.js" defer></script>')
    field = page.get_by_role("combobox", name="Ask about your bill")
    field.fill(BILL)
    field.press("Enter")
    expect(page.locator(".reply").get_by_role("heading").first).to_have_text("Why did my bill go up?")
    found = [f"{screen}: {problem}" for screen in everywhere(page) for problem in violations(page)]
    assert found == []
    assert errors == []
