"""What the vector engine holds, for operators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg

from kb.errors import EngineDisagrees
from kb.retrieval.engine import sql
from kb.retrieval.engine.connections import LONG_PATIENCE_SECONDS, EngineAddress
from kb.retrieval.engine.pgvector import check_extension, compare, current_version, has_schema
from kb.retrieval.engine.rows import VersionRows


@dataclass(frozen=True, slots=True)
class Held:
    """A version in the engine."""

    name: str
    n_rows: int
    dim: int
    at: datetime
    """When it was put there."""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {"version": self.name, "rows": self.n_rows, "dim": self.dim, "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class Holdings:
    """What the engine holds, and whether it agrees with the index folder."""

    pgvector: str
    versions: tuple[Held, ...]
    """Put there last first."""
    current: str
    """Empty if there is none."""
    problem: str
    """What is wrong with the version of the index folder, and what to do; empty if nothing is."""


def holdings(address: EngineAddress, rows: VersionRows) -> Holdings:
    """Return what the engine holds, with every row of one version compared.

    :param address: The engine; nothing is written to it.
    :param rows: The published version.
    :return: What was found.
    :raises EngineUnavailable: If the engine cannot be reached.
    :raises EngineDisagrees: If it has no pgvector.
    """
    with address.reading(LONG_PATIENCE_SECONDS) as connection:
        try:
            pgvector = check_extension(connection, address)
            versions: tuple[Held, ...] = ()
            current = ""
            if has_schema(connection, address.schema):
                found = connection.execute(sql.of(sql.VERSIONS, address.schema)).fetchall()
                versions = tuple(Held(name, n, dim, at.astimezone(UTC)) for name, n, dim, at in found)
                current = current_version(connection, address.schema)
            problem = ""
            try:
                compare(connection, address, rows)
            except EngineDisagrees as error:
                problem = str(error)
        except psycopg.Error as error:
            raise address.unavailable(error) from None
    if not problem and current != rows.version:
        problem = (
            f"The vector engine ({address}) holds {rows.version}, but its current version is {current or 'none'}. "
            "Publish the one in the index folder: kb engine push"
        )
    return Holdings(pgvector, versions, current, problem)
