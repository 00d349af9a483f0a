"""The chores of a server: when they run, how they retry, and how they end."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kb.app.caretaker import FIRST_AFTER, LONGEST_RETRY, Breathe, Caretaker, Chore, Stopped
from kb.errors import JournalUnavailable

if TYPE_CHECKING:
    import pytest

START = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Start at noon."""
        self.now = START

    def __call__(self) -> datetime:
        """Return the moment that was set."""
        return self.now


class Work:
    """A chore that counts, and fails as told."""

    def __init__(self, *failures: Exception) -> None:
        """Fail so often first."""
        self.failures = list(failures)
        self.times: list[datetime] = []

    def chore(self, clock: Clock, name: str = "A chore") -> Chore:
        """Return it as a chore of once a day."""

        def do(_breathe: Breathe) -> None:
            self.times.append(clock.now)
            if self.failures:
                raise self.failures.pop(0)

        return Chore(name, DAY, do)


def test_a_chore_is_done_soon_after_the_start_and_then_once_a_day() -> None:
    """A chore runs when it is due, and not twice."""
    clock, work = Clock(), Work()
    caretaker = Caretaker([work.chore(clock)], clock)
    assert caretaker.do_due() == FIRST_AFTER.total_seconds()
    assert work.times == []
    clock.now += FIRST_AFTER
    assert caretaker.do_due() == DAY.total_seconds()
    assert caretaker.do_due() == DAY.total_seconds()
    clock.now += DAY - timedelta(seconds=1)
    assert caretaker.do_due() == 1
    clock.now += timedelta(seconds=1)
    caretaker.do_due()
    assert work.times == [START + FIRST_AFTER, START + FIRST_AFTER + DAY]


def test_a_clock_that_was_set_back_delays_no_chore_for_long() -> None:
    """By a year: it is done within its usual time, and not a year later."""
    clock, work = Clock(), Work()
    caretaker = Caretaker([work.chore(clock)], clock)
    clock.now += FIRST_AFTER
    caretaker.do_due()
    clock.now -= timedelta(days=365)
    assert caretaker.do_due() == DAY.total_seconds()
    clock.now += DAY
    caretaker.do_due()
    assert len(work.times) == 2


def test_a_failure_is_said_and_tried_again_ever_more_rarely(caplog: pytest.LogCaptureFixture) -> None:
    """Retries come after one minute, then two, at least hourly; other chores go on, and a failure's end is logged."""
    clock, work, other = Clock(), Work(*[JournalUnavailable("It fails.")] * 8, ValueError("some words")), Work()
    caretaker = Caretaker([work.chore(clock, "Erasing"), other.chore(clock)], clock)
    clock.now += FIRST_AFTER
    waits = []
    with caplog.at_level(logging.WARNING):
        while len(work.times) < 10:
            seconds = caretaker.do_due()
            waits.append(seconds)
            clock.now += timedelta(seconds=seconds)
    assert waits[:3] == [60, 120, 240]
    assert waits[6:9] == [LONGEST_RETRY.total_seconds()] * 3
    assert other.times == [START + FIRST_AFTER]
    said = [record.getMessage() for record in caplog.records]
    assert said[0] == "Erasing has to wait, and is tried again in 1 min: It fails."
    assert said[8] == "Erasing has to wait, and is tried again in 60 min: ValueError"
    assert said[9] == "Erasing is done again, after 9 failures."


def test_the_end_is_not_waited_for() -> None:
    """A chore in portions leaves the rest for later; its thread ends, and nothing runs after it."""
    clock, begun, left = Clock(), threading.Event(), threading.Event()

    def endless(breathe: Breathe) -> None:
        begun.set()
        try:
            while True:
                breathe()
        except Stopped:
            left.set()
            raise

    later = Work()
    caretaker = Caretaker([Chore("Endless", DAY, endless), later.chore(clock)], clock)
    clock.now += FIRST_AFTER
    caretaker.start()
    caretaker.start()
    assert begun.wait(20)
    caretaker.stop()
    assert left.is_set()
    assert "caretaker" not in {thread.name for thread in threading.enumerate()}
    assert later.times == []


def test_one_that_waits_stops_at_once() -> None:
    """A waiting thread stops at once, whatever time is left, and so does one that never started."""
    clock, work = Clock(), Work()
    caretaker = Caretaker([work.chore(clock)], clock)
    caretaker.start()
    caretaker.stop()
    Caretaker([], clock).stop()
    assert "caretaker" not in {thread.name for thread in threading.enumerate()}
    assert work.times == []


def test_a_chore_that_somebody_waits_for_is_done_at_once() -> None:
    """A chore runs on request although it is not due; the others keep their schedule."""
    clock, other, done = Clock(), Work(), threading.Event()
    caretaker = Caretaker([Chore("Wanted", DAY, lambda _: done.set()), other.chore(clock)], clock)
    assert not caretaker.is_running
    caretaker.start()
    assert caretaker.is_running
    caretaker.hurry("Wanted")
    assert done.wait(20)
    caretaker.stop()
    assert not caretaker.is_running
    assert other.times == []


def test_a_chore_that_is_another_processs_turn_waits_for_it() -> None:
    """It is done by the one whose turn it is; one that is wanted at once asks for it before it is due."""
    clock, work, asked, given = Clock(), Work(), list[bool](), list[bool]()
    waits = [timedelta(minutes=2), timedelta(0), timedelta(0)]

    class Shared:
        """A turn that is first another process's."""

        def take(self, *, is_urgent: bool = False) -> timedelta:
            asked.append(is_urgent)
            return waits.pop(0)

        def renew(self) -> None:
            """Hold it."""

        def give_back(self, *, is_done: bool) -> None:
            given.append(is_done)

    work.failures = [ValueError("some words")]
    caretaker = Caretaker([Chore("A chore", DAY, work.chore(clock).do, Shared())], clock)
    clock.now += FIRST_AFTER
    assert caretaker.do_due() == timedelta(minutes=2).total_seconds()
    assert work.times == []
    caretaker.hurry("A chore")
    caretaker.do_due()
    assert (len(work.times), asked, given) == (1, [False, True], [False])
    clock.now += timedelta(minutes=1)
    assert caretaker.do_due() == DAY.total_seconds()
    assert (len(work.times), asked, given) == (2, [False, True, True], [False, True])
