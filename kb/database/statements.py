"""Statements that several rooms need: insert once, hold a name, and comparisons with many values.

On PostgreSQL, many rows or values travel as one parameter. The statement is then the same however many there are, so
the server plans it once, runs its triggers once, and never compares each row with each value of a list.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, TypeVar

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
_CHUNK: Final = 500
"""Values that one statement names; databases limit their number."""


def insert_once(bind: sa.Engine | sa.Connection, table: sa.Table) -> sa.Insert:
    """Return an insert that leaves a row alone whose key is present already.

    :param bind: The database or a connection to it, which decides the dialect.
    :param table: The table.
    :return: Without values; the result's ``rowcount`` is the number of rows that are new.
    """
    insert = postgresql.insert if bind.dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing().execution_options(preserve_rowcount=True)


def insert_all_once(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows in their order with one statement, leaving alone those whose key is present already.

    :param connection: In a transaction that writes.
    :param table: The table.
    :param rows: At least one, all with the same columns.
    """
    insert = insert_once(connection, table)
    if connection.dialect.name != "postgresql":
        connection.execute(insert, rows)
        return
    names = list(rows[0])
    given = sa.cast(sa.bindparam("given", type_=sa.Text), postgresql.JSON)
    read = sa.func.json_to_recordset(given).table_valued(*(sa.column(n, table.c[n].type) for n in names))
    chosen = sa.select(*read.render_derived(name="given", with_types=True).c)
    connection.execute(insert.from_select(names, chosen), {"given": json.dumps(rows, default=datetime.isoformat)})


def is_one_of(
    bind: sa.Engine | sa.Connection, column: sa.ColumnElement[T], values: Collection[T]
) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of some values.

    :param bind: The database or a connection to it, which decides the dialect.
    :param column: The column.
    :param values: The values; with none, no row meets the condition.
    :return: The condition.
    """
    if bind.dialect.name != "postgresql":
        return column.in_(values)
    return column == sa.any_(sa.bindparam(None, list(values), sa.ARRAY(column.type)))


def hold_name(connection: sa.Connection, name: str) -> None:
    """Let other transactions that hold the same name wait until this one ends.

    On SQLite there is nothing to do: a transaction that writes is the only one.

    :param connection: In a transaction that writes.
    :param name: Any text; only its digest reaches the database.
    """
    if connection.dialect.name == "postgresql":
        number = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(number)))


def in_chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield values in chunks small enough to be named in one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
