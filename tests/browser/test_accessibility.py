"""WCAG 2.2 AA on every customer's page: axe-core, targets, headings, a small phone, large text, the keyboard alone."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visit
from tests.browser.screens import PHONE, WIDE, everywhere, violations

pytestmark = pytest.mark.browser

BILL = "why did my bill go up"
PAGES = {
    "start": "/",
    "answer": f"/?q={quote(BILL)}",
    "steps": "/?q=how+do+i+set+up+auto+pay",
    "choice": "/?q=late",
    "no answer": "/?q=how+do+i+bake+bread",
    "spanish": "/?q=por+que+subio+mi+factura&lang=es",
    "article": "/article?id=set-up-autopay",
    "article at a section": "/article?id=set-up-autopay#steps-to-enroll-in-auto-pay",
    "unknown article": "/article?id=no-such-thing",
    "topics": "/browse",
    "topic": "/browse?category=paying-your-bill",
    "letter": "/browse?letter=A",
    "bill": "/bill",
    "contact": "/contact",
    "privacy": "/privacy",
    "privacy in Spanish": "/privacy?lang=es",
    "plain article": "/a/why-bill-went-up#what-does-the-changed-line-mean",
    "plain topic": "/c/paying-your-bill",
    "plain form": "/ask",
}


@pytest.mark.parametrize("address", PAGES.values(), ids=PAGES)
def test_no_violation_on_any_screen(visit: Visit, address: str) -> None:
    """Light and dark, at 1280 and at 320 pixels."""
    visit.open(address)
    found = [f"{screen}: {problem}" for screen in everywhere(visit.page) for problem in violations(visit.page)]
    visit.problems[:] = [p for p in visit.problems if "404" not in p]
    assert found == []


def test_planted_violations_are_found(visit: Visit) -> None:
    """The checker itself: a picture without words, pale text, a heading out of order, a button for ants."""
    visit.open("/a/why-bill-went-up")
    visit.page.evaluate(
        """document.querySelector("main").insertAdjacentHTML("beforeend",
          '<h4>x</h4><img src="/assets/icon.svg"><input type="checkbox" aria-label="y">')"""
    )
    found = " ".join(violations(visit.page))
    for rule in ("image-alt", "small target", "headings: 2 then 4"):
        assert rule in found


def test_suggestions_are_a_proper_list_to_a_screen_reader(visit: Visit) -> None:
    """With the list open and one chosen, on every screen."""
    visit.open("/")
    visit.type("late f")
    visit.field.press("ArrowDown")
    expect(visit.page.get_by_role("option", selected=True)).to_have_count(1)
    assert [problem for _ in everywhere(visit.page) for problem in violations(visit.page)] == []


def test_recent_questions_are_a_proper_group_of_that_list(visit: Visit) -> None:
    """In the empty field, with the way to clear them; and by the Tab key, which opens the list as it comes by."""
    visit.open(PAGES["answer"])
    visit.open("/")
    expect(visit.field).to_be_focused()
    visit.field.press("ArrowDown")
    group = visit.page.get_by_role("listbox").get_by_role("group", name="Your recent questions")
    expect(group.get_by_role("option")).to_have_text([BILL, "Clear your recent questions"])
    assert [problem for _ in everywhere(visit.page) for problem in violations(visit.page)] == []
    visit.field.press("Escape")
    expect(group).to_be_hidden()
    visit.page.keyboard.press("Shift+Tab")
    visit.page.keyboard.press("Tab")
    expect(group).to_be_visible()


def test_why_it_was_not_helpful_is_asked_of_everybody(visit: Visit) -> None:
    """The reasons and the field for one's own words, on every screen; then the thanks."""
    page = visit.page
    visit.open("/article?id=late-fee")
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_label("What would have helped, in your own words")).to_be_visible()
    found = [f"{screen}: {problem}" for screen in everywhere(page) for problem in violations(page)]
    page.get_by_role("button", name="Send").click()
    expect(page.locator("p[data-say]")).to_be_visible()
    assert found + violations(page) == []


def test_parts_that_are_unfolded_hold_no_violation(visit: Visit) -> None:
    """Of all other articles below an answer, at once: headings, targets and names on every screen."""
    visit.open(PAGES["answer"])
    parts = visit.page.locator(".kb-others details summary")
    for number in range(parts.count()):
        parts.nth(number).click()
    expect(visit.page.locator(".kb-others details[open] .kb-prose")).to_have_count(4)
    found = [f"{screen}: {problem}" for screen in everywhere(visit.page) for problem in violations(visit.page)]
    assert found == []


