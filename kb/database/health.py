"""What a journal's rows say about how it is run."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from kb.database.engine import reading
from kb.database.tables.journal import outbox, queries


def first_and_last_question(engine: sa.Engine) -> tuple[datetime | None, datetime | None]:
    """Return when the oldest and the newest question were asked.

    :param engine: The database; its tables are up to date.
    :return: Two moments; None without a question.
    :raises JournalUnavailable: If the database cannot be read.
    """
    asked = sa.select(queries.c.asked_at)
    with reading(engine) as connection:
        first = connection.scalar(asked.order_by(queries.c.asked_at).limit(1))
        last = connection.scalar(asked.order_by(queries.c.asked_at.desc()).limit(1))
    return first, last


def late_requests(engine: sa.Engine, before: datetime) -> tuple[int, str]:
    """Return how many requests to the help desk are older than a moment and not delivered, and the last reason.

    :param engine: The database; its tables are up to date.
    :param before: The moment.
    :return: Their number, those set aside included, and why the newest of them was not delivered.
    :raises JournalUnavailable: If the database cannot be read.
    """
    late = sa.and_(outbox.c.state != "delivered", outbox.c.created_at < before)
    why = sa.select(outbox.c.last_error).where(outbox.c.state != "delivered", outbox.c.last_error.is_not(None))
    with reading(engine) as connection:
        number = connection.scalar(sa.select(sa.func.count()).select_from(outbox).where(late))
        reason = connection.scalar(why.order_by(outbox.c.created_at.desc()).limit(1))
    return int(number or 0), str(reason or "")
