"""The big tables by month, on PostgreSQL: a partition for each month, and one for what has none.

A month's partition is made ahead by the server's daily chore, and by the writer where it is missing. If neither can,
rows go into the default partition: nothing is refused, and the month's partition takes its rows when it is made.
SQLite has no partitions: every function here does nothing on it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.statements import hold_name

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine


@dataclass(frozen=True, slots=True)
class ByMonth:
    """A table that is kept by month."""

    table: str
    column: str
    """The moment that decides the month, in UTC."""
    once: str
    """The column whose values occur once within a month."""


BY_MONTH: Final = (
    ByMonth("queries", "asked_at", "query_id"),
    ByMonth("events", "at", "event_id"),
    ByMonth("asked_questions", "asked_at", "query_id"),
)
"""In the order in which they are locked."""
_PARTITION: Final = re.compile(rf"(?:{'|'.join(kept.table for kept in BY_MONTH)})_(?:default|(\d{{4}})_(\d{{2}}))")
_NOT_ON_POSTGRESQL: Final = frozenset(
    {
        *("uq_queries_query_id", "uq_asked_questions_query_id", "ix_events_event_id"),
        *("fk_events_query_id_queries", "fk_asked_questions_query_id_queries", "fk_judgments_query_id_queries"),
        *("fk_lessons_query_id_queries", "fk_sample_items_query_id_queries"),
    }
)
"""What the tables of the code have, and PostgreSQL keeps otherwise: each partition has its own unique index, and
triggers do what the foreign keys do."""
TRIGGERED: Final = ("kb_names_a_question", "kb_forgets_a_question")
"""The functions of those triggers."""
_LOCK_SECONDS: Final = 3
"""The longest wait for those who read or write; while a table is waited for, others queue behind."""
_PLACES: Final = "kb: partitions"

Month = tuple[int, int]
"""Year and month of UTC."""


def month_of(moment: datetime) -> Month:
    """Return the month of a moment."""
    at = moment.astimezone(UTC)
    return at.year, at.month


def following(month: Month) -> Month:
    """Return the next month."""
    year, number = month
    return (year + 1, 1) if number == 12 else (year, number + 1)  # noqa: PLR2004 — December


def start_of(month: Month) -> datetime:
    """Return the moment at which a month begins."""
    return datetime(*month, 1, tzinfo=UTC)


def partition_name(table: str, month: Month) -> str:
    """Return the name of a month's partition."""
    return f"{table}_{month[0]:04}_{month[1]:02}"


def is_partition(name: str) -> bool:
    """Return whether a table is a partition of one of :data:`BY_MONTH`."""
    return _PARTITION.fullmatch(name) is not None


def is_compared(item: Any, name: str | None, kind: str, reflected: bool, compare_to: Any) -> bool:  # noqa: FBT001 — Alembic calls it
    """Return whether Alembic compares something with the code: partitions and what stands for them are left out.

    :param item: The table, index or constraint.
    :param name: Its name.
    :param kind: Alembic's word for it.
    :param reflected: Whether it was read from the database.
    :param compare_to: What it would be compared with.
    :return: False for what :data:`_NOT_ON_POSTGRESQL` names and the database does not have, and for partitions.
    """
    del item  # its name says all
    if kind == "table" and reflected and is_partition(name or ""):
        return False
    return reflected or compare_to is not None or name not in _NOT_ON_POSTGRESQL


def months(connection: Connection, table: str = "queries") -> tuple[Month, ...]:
    """Return the months that have a partition, the earliest first; none on SQLite.

    :param connection: A connection to the journal.
    :param table: One of :data:`BY_MONTH`.
    :return: The months.
    """
    if connection.dialect.name != "postgresql":
        return ()
    of = (
        "SELECT child.relname FROM pg_inherits JOIN pg_class child ON child.oid = inhrelid "
        "WHERE inhparent = to_regclass(:table) ORDER BY child.relname"
    )
    names = connection.execute(sa.text(of), {"table": table}).scalars()
    found = (_PARTITION.fullmatch(name) for name in names)
    return tuple((int(match[1]), int(match[2])) for match in found if match and match[1])


