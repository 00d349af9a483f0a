"""The courier: one thread that delivers the outbox to the help desk, with further attempts until it succeeds."""

from __future__ import annotations

import logging
import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from kb.common.background import LOOK_AGAIN_SECONDS, Background, doubled
from kb.contact.delivery import Carrier
from kb.contact.outbox import GIVE_UP_AFTER, Outbox
from kb.errors import DeliveryFailed, KbError
from kb.types import OutboxMessage

_log = logging.getLogger(__name__)
LEASE: Final = timedelta(minutes=10)
"""Longer than any delivery, each step of which has a time limit of its own."""
FIRST_WAIT: Final = timedelta(seconds=10)
LONGEST_WAIT: Final = timedelta(hours=1)


def wait_before(attempt: int, chance: float) -> timedelta:
    """Return the wait after a failed attempt, which doubles each time, up to an hour.

    :param attempt: 1 for the first.
    :param chance: A random number, 0 to 1, that adds up to a quarter, so that many messages do not come back at once.
    :return: The wait.
    """
    return doubled(FIRST_WAIT, attempt, LONGEST_WAIT) * (1 + chance / 4)


class Courier:
    """The thread that delivers the messages of an outbox."""

    def __init__(
        self,
        outbox: Outbox,
        carrier: Carrier,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
        chance: Callable[[], float] = random.random,
    ) -> None:
        """Prepare the thread; nothing is delivered yet.

        :param outbox: The outbox.
        :param carrier: The way to the help desk.
        :param clock: Returns the moment, aware.
        :param chance: Returns a random number, 0 to 1.
        """
        self._outbox = outbox
        self._carrier = carrier
        self._clock = clock
        self._chance = chance
        self._background = Background("courier", self._work)
        self._revived = False

    def start(self) -> None:
        """Start delivering, with another attempt for messages set aside, whose cause may have been fixed."""
        self._background.start()

    def stop(self) -> None:
        """Stop; a delivery in hand gets a moment to finish, and is tried again after the next start if it does not."""
        self._background.stop()

    def send(self, message: OutboxMessage) -> bool:
        """Store a message and deliver it as soon as possible.

        :param message: The message.
        :return: Whether it is new; the same id twice is one message.
        :raises JournalUnavailable: If it could not be stored.
        """
        is_new = self._outbox.add(message, self._clock())
        self._background.wake()
        return is_new

    def counts(self) -> dict[str, int]:
        """Count the requests that are not delivered.

        :return: Their number by state.
        :raises JournalUnavailable: If the database cannot be read.
        """
        return self._outbox.counts()

    def deliver_due(self) -> int:
        """Deliver every message that is due now.

        :return: The number of messages tried.
        :raises JournalUnavailable: If the outbox cannot be read or written.
        """
        tried = 0
        while not self._background.is_stopping:
            message = self._outbox.claim(self._clock(), LEASE)
            if message is None:
                break
            tried += 1
            self._deliver(message)
        return tried

    def _deliver(self, message: OutboxMessage) -> None:
        try:
            self._carrier.deliver(message)
        except DeliveryFailed as failure:
            self._put_back(message, failure)
        except Exception as error:  # noqa: BLE001 - the message must not be lost, and the thread must go on
            self._put_back(message, DeliveryFailed(f"{type(error).__name__}", may_pass=False))
        else:
            self._outbox.delivered(message, self._clock())

    def _put_back(self, message: OutboxMessage, failure: DeliveryFailed) -> None:
        now = self._clock()
        too_old = now - message.created_at > GIVE_UP_AFTER
        if failure.may_pass and not too_old:
            _log.warning("Request %s not delivered, attempt %d: %s", message.id[:8], message.attempt, failure)
            self._outbox.retry(message, now + wait_before(message.attempt, self._chance()), str(failure))
            return
        _log.error("Request %s set aside until the next start: %s", message.id[:8], failure)
        self._outbox.fail(message, str(failure))

    def _work(self) -> float:
        try:
            if not self._revived:
                self._outbox.revive(self._clock())
                self._revived = True
            self.deliver_due()
            due = self._outbox.next_due()
        except KbError as error:
            _log.warning("The outbox has to wait: %s", error)
            return LOOK_AGAIN_SECONDS
        if due is None:  # another process may put something into the outbox
            return LOOK_AGAIN_SECONDS
        return min(LOOK_AGAIN_SECONDS, max(0.0, (due - self._clock()).total_seconds()))
