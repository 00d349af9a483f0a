"""Admission: who is next, what a question costs, and when a visitor is told to try again."""

from __future__ import annotations

import contextvars
import threading
from concurrent.futures import Future, wait
from typing import Any

import pytest

from kb.app.admission import Admission, cost_of
from kb.errors import TooBusy

SHORT, LONG = "late fee", "x" * 2000


class Clock:
    """Time that passes when told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        """Return the seconds so far."""
        return self.now


class Desk:
    """A queue with one worker, which is busy until it is let go, and what was answered in which order."""

    def __init__(self, **options: Any) -> None:
        self.queue = Admission(workers=1, **options)
        self.answered: list[str] = []
        self._asked: list[Future[None]] = []
        self._go, begun = threading.Event(), threading.Event()

        def hold() -> None:
            begun.set()
            self._go.wait()

        self._held = self.queue.submit("nobody", SHORT, hold)
        begun.wait()

    def put(self, visitor: str, text: str = SHORT) -> Future[None]:
        """Ask as a visitor."""
        self._asked.append(self.queue.submit(visitor, text, lambda: self.answered.append(visitor)))
        return self._asked[-1]

    def finish(self) -> None:
        """Let the worker go, and wait until nothing waits."""
        self._go.set()
        wait([self._held, *self._asked])


def test_the_answer_and_the_error_reach_whoever_asked() -> None:
    """What the work returns is returned, what it raises is raised, and the next question is answered all the same."""
    queue = Admission(workers=1)

    def fail() -> None:
        raise KeyError("broken")

    with pytest.raises(KeyError, match="broken"):
        queue.ask("a", SHORT, fail)
    assert queue.ask("a", SHORT, lambda: 7) == 7
    queue.close()


def test_the_work_runs_in_the_context_of_the_caller() -> None:
    """The language of a page is a context variable."""
    language = contextvars.ContextVar("language", default="en")
    language.set("es")
    queue = Admission(workers=1)
    assert queue.ask("a", SHORT, language.get) == "es"
    queue.close()


def test_visitors_take_turns() -> None:
    """One who asks ten questions at once does not keep another waiting for all ten."""
    desk = Desk()
    for _ in range(10):
        desk.put("many")
    desk.put("one")
    desk.finish()
    assert desk.answered.index("one") <= 2
    assert desk.answered.count("many") == 10


def test_a_long_question_waits_for_as_many_short_ones_as_it_costs() -> None:
    """Sixty long ones of an attacker come after the short ones of others, though they were asked first."""
    desk = Desk(most_of_one=100)
    for _ in range(60):
        desk.put("attacker", LONG)
    for n in range(10):
        desk.put(f"customer {n}")
    desk.finish()
    assert set(desk.answered[:10]) == {f"customer {n}" for n in range(10)}
    assert desk.answered[10:] == ["attacker"] * 60


def test_a_long_question_gets_its_turn() -> None:
    """Short questions of others, however many, do not starve it."""
    desk = Desk(most_of_one=1000)
    desk.put("long", LONG)
    for _ in range(300):
        desk.put("short")
    desk.finish()
    assert desk.answered.index("long") < 2 * cost_of(LONG)


def test_long_questions_leave_a_thread_for_short_ones() -> None:
    """Of two threads, they take one, however many wait; when it is free, the next one runs."""
    queue, go, begun = Admission(workers=2), threading.Event(), threading.Semaphore(0)

    def hold() -> None:
        begun.release()
        go.wait()

    long = [queue.submit(f"attacker {n}", LONG, hold) for n in range(3)]
    begun.acquire()
    assert [queue.ask("customer", SHORT, lambda n=n: n) for n in range(5)] == list(range(5))
    assert not begun.acquire(blocking=False)
    go.set()
    for each in long:
        each.result(timeout=10)
    queue.close()


def test_a_question_that_waited_too_long_is_not_answered() -> None:
    """Its visitor has gone; the time belongs to those who still wait."""
    clock = Clock()
    desk = Desk(patience=5, clock=clock)
    late = desk.put("late")
    clock.now = 6
    soon = desk.put("soon")
    desk.finish()
    with pytest.raises(TooBusy, match="try again in 5 seconds"):
        late.result()
    soon.result()
    assert desk.answered == ["soon"]
    assert desk.queue.refused == 1


def test_the_queue_is_bounded() -> None:
    """A visitor may have so many waiting, and all visitors so many together."""
    desk = Desk(most_of_one=2, most_waiting=3)
    desk.put("a")
    desk.put("a")
    with pytest.raises(TooBusy):
        desk.put("a")
    desk.put("b")
    with pytest.raises(TooBusy):
        desk.put("c")
    assert len(desk.queue) == 3
    desk.finish()
    assert sorted(desk.answered) == ["a", "a", "b"]


def test_a_minute_buys_only_so_much() -> None:
    """Long questions use up a visitor's minute at once; other visitors have their own, and time gives it back."""
    clock = Clock()
    queue = Admission(workers=1, per_minute=120, clock=clock)
    queue.ask("a", LONG, lambda: None)
    with pytest.raises(TooBusy) as refused:
        queue.ask("a", LONG, lambda: None)
    assert refused.value.seconds == pytest.approx(41, abs=1)
    queue.ask("b", SHORT, lambda: None)
    clock.now = refused.value.seconds
    queue.ask("a", LONG, lambda: None)
    queue.close()


def test_closing_refuses_what_waits_and_what_comes() -> None:
    """Nobody waits for an answer that will not come."""
    desk = Desk()
    waiting = desk.put("a")
    closing = threading.Thread(target=desk.queue.close)
    closing.start()
    with pytest.raises(TooBusy):
        waiting.result(timeout=10)
    desk._go.set()
    closing.join()
    with pytest.raises(TooBusy):
        desk.put("b")


@pytest.mark.parametrize(("characters", "least", "most"), [(0, 1, 1), (60, 1, 1.2), (400, 4, 6), (2000, 90, 110)])
def test_cost_grows_faster_than_length(characters: int, least: float, most: float) -> None:
    """As the encoder's time does."""
    assert least <= cost_of("x" * characters) <= most