def missing_months(engine: Engine, wanted: Iterable[Month]) -> tuple[Month, ...]:
    """Return those of some months that have no partition, the earliest first; none on SQLite.

    :param engine: The journal's database, its tables up to date.
    :param wanted: The months.
    :return: The missing ones.
    :raises JournalUnavailable: If the database cannot be reached.
    """
    if engine.dialect.name != "postgresql":
        return ()
    with reading(engine) as connection:
        return tuple(sorted({*wanted} - {*months(connection)}))


def make_months(engine: Engine, wanted: Iterable[Month]) -> tuple[Month, ...]:
    """Make the partitions of some months, where they are missing; what the default partition has of them moves over.

    :param engine: The journal's database, its tables up to date.
    :param wanted: The months.
    :return: The months that were made here.
    :raises JournalUnavailable: If the database fails, if the account may not make tables, or if others held the tables
        for some seconds. Nothing is made then, and rows go on into the default partition.
    """
    made = []
    for month in missing_months(engine, wanted):
        with writing(engine) as connection:
            hold_name(connection, _PLACES)  # of several processes, one makes it, and the others see that it is there
            if month not in months(connection):
                with waiting_briefly(connection):
                    for kept in BY_MONTH:
                        _make(connection, kept, month)
                made.append(month)
    return tuple(made)


def make_months_ahead(engine: Engine, now: datetime) -> tuple[Month, ...]:
    """Make the partitions of this month and the next; see :func:`make_months`."""
    this = month_of(now)
    return make_months(engine, (this, following(this)))


@contextmanager
def waiting_briefly(connection: Connection) -> Iterator[None]:
    """Let statements of a transaction wait some seconds for a table at most: what waits for it holds all others up."""
    connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
    yield
    connection.exec_driver_sql("SET LOCAL lock_timeout = DEFAULT")


def _make(connection: Connection, kept: ByMonth, month: Month) -> None:
    name, start, end = partition_name(kept.table, month), start_of(month), start_of(following(month))
    within = f"{kept.column} >= '{start.isoformat()}' AND {kept.column} < '{end.isoformat()}'"
    run = connection.exec_driver_sql
    run(f"CREATE TABLE {name} (LIKE {kept.table} INCLUDING DEFAULTS)")
    # Of what came before it was there; a constraint then spares PostgreSQL a look at the rows that it takes over.
    run(f"LOCK TABLE {kept.table}_default IN ACCESS EXCLUSIVE MODE")
    run(
        f"WITH moved AS (DELETE FROM {kept.table}_default WHERE {within} RETURNING *) "  # noqa: S608 - our own names
        f"INSERT INTO {name} SELECT * FROM moved"
    )
    run(f"CREATE UNIQUE INDEX {name}_{kept.once} ON {name} ({kept.once})")
    run(
        f"ALTER TABLE {kept.table} ATTACH PARTITION {name} "
        f"FOR VALUES FROM ('{start.isoformat()}') TO ('{end.isoformat()}')"
    )


def over_before(connection: Connection, before: datetime) -> tuple[Month, ...]:
    """Return the months with a partition that were over at a moment, the earliest first."""
    return tuple(month for month in months(connection) if start_of(following(month)) <= before)


def partition(table: str, month: Month) -> sa.TableClause:
    """Return a month's partition, to select from; it may not exist."""
    return sa.table(partition_name(table, month), sa.column("query_id"), sa.column("at"))


def drop_month(connection: Connection, month: Month, *, events_too: bool) -> None:
    """Drop the partitions of a month with all their rows.

    :param connection: In a transaction that writes; whatever refers to the rows is gone.
    :param month: A month with partitions.
    :param events_too: Whether all events of that month go; otherwise its partition of events stays.
    """
    going = [kept for kept in BY_MONTH if events_too or kept.table != "events"]
    with waiting_briefly(connection):
        connection.exec_driver_sql(f"LOCK TABLE {', '.join(kept.table for kept in BY_MONTH)} IN ACCESS EXCLUSIVE MODE")
        for kept in going:
            connection.exec_driver_sql(f"DROP TABLE IF EXISTS {partition_name(kept.table, month)}")
