"""Limits that all processes on a database count together."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from kb.app.limits import SIGN_INS_PER_MINUTE, open_limits
from kb.contact.request_limit import PER_HOUR
from kb.database.engine import open_engine, reading
from kb.database.shared_limit import SharedLimit
from kb.database.tables.limits import shared_limits
from kb.errors import TooBusy

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


class Clock:
    """A clock that is set by hand."""

    now = NOON

    def __call__(self) -> datetime:
        """Return the moment that was set."""
        return self.now


def rows(engine: Engine) -> list[str]:
    """Return the clients that are counted."""
    with reading(engine) as connection:
        return list(connection.execute(sa.select(shared_limits.c.id)).scalars())


def test_two_processes_count_together(engine: Engine) -> None:
    """One use comes back after its share of the time; others are not touched, and nobody is named or kept for long."""
    clock = Clock()
    here, there = (SharedLimit(engine, "sign-ins", 3, MINUTE, clock) for _ in range(2))
    other = SharedLimit(engine, "requests", 3, MINUTE, clock)
    assert [here.take("a"), there.take("a"), here.take("a"), there.take("a"), here.take("a")] == [0, 0, 0, 20, 20]
    assert (there.take("b"), other.take("a")) == (0, 0)
    assert {len(name) for name in rows(engine)} == {64}
    assert len(rows(engine)) == 3
    clock.now += timedelta(seconds=20)
    assert (there.take("a"), here.take("a")) == (0, 20)
    clock.now += timedelta(minutes=2)
    assert here.take("a") == 0
    assert len(rows(engine)) == 1


def test_a_clock_that_was_ahead_locks_nobody_out(engine: Engine) -> None:
    """What it wrote counts for no more than a limit that was just used up."""
    clock = Clock()
    limit = SharedLimit(engine, "sign-ins", 3, MINUTE, clock)
    clock.now += timedelta(days=1)
    assert limit.take("a") == 0
    clock.now = NOON
    assert limit.take("a") == 20


def test_attempts_at_once_are_all_counted(engine: Engine) -> None:
    """Of twelve at the same time in two processes, by the database's own clock, as many get through as may."""
    other = open_engine(engine.url.render_as_string(hide_password=False))
    limits = [SharedLimit(where, "sign-ins", 5, timedelta(days=1)) for where in (engine, other)]
    waits: list[float] = []
    start = threading.Barrier(12)

    def attempt(limit: SharedLimit) -> None:
        start.wait(60)
        waits.append(limit.take("a"))

    threads = [threading.Thread(target=attempt, args=(limits[n % 2],)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    other.dispose()
    assert (len(waits), waits.count(0.0)) == (12, 5)


def test_sign_ins_and_requests_are_bounded_for_all_replicas(engine: Engine) -> None:
    """A visitor who is sent to another replica has used there what was used here; a process alone counts for itself."""
    here, there, alone = open_limits(engine), open_limits(engine), open_limits(None)
    for _ in range(PER_HOUR):
        here.requests.take("a")
    with pytest.raises(TooBusy):
        there.requests.take("a")
    there.requests.take("b")
    alone.requests.take("a")
    assert not any(here.sign_ins.take("198.51.100.7") for _ in range(SIGN_INS_PER_MINUTE))
    assert there.sign_ins.take("198.51.100.7") > 0
    assert alone.sign_ins.take("198.51.100.7") == 0
