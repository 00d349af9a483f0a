"""The last questions of a visit, read back from the journal by a process that did not answer them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb.database.engine import reading
from kb.database.tables.journal import queries

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.engine import Engine


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question of a visit, as it is kept."""

    query_id: str
    asked_at: datetime
    index_version: str
    articles: tuple[str, ...]
    """Of the ranking, best first."""
    choices: tuple[str, ...]


def last_questions(engine: Engine, visit: str, most: int) -> list[KeptQuestion]:
    """Return the last questions of a visit, oldest first.

    :param engine: The database.
    :param visit: The visit's key.
    :param most: The most questions.
    :return: The questions.
    :raises JournalUnavailable: If the database cannot be read.
    """
    c = queries.c
    newest = (
        sa.select(c.query_id, c.asked_at, c.index_version, c.hits, c.choices)
        .where(c.visit == visit)
        .order_by(c.seq.desc())
        .limit(most)
    )
    with reading(engine) as connection:
        rows = connection.execute(newest).all()
    return [
        KeptQuestion(
            row.query_id,
            row.asked_at,
            row.index_version,
            tuple(name for name, _score in row.hits),
            tuple(row.choices),
        )
        for row in reversed(rows)
    ]
