"""A wrong answer found, seen as the customer saw it, corrected, accepted and answered rightly; and the sample."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, expect

from kb.database.engine import open_engine
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.settings.settings import Settings
from tests.browser.conftest import Visit
from tests.browser.screens import PHONE, STAFF_SCREENS, everywhere, violations
from tests.browser.staff import HOSTILE, drawn, journal, sign_in, window
from tests.server.process import RunningServer, start_server
from tests.support import build, wait_until, write_signpost
from tests.ui.review_site import put_answer

if TYPE_CHECKING:
    from kb.retrieval.index.index import Index

pytestmark = pytest.mark.browser

WRONG_PART = "what does paying late cost"
NOT_OURS = "where do i ship a box of books"


@dataclass(frozen=True)
class House:
    """A server over six small articles and a signpost, with a journal."""

    server: RunningServer
    settings: Settings

    def build(self) -> None:
        """Build, and wait until the running server has taken the new index over."""
        before = self.version()
        build(self.settings)
        wait_until(lambda: self.version() != before)

    def version(self) -> str:
        """Return the index that answers now."""
        return self.server.get("/readyz")[1].split('"index_version":"')[1].split('"')[0]


@contextmanager
def housed(settings: Settings, folder: Path) -> Iterator[House]:
    """Build the index, and run the server over it."""
    write_signpost(settings.articles, "bank-account", title="Your bank account", examples=["overdraft fee of my bank"])
    build(settings)
    url = journal(folder)
    more = {
        "KB_DATABASE_URL": url, "KB_ARTICLES": str(settings.articles), "KB_ENCODER": settings.encoder,
        "KB_CACHE": str(settings.cache), "KB_WATCH_SECONDS": "0.2",
    }  # fmt: skip
    with start_server(settings, folder, **more) as running:
        yield House(running, replace(settings, database_url=url))


@pytest.fixture
def house(settings: Settings, tmp_path: Path) -> Iterator[House]:
    """A server of the test's own."""
    with housed(settings, tmp_path) as running:
        yield running


def _told(message: str) -> None:
    pytest.fail(message)


def answered_last_week(house: House, questions: list[str]) -> None:
    """Let customers have asked something in the last week that is over."""
    index: Index = load_newest(house.settings, _told)
    answerer, engine = IndexAnswerer(index), open_engine(house.settings.database_url)
    now = datetime.now(UTC)
    day = now - timedelta(days=now.isoweekday() + 2)
    for number, question in enumerate(questions, 100):
        put_answer(engine, number, answerer.ask(question), asked_at=day)
    engine.dispose()


def ask(browser: Browser, house: House, question: str) -> str:
    """Let a customer ask; return the reply as it is read."""
    with window(browser, house.server.origin) as customer:
        customer.open("/")
        customer.ask(question)
        reply = customer.page.locator(".kb-answer, .kb-elsewhere, .kb-handover, .kb-clarify").first
        expect(reply).to_be_visible()
        expect(customer.page.locator("[data-query-id]")).to_be_attached()
        return reply.inner_text()


@contextmanager
def staff(browser: Browser, house: House, name: str, address: str, **screen: Any) -> Iterator[Page]:
    """Open a window in which somebody is signed in, at an address."""
    with window(browser, house.server.origin, accept_downloads=True, **screen) as visit:
        sign_in(visit, name, to=address.replace("&", "%26"))
        ready(visit.page)
        yield visit.page


def ready(page: Page) -> None:
    """Wait until the page is drawn to its end."""
    drawn(page, lambda p: p.locator(".kb-footer"))


def choose(page: Page, label: str, option: str) -> None:
    """Choose from a field by typing."""
    field = page.get_by_role("combobox", name=label)
    field.scroll_into_view_if_needed()
    field.fill(option)
    field.press("Enter")
    ready(page)


def decide(page: Page, step: str, *chosen: tuple[str, str]) -> None:
    """Take one step about the question that is open."""
    page.get_by_role("radiogroup", name="What do you say?").get_by_text(step, exact=True).click()
    ready(page)
    for label, option in chosen:
        choose(page, label, option)
        ready(page)  # the choice has to be known before it is sent
    page.get_by_role("button", name="Decide").click()
    expect(page.locator("[data-decided]")).to_be_visible()
    ready(page)


def accept(browser: Browser, house: House, **screen: Any) -> str:
    """Let an editor accept the change that waits; return what the page then says."""
    with staff(browser, house, "ed", "/writing?view=proposed", **screen) as page:
        expect(page.get_by_role("tab", name="Proposed changes")).to_have_attribute("aria-selected", "true")
        page.get_by_role("link", name="Adds the example").click()
        expect(page.locator(".kb-diff ins")).to_be_visible()
        ready(page)
        page.get_by_role("button", name="Accept").click()
        expect(page.locator(".kb-done")).to_be_visible()
        return page.locator(".kb-done").inner_text()


