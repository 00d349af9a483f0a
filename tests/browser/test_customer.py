"""The journeys of a customer, each on a wide screen, on a small phone and in the dark."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Visit
from tests.browser.screens import PHONE, SCREENS
from tests.server.process import RunningServer

pytestmark = pytest.mark.browser
on_every_screen = pytest.mark.parametrize("visit", SCREENS.values(), ids=SCREENS, indirect=True)
BILL = "why did my bill go up"
LATE = "Why was I charged a late fee?"


@on_every_screen
def test_ask_answer_article_and_all_the_ways_back(visit: Visit) -> None:
    """Back, forward and reload show what was there, where it was."""
    page = visit.page
    visit.open("/")
    visit.ask(BILL)
    answer = page.locator(".kb-answer")
    expect(answer).to_have_attribute("data-answer", "why-bill-went-up")
    expect(page.get_by_role("heading", name="Other articles")).to_be_visible()
    page.get_by_role("link", name="Read the whole article").click()
    title = page.get_by_role("heading", level=1)
    expect(title).to_have_text("Why did my bill go up?")
    opened = page.url
    page.go_back()
    expect(answer).to_be_visible()
    expect(visit.field).to_have_value(BILL)
    page.go_forward()
    expect(title).to_have_text("Why did my bill go up?")
    assert page.url == opened
    page.reload()
    expect(title).to_have_text("Why did my bill go up?")
    page.go_back()
    expect(answer).to_be_visible()
    page.go_back()
    expect(visit.field).to_have_value("")
    expect(page.get_by_role("heading", name="Or browse by topic")).to_be_visible()


@on_every_screen
def test_undecided_choose(visit: Visit) -> None:
    """Two or three cards, a way out, and the chosen article."""
    page = visit.page
    visit.open("/")
    visit.ask("late")
    expect(page.get_by_role("heading", name="Which of these do you mean?")).to_be_visible()
    expect(page.locator("#kb-status")).to_have_text("Which of these do you mean?")
    expect(page.get_by_role("link", name="None of these")).to_be_visible()
    page.get_by_role("link", name=LATE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LATE)
    page.go_back()
    page.get_by_role("link", name="None of these").click()
    expect(page.get_by_role("heading", name="An agent can help with this")).to_be_visible()


@on_every_screen
def test_browse_by_topic_and_by_letter(visit: Visit) -> None:
    """Topics with counts, a topic's articles with their kinds, the index."""
    page = visit.page
    visit.open("/browse")
    page.get_by_role("link", name="Paying your bill").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Paying your bill")
    expect(page.locator(".kb-count")).to_have_text(re.compile(r"\d+ articles"))
    page.get_by_role("link", name="All topics").click()
    page.get_by_role("navigation", name="Index from A to Z").get_by_role("link", name="L", exact=True).click()
    expect(page.get_by_role("heading", level=2, name="L", exact=True)).to_be_visible()
    page.get_by_role("link", name=LATE).first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LATE)


@on_every_screen
def test_no_match_is_a_good_page(visit: Visit) -> None:
    """The page says that nothing was found, repeats the question, offers an agent, and lists near topics separately."""
    visit.open("/")
    visit.ask("how do i bake bread")
    handover = visit.page.locator(".kb-handover")
    expect(handover.locator("q")).to_have_text("how do i bake bread")
    expect(handover.get_by_role("link", name="(833) 267-6094")).to_be_visible()
    expect(visit.page.locator("#kb-status")).to_have_text("We don’t have an article that answers this")
    expect(visit.page.locator(".kb-answer")).to_have_count(0)


# ------------------------------------------------------------------------------------------ the field


def test_a_suggestion_is_asked_or_opened(visit: Visit) -> None:
    """By keyboard a question is asked, by mouse an article opens; the count is read out."""
    page = visit.page
    visit.open("/")
    expect(visit.field).to_be_focused()
    visit.type("how much is the late f")
    question = "How much is the late fee on a Spectrum bill?"
    option = page.get_by_role("option", name=question)
    expect(option).to_be_visible()
    expect(page.locator("#kb-suggest-status")).to_have_text(re.compile(r"\d suggestions\."))
    expect(page.get_by_role("option").first).to_have_attribute("data-kind", "article")  # titles come first
    place = page.get_by_role("option").evaluate_all(
        "(all, text) => all.findIndex((o) => o.dataset.text === text)", question
    )
    for _ in range(place + 1):
        visit.field.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert visit.field.get_attribute("aria-activedescendant") == option.get_attribute("id")
    visit.field.press("Enter")
    expect(page.locator(".kb-answer")).to_have_attribute("data-answer", "late-fee")
    expect(visit.field).to_have_value(question)
    expect(page).to_have_url(re.compile(r"\?q=How\+much\+is\+the\+late\+fee"))
    visit.field.fill("")
    visit.type("why was i charged a la")
    page.get_by_role("option", name=LATE).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(LATE)


