"""Customers' choices as judged questions."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kb.gaps.clustering import question_key
from kb.reports.evidence import JudgedQuestion, judged_questions
from tests.journal_rows import NOON, put_query

if TYPE_CHECKING:
    import sqlalchemy as sa

SINCE = NOON - timedelta(days=30)
CLARIFY = {"outcome": "clarify", "confidence": 0.5, "choices": ["late-fee", "paper-bill"]}
ANSWERED = {"outcome": "answered", "confidence": 0.9, "hits": [["late-fee", 0.5]]}


def test_choices_and_helpful_answers_are_evidence(engine: sa.Engine) -> None:
    """One a question, with how many say so; crawlers, tests and old questions are none."""
    put_query(engine, 1, "what does late cost", **CLARIFY, events=[("chose", "late-fee")])
    put_query(engine, 2, "What does late cost?", **ANSWERED, events=[("helpful",)])
    put_query(engine, 3, "paper please", **CLARIFY, events=[("chose", "late-fee"), ("chose", "paper-bill")])
    put_query(engine, 4, "opened only", **ANSWERED, events=[("opened", "late-fee")])
    put_query(engine, 5, "a test", traffic="test", **ANSWERED, events=[("helpful",)])
    put_query(engine, 6, "long ago", days_ago=31, **ANSWERED, events=[("helpful",)])
    assert judged_questions(engine, SINCE) == (
        JudgedQuestion(question_key("what does late cost")[:16], "what does late cost", "late-fee", 2),
        JudgedQuestion(question_key("paper please")[:16], "paper please", "paper-bill", 1),
    )


def test_what_was_taken_back_or_is_disputed_is_none(engine: sa.Engine) -> None:
    """Not helpful or a contact afterwards; customers who chose differently, equally often."""
    put_query(engine, 1, "one", **CLARIFY, events=[("chose", "late-fee"), ("not_helpful", "late-fee")])
    put_query(engine, 2, "two", **ANSWERED, events=[("helpful",), ("contacted",)])
    put_query(engine, 3, "three", **CLARIFY, events=[("chose", "late-fee")])
    put_query(engine, 4, "three", **CLARIFY, events=[("chose", "paper-bill")])
    assert judged_questions(engine, SINCE) == ()
    put_query(engine, 5, "three", **CLARIFY, events=[("chose", "paper-bill")])
    assert [(e.article_id, e.times) for e in judged_questions(engine, SINCE)] == [("paper-bill", 2)]
