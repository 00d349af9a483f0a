"""The contact page: hours, checklist, case sheet, ladder; nothing of the sheet outside the visit's memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from kb.html.parts.contact import ladder, opening, panel
from kb.settings.channels import Channel
from kb.settings.hours import OpeningHours, Span
from kb.settings.ladder import LadderStep, LadderWords
from kb.settings.settings import Settings
from kb.ui import case_state
from kb.ui.keys import Key
from tests.ui import fakes
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

WEEK = OpeningHours("America/New_York", ((Span(480, 1260),),) * 5 + ((Span(540, 1020),), ()))
PHONE = Channel("phone", "phone", "Call", "(555) 555-0100", opening=WEEK, wait_minutes=10)
LADDER = (
    LadderStep(LadderWords("Call", "Be brief.", "Please correct it."), article="contact-billing", channel="phone"),
    LadderStep(
        LadderWords("Write"), article="gone", after_days=7, answer_days=30, source="https://e.org/r", dated="2024"
    ),
)


@pytest.fixture
def contact(app: AppTest, container: FakeContainer) -> AppTest:
    """Return the application with a ladder."""
    site = replace(fakes.SITE, escalation=LADDER)
    container.put(settings=Settings(site=site))
    return app


def visit(app: AppTest, page: str = "contact", **params: str) -> str:
    """Go to a page, and return it."""
    app.run()
    for name, value in params.items():
        app.query_params[name] = value
    app.switch_page(f"kb/ui/pages/{page}.py").run()
    assert not app.exception
    return page_html(app)


@pytest.mark.parametrize(
    ("now", "zone", "said"),
    [
        ((2026, 11, 23, 18), "America/New_York", "<strong>Open now</strong>, until 9:00 PM</p>"),
        ((2026, 11, 23, 18), "America/Los_Angeles", ", until 6:00 PM your time (9:00 PM at the center)</p>"),
        ((2026, 11, 23, 18), "", ", until 9:00 PM at the center</p>"),
        ((2026, 11, 23, 18), "Mars/Olympus", ", until 9:00 PM at the center</p>"),
        ((2026, 11, 22, 18), "America/New_York", "<strong>Closed now</strong>, opens Monday, 8:00 AM</p>"),
        (
            (2026, 11, 23, 3),
            "Asia/Tokyo",
            ", opens 10:00 PM your time (Monday, 8:00 AM at the center)</p>",
        ),
    ],
)
def test_open_now_is_said_in_both_times(now: tuple[int, int, int, int], zone: str, said: str) -> None:
    """The customer's first; the weekday when it is not today; one time where both clocks agree."""
    html = opening(PHONE, datetime(*now, tzinfo=UTC), zone)
    assert said in html
    assert ("about 10 minutes" in html) is ("Open now" in html)


def test_the_week_is_told_in_runs() -> None:
    """By the centre's wall clock."""
    html = opening(PHONE, datetime(2026, 11, 23, tzinfo=UTC))
    assert "<dt>Monday–Friday</dt><dd>8:00 AM–9:00 PM</dd>" in html
    assert "<dt>Saturday</dt><dd>9:00 AM–5:00 PM</dd>" in html
    assert "<dt>Sunday</dt><dd>closed</dd>" in html


def test_hours_that_are_not_known_are_not_told() -> None:
    """Nothing is guessed."""
    assert opening(replace(PHONE, opening=None), datetime(2026, 11, 23, tzinfo=UTC)) == ""
    assert "kb-open" not in panel(fakes.SITE)


def test_the_ladder_has_days_words_and_living_articles() -> None:
    """From the day of contact; a dead article is no link; the rule names its source."""
    site = replace(fakes.SITE, escalation=LADDER)
    html = ladder(site, fakes.library(), date(2026, 11, 25))
    assert "From November 25, 2026" in html
    assert "From December 2, 2026" in html
    assert "an answer is due by January 1, 2027 (30 days)" in html
    assert "Please correct it." in html
    assert 'href="/article?id=contact-billing"' in html
    assert "gone" not in html
    assert "From a page on <a" in html
    plain = ladder(site, fakes.library(), None, plain=True)
    assert "An answer is due within 30 days." in plain
    assert 'href="/a/contact-billing"' in plain
    assert ladder(fakes.SITE, fakes.library(), None) == ""


def test_what_is_written_comes_back_after_another_page(contact: AppTest) -> None:
    """A visit's sheet outlives a change of pages; the printed part has it too."""
    visit(contact)
    contact.text_area(key=f"{Key.CASE_FIELD}happened").set_value("The total rose.").run()
    contact.date_input(key=f"{Key.CASE_FIELD}promised_by").set_value(date(2026, 12, 4)).run()
    contact.date_input(key=f"{Key.CASE_FIELD}contacted").set_value(date(2026, 11, 20)).run()
    visit(contact, "browse")
    html = visit(contact)
    assert contact.text_area(key=f"{Key.CASE_FIELD}happened").value == "The total rose."
    assert "<p>The total rose.</p>" in html.split("kb-print-title")[1]
    assert "From December 5, 2026" in html


def test_the_question_and_the_articles_of_the_visit_are_filled_in(contact: AppTest) -> None:
    """The last question; the articles that were opened; what a customer wrote over it stays."""
    visit(contact, "article", id="late-fee")
    del contact.query_params["id"]
    contact.query_params["q"] = "how do i bake bread"
    contact.switch_page("kb/ui/pages/ask.py").run()
    question = f"{Key.CASE_FIELD}question"
    assert contact.text_input(key=question).value == "how do i bake bread"
    assert "<li>What is the late fee?</li>" in page_html(contact)
    contact.text_input(key=question).set_value("My own words").run()
    contact.query_params["q"] = "how do i boil an egg"
    contact.run()
    assert contact.text_input(key=question).value == "My own words"


def test_a_newer_question_takes_the_place_of_an_untouched_one(contact: AppTest) -> None:
    """Asked again, asked anew."""
    question = f"{Key.CASE_FIELD}question"
    for query in ("how do i bake bread", "how do i boil an egg"):
        contact.query_params["q"] = query
        contact.run()
        assert contact.text_input(key=question).value == query


def test_the_sheet_can_be_emptied(contact: AppTest) -> None:
    """Every field, and what is printed."""
    visit(contact)
    contact.text_input(key=f"{Key.CASE_FIELD}case_number").set_value("A-1").run()
    assert "A-1" in page_html(contact)
    contact.button(key=Key.CASE_CLEAR).click().run()
    assert "A-1" not in page_html(contact)
    assert contact.text_input(key=f"{Key.CASE_FIELD}case_number").value == ""


def test_a_sheet_without_a_visit_is_empty() -> None:
    """Outside a page there is no time zone either."""
    assert case_state.customer_zone() == ""
