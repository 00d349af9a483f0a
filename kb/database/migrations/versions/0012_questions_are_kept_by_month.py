"""On PostgreSQL, questions, their events and what is listed of them are kept by month; SQLite stays as it is."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

import sqlalchemy as sa
from alembic import op

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_log = logging.getLogger("kb.database.migrations")


class _Kept(NamedTuple):
    table: str
    column: str
    once: str
    indexes: tuple[tuple[str, str], ...]
    """Name and columns."""
    sums: str
    """What differs where rows differ: rows are added, erased, and of one table changed."""


_KEPT = (
    _Kept("queries", "asked_at", "query_id", (("asked_at", "asked_at"), ("visit", "visit")), "sum(seq)"),
    _Kept("events", "at", "event_id", (("at", "at"), ("query_id", "query_id"), ("visit", "visit")), "sum(seq)"),
    _Kept(
        "asked_questions",
        "asked_at",
        "query_id",
        (("asked_at_seq", "asked_at, seq"), ("confidence_seq", "confidence, seq")),
        "sum(seq + 64 * followed)",
    ),
)
_REFERRING = ("judgments", "lessons", "sample_items")
_INTEGRITY = """
CREATE FUNCTION kb_names_a_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM 1 FROM queries WHERE query_id IN (SELECT query_id FROM added) FOR KEY SHARE;
    IF EXISTS (SELECT FROM added WHERE query_id IS NOT NULL
               AND NOT EXISTS (SELECT FROM queries WHERE queries.query_id = added.query_id)) THEN
        RAISE foreign_key_violation USING MESSAGE = TG_TABLE_NAME || ' names a question that is not there';
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION kb_forgets_a_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM events USING gone WHERE events.query_id = gone.query_id;
    DELETE FROM asked_questions USING gone WHERE asked_questions.query_id = gone.query_id;
    DELETE FROM judgments USING gone WHERE judgments.query_id = gone.query_id;
    UPDATE lessons SET query_id = NULL FROM gone WHERE lessons.query_id = gone.query_id;
    UPDATE sample_items SET query_id = NULL FROM gone WHERE sample_items.query_id = gone.query_id;
    RETURN NULL;
END $$;
CREATE TRIGGER kb_forget AFTER DELETE ON queries
    REFERENCING OLD TABLE AS gone FOR EACH STATEMENT EXECUTE FUNCTION kb_forgets_a_question();