@pytest.mark.slow
@pytest.mark.parametrize("screen", STAFF_SCREENS.values(), ids=STAFF_SCREENS)
def test_a_wrong_part_is_corrected(browser: Browser, house: House, screen: dict[str, Any]) -> None:
    """From the list to the card, to the right part, to the file, to the next customer who asks the same."""
    seen = ask(browser, house, WRONG_PART)
    assert "The amount stands on the statement." not in seen
    with staff(browser, house, "kim", "/insights?view=questions", **screen) as page:
        page.get_by_label("Words in the question").fill("LATE cost")
        page.get_by_role("button", name="Show questions").click()
        expect(page.locator('[data-questions="1"]')).to_be_visible()
        page.get_by_role("link", name=WRONG_PART).click()
        expect(page.locator('[data-seen="exactly"]')).to_be_visible()
        expect(page.locator(".kb-seen-card .kb-answer")).to_contain_text(seen.split("\n")[0])
        assert page.locator(".kb-seen-card .kb-answer").inner_text() == seen
        ready(page)
        decide(page, "The article is right, another part of it answers", ("The part that answers", "How much"))
        expect(page.locator("[data-decided]")).to_contain_text(
            "Adds the example “what does paying late cost” to “What is the late fee?”, section “How much”."
        )
        expect(page.locator("#kb-status")).to_contain_text("Decided.")
        question = page.url
        page.go_back()
        expect(page.locator('[data-questions="1"]')).to_be_visible()
        expect(page.locator(".kb-state-judged-wrong")).to_be_visible()
    said = accept(browser, house, **screen)
    assert "kb build" in said
    written = (house.settings.articles / "fees" / "late-fee.md").read_text("utf-8")
    assert '{question: "what does paying late cost", section: how-much}' in written
    house.build()
    assert "The amount stands on the statement." in ask(browser, house, WRONG_PART)
    with staff(browser, house, "kim", question.removeprefix(house.server.origin), **screen) as page:
        expect(page.locator('[data-changed="true"]')).to_contain_text("The amount stands on the statement.")
        assert page.locator(".kb-then .kb-answer").inner_text() == seen


@pytest.mark.slow
def test_a_question_is_sent_to_a_signpost(browser: Browser, house: House) -> None:
    """It becomes an example of it, and the next customer reads who helps."""
    assert "Your bank account" not in ask(browser, house, NOT_OURS)
    with staff(browser, house, "kim", "/insights?view=questions") as page:
        page.get_by_role("link", name=NOT_OURS).click()
        ready(page)
        decide(page, "It is not ours: a signpost says who helps", ("Signpost", "Your bank"))
    accept(browser, house)
    house.build()
    assert "Your bank account" in ask(browser, house, NOT_OURS)


def test_a_sample_is_filled_in(browser: Browser, house: House) -> None:
    """One answer after the other; then the number stands with its interval, and on the questions what was judged."""
    answered_last_week(house, ["late fee amount", "bill increased", "stop autopay", "mail me a printed statement"])
    with staff(browser, house, "kim", "/insights?view=sample", **PHONE) as page:
        expect(page.locator('[data-judged="0/4"]')).to_be_visible()
        for number in range(1, 5):
            article, part = ("No", None) if number == 4 else ("Yes", "No" if number == 2 else "Yes")
            page.locator(f'[data-answer-of="{number}"]').wait_for()
            ready(page)
            page.get_by_role("radiogroup", name="Does the article").get_by_text(article, exact=True).click()
            if part is not None:
                page.get_by_role("radiogroup", name="Does the part").get_by_text(part, exact=True).click()
            page.get_by_role("button", name="Save and go on").click()
            expect(page.locator(f'[data-judged="{number}/4"]')).to_be_visible()
            if number == 2:
                page.get_by_role("link", name="the next answer").click()
        expect(page.locator('[data-share="week-articles"]')).to_contain_text("25.0% (1 of 4)")
        expect(page.locator('[data-share="week-articles"]')).to_contain_text("between 0.6% and 80.6%")
        expect(page.locator('[data-share="week-parts"]')).to_contain_text("33.3% (1 of 3)")
        page.get_by_role("link", name="Say what is right").click()
        expect(page.locator("[data-question]")).to_contain_text("the article is wrong, by kim")
        page.get_by_role("link", name="answer 4").click()
        expect(page.locator('[data-answer-of="4"]')).to_be_visible()


