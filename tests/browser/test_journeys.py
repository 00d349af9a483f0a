"""What a customer does, in a real browser, with the real articles."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from kb.settings.settings import Settings
from tests.browser.conftest import Visit
from tests.browser.screens import DARK, PHONE
from tests.server.process import start_server

pytestmark = pytest.mark.browser

BILL = "why did my bill go up"
BREAD = "how do i bake bread"
ARTICLE = "/article?id=why-bill-went-up"
NO_ANSWER = "We don’t have an article that answers this"


def test_a_typed_question_shows_its_article_first(visit: Visit) -> None:
    """The answer is drawn in place; the address carries the question; a screen reader hears of it."""
    visit.open("/")
    visit.ask(BILL)
    answer = visit.page.locator(".kb-answer")
    expect(answer).to_have_attribute("data-answer", "why-bill-went-up")
    expect(answer.locator("cite")).to_have_text("Why did my bill go up?")
    expect(visit.page).to_have_url(re.compile(r"/\?q=why"))
    expect(visit.page.get_by_role("heading", name="Other articles")).to_be_visible()
    expect(visit.page.locator("#kb-status")).to_contain_text("Why did my bill go up?")
    expect(visit.page).to_have_title(re.compile(r"Ask about your bill"))


def test_a_question_without_an_article_shows_the_hand_over(visit: Visit) -> None:
    """The page says that nothing was found, repeats the question, and shows how to reach an agent."""
    visit.open("/")
    visit.ask(BREAD)
    expect(visit.page.get_by_role("heading", name=NO_ANSWER)).to_be_visible()
    expect(visit.page.locator(".kb-asked")).to_contain_text(BREAD)
    expect(visit.page.get_by_role("link", name="(833) 267-6094")).to_be_visible()
    expect(visit.page.get_by_role("heading", name="What to have ready")).to_be_visible()
    expect(visit.page.locator(".kb-answer")).to_have_count(0)


def test_reload_back_and_forward_show_what_was_there(visit: Visit) -> None:
    """Two questions, each with its own address."""
    page = visit.page
    box = visit.field
    no_answer = page.get_by_role("heading", name=NO_ANSWER)
    visit.open("/")
    visit.ask(BILL)
    expect(page.locator(".kb-answer")).to_be_visible()
    visit.ask(BREAD)
    expect(no_answer).to_be_visible()
    page.reload()
    expect(no_answer).to_be_visible()
    expect(box).to_have_value(BREAD)
    page.go_back()
    expect(page.locator(".kb-answer")).to_have_attribute("data-answer", "why-bill-went-up")
    expect(box).to_have_value(BILL)
    page.go_back()
    expect(page.get_by_role("heading", name="Or browse by topic")).to_be_visible()
    expect(box).to_have_value("")
    page.go_forward()
    expect(page.locator(".kb-answer")).to_be_visible()
    expect(box).to_have_value(BILL)


def test_from_the_answer_to_the_article_and_back(visit: Visit) -> None:
    """The whole article opens in the same visit, at the heading of the answer; Back returns to the answer."""
    page = visit.page
    visit.open(f"/?q={quote(BILL)}")
    link = page.get_by_role("link", name="Read the whole article")
    anchor = str(link.get_attribute("href")).partition("#")[2]
    page.evaluate("window.sameVisit = true")
    link.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Why did my bill go up?")
    if anchor:
        expect(page.locator(f"[id='{anchor}']")).to_be_in_viewport()
    page.go_back()
    expect(page.locator(".kb-answer")).to_be_visible()
    assert page.evaluate("window.sameVisit") is True


def test_an_anchor_scrolls_on_the_first_load(visit: Visit) -> None:
    """The last heading of an article, opened from outside."""
    page = visit.page
    visit.open(ARTICLE)
    anchor = page.locator(".kb-prose h2[id]").last.get_attribute("id")
    visit.open("/contact")
    visit.open(f"{ARTICLE}#{anchor}")
    heading = page.locator(f"[id='{anchor}']")
    expect(heading).to_be_in_viewport()
    expect(heading).to_be_focused()


def test_browse_to_an_article_and_ask_from_there(visit: Visit) -> None:
    """Topics, one topic, an article, and the field below it."""
    page = visit.page
    visit.open("/")
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Browse").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Browse all topics")
    expect(page.get_by_role("heading", level=1)).to_be_focused()
    page.get_by_role("link", name="Paying your bill").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paying your bill")
    page.get_by_role("link", name="How do I pay online?").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("How do I pay online?")
    visit.ask(BREAD)
    expect(page.get_by_role("heading", name=NO_ANSWER)).to_be_visible()


def test_a_category_card_leads_to_its_articles_by_keyboard(visit: Visit) -> None:
    """Enter on a focused card is enough."""
    visit.open("/browse")
    card = visit.page.get_by_role("link", name="Auto Pay and paperless billing")
    card.focus()
    card.press("Enter")
    expect(visit.page.get_by_role("link", name="How do I set up Auto Pay?")).to_be_visible()


@pytest.mark.parametrize(
    "question",
    ["<script>window.hacked=1</script>", '<img src=x onerror="window.hacked=1">', '"><svg onload=window.hacked=1>'],
)
def test_markup_in_a_question_is_shown_as_text(visit: Visit, question: str) -> None:
    """Word for word, and nothing of it runs."""
    visit.open(f"/?q={quote(question)}")
    expect(visit.page.locator(".kb-asked q, .st-key-ask_query input").first).to_be_visible()
    expect(visit.field).to_have_value(question)
    assert visit.page.evaluate("window.hacked") is None


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
@pytest.mark.parametrize(
    "address",
    [
        "/",
        f"/?q={quote(BILL)}",
        f"/?q={quote(BREAD)}",
        f"/?q={'x' * 300}",
        ARTICLE,
        "/article?id=taxes-and-fees-list",
        "/browse",
        "/contact",
        "/a/why-bill-went-up",
    ],
)
def test_nothing_scrolls_sideways_on_a_small_phone(visit: Visit, address: str) -> None:
    """Every page fits into 320 pixels."""
    visit.open(address)
    widths = visit.page.evaluate(
        "[...document.querySelectorAll('html, body, [data-testid=stMain]')].map(e => e.scrollWidth)"
    )
    assert max(widths) <= 320


@pytest.mark.parametrize("visit", [PHONE], indirect=True)
def test_the_way_to_an_agent_is_always_in_sight_on_a_phone(visit: Visit) -> None:
    """No menu has to be opened first."""
    visit.open(ARTICLE)
    link = visit.page.get_by_role("navigation", name="Main").get_by_role("link", name="Contact")
    expect(link).to_be_in_viewport()
    link.click()
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Contact an agent")


@pytest.mark.parametrize("visit", [DARK], indirect=True)
def test_the_pages_follow_the_systems_dark_colors(visit: Visit) -> None:
    """Streamlit's own parts and ours alike."""
    visit.open(f"/?q={quote(BILL)}")
    for selector in (".stApp", ".kb-answer", ".st-key-ask_query [data-testid=stTextInputRootElement]"):
        color = visit.page.locator(selector).first.evaluate("e => getComputedStyle(e).backgroundColor")
        assert max(int(n) for n in re.findall(r"\d+", color)[:3]) < 60, (selector, color)


def test_an_unknown_article_is_a_friendly_page(visit: Visit) -> None:
    """The console notes the status 404; the page is complete all the same."""
    visit.open("/article?id=no-such-thing")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("We can’t find that article")
    visit.problems[:] = [p for p in visit.problems if "404" not in p]


def test_the_first_visitor_of_a_fresh_server_may_open_an_article(
    browser: Browser, built_index: Settings, tmp_path: Path
) -> None:
    """The router has not run yet; the page has its top and its foot all the same."""
    with start_server(built_index, tmp_path) as fresh:
        context = browser.new_context()
        first = Visit(context.new_page(), fresh.origin)
        first.open(ARTICLE)
        expect(first.page.get_by_role("navigation", name="Main")).to_be_visible()
        context.close()


def test_a_plain_article_needs_no_script(visit: Visit) -> None:
    """The same article, without the application."""
    visit.open("/a/why-bill-went-up")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Why did my bill go up?")
    assert visit.page.locator("script:not([type='application/ld+json'])").count() == 0
    visit.ask(BREAD)
    expect(visit.page.get_by_role("heading", name=NO_ANSWER)).to_be_visible()
