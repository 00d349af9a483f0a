"""A visit on the pages: a question is recorded once, and what is opened after it is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kb.ui import visit
from kb.ui.keys import Key

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

PAGES = Path(visit.__file__).parent / "pages"


def test_a_question_drawn_again_is_the_same(app: AppTest, journal) -> None:
    """A rerun, another question, and back: two ids, in one visit."""
    at = app.run()
    assert journal.queries == []
    for question in ("why did my bill go up", "late", "why did my bill go up"):
        at.query_params["q"] = question
        at.run()
        at.run()
    assert not at.exception
    ids = [query[0] for query in journal.queries]
    assert len(ids) == 6
    assert len(set(ids)) == 2
    assert {(q[2], q[3]) for q in journal.queries} == {("page", at.session_state[Key.VISIT])}


def test_a_hand_over_and_a_refused_choice_are_told(app: AppTest, journal) -> None:
    """Contact shown, for each of the two questions; the page carries the question's id for the script."""
    at = app.run()
    at.query_params["q"] = "what is the weather"
    at.run()
    at.query_params["q"] = "late"
    at.run()
    asked = journal.queries[-1][0]
    assert any(f'data-query-id="{asked}"' in element.body for element in at.html)
    at.query_params["none"] = "1"
    at.run()
    weather, late = (next(q[0] for q in journal.queries if q[1] == text) for text in ("what is the weather", "late"))
    assert [e[:2] for e in journal.events] == [
        (weather, "contact_shown"),
        (late, "none_of_these"),
        (late, "contact_shown"),
    ]
    assert not at.exception


def test_an_opened_article_belongs_to_its_question(app: AppTest, journal) -> None:
    """Chosen of two, and opened; the contact page knows the last question."""
    at = app.run()
    at.query_params["q"] = "late"
    at.run()
    at.query_params.clear()
    at.switch_page(str(PAGES / "article.py"))
    at.query_params["id"] = "late-fee"
    at.run()
    assert not at.exception
    asked = journal.queries[0][0]
    assert [e[:3] for e in journal.events] == [(asked, "opened", "late-fee"), (asked, "chose", "late-fee")]
    at.switch_page(str(PAGES / "contact.py")).run()
    assert any(f'data-query-id="{asked}"' in element.body for element in at.html)
    at.run()
    assert [e[:2] for e in journal.events[2:]] == [(asked, "contact_opened")]


def test_the_contact_page_without_a_question_is_no_contact(app: AppTest, journal) -> None:
    """There is nothing to tie it to."""
    at = app.run()
    at.switch_page(str(PAGES / "contact.py")).run()
    assert not at.exception
    assert journal.events == []


def test_the_page_goes_on_without_the_journal(app: AppTest, journal) -> None:
    """A hand-over is drawn though its event cannot be written."""
    journal.failing = True
    at = app.run()
    at.query_params["q"] = "what is the weather"
    at.run()
    assert not at.exception
    assert journal.events == []
    assert len(journal.queries) == 1