@pytest.mark.slow
def test_what_is_exported_is_what_is_listed(browser: Browser, house: House) -> None:
    """Filtered, complete, and no formula; the page keeps its filter over Back and Reload."""
    with staff(browser, house, "kim", "/insights?view=questions") as page:
        page.get_by_label("Words in the question").fill("zebra")
        page.get_by_label("What they got").select_option(label="Handed over")
        page.get_by_role("button", name="Show questions").click()
        expect(page.locator('[data-questions="1"]')).to_be_visible()
        assert page.url.endswith("/insights?view=questions&q=zebra&outcome=no_answer")
        ready(page)
        with page.expect_download() as started:
            page.get_by_role("button", name="These questions as CSV").click()
        text = Path(started.value.path()).read_bytes().decode("utf-8-sig")
        (row,) = csv.DictReader(io.StringIO(text))
        assert row["Question"] == f"'{HOSTILE}"
        assert page.evaluate("window.hacked") is None
        page.reload()
        expect(page.locator('[data-questions="1"]')).to_be_visible()
        expect(page.get_by_label("What they got")).to_have_value("no_answer")
        page.get_by_role("link", name="Show all questions").click()
        expect(page.locator('[data-questions="7"]')).to_be_visible()
        page.go_back()
        expect(page.locator('[data-questions="1"]')).to_be_visible()


@pytest.mark.slow
def test_the_views_do_well_on_every_screen(browser: Browser, house: House) -> None:
    """axe-core, targets, headings and nothing sideways, with a form open and a change proposed."""
    ask(browser, house, WRONG_PART)
    answered_last_week(house, ["late fee amount", "bill increased"])
    found = []
    with staff(browser, house, "kim", "/insights?view=questions") as page:
        found += _looked_at("questions", page)
        page.get_by_role("link", name=HOSTILE[:20]).click()
        ready(page)
        found += _looked_at("hand-over", page)
        page.goto(f"{house.server.origin}/insights?view=questions&q=paying")
        page.get_by_role("link", name=WRONG_PART).click()
        ready(page)
        decide(page, "It belongs to another article", ("Article", "Can I get a paper"))
        page.get_by_role("radiogroup", name="What do you say?").get_by_text("This article does not answer it").click()
        ready(page)
        found += _looked_at("question", page)
        page.get_by_role("navigation", name="Views").get_by_role("link", name="Sample").click()
        expect(page.locator('[data-answer-of="1"]')).to_be_visible()
        found += _looked_at("sample", page)
    with staff(browser, house, "ed", "/writing?view=proposed") as page:
        found += _looked_at("proposals", page)
        page.get_by_role("link", name="Adds the example").click()
        expect(page.locator(".kb-diff")).to_be_visible()
        ready(page)
        page.get_by_role("button", name="Show what it wins and loses").click()
        expect(page.locator("[data-impact]")).to_be_visible(timeout=60_000)
        found += _looked_at("proposal", page)
    assert found == []


def _looked_at(name: str, page: Page) -> list[str]:
    ready(page)
    return [f"{name} {screen}: {problem}" for screen in everywhere(page) for problem in violations(page)]


@pytest.mark.slow
def test_two_leads_at_once(browser: Browser, house: House) -> None:
    """Both decisions are kept, in two windows; each page says which one stands."""
    ask(browser, house, WRONG_PART)
    with (
        staff(browser, house, "kim", "/insights?view=questions&q=paying") as page,
        staff(browser, house, "kim", "/insights?view=questions&q=paying") as other,
    ):
        for opened in (page, other):
            opened.get_by_role("link", name=WRONG_PART).click()
            expect(opened.locator("[data-question]")).to_be_visible()
            ready(opened)
        decide(page, "It is right as it is")
        decide(other, "Nothing answers it: something should be written")
        history = other.locator('.kb-table:has(caption:text-is("Decisions on this question")) tbody tr')
        expect(history).to_have_count(2)
        expect(history.nth(0)).to_contain_text("stands")
        expect(history.nth(1)).to_contain_text("Replaced")


def test_visits_of_staff_are_nobodys_questions(browser: Browser, house: House) -> None:
    """Looking at a reply records nothing: neither a question nor that something was opened."""
    ask(browser, house, WRONG_PART)
    visit: Visit
    with window(browser, house.server.origin) as visit:
        sign_in(visit, "kim", to="/insights?view=questions%26q=paying")
        page = visit.page
        page.get_by_role("link", name=WRONG_PART).click()
        ready(page)
        page.get_by_text("What was below it on the page").click()
        page.locator(".kb-seen-card .kb-peek summary").first.click()
        page.go_back()
        expect(page.locator("tbody tr")).to_have_count(1)
        expect(page.locator("tbody tr")).to_contain_text("nothing known")
