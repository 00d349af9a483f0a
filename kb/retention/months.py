"""Retention on PostgreSQL: a month that is over is dropped whole, which takes no longer for a million questions."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.partitions import drop_month, following, months, over_before, partition, start_of
from kb.database.tables.journal import events, outbox, queries
from kb.database.tables.review import judgments, lessons, sample_items
from kb.errors import JournalUnavailable
from kb.retention.drafts import forget_asked
from kb.review.upkeep import forget_lessons_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from sqlalchemy.engine import Connection, Engine

    from kb.database.partitions import Month

_log = logging.getLogger(__name__)
_TRIES = 3


def drop_months(engine: Engine, before: datetime, breathe: Callable[[], None]) -> None:
    """Drop the months of which everything is older than a moment; what is left of them is erased row by row.

    :param engine: The journal's database.
    :param before: The moment, aware.
    :param breathe: Called between two months; an error it raises is passed on.
    :raises JournalUnavailable: If the database cannot be reached.
    """
    with reading(engine) as connection:
        over = over_before(connection, before)
    for month in over:
        _drop(engine, month, before)
        breathe()


def _drop(engine: Engine, month: Month, before: datetime) -> None:
    for tried in range(1, _TRIES + 1):
        try:
            with writing(engine) as connection:
                if month in months(connection):
                    _forget(connection, month, before)
                return
        except JournalUnavailable as error:
            if tried == _TRIES:
                said = "The partition of %04d-%02d could not be dropped, so its rows are erased one by one: %s"
                _log.warning(said, *month, error)


def _forget(connection: Connection, month: Month, before: datetime) -> None:
    """Erase whatever belongs to the questions of a month, and drop it."""
    asked, happened = partition("queries", month), partition("events", month)
    names = sa.select(asked.c.query_id)
    connection.execute(outbox.update().where(outbox.c.query_id.in_(names)).values(query_id=None))
    forget_lessons_of(connection, names)
    forget_asked(connection, names)
    for table in (lessons, sample_items):
        connection.execute(table.update().where(table.c.query_id.in_(names)).values(query_id=None))
    connection.execute(judgments.delete().where(judgments.c.query_id.in_(names)))
    later = events.c.at >= start_of(following(month))
    connection.execute(events.delete().where(later, events.c.query_id.in_(names)))
    # Of a clock that went wrong: an event from before its question, which is young enough to stay.
    of_month = sa.exists().where(asked.c.query_id == happened.c.query_id)
    stays = sa.exists().where(queries.c.query_id == happened.c.query_id, queries.c.asked_at >= before)
    is_mixed = connection.scalar(sa.select(sa.exists(sa.select(happened.c.query_id).where(~of_month, stays))))
    if is_mixed:
        connection.execute(sa.delete(happened).where(happened.c.query_id.in_(names)))
    drop_month(connection, month, events_too=not is_mixed)