def test_arrows_go_round_and_the_typed_words_can_be_asked(visit: Visit) -> None:
    """Up from the field is the last one, down from there the field again; Enter then asks what was typed."""
    page = visit.page
    visit.open("/")
    visit.type("late fee")
    visit.field.press("ArrowUp")
    expect(page.get_by_role("option").last).to_have_attribute("aria-selected", "true")
    visit.field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_count(0)
    visit.field.press("Enter")
    expect(page.get_by_role("listbox")).to_be_hidden()
    expect(page).to_have_url(re.compile(r"\?q=late\+fee$"))
    page.get_by_role("link", name="Billing Help").focus()
    expect(page.get_by_role("listbox")).to_be_hidden()


def test_a_choice_from_the_list_stays_while_the_next_list_is_on_its_way(visit: Visit) -> None:
    """Two letters more, and an arrow before their list comes: the one that is shown stays, with its choice."""
    page = visit.page
    visit.open("/")
    visit.type("late f")
    first = page.get_by_role("option").first.inner_text()
    next_list = re.compile(r"/api/suggest\?text=late\+fee&")
    page.route(next_list, lambda route: None)  # never answered
    with page.expect_request(next_list):
        visit.field.press_sequentially("ee")
    with page.expect_event("requestfailed", lambda request: next_list.search(request.url) is not None):
        visit.field.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_have_text(first)
    page.unroute_all(behavior="ignoreErrors")


def test_suggestions_stand_at_the_field_of_other_pages_too(visit: Visit) -> None:
    """An article's own question field leads to the answer."""
    page = visit.page
    visit.open("/article?id=late-fee")
    visit.type("set up auto p")
    page.get_by_role("option").first.click()
    expect(page).to_have_url(re.compile(r"/(\?q=|article\?id=)"))


def test_what_was_typed_is_told_to_nobody_but_the_server(visit: Visit) -> None:
    """Suggestions come from here, one request for a pause in typing, and the page's address does not change."""
    asked: list[str] = []
    visit.page.on("request", lambda request: asked.append(request.url) if "/api/suggest" in request.url else None)
    visit.open("/")
    visit.field.press_sequentially("late fee")
    expect(visit.page.get_by_role("listbox")).to_be_visible()
    assert 1 <= len(asked) < len("late fee")
    assert visit.page.url == f"{visit.origin}/"


def test_the_questions_of_a_visit_stay_in_reach(visit: Visit) -> None:
    """Below the next answer, after a reload, in the empty field; another tab has none, and they can be cleared."""
    page = visit.page
    visit.open("/")
    visit.ask(BILL)
    expect(page.locator(".kb-answer")).to_be_visible()
    visit.ask("how do i bake bread")
    page.locator(".kb-recent").get_by_role("link", name=BILL).click()
    expect(page.locator(".kb-answer")).to_have_attribute("data-answer", "why-bill-went-up")
    expect(visit.field).to_have_value(BILL)
    page.reload()
    expect(page.locator(".kb-answer")).to_be_visible()
    expect(page.locator(".kb-recent").get_by_role("link")).to_have_text(["how do i bake bread"])
    page.get_by_role("link", name="Billing Help").click()
    expect(page.get_by_role("heading", name="Browse by topic")).to_be_visible()
    expect(visit.field).to_be_focused()
    expect(page.get_by_role("listbox")).to_be_hidden()  # the start page gave it the focus, nobody asked for a list
    visit.field.press("ArrowDown")
    recent = page.get_by_role("group", name="Your recent questions")
    expect(recent.get_by_role("option")).to_have_text([BILL, "how do i bake bread", "Clear your recent questions"])
    expect(page.locator("#kb-suggest-status")).to_have_text(re.compile(r"\d suggestions\."))
    visit.field.press("ArrowDown")
    visit.field.press("Enter")
    expect(page.locator(".kb-answer")).to_have_attribute("data-answer", "why-bill-went-up")
    other = page.context.new_page()
    other.goto(visit.origin)
    other.locator(".st-key-ask_query input").click()
    expect(other.get_by_role("group", name="Your recent questions")).to_have_count(0)
    other.close()
    page.get_by_role("button", name="Clear your recent questions").click()
    expect(page.locator(".kb-recent")).to_be_hidden()
    expect(page.locator("#kb-status")).to_have_text("Your recent questions are cleared.")
    expect(visit.field).to_be_focused()
    assert page.evaluate("sessionStorage.getItem('kb.recent')") == "[]"


def test_a_slip_of_the_finger_is_put_right_and_told(visit: Visit) -> None:
    """A corrected typing error is shown with what was searched instead, and exactly what was typed is one step away."""
    visit.open("/")
    visit.ask("paperles biling")
    searched = visit.page.locator(".kb-searched")
    expect(searched).to_contain_text("Showing results for paperless billing")
    searched.get_by_role("link", name="paperles biling").click()
    expect(searched).to_have_count(0)
    expect(visit.page.get_by_label("Your question")).to_have_value("paperles biling")


