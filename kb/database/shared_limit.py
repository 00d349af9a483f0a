"""A limit for each client that all processes on a database count together, for what is rare and worth a transaction.

Kept for a client is one moment: when its limit will be whole again. Each time it is used moves that moment on by the
time in which one use comes back, and it may lie as far ahead as the time in which all of them do. The database's clock
counts on PostgreSQL, since those of several machines are apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kb.database.engine import writing
from kb.database.statements import hold_name
from kb.database.tables.limits import shared_limits

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

_FORGOTTEN_AT_ONCE: Final = 100
"""Clients without a row any more that one use removes at most."""


class SharedLimit:
    """So many uses in a time, for each client."""

    def __init__(
        self, engine: Engine, name: str, most: int, within: timedelta, clock: Callable[[], datetime] | None = None
    ) -> None:
        """Count nothing yet.

        :param engine: A database whose tables are up to date.
        :param name: Names the limit, the same in every process.
        :param most: The uses that a client has at once, and that come back within the time.
        :param within: The time.
        :param clock: Returns the moment, aware; None for the database's own clock.
        """
        self._engine, self._name, self._within, self._clock = engine, name, within, clock
        self._each = within / most

    def take(self, client: str) -> float:
        """Use the limit once.

        :param client: The client; only a digest of it reaches the database.
        :return: 0.0 if something was left of it; otherwise the seconds until there is.
        :raises JournalUnavailable: If the database cannot be used.
        """
        key = hashlib.sha256(f"{self._name}\x1f{client}".encode("utf-8", "replace")).hexdigest()
        with writing(self._engine) as connection:
            hold_name(connection, f"limit {key}")
            now = self._now(connection)
            full_at = connection.scalar(sa.select(shared_limits.c.full_at).where(shared_limits.c.id == key))
            # One later than it can be was set by a clock that was ahead.
            after = min(max(full_at or now, now), now + self._within) + self._each
            if after > now + self._within:
                return (after - now - self._within).total_seconds()
            insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
            new = insert(shared_limits).values(id=key, full_at=after)
            connection.execute(new.on_conflict_do_update(index_elements=["id"], set_={"full_at": after}))
            forget_full(connection, now)
        return 0.0

    def _now(self, connection: Connection) -> datetime:
        if self._clock is not None:
            return self._clock()
        if connection.dialect.name == "postgresql":
            moment: datetime = connection.execute(sa.select(sa.func.clock_timestamp())).scalar_one()
            return moment
        return datetime.now(UTC)


def forget_full(connection: Connection, now: datetime) -> None:
    """Remove clients whose limits are whole again, but for those that another process is counting at the moment.

    :param connection: In a transaction that writes.
    :param now: The moment, aware.
    """
    c = shared_limits.c
    whole = sa.select(c.id).where(c.full_at < now).order_by(c.full_at).limit(_FORGOTTEN_AT_ONCE)
    connection.execute(sa.delete(shared_limits).where(c.id.in_(whole.with_for_update(skip_locked=True))))
