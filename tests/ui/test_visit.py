"""A visit on the pages: a question is recorded once, and what is opened after it is known."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kb.types import Answer, Answered, Clarify, Query
from kb.ui import visit
from kb.ui.keys import Key
from tests.support import make_hits

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

PAGES = Path(visit.__file__).parent / "pages"


def answer(*articles: str, clarify: bool = False) -> Answer:
    """Return an answer that found some articles."""
    hits = make_hits(*articles)
    return Answer(Query("x", "x"), Clarify(hits) if clarify else Answered(hits[0], hits[1:]), 0.9, hits, "1", 1.0)


def test_the_newest_question_that_found_an_article_is_meant():
    """Of the same visit; whether it was a choice is known."""
    memory = visit.Memory()
    memory.remember("v", "q1", answer("a", "b"))
    memory.remember("v", "q2", answer("b", "c", clarify=True))
    memory.remember("w", "q3", answer("a"))
    found = {article: memory.found("v", article) for article in "abcd"}
    assert found == {"a": ("q1", False), "b": ("q2", True), "c": ("q2", True), "d": ("", False)}
    assert (memory.last("v"), memory.last("w"), memory.last("x")) == ("q2", "q3", "")
    memory.remember("v", "q1", answer("a", "b"))
    assert (memory.last("v"), memory.found("v", "b")) == ("q1", ("q1", False))


def test_no_more_is_remembered_than_may_be():
    """The visit unused for longest goes first; a visit keeps its last ten questions."""
    memory = visit.Memory(visits=2)
    for name in ("v", "w", "v", "x"):
        memory.remember(name, f"q-{name}", answer("a"))
    assert [memory.last(name) for name in ("v", "w", "x")] == ["q-v", "", "q-x"]
    for n in range(11):
        memory.remember("v", f"q{n}", answer(f"a{n}"))
    assert memory.found("v", "a0") == ("", False)
    assert memory.found("v", "a1") == ("q1", False)


def test_a_key_is_ours_or_not():
    """32 hexadecimal digits, new each time."""
    assert visit.valid_key(visit.new_key())
    assert visit.new_key() != visit.new_key()
    assert [visit.valid_key(k) for k in ("", "x" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n")] == [False] * 5


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
    assert [e[:2] for e in journal.events] == [(weather, "contact_shown"), (late, "contact_shown")]
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


def test_the_page_goes_on_without_the_journal(app: AppTest, journal) -> None:
    """A hand-over is drawn though its event cannot be written."""
    journal.failing = True
    at = app.run()
    at.query_params["q"] = "what is the weather"
    at.run()
    assert not at.exception
    assert journal.events == []
    assert len(journal.queries) == 1
