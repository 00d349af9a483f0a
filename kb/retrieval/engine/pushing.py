"""Publishing a version to the vector engine: whole or not at all, and compared before it is current."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

import psycopg

from kb.errors import EngineDisagrees
from kb.retrieval.answering.ranking import SCAN_UNITS
from kb.retrieval.engine import sql
from kb.retrieval.engine.connections import Connection, EngineAddress
from kb.retrieval.engine.pgvector import check_extension, compare, has_schema
from kb.retrieval.engine.rows import VersionRows
from kb.types import Say

_log = logging.getLogger(__name__)

_KEPT: Final = 2
"""Versions that stay next to the current one: a process asks for the one it serves until it has loaded another."""
_BYTES_OF_A_LINK: Final = 400
"""Memory of one row's links in an HNSW index that is being built."""
_LEAST_MEMORY_MB: Final = 64
_MOST_MEMORY_MB: Final = 2048
_LOCK_SECONDS: Final = 2


@dataclass(frozen=True, slots=True)
class Pushed:
    """What publishing to the engine did."""

    version: str
    n_rows: int
    was_there: bool
    """Whether the engine had it already, and nothing but the current version was changed."""
    removed: tuple[str, ...]
    """Older versions that were removed."""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return asdict(self)


def push(address: EngineAddress, rows: VersionRows, say: Say = lambda _: None, scan_up_to: int = SCAN_UNITS) -> Pushed:
    """Put a version into the engine, and make it the current one there.

    Tables and record appear in one transaction, after the engine's rows were compared with the folder's; the current
    version changes in another. Questions meanwhile are answered from the version before.

    :param address: The engine, with an account that may create tables in the schema.
    :param rows: The version.
    :param say: Called with what takes long.
    :param scan_up_to: Rows up to which every question reads all of them; above, an HNSW index is built.
    :return: What was done; the same version again changes nothing.
    :raises EngineUnavailable: If the engine cannot be reached, or fails; what was current there still is.
    :raises EngineDisagrees: If it lacks pgvector, was written by a newer program, or returns other rows than it got.
    """
    with address.writing() as connection:
        try:
            return _push(connection, address, rows, say, scan_up_to)
        except psycopg.Error as error:
            raise address.unavailable(error) from None


def _push(connection: Connection, address: EngineAddress, rows: VersionRows, say: Say, scan_up_to: int) -> Pushed:
    schema = address.schema
    connection.execute(sql.LOCK, [schema])
    _prepare(connection, address)
    was_there = _is_there(connection, address, rows)
    if not was_there:
        say(f"Copying {len(rows)} vectors to the vector engine ({address})")
        with connection.transaction():
            _load(connection, schema, rows, scan_up_to)
            compare(connection, address, rows)
    with connection.transaction():
        connection.execute(sql.of(sql.SWITCH, schema), [rows.version])
    return Pushed(rows.version, len(rows), was_there, tuple(_removed(connection, schema)))


def _prepare(connection: Connection, address: EngineAddress) -> None:
    if connection.execute(sql.EXTENSION).fetchone() is None:
        try:
            connection.execute("CREATE EXTENSION vector")
        except psycopg.Error as error:
            _log.info("pgvector cannot be created: %s", error)  # the check says what to do
    check_extension(connection, address)
    if not has_schema(connection, address.schema):
        with connection.transaction():
            row = connection.execute(sql.SCHEMA_EXISTS, [address.schema]).fetchone()
            if row and not row[0]:  # an account that only owns the schema may make none
                connection.execute(sql.of(sql.MAKE_SCHEMA, address.schema))
            for statement in sql.MAKE_TABLES:
                connection.execute(sql.of(statement, address.schema))
    row = connection.execute(sql.of(sql.NEWEST_FORMAT, address.schema)).fetchone()
    newest = int(row[0]) if row else 0
    if newest > sql.FORMAT:
        raise EngineDisagrees(
            f"The vector engine ({address}) was written by a newer program (format {newest}, this one writes "
            f"{sql.FORMAT}). Install that program, or name another schema: KB_INDEX_ENGINE_SCHEMA"
        )


def _is_there(connection: Connection, address: EngineAddress, rows: VersionRows) -> bool:
    """Return whether the engine has the version, every row of it; one that disagrees is put there again."""
    if connection.execute(sql.of(sql.RECORDED, address.schema), [rows.version]).fetchone() is None:
        return False
    try:
        compare(connection, address, rows)
    except EngineDisagrees as error:
        _log.warning("%s", error)
        return False
    return True


def _load(connection: Connection, schema: str, rows: VersionRows, scan_up_to: int) -> None:
    version = rows.version
    row = connection.execute(sql.of(sql.RECORDED, schema), [version]).fetchone()
    if row is not None:  # a damaged one
        connection.execute(sql.of("DELETE FROM {schema}.current WHERE version = %s", schema), [version])
        connection.execute(sql.of(sql.FORGET, schema), [version])
    connection.execute(sql.of(sql.DROP_ROWS, schema, version))
    connection.execute(sql.of(sql.MAKE_ROWS, schema, version, dim=rows.dim))
    if rows.dim <= sql.LONGEST_IN_ROW:
        connection.execute(sql.of(sql.STORE_IN_ROWS, schema, version))
    with connection.cursor() as cursor, cursor.copy(sql.of(sql.COPY, schema, version)) as copy:
        for part in rows.for_copy():
            copy.write(part)
    connection.execute(f"SET LOCAL maintenance_work_mem = '{_memory_mb(rows)}MB'")
    for statement in _indexes(rows, scan_up_to):
        connection.execute(sql.of(statement, schema, version))
    values: Sequence[object] = (version, rows.digest, len(rows), rows.dim, sql.FORMAT)
    connection.execute(sql.of(sql.RECORD, schema), values)


def _indexes(rows: VersionRows, scan_up_to: int) -> list[str]:
    wanted = [sql.INDEX_UNITS, sql.INDEX_ARTICLES]
    if len(rows) > scan_up_to and rows.dim <= sql.LONGEST_IN_ROW:
        wanted.append(sql.INDEX_VECTORS)
    return [*wanted, sql.ANALYZE]


def _memory_mb(rows: VersionRows) -> int:
    """Return the memory in which an HNSW index fits while it is built; with less, building takes far longer."""
    needed = len(rows) * (2 * rows.dim + _BYTES_OF_A_LINK) // 1_000_000
    return min(_MOST_MEMORY_MB, max(_LEAST_MEMORY_MB, needed))


def _removed(connection: Connection, schema: str) -> list[str]:
    """Remove the versions beyond those kept, one by one; one that is being asked stays until the next publication."""
    removed = []
    old = [str(row[0]) for row in connection.execute(sql.of(sql.OLD, schema), [_KEPT]).fetchall()]
    for version in old:
        try:
            with connection.transaction():
                connection.execute(f"SET LOCAL lock_timeout = '{_LOCK_SECONDS}s'")
                connection.execute(sql.of(sql.DROP_ROWS, schema, version))
                connection.execute(sql.of(sql.FORGET, schema), [version])
        except psycopg.errors.LockNotAvailable:
            _log.warning(
                "The version %s stays in the vector engine: it is being asked. The next build removes it.", version
            )
            continue
        removed.append(version)
    return removed
