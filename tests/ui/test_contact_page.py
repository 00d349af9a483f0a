"""The contact page: hours, checklist, case sheet, ladder; nothing of the sheet outside the visit's memory."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from kb.html.words import words
from kb.settings.settings import Settings
from kb.ui import case_state
from kb.ui.keys import Key
from tests.support import ROOT
from tests.ui import fakes
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest


@pytest.fixture
def contact(app: AppTest, container: FakeContainer) -> AppTest:
    """Return the application with a ladder."""
    site = replace(fakes.SITE, escalation=fakes.LADDER)
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
    contact.session_state[Key.CASE_OPEN] = True
    contact.switch_page("kb/ui/pages/ask.py").run()
    question = f"{Key.CASE_FIELD}question"
    assert contact.text_input(key=question).value == "how do i bake bread"
    assert "<li>What is the late fee?</li>" in page_html(contact)
    contact.text_input(key=question).set_value("My own words").run()
    contact.query_params["q"] = "how do i boil an egg"
    contact.run()
    assert contact.text_input(key=question).value == "My own words"


def test_a_newer_question_takes_the_place_of_an_untouched_one(contact: AppTest) -> None:
    """A newer question replaces one that the customer has not edited."""
    question = f"{Key.CASE_FIELD}question"
    contact.session_state[Key.CASE_OPEN] = True
    for query in ("how do i bake bread", "how do i boil an egg"):
        contact.query_params["q"] = query
        contact.run()
        assert contact.text_input(key=question).value == query


def test_a_folded_sheet_is_drawn_once_it_is_opened(contact: AppTest) -> None:
    """Below a hand-over most customers never look, and it has more elements than the answer."""
    contact.query_params["q"] = "how do i bake bread"
    contact.run()
    assert [expander.label for expander in contact.expander] == [words().case.open]
    assert not contact.text_area
    contact.session_state[Key.CASE_OPEN] = True
    contact.run()
    assert contact.text_area
    assert not contact.exception


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


def test_a_sheet_goes_on_in_another_process(
    contact: AppTest, container: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A page that comes from a process that died has its sheet and its articles; emptied, it is gone everywhere."""
    kept: dict[str, dict[str, object]] = {}
    sheets = SimpleNamespace(keep=kept.__setitem__, read=lambda s: dict(kept.get(s, {})), remove=kept.pop)
    monkeypatch.setattr(FakeContainer, "sheets", sheets)
    sessions = iter(["", "one"])
    monkeypatch.setattr("kb.ui.moved._session", lambda: "one")
    monkeypatch.setattr("kb.ui.moved._former_session", lambda: next(sessions))
    visit(contact, "article", id="late-fee")
    del contact.query_params["id"]
    visit(contact)
    contact.text_area(key=f"{Key.CASE_FIELD}happened").set_value("The total rose.").run()
    contact.date_input(key=f"{Key.CASE_FIELD}promised_by").set_value(date(2026, 12, 4)).run()
    there = type(contact).from_file(str(ROOT / "app.py"), default_timeout=20)
    monkeypatch.setattr("kb.ui.moved._session", lambda: "two")
    html = visit(there)
    assert there.text_area(key=f"{Key.CASE_FIELD}happened").value == "The total rose."
    assert there.date_input(key=f"{Key.CASE_FIELD}promised_by").value == date(2026, 12, 4)
    assert "What is the late fee?" in html.split("kb-print-title")[1]
    assert kept["two"] == kept["one"]
    there.button(key=Key.CASE_CLEAR).click().run()
    assert "two" not in kept or not kept["two"]["case"].get("happened")  # type: ignore[attr-defined]
