"""The outbox: requests to a help desk, kept until they are delivered, each claimed by one courier at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.statements import insert_once
from kb.database.tables.journal import outbox
from kb.types import OutboxMessage

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy.engine import Connection, Engine

WAITING: Final = "waiting"
CLAIMED: Final = "claimed"
DELIVERED: Final = "delivered"
FAILED: Final = "failed"
GIVE_UP_AFTER: Final = timedelta(days=7)
"""A message older than this is set aside when it cannot be delivered."""
LONGEST_WAIT: Final = timedelta(hours=2)
"""No message waits as long for its next attempt."""
_LONGEST_REASON: Final = 200


class Outbox:
    """The outbox of one database; safe to share between threads and between processes."""

    def __init__(self, engine: Engine) -> None:
        """Remember the database.

        :param engine: The database; its tables are up to date.
        """
        self._engine = engine

    def add(self, message: OutboxMessage, now: datetime) -> bool:
        """Store a message; it is on disk when this returns.

        :param message: A message; the same id means the same message.
        :param now: The moment, aware.
        :return: Whether it is new; an older one with the same id stays as it is.
        :raises JournalUnavailable: If the database cannot be written; then nothing is stored.
        """
        row = {
            "id": message.id,
            "kind": message.kind,
            "payload": message.payload,
            "state": WAITING,
            "attempts": 0,
            "created_at": now,
            "next_attempt_at": now,
            "query_id": message.query_id or None,
        }
        with writing(self._engine) as connection:
            return bool(connection.execute(insert_once(connection, outbox).values(row)).rowcount)

    def claim(self, now: datetime, lease: timedelta) -> OutboxMessage | None:
        """Claim the message that has waited longest, until the lease ends.

        A message that is due later than any wait can last is due now: the clock was set back since.

        :param now: The moment; messages that are due are claimed, and those whose lease has ended, as after a crash.
        :param lease: The time that the delivery may take.
        :return: The message with the number of this attempt; None when none is due.
        :raises JournalUnavailable: If the database cannot be written.
        """
        due = sa.or_(
            sa.and_(outbox.c.state == WAITING, _is_past(outbox.c.next_attempt_at, now, LONGEST_WAIT)),
            sa.and_(outbox.c.state == CLAIMED, _is_past(outbox.c.claimed_until, now, lease)),
        )
        oldest = sa.select(outbox).where(due).order_by(outbox.c.next_attempt_at, outbox.c.id).limit(1)
        with writing(self._engine) as connection:
            row = connection.execute(oldest.with_for_update(skip_locked=True)).mappings().first()
            if row is None:
                return None
            attempt = row["attempts"] + 1
            taken = {"state": CLAIMED, "attempts": attempt, "claimed_until": now + lease}
            connection.execute(outbox.update().where(outbox.c.id == row["id"]).values(taken))
        return OutboxMessage(
            row["id"], row["kind"], row["payload"] or "", row["created_at"], attempt, row["query_id"] or ""
        )

    def delivered(self, message: OutboxMessage, now: datetime) -> bool:
        """Record that a message was delivered, and erase its payload.

        :param message: The message as claimed.
        :param now: The moment of the delivery.
        :return: False when it was claimed again since.
        :raises JournalUnavailable: If the database cannot be written.
        """
        done = {"state": DELIVERED, "payload": None, "delivered_at": now, "claimed_until": None, "last_error": None}
        return self._settle(message, done)

    def retry(self, message: OutboxMessage, at: datetime, reason: str) -> bool:
        """Put a message back for another attempt.

        :param message: The message as claimed.
        :param at: The moment of the next attempt.
        :param reason: The failure, without a customer's words.
        :return: False when it was claimed again since.
        :raises JournalUnavailable: If the database cannot be written.
        """
        back = {"state": WAITING, "next_attempt_at": at, "claimed_until": None, "last_error": _short(reason)}
        return self._settle(message, back)

    def fail(self, message: OutboxMessage, reason: str) -> bool:
        """Set a message aside, with its payload, until :meth:`revive`.

        :param message: The message as claimed.
        :param reason: The failure, without a customer's words.
        :return: False when it was claimed again since.
        :raises JournalUnavailable: If the database cannot be written.
        """
        return self._settle(message, {"state": FAILED, "claimed_until": None, "last_error": _short(reason)})

    def revive(self, now: datetime) -> int:
        """Make every message that was set aside due again.

        :param now: The moment, aware.
        :return: The number of messages.
        :raises JournalUnavailable: If the database cannot be written.
        """
        again = {"state": WAITING, "next_attempt_at": now, "attempts": 0}
        with writing(self._engine) as connection:
            return int(connection.execute(outbox.update().where(outbox.c.state == FAILED).values(again)).rowcount)

    def counts(self) -> dict[str, int]:
        """Count the messages that are not delivered.

        :return: Their number by state.
        :raises JournalUnavailable: If the database cannot be read.
        """
        states = sa.select(outbox.c.state, sa.func.count()).where(outbox.c.state != DELIVERED).group_by(outbox.c.state)
        with reading(self._engine) as connection:
            return {row.state: row[1] for row in connection.execute(states)}

    def next_due(self) -> datetime | None:
        """Return the moment at which the next message is due or a lease ends; None when none is left."""
        moment = sa.case((outbox.c.state == CLAIMED, outbox.c.claimed_until), else_=outbox.c.next_attempt_at)
        typed = sa.type_coerce(sa.func.min(moment), outbox.c.next_attempt_at.type)
        with reading(self._engine) as connection:
            found: datetime | None = connection.execute(
                sa.select(typed).where(outbox.c.state.in_((WAITING, CLAIMED)))
            ).scalar()
        return found

    def _settle(self, message: OutboxMessage, values: Mapping[str, object]) -> bool:
        """Change a message if it was not claimed again since: the number of the attempt proves it."""
        mine = sa.and_(outbox.c.id == message.id, outbox.c.state == CLAIMED, outbox.c.attempts == message.attempt)
        with writing(self._engine) as connection:
            return bool(connection.execute(outbox.update().where(mine).values(values)).rowcount)


def _is_past(moment: sa.ColumnElement[datetime], now: datetime, longest: timedelta) -> sa.ColumnElement[bool]:
    return sa.or_(moment <= now, moment > now + longest)


def erase_old(connection: Connection, before: datetime) -> int:
    """Erase messages older than a moment, whether they were delivered or set aside.

    A message still on its way stays for another week, for which the courier tries to deliver it at the most; one that
    is older waits where no courier runs any more.

    :param connection: In a transaction that writes.
    :param before: Messages written since then stay.
    :return: The number of messages erased.
    """
    is_over = outbox.c.state.in_((DELIVERED, FAILED))
    old = sa.or_(sa.and_(is_over, outbox.c.created_at < before), outbox.c.created_at < before - GIVE_UP_AFTER)
    return int(connection.execute(outbox.delete().where(old)).rowcount)


def _short(reason: str) -> str:
    return reason[:_LONGEST_REASON]
