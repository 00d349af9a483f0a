"""What several customers asked in the same words: for everybody's question field, so never one person's words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.reports.asked_often import DAYS, asked_often
from kb.types import AskedOften
from tests.journal_rows import NOON, put_query

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

TODAY = NOON.date()
ANSWERED = {"outcome": "answered", "article_id": "late-fee"}


def test_only_what_several_asked_on_several_days(engine: Engine) -> None:
    """In the wording of a whole question, with the article that answered most; the most frequent first."""
    texts = ("what is the late fee", "what is the late fee", "What is the late fee?", "WHAT IS THE LATE  FEE")
    for n, text in enumerate(texts):
        put_query(engine, n, text, days_ago=n % 2, **ANSWERED)
    for n in range(10, 13):
        put_query(engine, n, "paper bill", days_ago=n - 10, outcome="answered", article_id="paper-bill")
    for n in range(20, 25):  # one person, one day, no answer, a bot, long ago, something personal
        put_query(engine, n, "one visit", days_ago=n - 20, visit="same", **ANSWERED)
        put_query(engine, 10 * n, "one day", **ANSWERED)
        put_query(engine, 10 * n + 1, "no answer", days_ago=n - 20)
        put_query(engine, 10 * n + 2, "of a bot", days_ago=n - 20, traffic="bot", **ANSWERED)
        put_query(engine, 10 * n + 3, "long ago", days_ago=DAYS + n - 20, **ANSWERED)
        put_query(engine, 10 * n + 4, "is [card number] mine", days_ago=n - 20, **ANSWERED)
        put_query(engine, 10 * n + 5, "a story " * 20, days_ago=n - 20, **ANSWERED)
    assert asked_often(engine, TODAY) == (
        AskedOften("What is the late fee?", "late-fee", 4),
        AskedOften("paper bill", "paper-bill", 3),
    )
