"""Visits: what was asked last is known, and no more than may be."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kb.app.visits import RecentQuestions, Visits, new_key, valid_key
from kb.journal.writer import Store
from kb.reports.evidence import judged_questions
from kb.types import Answer, Answered, Clarify, Query, QuerySource, Traffic
from tests.support import make_hits

if TYPE_CHECKING:
    import sqlalchemy as sa


def answer(*articles: str, clarify: bool = False) -> Answer:
    """Return an answer that found some articles."""
    hits = make_hits(*articles)
    return Answer(Query("x", "x"), Clarify(hits) if clarify else Answered(hits[0], hits[1:]), 0.9, hits, "1", 1.0)


def test_the_newest_question_that_found_an_article_is_meant():
    """A click is matched to a question of the same visit, and whether it was a choice is recorded."""
    memory = RecentQuestions()
    memory.remember("v", "q1", answer("a", "b"))
    memory.remember("v", "q2", answer("b", "c", clarify=True))
    memory.remember("w", "q3", answer("a"))
    found = {article: memory.found("v", article) for article in "abcd"}
    assert found == {"a": ("q1", False), "b": ("q2", True), "c": ("q2", True), "d": ("", False)}
    assert (memory.last("v"), memory.last("w"), memory.last("x")) == ("q2", "q3", "")
    memory.remember("v", "q1", answer("a", "b"))
    assert (memory.last("v"), memory.found("v", "b")) == ("q1", ("q1", False))


def test_a_choice_becomes_evidence_for_its_article(engine: sa.Engine):
    """After two articles were offered, opening one of them is journaled as the choice; a third is only opened."""
    store = Store(engine)
    visits = Visits(lambda: store)
    hits = make_hits("late-fee", "late-payment", "paper-bill")
    asked = Answer(Query("late", "late"), Clarify(hits[:2]), 0.5, hits, "v1", 1.0)
    visits.record(asked, source=QuerySource.PAGE, visit="a" * 32, traffic=Traffic.CUSTOMER)
    visits.record_opened("a" * 32, "paper-bill")
    visits.record_opened("a" * 32, "late-payment")
    store.close()
    found = judged_questions(engine, datetime(2020, 1, 1, tzinfo=UTC))
    assert [(question.text, question.article_id, question.times) for question in found] == [("late", "late-payment", 1)]


def test_no_more_is_remembered_than_may_be():
    """The visit unused for longest goes first; a visit keeps its last ten questions."""
    memory = RecentQuestions(visits=2)
    for name in ("v", "w", "v", "x"):
        memory.remember(name, f"q-{name}", answer("a"))
    assert [memory.last(name) for name in ("v", "w", "x")] == ["q-v", "", "q-x"]
    for n in range(11):
        memory.remember("v", f"q{n}", answer(f"a{n}"))
    assert memory.found("v", "a0") == ("", False)
    assert memory.found("v", "a1") == ("q1", False)


def test_a_key_is_ours_or_not():
    """A key has 32 hexadecimal digits, new each time."""
    assert valid_key(new_key())
    assert new_key() != new_key()
    assert [valid_key(k) for k in ("", "x" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n")] == [False] * 5
