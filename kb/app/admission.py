"""Admission of questions: a bounded queue before the encoder, fair by visitor, with a deadline for each question.

A question of 2,000 characters takes the encoder a hundred times as long as a short one. Counting requests would let a
few of them hold up everybody; so each question has a cost, and visitors take turns by cost (deficit round robin,
Shreedhar and Varghese 1995). Questions run on threads of their own: pages, assets and health checks wait for none.
"""

from __future__ import annotations

import contextvars
import math
import os
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from kb.common.limits import Buckets
from kb.errors import TooBusy

T = TypeVar("T")

PATIENCE_SECONDS: Final = 8.0
"""Longest wait for a turn; after it the visitor is asked to try again."""
MOST_OF_ONE: Final = 40
"""Questions of one visitor that may wait."""
MOST_WAITING: Final = 1000
"""Questions of all visitors that may wait."""
_QUANTUM: Final = 4.0
"""Cost that a visitor may spend in one turn."""
_DEAR: Final = 10.0
"""Cost from which a question may not run on every thread at once; 600 characters."""
_CHARACTERS: Final = 200
"""Questions up to this length cost little more than 1."""


def cost_of(text: str) -> float:
    """Return what a question costs, in units of a short one.

    An encoder's time grows faster than the text; 2,000 characters take about a hundred times as long as 60.

    :param text: The question.
    :return: 1.0 or more.
    """
    return 1.0 + (len(text) / _CHARACTERS) ** 2


@dataclass(slots=True)
class _Waiting:
    """A question that waits for its turn."""

    cost: float
    since: float
    work: Callable[[], Any]
    future: Future[Any]


@dataclass(slots=True)
class _Visitor:
    """What one visitor has asked, and may still spend in this round."""

    questions: deque[_Waiting] = field(default_factory=deque)
    credit: float = 0.0


