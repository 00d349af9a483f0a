"""A background thread that works, waits, and works again until it is stopped."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Final

_log = logging.getLogger(__name__)

LOOK_AGAIN_SECONDS: Final = 60.0
"""The longest wait of work that follows a clock or another process: a clock may be set, and a machine may sleep."""
LAST_MOMENT_SECONDS: Final = 5.0
"""How long the end of the program waits for work that can be resumed at the next start."""
_MOST_DOUBLINGS: Final = 20
_FIRST_PAUSE: Final = timedelta(seconds=1)
_LONGEST_PAUSE: Final = timedelta(seconds=LOOK_AGAIN_SECONDS)
"""Pauses after an error that nobody foresaw, such as a want of memory."""


def doubled(first: timedelta, failures: int, longest: timedelta) -> timedelta:
    """Return the wait after so many failures in a row: it doubles with each, up to the longest.

    :param first: The wait after the first failure.
    :param failures: 1 for the first.
    :param longest: The longest wait.
    :return: The wait.
    """
    wait: timedelta = first * 2 ** min(failures - 1, _MOST_DOUBLINGS)
    return min(wait, longest)


class Background:
    """A daemon thread that calls a function repeatedly."""

    def __init__(self, name: str, work: Callable[[], float | None], finish: Callable[[], None] = lambda: None) -> None:
        """Prepare the thread; it does nothing before :meth:`start`.

        :param name: The thread's name.
        :param work: Returns the seconds until it is called again; None to wait for :meth:`wake`. After an error it is
            logged and called again, less and less often.
        :param finish: Called by the thread at its end.
        """
        self._name = name
        self._work = work
        self._finish = finish
        self._stopping = threading.Event()
        self._awake = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and not told to stop."""
        return self._thread is not None and not self.is_stopping

    @property
    def is_stopping(self) -> bool:
        """Whether it was told to stop."""
        return self._stopping.is_set()

    def start(self) -> None:
        """Start the thread, the first time."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
            self._thread.start()

    def wake(self) -> None:
        """Have the work done now, or again at once if it is being done."""
        self._awake.set()

    def pause(self, seconds: float) -> bool:
        """Wait within the work.

        :param seconds: The longest wait.
        :return: Whether the thread was told to stop.
        """
        return self._stopping.wait(seconds)

    def tell_to_stop(self) -> None:
        """Tell the thread to stop after its current work, and return at once."""
        self._stopping.set()
        self._awake.set()

    def stop(self, seconds: float | None = LAST_MOMENT_SECONDS) -> None:
        """Stop the thread.

        :param seconds: How long to wait for the current work and the end; None for as long as it takes.
        """
        self.tell_to_stop()
        if self._thread is not None:
            self._thread.join(seconds)

    def _run(self) -> None:
        failures = 0
        while not self.is_stopping:
            self._awake.clear()  # before the work: a wake-up during it is not lost
            try:
                pause = self._work()
                failures = 0
            except Exception:  # noqa: BLE001 — logged; a thread that ended would be missed by nobody until too late
                failures += 1
                pause = doubled(_FIRST_PAUSE, failures, _LONGEST_PAUSE).total_seconds()
                _log.exception("The thread %s met an error, and tries again in %d s", self._name, pause)
                self._stopping.wait(pause)  # not to be woken before: what is wrong is wrong for every caller
                continue
            self._awake.wait(pause)
        self._finish()
