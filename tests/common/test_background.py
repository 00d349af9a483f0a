"""The loop of every background thread: when it works, when it waits, and how it ends."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from kb.common import background as module
from kb.common.background import Background, doubled
from tests.support import wait_until

if TYPE_CHECKING:
    import pytest


def names() -> set[str]:
    """Return the names of the threads that run."""
    return {thread.name for thread in threading.enumerate()}


def test_waits_double_up_to_the_longest() -> None:
    """Waits double up to the maximum, however many failures there are."""
    second, minute = timedelta(seconds=1), timedelta(minutes=1)
    assert [doubled(second, n, minute).total_seconds() for n in (1, 2, 3, 6, 7, 10_000)] == [1, 2, 4, 32, 60, 60]
    assert doubled(minute, 1, second) == second


def test_it_works_until_it_is_stopped_and_finishes_once() -> None:
    """The work runs repeatedly when it asks for it, and never after the end."""
    done: list[str] = []

    def work() -> float:
        done.append("work")
        return 0.001

    background = Background("test-again", work, lambda: done.append("end"))
    assert not background.is_running
    background.start()
    background.start()
    assert background.is_running
    wait_until(lambda: len(done) > 3)
    background.stop(None)
    assert not background.is_running
    assert "test-again" not in names()
    assert done[-1] == "end"
    assert done.count("end") == 1


def test_none_waits_to_be_woken() -> None:
    """A wake-up before the start and one during the work both count."""
    turns: list[int] = []
    held, let_go = threading.Event(), threading.Event()

    def work() -> None:
        turns.append(1)
        if len(turns) == 2:
            held.set()
            let_go.wait(20)

    background = Background("test-wake", work)
    background.wake()
    background.start()
    wait_until(lambda: len(turns) == 1)
    background.wake()
    assert held.wait(20)
    background.wake()
    let_go.set()
    wait_until(lambda: len(turns) == 3)
    time.sleep(0.05)
    assert len(turns) == 3
    background.stop(None)


def test_the_end_interrupts_a_wait_and_a_pause() -> None:
    """A thread that rests for an hour, and work that pauses for one."""
    resting = Background("test-rest", lambda: 3600.0)
    resting.start()
    pauses: list[bool] = []
    pausing: Background = Background("test-pause", lambda: pauses.append(pausing.pause(3600.0)))
    pausing.start()
    resting.stop()
    pausing.stop()
    assert pauses == [True]
    assert names().isdisjoint({"test-rest", "test-pause"})


def test_work_that_does_not_end_is_not_waited_for_for_ever() -> None:
    """The last moment is as long as the caller says; telling to stop does not wait at all."""
    let_go = threading.Event()
    background = Background("test-late", lambda: float(let_go.wait(20)))
    background.start()
    background.tell_to_stop()
    assert background.is_stopping
    background.stop(0.01)
    assert "test-late" in names()
    let_go.set()
    background.stop(None)
    assert "test-late" not in names()


def test_one_that_never_started_stops_too() -> None:
    """A thread that never started stops at once."""
    Background("test-never", lambda: None).stop()


def test_an_error_that_nobody_foresaw_does_not_end_the_thread(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged, and the work is tried again after a pause; at the end the last things are done as ever."""
    monkeypatch.setattr(module, "_FIRST_PAUSE", timedelta(milliseconds=1))
    done: list[str] = []
    failures: list[Exception] = [MemoryError(), OSError(24, "Too many open files")]

    def work() -> None:
        if failures:
            raise failures.pop()
        done.append("work")

    background = Background("test-survives", work, lambda: done.append("end"))
    background.start()
    wait_until(lambda: done == ["work"])
    background.stop(None)
    assert done == ["work", "end"]
    said = [record for record in caplog.records if record.name == "kb.common.background"]
    assert [record.exc_info[0] for record in said if record.exc_info] == [OSError, MemoryError]
    assert "The thread test-survives met an error" in said[0].getMessage()
