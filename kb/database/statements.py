"""Statements that several rooms need: insert once, hold a name, and lists cut to what one statement may name."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

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
