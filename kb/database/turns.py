"""Turns: what several processes on one database would do each by itself is done by one of them at a time.

A turn is two marks in ``rollup_state``: until when a process holds it, and from when on it is due again. A process that
dies holds it for as long as its lease, which it renews while it works.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

import sqlalchemy as sa

from kb.database.engine import writing
from kb.database.statements import hold_name, insert_once
from kb.database.tables.gaps import rollup_state

LEASE: Final = timedelta(minutes=2)
"""How long a process holds a turn without renewing it."""
_SKEW: Final = timedelta(minutes=5)
"""How far the clocks of two machines may be apart."""
_NONE: Final = timedelta(0)
_HELD, _DUE = "held", "due"
_MILLISECOND: Final = timedelta(milliseconds=1)
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


class Turn:
    """One piece of work that comes back, shared by all processes on a database."""

    def __init__(
        self,
        engine: sa.Engine,
        name: str,
        every: timedelta,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Take nothing yet.

        :param engine: The database; its tables may not be there yet.
        :param name: Names the work, the same in every process; 30 characters at most.
        :param every: How long after it was done it is due again.
        :param clock: Returns the moment, aware.
        """
        self._engine, self._name, self._every, self._clock = engine, name, every, clock
        self._renew_at = _EPOCH

    def take(self, *, is_urgent: bool = False) -> timedelta:
        """Take the turn, unless another process has it or had it a while ago.

        :param is_urgent: Whether to do the work although it is not due yet.
        :return: Zero if it is ours; else how long to wait before asking again.
        :raises JournalUnavailable: If the database cannot be used.
        """
        with writing(self._engine) as connection:
            hold_name(connection, f"turn {self._name}")
            now = self._clock()  # not before: others may have had the name until now
            held, due = self._read(connection, _HELD, LEASE, now), self._read(connection, _DUE, self._every, now)
            wait = held - now if held > now else _NONE if is_urgent else max(_NONE, due - now)
            if wait == _NONE:
                self._keep(connection, _HELD, now + LEASE)
        self._renew_at = now + LEASE / 4
        return wait

    def renew(self) -> None:
        """Hold the turn longer; it costs nothing while much of the lease is left.

        :raises JournalUnavailable: If the database cannot be used.
        """
        now = self._clock()
        if now < self._renew_at:
            return
        with writing(self._engine) as connection:
            self._keep(connection, _HELD, now + LEASE)
        self._renew_at = now + LEASE / 4

    def give_back(self, *, is_done: bool) -> None:
        """Let others have it.

        :param is_done: Whether the work is done, so that nobody does it before it is due again.
        :raises JournalUnavailable: If the database cannot be used.
        """
        now = self._clock()
        with writing(self._engine) as connection:
            self._keep(connection, _HELD, now)
            if is_done:
                self._keep(connection, _DUE, now + self._every)

    def _read(self, connection: sa.Connection, what: str, longest: timedelta, now: datetime) -> datetime:
        """Return a mark; one later than it can be was set by a clock that was ahead, and counts for nothing."""
        found = connection.scalar(sa.select(rollup_state.c.value).where(rollup_state.c.name == self._mark(what)))
        at = _EPOCH + int(found or 0) * _MILLISECOND
        return at if at <= now + longest + _SKEW else now

    def _keep(self, connection: sa.Connection, what: str, at: datetime) -> None:
        value = (at - _EPOCH) // _MILLISECOND
        mark = self._mark(what)
        connection.execute(insert_once(connection, rollup_state).values(name=mark, value=value))
        connection.execute(sa.update(rollup_state).where(rollup_state.c.name == mark).values(value=value))

    def _mark(self, what: str) -> str:
        return f"turn_{what}_{self._name}"
