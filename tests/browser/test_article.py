"""An article as a customer reads it: steps, links, contents, sections and paper."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit

pytestmark = pytest.mark.browser


def test_steps_can_be_ticked_off(visit: Visit) -> None:
    """In the answer itself; each by its own name."""
    visit.open("/?q=how+do+i+set+up+auto+pay")
    box = visit.page.get_by_role("checkbox", name="Step 2 done")
    box.check()
    expect(box).to_be_checked()
    expect(visit.page.get_by_role("checkbox", name="Step 1 done")).not_to_be_checked()


@pytest.mark.parametrize("visit", [{"permissions": ["clipboard-read", "clipboard-write"]}], indirect=True)
def test_the_link_of_an_article_is_copied(visit: Visit) -> None:
    """The plain address is copied, and the copy is confirmed on screen and to screen readers."""
    visit.open("/article?id=late-fee")
    visit.page.get_by_role("button", name="Copy link").click()
    expect(visit.page.get_by_role("button", name="Link copied")).to_be_visible()
    expect(visit.page.locator("#kb-status")).to_have_text("Link copied")
    assert visit.page.evaluate("navigator.clipboard.readText()") == f"{visit.origin}/a/late-fee"


def test_contents_lead_to_their_headings(visit: Visit) -> None:
    """Within the page, by keyboard too: reading goes on at the heading."""
    visit.open("/article?id=set-up-autopay")
    visit.page.get_by_role("navigation", name="In this article").get_by_role("link").last.click()
    last = visit.page.locator(".kb-prose h2[id]").last
    expect(last).to_be_in_viewport()
    expect(last).to_be_focused()


def background(visit: Visit, selector: str) -> set[str]:
    """Return the colors behind the elements of an article."""
    return set(
        visit.page.locator(selector).evaluate_all("(all) => all.map((e) => getComputedStyle(e).backgroundColor)")
    )


def test_the_section_that_an_address_leads_to_is_highlighted(visit: Visit) -> None:
    """From its heading to the next one; the same from an answer, within the page, and on the plain page."""
    page = visit.page
    visit.open("/")
    visit.ask("How do I set up Auto Pay?")
    page.goto(f"{visit.origin}/article?id=set-up-autopay")
    links = page.get_by_role("navigation", name="In this article").get_by_role("link")
    links.first.click()
    first = links.first.get_attribute("href").split("#")[1]
    expect(page.locator(f"#{first}")).to_have_class(re.compile("kb-reached"))
    links.nth(1).click()
    second = links.nth(1).get_attribute("href").split("#")[1]
    expect(page.locator(f"#{second}")).to_have_class(re.compile("kb-reached"))
    expect(page.locator(f"#{first}")).not_to_have_class(re.compile("kb-reached"))
    shown = page.locator(".kb-reached").count()
    colors = background(visit, f"#{second}, #{second} + *")
    assert len(colors) == 1
    visit.open(f"/a/set-up-autopay#{second}")
    same = page.locator(".kb-prose > *").evaluate_all(
        "(all, color) => all.filter((e) => getComputedStyle(e).backgroundColor === color).map((e) => e.tagName)",
        colors.pop(),
    )
    assert same[0] == "H2"
    assert len(same) == shown
    assert not [tag for tag in same[1:] if re.fullmatch(r"H\d", tag)]


def test_an_article_prints_on_one_page_without_chrome(visit: Visit) -> None:
    """Everything of it, nothing around it."""
    for address in ("/article?id=set-up-autopay", "/a/set-up-autopay"):
        visit.open(address)
        back = visit.page.locator(".kb-printed")
        expect(back).to_be_hidden()
        visit.page.emulate_media(media="print")
        expect(back.get_by_role("img")).to_be_visible()
        expect(back.locator("span")).to_have_text(f"{visit.origin.removeprefix('http://')}/a/set-up-autopay")
        for gone in (".kb-top", ".kb-search", ".kb-contents", ".kb-related"):
            assert not visit.page.locator(gone).first.is_visible(), gone
        expect(visit.page.locator(".kb-sources")).to_be_visible()
        expect(visit.page.get_by_role("button", name="Yes", exact=True)).to_have_count(0)
        pdf = visit.page.pdf(format="Letter")
        visit.page.emulate_media(media="screen")
        assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1, address
