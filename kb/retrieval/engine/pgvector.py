"""One version in PostgreSQL with pgvector: asked by questions, and compared with the version in the index folder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import psycopg

from kb.errors import DimensionMismatch, EngineDisagrees
from kb.retrieval.engine import sql
from kb.retrieval.engine.connections import Connection, EngineAddress, ReadingPool
from kb.retrieval.engine.rows import VersionRows, as_text
from kb.retrieval.index.engine import Positions
from kb.types import Scores, Vector

_PUSH: Final = "Put it there: kb engine push"


class PgvectorEngine:
    """The vectors of one version in the engine; nothing answers in its place."""

    def __init__(self, pool: ReadingPool, schema: str, version: str, starts: Positions) -> None:
        """Ask nothing yet.

        :param pool: Read-only connections.
        :param schema: The schema that holds the version.
        :param version: The version, which was compared; see :func:`compare`.
        :param starts: Shape (n_articles + 1,): the first row of each article.
        """
        self._pool = pool
        self._version = version
        self._sizes = np.diff(starts)
        self._best_of_all = sql.of(sql.BEST_OF_ALL, schema, version)
        self._best_of_nominated = sql.of(sql.BEST_OF_NOMINATED, schema, version)
        self._of_units = sql.of(sql.OF_UNITS, schema, version)

    def candidates(self, query: Vector, nominated: Positions | None, nearest: int) -> tuple[Positions, Scores]:
        """Return candidates and their greatest cosines; see :class:`kb.retrieval.index.engine.VectorEngine`."""
        values: dict[str, Any] = {"query": as_text(query)}
        statement = self._best_of_all
        if nominated is not None:
            statement = self._best_of_nominated
            values |= {"nearest": min(nearest, sql.MOST_NEAREST), "nominated": nominated.tolist()}
        articles, best = self._row(statement, values)
        found = np.frombuffer(articles, ">i4").astype(np.int64), np.frombuffer(best, ">f4").astype(np.float32)
        if nominated is None and len(found[0]) != len(self._sizes):
            raise self._changed()
        return found

    def of_units(self, query: Vector, articles: Sequence[int]) -> dict[int, Scores]:
        """Return the cosine of every unit of some articles; see :class:`kb.retrieval.index.engine.VectorEngine`."""
        ascending = sorted(set(articles))
        (scores,) = self._row(self._of_units, {"query": as_text(query), "articles": ascending})
        found = np.frombuffer(scores, ">f4").astype(np.float32)
        ends = np.cumsum(self._sizes[ascending])
        if len(found) != (ends[-1] if len(ends) else 0):
            raise self._changed()
        return dict(zip(ascending, np.split(found, ends[:-1]), strict=True)) if ascending else {}

    def _row(self, statement: Any, values: dict[str, Any]) -> tuple[Any, ...]:
        with self._pool.connection() as connection, connection.cursor(binary=True) as cursor:
            try:
                row: tuple[Any, ...] | None = cursor.execute(statement, values).fetchone()
            except psycopg.errors.DataException as error:
                raise DimensionMismatch(f"The vector engine refuses the query: {error}") from error
        return row or ()

    def _changed(self) -> EngineDisagrees:
        return EngineDisagrees(
            f"The vector engine no longer holds all rows of the index version {self._version}. {_PUSH}"
        )


def compare(connection: Connection, address: EngineAddress, rows: VersionRows) -> None:
    """Compare every row that the engine holds of a version with the version in the index folder.

    :param connection: Of long patience.
    :param address: Where it leads, for messages and the schema.
    :param rows: What the engine is to hold.
    :raises EngineDisagrees: Saying what is different, and what to do.
    :raises EngineUnavailable: If the engine fails meanwhile.
    """
    try:
        _compare(connection, address, rows)
    except psycopg.Error as error:
        raise address.unavailable(error) from None


def _compare(connection: Connection, address: EngineAddress, rows: VersionRows) -> None:
    check_extension(connection, address)
    if not has_schema(connection, address.schema):
        raise EngineDisagrees(
            f"The vector engine ({address}) has no schema {address.schema!r} with versions, or this account may not "
            f"read it. {_PUSH}"
        )
    recorded = connection.execute(sql.of(sql.RECORDED, address.schema), [rows.version]).fetchone()
    if recorded is None:
        current = current_version(connection, address.schema)
        raise EngineDisagrees(
            f"The vector engine ({address}) does not have the index version {rows.version}; its current one is "
            f"{current or 'none'}. {_PUSH}"
        )
    digest, n_rows, dim, written_in = recorded
    if written_in != sql.FORMAT:
        raise EngineDisagrees(
            f"The vector engine ({address}) holds {rows.version} in format {written_in}, this program reads "
            f"{sql.FORMAT}. Use the program that wrote it, or publish with this one: kb engine push"
        )
    wanted, on_record = (len(rows), rows.dim, rows.digest), (n_rows, dim, digest)
    if on_record != wanted:
        raise _refused(rows, address, f"the record there says {_said(on_record)}")
    try:
        found = measure(connection, address.schema, rows.version)
    except psycopg.errors.UndefinedTable:
        raise _refused(rows, address, "there is no table of them") from None
    if found != wanted:
        raise _refused(rows, address, f"the rows there are {_said(found)}")


def _refused(rows: VersionRows, address: EngineAddress, why: str) -> EngineDisagrees:
    wanted = _said((len(rows), rows.dim, rows.digest))
    return EngineDisagrees(
        f"The index version {rows.version} in the vector engine ({address}) is refused: {why}, and the index folder "
        f"has {wanted}. {_PUSH}"
    )


def _said(found: tuple[int, int, str]) -> str:
    n_rows, dim, digest = found
    if n_rows < 0:
        return "rows with gaps among their numbers"
    return f"{n_rows} rows of {dim} numbers, digest {digest[:12]}"


def check_extension(connection: Connection, address: EngineAddress) -> str:
    """Return the version of pgvector.

    :param connection: Any.
    :param address: Where it leads, for messages.
    :return: As pgvector says it.
    :raises EngineDisagrees: If it is missing, or too old.
    """
    row = connection.execute(sql.EXTENSION).fetchone()
    if row is None:
        raise EngineDisagrees(
            f"The database of the vector engine ({address}) has no pgvector. Have its administrator run: "
            "CREATE EXTENSION vector"
        )
    version = str(row[0])
    if tuple(map(int, version.split(".")[:2])) < sql.LEAST_PGVECTOR:
        raise EngineDisagrees(
            f"The vector engine ({address}) has pgvector {version}; at least 0.7 is needed. Install it, then run: "
            "ALTER EXTENSION vector UPDATE"
        )
    return version


def has_schema(connection: Connection, schema: str) -> bool:
    """Return whether a schema has the tables of versions."""
    row = connection.execute(sql.HAS_SCHEMA, [f"{schema}.versions"]).fetchone()
    return bool(row and row[0])


def current_version(connection: Connection, schema: str) -> str:
    """Return the version that was published to the engine last; empty if none was."""
    row = connection.execute(sql.of(sql.CURRENT, schema)).fetchone()
    return str(row[0]) if row else ""


def measure(connection: Connection, schema: str, version: str) -> tuple[int, int, str]:
    """Return number, length and digest of the rows that the engine holds of a version.

    :param connection: Of long patience.
    :param schema: The schema.
    :param version: The version, whose table exists.
    :return: As :class:`VersionRows` has them; a gap among the units' numbers counts as other rows.
    """
    row = connection.execute(sql.of(sql.MEASURE, schema, version)).fetchone()
    n_rows, last, dim, digest = row or (0, 0, 0, "")
    return (int(n_rows), int(dim), str(digest)) if n_rows == last else (-1, int(dim), "gaps")