@on_every_screen
def test_not_helpful_why_and_in_own_words(visit: Visit) -> None:
    """Pressed, explained, sent: reading goes on where the page has changed, and thanks are heard."""
    page = visit.page
    visit.open("/?q=what+is+the+late+fee")
    page.get_by_role("button", name="No", exact=True).click()
    expect(page.get_by_text("What was wrong?")).to_be_focused()
    page.get_by_text("Something is missing").click()
    page.get_by_label("What would have helped, in your own words").fill("the amount")
    page.get_by_role("button", name="Send").click()
    thanks = page.locator("p[data-say]")
    expect(thanks).to_have_text(re.compile("^Thank you"))
    expect(thanks).to_be_focused()
    expect(page.locator("#kb-status")).to_have_text(re.compile("^Thank you"))
    expect(page.locator(".kb-answer")).to_be_visible()


def test_an_article_is_helpful(visit: Visit) -> None:
    """A plain article that was opened directly can be rated as well."""
    visit.open("/article?id=late-fee")
    visit.page.get_by_role("button", name="Yes", exact=True).click()
    expect(visit.page.locator("p[data-say]")).to_have_text(re.compile("^Thank you"))


# ------------------------------------------------------------------------------ languages, no scripts


def test_spanish_by_choice_and_everywhere(visit: Visit) -> None:
    """The switch keeps the question; the answer, the article and the next pages are in Spanish."""
    page = visit.page
    visit.open("/?q=late+fee")
    page.get_by_role("link", name="Español").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Pregunte sobre su factura")
    expect(page.get_by_role("heading", name="Otros artículos")).to_be_visible()
    assert page.locator("html").get_attribute("lang") == "es"
    page.get_by_role("link", name="Leer el artículo completo").click()
    expect(page.locator("article.kb-article h1:not([lang])")).to_have_text(re.compile("^¿"))
    expect(page.locator("article.kb-article [lang=en]")).to_have_count(0)
    visit.open("/a/late-fee")
    expect(page.get_by_role("heading", name="De dónde viene esta información")).to_be_visible()
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("heading", name="Where this comes from")).to_be_visible()


def test_a_spanish_question_turns_an_english_browser(visit: Visit) -> None:
    """Typed without accents; what is read next stays Spanish, until a question is asked in English."""
    page = visit.page
    visit.open("/")
    page.get_by_role("combobox", name="Your question").fill("por que me cobraron un cargo por pago tardio")
    page.keyboard.press("Enter")
    expect(page.locator(".kb-answer h2:not([lang])")).to_have_text(re.compile("^¿"))
    expect(page.locator("html")).to_have_attribute("lang", "es")
    page.get_by_role("link", name="Leer el artículo completo").click()
    expect(page.get_by_role("heading", name="De dónde viene esta información")).to_be_visible()
    page.get_by_role("combobox", name="Su pregunta").or_(page.get_by_label("Su pregunta")).first.fill(BILL)
    page.keyboard.press("Enter")
    expect(page.locator(".kb-answer")).to_have_attribute("data-answer", "why-bill-went-up")
    expect(page.locator("html")).to_have_attribute("lang", "en")


@pytest.mark.parametrize("visit", [{"locale": "es-MX"}], indirect=True)
def test_spanish_by_the_browsers_wish(visit: Visit) -> None:
    """Spanish is chosen without a click, for the suggestions as well."""
    visit.open("/")
    expect(visit.page.get_by_role("heading", level=1)).to_have_text("Pregunte sobre su factura")
    field = visit.page.get_by_role("combobox", name="Su pregunta")
    field.press_sequentially("por que subio")
    expect(visit.page.get_by_role("listbox", name="Sugerencias")).to_be_visible()
    expect(visit.page.locator("#kb-suggest-status")).to_have_text(re.compile("sugerencia"))


@pytest.fixture
def without_scripts(browser: Browser, server: RunningServer) -> Iterator[Visit]:
    """Open a window that runs no script at all."""
    context = browser.new_context(java_script_enabled=False, **PHONE)
    visit = Visit(context.new_page(), server.origin)
    visit.watch()
    yield visit
    context.close()
    assert visit.problems == []


def test_everything_that_matters_works_without_scripts(without_scripts: Visit) -> None:
    """Without scripts a customer can ask, read the answer, its article and a topic; no address holds a question."""
    page = without_scripts.page
    page.goto(f"{without_scripts.origin}/")
    page.get_by_label("Your question").fill(BILL)
    page.get_by_role("button", name="Ask").click()
    assert page.url == f"{without_scripts.origin}/ask"
    assert page.locator(".kb-answer").get_attribute("data-answer") == "why-bill-went-up"
    page.get_by_role("link", name="Read the whole article").click()
    assert page.url.startswith(f"{without_scripts.origin}/a/why-bill-went-up")
    page.get_by_role("navigation", name="You are here").get_by_role("link").last.click()
    assert page.get_by_role("heading", level=1).text_content() == "Price changes and lowering your bill"
    page.get_by_label("Your question").fill("how do i bake bread")
    page.get_by_role("button", name="Ask").click()
    assert page.get_by_role("heading", name="We don’t have an article that answers this").is_visible()