"""


def upgrade() -> None:
    """Make the change: months are copied one by one, each kept when the next fails; then the tables change places."""
    bind = op.get_bind()
    if bind.dialect.name != "postgresql":
        return
    if bind.scalar(sa.text("SELECT EXISTS (SELECT FROM queries) OR EXISTS (SELECT FROM events)")):
        _copy(bind.engine)
    for kept in _KEPT:
        bind.exec_driver_sql(f"LOCK TABLE {kept.table} IN ACCESS EXCLUSIVE MODE")
    for kept in _KEPT:
        _make_table(bind, kept)
        for month in {*_months(bind, kept), *_coming()}:
            _make_month(bind, kept, month)
            if _sums(bind, kept, f"{kept.table}_by_month", month) != _sums(bind, kept, kept.table, month):
                _take_again(bind, kept, month)  # written or erased since it was copied
    for table in _REFERRING:
        bind.exec_driver_sql(f"ALTER TABLE {table} DROP CONSTRAINT fk_{table}_query_id_queries")
    for kept in reversed(_KEPT):  # events and the listed questions refer to questions
        _change_places(bind, kept)
    bind.exec_driver_sql(_INTEGRITY)
    for table in ("events", "asked_questions", *_REFERRING):
        bind.exec_driver_sql(
            f"CREATE TRIGGER kb_names AFTER INSERT ON {table} "
            "REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION kb_names_a_question()"
        )


def _coming() -> tuple[tuple[int, int], tuple[int, int]]:
    """Return this month and the next."""
    now = datetime.now(UTC)
    return (now.year, now.month), _next((now.year, now.month))


def _next(month: tuple[int, int]) -> tuple[int, int]:
    year, number = month
    return (year + number // 12, number % 12 + 1)


def _bounds(month: tuple[int, int]) -> tuple[str, str]:
    first, last = (datetime(*each, 1, tzinfo=UTC).isoformat() for each in (month, _next(month)))
    return first, last


def _within(kept: _Kept, month: tuple[int, int]) -> str:
    first, last = _bounds(month)
    return f"{kept.column} >= '{first}' AND {kept.column} < '{last}'"


def _name(kept: _Kept, month: tuple[int, int]) -> str:
    return f"{kept.table}_{month[0]:04}_{month[1]:02}"


def _months(connection: Connection, kept: _Kept) -> list[tuple[int, int]]:
    month = f"date_trunc('month', {kept.column} AT TIME ZONE 'UTC')"
    found = connection.execute(sa.text(f"SELECT DISTINCT {month} AS month FROM {kept.table} ORDER BY month"))  # noqa: S608
    return [(row.month.year, row.month.month) for row in found]


def _copy(engine: Engine) -> None:
    """Copy what is there, each month of each table in a transaction of its own."""
    for kept in _KEPT:
        with engine.begin() as connection:
            _make_table(connection, kept)
            months = _months(connection, kept)
        for month in months:
            with engine.begin() as connection:
                if _make_month(connection, kept, month):
                    _log.warning("The journal's %s of %04d-%02d are kept by month now.", kept.table, *month)


def _make_table(connection: Connection, kept: _Kept) -> None:
    """Make the table that is kept by month, unless an interrupted run has made it."""
    new, run = f"{kept.table}_by_month", connection.exec_driver_sql
    if connection.scalar(sa.text("SELECT to_regclass(:name) IS NOT NULL"), {"name": new}):
        return
    run(
        f"CREATE TABLE {new} (LIKE {kept.table} INCLUDING DEFAULTS, "
        f"CONSTRAINT pk_{new} PRIMARY KEY (seq, {kept.column})) PARTITION BY RANGE ({kept.column})"
    )
    run(f"CREATE TABLE {kept.table}_default PARTITION OF {new} DEFAULT")
    run(f"CREATE UNIQUE INDEX {kept.table}_default_{kept.once} ON {kept.table}_default ({kept.once})")
    for name, columns in kept.indexes:
        run(f"CREATE INDEX ix_{new}_{name} ON {new} ({columns})")


def _make_month(connection: Connection, kept: _Kept, month: tuple[int, int]) -> bool:
    """Make a month's partition with its rows, unless an interrupted run has; return whether it was made here."""
    name, run = _name(kept, month), connection.exec_driver_sql
    there = sa.text("SELECT EXISTS (SELECT FROM pg_inherits WHERE inhrelid = to_regclass(:name))")
    if connection.scalar(there, {"name": name}):
        return False
    first, last = _bounds(month)
    run(f"CREATE TABLE {name} (LIKE {kept.table} INCLUDING DEFAULTS)")
    run(f"INSERT INTO {name} SELECT * FROM {kept.table} WHERE {_within(kept, month)}")  # noqa: S608
    run(f"CREATE UNIQUE INDEX {name}_{kept.once} ON {name} ({kept.once})")
    run(f"ALTER TABLE {kept.table}_by_month ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{last}')")
    return True


def _sums(connection: Connection, kept: _Kept, table: str, month: tuple[int, int]) -> tuple[object, ...]:
    sums = f"SELECT count(*), {kept.sums} FROM {table} WHERE {_within(kept, month)}"  # noqa: S608
    return tuple(connection.exec_driver_sql(sums).one())


def _take_again(connection: Connection, kept: _Kept, month: tuple[int, int]) -> None:
    connection.exec_driver_sql(f"DELETE FROM {_name(kept, month)}")  # noqa: S608
    connection.exec_driver_sql(
        f"INSERT INTO {_name(kept, month)} SELECT * FROM {kept.table} WHERE {_within(kept, month)}"  # noqa: S608
    )


def _change_places(connection: Connection, kept: _Kept) -> None:
    table, new, run = kept.table, f"{kept.table}_by_month", connection.exec_driver_sql
    owns = kept.table != "asked_questions"  # its numbers are those of the questions
    if owns:
        run(f"ALTER SEQUENCE {table}_seq_seq OWNED BY NONE")
    run(f"DROP TABLE {table}")
    run(f"ALTER TABLE {new} RENAME TO {table}")
    run(f"ALTER TABLE {table} RENAME CONSTRAINT pk_{new} TO pk_{table}")
    for name, _ in kept.indexes:
        run(f"ALTER INDEX ix_{new}_{name} RENAME TO ix_{table}_{name}")
    if owns:
        run(f"ALTER SEQUENCE {table}_seq_seq OWNED BY {table}.seq")
