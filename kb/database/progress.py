"""The journal readers' progress, kept in ``rollup_state``: each reads only rows written since its last run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Final

import sqlalchemy as sa

from kb.database.statements import insert_once
from kb.database.tables.gaps import rollup_state
from kb.database.tables.journal import events, queries
from kb.database.tables.review import lesson_history

OVERLAP: Final = 500
"""Rows read again each time: PostgreSQL may commit a later number before an earlier one."""


class Reader(StrEnum):
    """A reader of the journal; its marks are stored under names with this prefix."""

    ROLL_UP = ""
    GROUPING = "grouped_"
    REVIEW = "reviewed_"


@dataclass(frozen=True, slots=True)
class Progress:
    """The greatest ``seq`` that was read of each table."""

    queries: int = 0
    events: int = 0
    lessons: int = 0
    """Of the history of lessons."""


def newest(connection: sa.Connection) -> Progress:
    """Return the progress of a reader that has read everything."""
    greatest = (connection.scalar(sa.select(sa.func.max(table.c.seq))) for table in (queries, events, lesson_history))
    return Progress(*(int(seq or 0) for seq in greatest))


def progress_of(connection: sa.Connection, reader: Reader) -> Progress:
    """Return a reader's progress; zeros before its first run."""
    names = [f"{reader}{table}" for table in asdict(Progress())]
    found = sa.select(rollup_state.c.name, rollup_state.c.value).where(rollup_state.c.name.in_(names))
    return Progress(**{name.removeprefix(reader): int(value) for name, value in connection.execute(found)})


def hold_progress(connection: sa.Connection, reader: Reader) -> Progress:
    """Hold a reader's marks until the transaction ends, so that others of the same kind wait.

    :param connection: In a transaction that writes.
    :param reader: The reader; its marks are created on first use.
    :return: Its progress.
    """
    mine = rollup_state.c.name == f"{reader}queries"
    hold = sa.update(rollup_state).where(mine).values(value=rollup_state.c.value)
    if not connection.execute(hold).rowcount:
        rows = [{"name": f"{reader}{table}", "value": start} for table, start in asdict(Progress()).items()]
        connection.execute(insert_once(connection, rollup_state), rows)
        connection.execute(hold)
    return progress_of(connection, reader)


def keep_progress(connection: sa.Connection, reader: Reader, progress: Progress) -> None:
    """Store how far a reader has come now."""
    rows = [{"name": f"{reader}{table}", "value": seq} for table, seq in asdict(progress).items()]
    connection.execute(insert_once(connection, rollup_state), rows)  # a mark that an earlier version did not keep
    mine = sa.update(rollup_state).where(rollup_state.c.name == sa.bindparam("mark"))
    marks = [{"mark": row["name"], "reached": row["value"]} for row in rows]
    connection.execute(mine.values(value=sa.bindparam("reached")), marks)
