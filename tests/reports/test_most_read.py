"""What customers read most: opened and shown as an answer alike, lately, and never one reader alone."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from kb.reports.most_read import DAYS, FEWEST, most_read
from tests.journal_rows import NOON, put_event, put_query

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

TODAY = NOON.date()


def test_the_most_read_come_first(engine: Engine) -> None:
    """Answers shown and articles opened are added up; without what few read, what is long ago, and what bots read."""
    for n in range(3):
        put_query(engine, n, outcome="answered", confidence=0.9, hits=[["late-fee", 0.5]])
    for n in range(3, 7):
        put_query(engine, n, events=[("opened", "set-up-autopay")])
    put_query(engine, 7, events=[("opened", "read-once")])
    for n in range(8, 12):
        put_query(engine, n, days_ago=DAYS, events=[("opened", "long-ago")])
        put_query(engine, 10 * n, traffic="bot", events=[("opened", "by-bots")])
    assert most_read(engine, TODAY) == ["set-up-autopay", "late-fee"]
    assert most_read(engine, TODAY, limit=1) == ["set-up-autopay"]
    assert most_read(engine, TODAY - timedelta(days=1)) == ["long-ago"]


def test_nothing_is_most_read_before_anybody_has(engine: Engine) -> None:
    """An empty journal, and one reader short of enough."""
    assert most_read(engine, TODAY) == []
    for n in range(FEWEST - 1):
        put_query(engine, n, events=[("opened", "late-fee")])
    assert most_read(engine, TODAY) == []
    put_event(engine, None, "opened", "late-fee", visit="found by browsing")
    assert most_read(engine, TODAY) == ["late-fee"]
