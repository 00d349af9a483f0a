"""Turns: one process at a time does what is done for all, and another one where it dies."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kb.database.turns import LEASE, Turn

if TYPE_CHECKING:
    import sqlalchemy as sa

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
HOUR, NONE = timedelta(hours=1), timedelta(0)


class Clock:
    """A clock that is set by hand."""

    now = NOON

    def __call__(self) -> datetime:
        """Return the moment that was set."""
        return self.now


def test_it_is_done_once_for_all(engine: sa.Engine) -> None:
    """The second process waits for the first, and then until it is due again; unless it is wanted at once."""
    clock = Clock()
    here, there = (Turn(engine, "erasing", HOUR, clock) for _ in range(2))
    other = Turn(engine, "grouping", HOUR, clock)
    assert (here.take(), there.take(), other.take()) == (NONE, LEASE, NONE)
    assert there.take(is_urgent=True) == LEASE
    here.give_back(is_done=True)
    assert (here.take(), there.take()) == (HOUR, HOUR)
    assert (there.take(is_urgent=True), here.take()) == (NONE, LEASE)
    there.give_back(is_done=False)
    assert here.take() == HOUR  # as the last one that was done says
    clock.now += HOUR
    assert (there.take(), here.take()) == (NONE, LEASE)


def test_a_process_that_dies_holds_it_no_longer_than_its_lease(engine: sa.Engine) -> None:
    """One that works renews it; one that is killed does not, and the next process takes over."""
    clock = Clock()
    here, there = (Turn(engine, "erasing", HOUR, clock) for _ in range(2))
    assert here.take() == NONE
    clock.now += LEASE / 2
    here.renew()
    clock.now += LEASE * 3 / 4
    assert there.take() == LEASE / 4
    clock.now += LEASE / 4
    assert there.take() == NONE


def test_a_clock_that_was_set_back_holds_nothing_up(engine: sa.Engine) -> None:
    """A mark from a time that is far ahead counts for nothing."""
    clock = Clock()
    turn = Turn(engine, "erasing", HOUR, clock)
    assert turn.take() == NONE
    turn.give_back(is_done=True)
    clock.now -= timedelta(days=365)
    assert turn.take() == NONE


def test_of_many_at_once_one_gets_it(engine: sa.Engine) -> None:
    """Eight processes ask in the same moment, with the clock's own time."""
    took, start = list[timedelta](), threading.Barrier(8)

    def ask() -> None:
        turn = Turn(engine, "erasing", HOUR)
        start.wait(20)
        took.append(turn.take())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(took) == 8
    assert took.count(NONE) == 1
