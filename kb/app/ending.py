"""The end of a serving process in steps, so that visits go on in another one.

It says that it is not ready, and goes on serving until a proxy has heard of it. Then it takes no connection, finishes
what it answers, and closes its websockets: each page connects again, elsewhere.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Ending:
    """Whether this process is about to end, and what it has in hand; safe to share between threads."""

    def __init__(self) -> None:
        """Nothing ends yet."""
        self._changed = threading.Condition()
        self._in_hand = 0
        self._has_begun = False

    @property
    def has_begun(self) -> bool:
        """Whether no new visits should be sent to this process."""
        return self._has_begun

    def begin(self) -> None:
        """Say so from now on."""
        self._has_begun = True

    @contextmanager
    def in_hand(self) -> Iterator[None]:
        """Count a page as being drawn until the block ends."""
        with self._changed:
            self._in_hand += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_hand -= 1
                self._changed.notify_all()

    def wait(self, seconds: float) -> bool:
        """Wait until nothing is in hand.

        :param seconds: The longest wait.
        :return: Whether nothing is left.
        """
        with self._changed:
            return self._changed.wait_for(lambda: not self._in_hand, seconds)
