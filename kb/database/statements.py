"""Statements that several rooms need: insert once on both engines, and lists cut to what one statement may name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    import sqlalchemy as sa

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


def in_chunks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    """Yield values in chunks small enough to be named in one statement."""
    for start in range(0, len(values), _CHUNK):
        yield values[start : start + _CHUNK]