@pytest.mark.parametrize("address", ["/?lang=en", "/?lang=es", "/a/late-fee?lang=en"])
def test_the_top_has_the_focus_where_the_eye_goes(visit: Visit, address: str) -> None:
    """Left to right and line by line, however wide the window is: brand, pages, the other language."""
    visit.open(address)
    links = visit.page.locator(".kb-top a")
    expect(links).to_have_count(6)
    for width in (320, 400, 600, 1280):
        visit.page.set_viewport_size({"width": width, "height": 640})
        boxes = links.evaluate_all("all => all.map(e => e.getBoundingClientRect()).map(b => [Math.round(b.y), b.x])")
        assert boxes == sorted(boxes), width


def test_dark_follows_a_change_of_the_system(visit: Visit) -> None:
    """What the test above relies on: the page that is open changes with it."""
    visit.open("/")
    page = visit.page.locator(".stApp")
    expect(page).to_have_css("background-color", "rgb(253, 252, 250)")
    visit.page.emulate_media(color_scheme="dark")
    expect(page).to_have_css("background-color", "rgb(18, 25, 28)")


@pytest.mark.parametrize("visit", [{"viewport": {"width": 320, "height": 256}}], indirect=True)
@pytest.mark.parametrize("address", ["/", PAGES["answer"], PAGES["article"]])
def test_large_text_loses_nothing(visit: Visit, address: str) -> None:
    """1280 by 1024 at 400 % is 320 by 256: nothing scrolls sideways, nothing covers the field or the heading."""
    visit.open(address)
    assert not visit.page.evaluate("document.documentElement.scrollWidth > innerWidth")
    heading = visit.page.get_by_role("heading", level=1)
    heading.scroll_into_view_if_needed()
    expect(heading).to_be_in_viewport()


@pytest.mark.parametrize("visit", [{"reduced_motion": "reduce"}], indirect=True)
def test_nothing_moves_for_those_who_ask_for_it(visit: Visit) -> None:
    """No animation and no transition of ours runs."""
    visit.open("/browse")
    moving = visit.page.evaluate(
        """[...document.querySelectorAll('[class^="kb-"], .stHtml *')].filter((e) => {
          const style = getComputedStyle(e);
          return style.animationName !== "none" || parseFloat(style.transitionDuration) > 0;
        }).map((e) => e.outerHTML.slice(0, 80))"""
    )
    assert moving == []


def focused(visit: Visit) -> str:
    """Return what has the focus, after checking that it is in sight and not covered."""
    hidden = visit.page.evaluate(
        """() => {
          const e = document.activeElement, box = e.getBoundingClientRect();
          if (e === document.body) return "nothing has the focus";
          const x = Math.min(box.left + box.width / 2, innerWidth - 1), y = box.top + Math.min(box.height / 2, 20);
          if (box.bottom <= 0 || box.top >= innerHeight) return "out of sight: " + e.outerHTML.slice(0, 120);
          const top = document.elementFromPoint(x, Math.min(Math.max(y, 0), innerHeight - 1));
          return e.contains(top) || top.contains(e) ? "" : "covered: " + e.outerHTML.slice(0, 120);
        }"""
    )
    assert hidden == ""
    text: str = visit.page.evaluate("(document.activeElement.textContent || document.activeElement.value || '').trim()")
    return text


def tab_to(visit: Visit, text: str) -> None:
    """Press Tab until something with that text has the focus; it is in sight all the way."""
    for _ in range(60):
        visit.page.keyboard.press("Tab")
        if focused(visit) == text:
            return
    raise AssertionError(f"Tab never reached {text!r}")


@pytest.mark.parametrize("visit", [PHONE, WIDE], ids=["phone", "wide"], indirect=True)
def test_the_first_journey_by_keyboard_alone(visit: Visit) -> None:
    """Ask, take a suggestion or not, read the whole article, come back; the focus goes where the reading goes on."""
    page = visit.page
    visit.open("/")
    expect(visit.field).to_be_focused()
    page.keyboard.type(BILL)
    expect(page.get_by_role("listbox")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(visit.field).to_have_value(BILL)
    page.keyboard.press("Enter")
    expect(page.locator(".kb-answer")).to_be_visible()
    expect(page.locator("#kb-status")).to_contain_text("Why did my bill go up?")
    expect(visit.field).to_be_focused()
    tab_to(visit, "Read the whole article")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Why did my bill go up?")
    tab_to(visit, "Copy link")
    page.go_back()  # the browser's own key, which is not the page's to handle
    expect(page.locator(".kb-answer")).to_be_visible()
    expect(visit.field).to_have_value(BILL)
