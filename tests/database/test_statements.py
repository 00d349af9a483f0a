"""Statements over many rows or values, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.statements import insert_all_once, is_one_of
from kb.database.tables.journal import events, queries
from tests.database.test_engine import query_row

AT = datetime(2026, 3, 10, 12, 30, 0, 123456, tzinfo=UTC)
AWKWARD = "¿Cuánto \"cuesta\" 'esto'? \\ % :name {x} 🧾\nnext\tline <b>"


def written(engine: sa.Engine, table: sa.Table) -> list[dict[str, object]]:
    """Return a table's rows, in the order of their numbers."""
    with reading(engine) as connection:
        return [dict(row._mapping) for row in connection.execute(sa.select(table).order_by(table.c.seq))]


def test_rows_are_written_as_they_are(engine: sa.Engine) -> None:
    """In their order, with awkward words, missing values, lists, moments and numbers."""
    rows = [
        query_row("b", asked_at=AT, text=AWKWARD, hits=[["late-fee", 0.25], [AWKWARD, 1e-9]], confidence=0.1 + 0.2),
        query_row("a", asked_at=AT, text="", hits=[], choices=["one", "two"], reason=None, anchor=None),
    ]
    with writing(engine) as connection:
        insert_all_once(connection, queries, rows)
    found = written(engine, queries)
    assert [{name: row[name] for name in rows[0]} for row in found[:1]] == rows[:1]
    assert [{name: row[name] for name in rows[1]} for row in found[1:]] == rows[1:]


def test_a_row_that_is_there_is_left_alone(engine: sa.Engine) -> None:
    """No matter whether it was written before or comes twice at once."""
    with writing(engine) as connection:
        insert_all_once(connection, queries, [query_row("a", asked_at=AT, text="first")])
        insert_all_once(
            connection,
            queries,
            [
                query_row("a", asked_at=AT, text="second"),
                query_row("b", asked_at=AT, text="first"),
                query_row("b", asked_at=AT, text="second"),
            ],
        )
    assert [(row["query_id"], row["text"]) for row in written(engine, queries)] == [("a", "first"), ("b", "first")]


def test_values_are_compared(engine: sa.Engine) -> None:
    """One of many, of one, and of none."""
    with writing(engine) as connection:
        insert_all_once(connection, queries, [query_row(name, asked_at=AT) for name in ("a", "b", "c'\"")])

    def among(*names: str) -> list[str]:
        with reading(engine) as connection:
            chosen = sa.select(queries.c.query_id).where(is_one_of(connection, queries.c.query_id, names))
            return sorted(connection.execute(chosen).scalars())

    assert among("a", "c'\"", "nothing") == ["a", "c'\""]
    assert among("b") == ["b"]
    assert among() == []


def test_an_event_without_a_question_is_written(engine: sa.Engine) -> None:
    """Its missing question is no value at all, and not the word null."""
    row = {"event_id": "e", "query_id": None, "visit": "v", "kind": "opened", "article_id": "late-fee", "at": AT}
    with writing(engine) as connection:
        insert_all_once(connection, events, [row])
    assert [(found["query_id"], found["at"]) for found in written(engine, events)] == [(None, AT)]
