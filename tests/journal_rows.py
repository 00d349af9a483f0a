"""Rows of the journal, written straight into its tables: what a test says, and plain defaults for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from kb.database.tables.journal import events, queries

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def put_query(engine: sa.Engine, number: int, text: str = "why is there a late fee", **fields: Any) -> str:
    """Write a question.

    :param engine: Of the journal.
    :param number: Makes its id, and the visit's when none is given.
    :param text: After redaction.
    :param fields: Columns; ``days_ago`` counts back from NOON, ``events`` are (kind, article_id, reason).
    :return: Its id.
    """
    query_id = f"{number:032x}"
    happened: Sequence[tuple[str, ...]] = fields.pop("events", ())
    at = NOON - timedelta(days=fields.pop("days_ago", 0))
    row = {
        "query_id": query_id,
        "visit": f"visit-{number}",
        "source": "page",
        "traffic": "customer",
        "asked_at": at,
        "text": text,
        "language": "en",
        "outcome": "no_answer",
        "confidence": 0.2,
        "reason": None,
        "index_version": "v1-before",
        "took_ms": 2.0,
        "hits": [["paper-bill", 0.3], ["late-fee", 0.25]],
        "choices": [],
        **fields,
    }
    with engine.begin() as connection:
        connection.execute(sa.insert(queries).values(**row))
    for event in happened:
        put_event(engine, query_id, *event, at=at)
    return query_id


def put_event(
    engine: sa.Engine,
    query_id: str | None,
    kind: str,
    article_id: str = "",
    reason: str = "",
    at: datetime = NOON,
    visit: str = "",
) -> None:
    """Write what happened after a question, or in a visit without one."""
    row = {"query_id": query_id, "kind": kind, "article_id": article_id, "reason": reason, "at": at, "visit": visit}
    with engine.begin() as connection:
        connection.execute(sa.insert(events).values(**row))
