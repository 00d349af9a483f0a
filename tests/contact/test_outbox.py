"""The outbox on SQLite and PostgreSQL: stored before it is confirmed, claimed once, erased once delivered."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from kb.contact.outbox import GIVE_UP_AFTER, Outbox, erase_old
from kb.database.engine import writing
from kb.database.tables import journal
from kb.types import OutboxMessage
from tests.contact.desks import states

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
LEASE = timedelta(minutes=10)


def message(number: int) -> OutboxMessage:
    """Return a message with its own id."""
    return OutboxMessage(f"{number:032x}", "callback", f'{{"n": {number}}}', NOW, 0, "")


@pytest.fixture
def outbox(engine: Engine) -> Outbox:
    """An empty outbox."""
    return Outbox(engine)


def row(engine: Engine, number: int) -> dict[str, object]:
    """Return a message as the database has it."""
    with engine.connect() as connection:
        found = sa.select(journal.outbox).where(journal.outbox.c.id == f"{number:032x}")
        return dict(connection.execute(found).mappings().one())


def test_the_same_message_twice_is_one(outbox: Outbox, engine: Engine) -> None:
    """A form sent twice, by two clicks or a reload, is one message."""
    assert outbox.add(message(1), NOW)
    assert not outbox.add(message(1), NOW)
    assert states(engine) == {"waiting": 1}


def test_a_message_is_claimed_once_and_comes_as_it_was_kept(outbox: Outbox) -> None:
    """A claimed message has its attempt number, and nobody else can claim it during the lease."""
    outbox.add(message(1), NOW)
    claimed = outbox.claim(NOW, LEASE)
    assert claimed == OutboxMessage(f"{1:032x}", "callback", '{"n": 1}', NOW, 1, "")
    assert outbox.claim(NOW + LEASE - timedelta(seconds=1), LEASE) is None
    assert outbox.next_due() == NOW + LEASE


def test_a_claim_that_was_never_settled_comes_back(outbox: Outbox, engine: Engine) -> None:
    """After a crash, the message becomes available again; the late worker cannot settle it."""
    outbox.add(message(1), NOW)
    first = outbox.claim(NOW, LEASE)
    second = outbox.claim(NOW + LEASE, LEASE)
    assert first is not None
    assert second is not None
    assert (first.attempt, second.attempt) == (1, 2)
    assert not outbox.delivered(first, NOW + LEASE)
    assert not outbox.retry(first, NOW, "late")
    assert states(engine) == {"claimed": 1}
    assert outbox.delivered(second, NOW + LEASE)


def test_a_clock_that_was_set_back_holds_no_message_up(outbox: Outbox) -> None:
    """What is due in a year, or claimed until then, is due now: no wait and no lease lasts as long."""
    later = NOW + timedelta(days=365)
    outbox.add(message(1), later)
    outbox.add(message(2), later)
    first = outbox.claim(later, LEASE)
    assert first is not None
    found = [outbox.claim(NOW, LEASE), outbox.claim(NOW, LEASE)]
    assert sorted(taken.id for taken in found if taken is not None) == [f"{1:032x}", f"{2:032x}"]
    assert outbox.claim(NOW, LEASE) is None
    assert outbox.retry(next(t for t in found if t is not None), NOW + timedelta(hours=1), "it is busy")
    assert outbox.claim(NOW, LEASE) is None


def test_a_delivered_message_is_forgotten(outbox: Outbox, engine: Engine) -> None:
    """That there was one stays, what it said goes."""
    outbox.add(message(1), NOW)
    claimed = outbox.claim(NOW, LEASE)
    assert claimed is not None
    assert outbox.delivered(claimed, NOW)
    kept = row(engine, 1)
    assert (kept["payload"], kept["state"], kept["delivered_at"]) == (None, "delivered", NOW)
    assert outbox.claim(NOW + timedelta(days=1), LEASE) is None
    assert outbox.next_due() is None


def test_a_failed_attempt_waits_its_time(outbox: Outbox, engine: Engine) -> None:
    """The payload stays; the reason is kept short."""
    outbox.add(message(1), NOW)
    claimed = outbox.claim(NOW, LEASE)
    assert claimed is not None
    later = NOW + timedelta(seconds=30)
    assert outbox.retry(claimed, later, "x" * 500)
    assert outbox.claim(later - timedelta(seconds=1), LEASE) is None
    assert outbox.next_due() == later
    again = outbox.claim(later, LEASE)
    assert again is not None
    assert (again.attempt, again.payload) == (2, '{"n": 1}')
    assert row(engine, 1)["last_error"] == "x" * 200


def test_what_was_set_aside_is_kept_and_can_be_revived(outbox: Outbox) -> None:
    """A message that was set aside is kept and can be revived."""
    outbox.add(message(1), NOW)
    claimed = outbox.claim(NOW, LEASE)
    assert claimed is not None
    assert outbox.fail(claimed, "refused")
    assert outbox.claim(NOW + timedelta(days=9), LEASE) is None
    assert outbox.revive(NOW) == 1
    again = outbox.claim(NOW, LEASE)
    assert again is not None
    assert again.payload == '{"n": 1}'


def test_the_one_that_has_waited_longest_comes_first(outbox: Outbox) -> None:
    """Messages come in the order in which they are due."""
    for number, minutes in ((1, 3), (2, 1), (3, 2)):
        outbox.add(message(number), NOW + timedelta(minutes=minutes))
    order = [outbox.claim(NOW + LEASE, LEASE) for _ in range(4)]
    assert [int(m.id, 16) if m else None for m in order] == [2, 3, 1, None]


def test_many_couriers_take_each_message_once(outbox: Outbox, engine: Engine) -> None:
    """Eight threads, forty messages."""
    for number in range(40):
        outbox.add(message(number), NOW)
    taken: list[str] = []
    problems: list[BaseException] = []

    def work() -> None:
        try:
            while (claimed := outbox.claim(NOW, LEASE)) is not None:
                taken.append(claimed.id)
                outbox.delivered(claimed, NOW)
        except BaseException as error:  # noqa: BLE001 - shown below
            problems.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    assert sorted(taken) == [f"{n:032x}" for n in range(40)]
    assert states(engine) == {"delivered": 40}


def test_what_is_old_is_erased(outbox: Outbox, engine: Engine) -> None:
    """Delivered and set aside, once they are old; what is on its way stays until the courier would have given up."""
    for number in (1, 2, 3):
        outbox.add(message(number), NOW)
    first, second = outbox.claim(NOW, LEASE), outbox.claim(NOW, LEASE)
    assert first is not None
    assert second is not None
    outbox.delivered(first, NOW)
    outbox.fail(second, "refused")
    with writing(engine) as connection:
        assert erase_old(connection, NOW) == 0
        assert erase_old(connection, NOW + timedelta(seconds=1)) == 2
        assert erase_old(connection, NOW + GIVE_UP_AFTER) == 0
    assert states(engine) == {"waiting": 1}
    with writing(engine) as connection:
        assert erase_old(connection, NOW + GIVE_UP_AFTER + timedelta(seconds=1)) == 1
    assert states(engine) == {}
