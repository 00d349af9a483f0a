"""A thread that runs periodic chores one at a time, outside of requests."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol, TypeAlias

from kb.common.background import LOOK_AGAIN_SECONDS, Background, doubled
from kb.errors import KbError

_log = logging.getLogger(__name__)

FIRST_AFTER: Final = timedelta(seconds=30)
"""The first chores wait, so that the first pages after a start are quick."""
FIRST_RETRY: Final = timedelta(minutes=1)
LONGEST_RETRY: Final = timedelta(hours=1)
_BREATH_SECONDS: Final = 0.05
"""A pause between two portions of a chore, so that others may write."""

Breathe: TypeAlias = Callable[[], None]
"""A function called between two portions of a chore: it pauses, and raises :class:`Stopped` when the program ends."""


class Stopped(Exception):
    """Raised within a chore when the program ends; the rest is left for the next time."""


class Turn(Protocol):
    """Decides which of several processes does a chore (:class:`kb.database.turns.Turn`)."""

    def take(self, *, is_urgent: bool = False) -> timedelta:
        """Return zero if the turn is this process's; else how long to wait before asking again."""

    def renew(self) -> None:
        """Hold the turn longer."""

    def give_back(self, *, is_done: bool) -> None:
        """Let others have it."""


@dataclass(frozen=True, slots=True)
class Chore:
    """A periodic task."""

    name: str
    """For the log."""
    every: timedelta
    do: Callable[[Breathe], None]
    """It may raise any error; it is then retried after a minute, then less often, but at least hourly."""
    turn: Turn | None = None
    """Taken before it is done, if one process does it for all; None if each process does it for itself."""


@dataclass(slots=True)
class _Planned:
    chore: Chore
    due: datetime
    failures: int = 0
    is_urgent: bool = False
    """Whether it is wanted before it is due."""


class Caretaker:
    """A thread that runs chores when they are due; several processes take turns with those that are done for all."""

    def __init__(self, chores: Sequence[Chore] = (), clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Plan the chores without running any.

        :param chores: The chores, in the order in which they are done when several are due.
        :param clock: Returns the moment, aware.
        """
        self._clock = clock
        self._planned: list[_Planned] = []
        self.plan(chores)
        self._background = Background("caretaker", lambda: min(self.do_due(), LOOK_AGAIN_SECONDS))

    def plan(self, chores: Sequence[Chore]) -> None:
        """Add chores; call it before :meth:`start`.

        :param chores: The chores, in the order in which they are done when several are due.
        """
        self._planned += [_Planned(chore, self._clock() + FIRST_AFTER) for chore in chores]

    def start(self) -> None:
        """Start, the first time."""
        self._background.start()

    @property
    def is_running(self) -> bool:
        """Whether chores are done in this process: only a server starts them."""
        return self._background.is_running

    def does(self, name: str) -> bool:
        """Return whether a chore is done in this process.

        :param name: The name of the chore.
        :return: False before the caretaker starts, and for a chore that is another process's.
        """
        return self.is_running and any(planned.chore.name == name for planned in self._planned)

    def hurry(self, name: str) -> None:
        """Have a chore done as soon as possible, before it is due.

        :param name: The name of the chore.
        """
        for planned in (planned for planned in self._planned if planned.chore.name == name):
            planned.due, planned.is_urgent = min(planned.due, self._clock()), True
        self._background.wake()

    def stop(self) -> None:
        """Stop at once, or after the current portion; the rest is done after the next start."""
        self._background.stop()

    def do_due(self) -> float:
        """Do the chores that are due now.

        :return: Seconds until the next chore is due.
        """
        for planned in self._planned:
            latest = self._clock() + max(planned.chore.every, LONGEST_RETRY)
            planned.due = min(planned.due, latest)  # later than that it is due only because the clock was set back
            if planned.due <= self._clock() and not self._background.is_stopping:
                self._do(planned)
        return max(0.0, (self._next() - self._clock()).total_seconds())

    def _next(self) -> datetime:
        return min((p.due for p in self._planned), default=datetime.max.replace(tzinfo=UTC))

    def _do(self, planned: _Planned) -> None:
        chore = planned.chore
        try:
            wait = self._in_turn(chore, is_urgent=planned.is_urgent)
        except Stopped:
            return
        except Exception as error:  # noqa: BLE001 — the other chores and the thread must go on
            planned.failures += 1
            wait = doubled(FIRST_RETRY, planned.failures, LONGEST_RETRY)
            planned.due = self._clock() + wait
            reason = str(error) if isinstance(error, KbError) else type(error).__name__
            _log.warning(
                "%s has to wait, and is tried again in %d min: %s", chore.name, wait // timedelta(minutes=1), reason
            )
            return
        if wait:  # another process does it, or did
            planned.due = self._clock() + wait
            return
        if planned.failures:
            _log.warning("%s is done again, after %d failures.", chore.name, planned.failures)
        planned.failures, planned.is_urgent = 0, False
        planned.due = self._clock() + chore.every

    def _in_turn(self, chore: Chore, *, is_urgent: bool) -> timedelta:
        """Do a chore if it is this process's turn.

        :param chore: The chore.
        :param is_urgent: Whether it is wanted before it is due.
        :return: Zero if it was done; else how long to wait before asking again.
        """
        turn = chore.turn
        if turn is None:
            chore.do(self._breathe)
            return timedelta(0)
        wait = turn.take(is_urgent=is_urgent)
        if wait:
            return wait

        def breathe() -> None:
            self._breathe()
            turn.renew()

        is_done = False
        try:
            chore.do(breathe)
            is_done = True
        finally:
            turn.give_back(is_done=is_done)
        return wait

    def _breathe(self) -> None:
        if self._background.pause(_BREATH_SECONDS):
            raise Stopped