class Admission:
    """The queue; safe to share between threads."""

    def __init__(
        self,
        workers: int | None = None,
        per_minute: int = 0,
        patience: float = PATIENCE_SECONDS,
        most_of_one: int = MOST_OF_ONE,
        most_waiting: int = MOST_WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start no thread yet.

        :param workers: Questions that run at once; None for one per core.
        :param per_minute: Cost that one visitor may run up in a minute; 0 for no limit.
        :param patience: Seconds that a question waits at most.
        :param most_of_one: Questions of one visitor that may wait.
        :param most_waiting: Questions of all visitors that may wait.
        :param clock: Seconds from any point on, never going back.
        """
        self._workers = workers or os.cpu_count() or 1
        self._patience, self._most_of_one, self._most_waiting = patience, most_of_one, most_waiting
        self._clock = clock
        self._budgets = Buckets(per_minute, clock=clock)
        self._changed = threading.Condition()
        self._visitors: OrderedDict[str, _Visitor] = OrderedDict()
        self._waiting = 0
        self._idle = 0
        self._dear = 0
        """Dear questions that run now; one thread is kept for short ones, if there is more than one."""
        self._threads: list[threading.Thread] = []
        self._is_closed = False
        self.refused = 0
        """Questions that were not answered for want of time."""

    def __len__(self) -> int:
        """Return the number of questions that wait."""
        return self._waiting

    def ask(self, visitor: str, text: str, work: Callable[[], T]) -> T:
        """Run the work of a question when it is its visitor's turn, and wait for it.

        :param visitor: Who asks: an address, or the network of one.
        :param text: The question, for its cost.
        :param work: Answers it.
        :return: What the work returns.
        :raises TooBusy: If there is no room, or no turn came in time.
        """
        return self.submit(visitor, text, work).result()

    def submit(self, visitor: str, text: str, work: Callable[[], T]) -> Future[T]:
        """Put a question into the queue; it runs in the context of the caller.

        :param visitor: Who asks.
        :param text: The question, for its cost.
        :param work: Answers it.
        :return: What will hold the answer, or :class:`TooBusy`.
        :raises TooBusy: If there is no room, or the visitor has asked too much.
        """
        cost = cost_of(text)
        future: Future[T] = Future()
        context = contextvars.copy_context()
        with self._changed:
            wait = self._budgets.take(visitor, cost)
            if wait > 0:
                self.refused += 1
                raise TooBusy(math.ceil(wait))
            waiting = self._visitors.get(visitor)
            is_full = self._waiting >= self._most_waiting
            if self._is_closed or is_full or (waiting and len(waiting.questions) >= self._most_of_one):
                self.refused += 1
                raise TooBusy(math.ceil(self._patience))
            if waiting is None:
                waiting = self._visitors[visitor] = _Visitor()
            waiting.questions.append(_Waiting(cost, self._clock(), lambda: context.run(work), future))
            self._waiting += 1
            if not self._idle and len(self._threads) < self._workers:
                thread = threading.Thread(target=self._serve, name=f"question-{len(self._threads) + 1}", daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify()
        return future

    def close(self) -> None:
        """Admit nothing more, refuse what waits, and wait for what runs."""
        with self._changed:
            self._is_closed = True
            left = [question for visitor in self._visitors.values() for question in visitor.questions]
            self._visitors.clear()
            self._waiting = 0
            self._changed.notify_all()
        for question in left:
            question.future.set_exception(TooBusy(math.ceil(self._patience)))
        for thread in self._threads:
            thread.join()

    def _serve(self) -> None:
        """Answer one question after another."""
        while True:
            with self._changed:
                self._idle += 1
                self._changed.wait_for(lambda: self._is_closed or self._in_turn())
                self._idle -= 1
                if self._is_closed:
                    return
                question = self._next()
                is_late = self._clock() - question.since > self._patience
                self.refused += is_late
                self._dear += question.cost > _DEAR
            self._answer(question, is_late=is_late)
            if question.cost > _DEAR:
                with self._changed:
                    self._dear -= 1
                    self._changed.notify_all()

    def _answer(self, question: _Waiting, *, is_late: bool) -> None:
        """Answer one question, unless nobody waits for it any more."""
        if not question.future.set_running_or_notify_cancel():
            return
        if is_late:
            question.future.set_exception(TooBusy(math.ceil(self._patience)))
            return
        try:
            answer = question.work()
        except BaseException as error:  # noqa: BLE001 — handed to the caller, whatever it is
            question.future.set_exception(error)
        else:
            question.future.set_result(answer)

    def _in_turn(self) -> list[tuple[str, _Visitor]]:
        """Return the visitors whose next question may run now."""
        may_be_dear = self._dear < max(1, self._workers - 1)
        return [(name, each) for name, each in self._visitors.items() if may_be_dear or each.questions[0].cost <= _DEAR]

    def _next(self) -> _Waiting:
        """Return the next question: each visitor in turn spends what it has been given, and a dear one is saved for.

        A visitor whose turn it is gets one quantum and keeps what it does not spend. When nobody can pay yet, everybody
        gets as many rounds as the cheapest question still lacks at once, so that the choice takes one pass.
        """
        while True:
            in_turn = self._in_turn()
            rounds = min(
                math.ceil(max(0.0, visitor.questions[0].cost - visitor.credit) / _QUANTUM) for _, visitor in in_turn
            )
            for _, visitor in in_turn:
                visitor.credit += rounds * _QUANTUM
            for name, visitor in in_turn:
                if visitor.questions[0].cost <= visitor.credit:
                    return self._take(name, visitor)

    def _take(self, name: str, visitor: _Visitor) -> _Waiting:
        question = visitor.questions.popleft()
        visitor.credit -= question.cost
        self._waiting -= 1
        if visitor.questions:
            self._visitors.move_to_end(name)
        else:
            del self._visitors[name]  # a visitor without a question saves nothing up
        return question
