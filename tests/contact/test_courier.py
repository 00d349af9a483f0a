"""The courier: never twice, never lost, through failures, slow servers, restarts and kill -9."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.contact import courier as courier_module
from kb.contact.courier import FIRST_WAIT, LONGEST_WAIT, Courier, wait_before
from kb.contact.delivery import WebhookCarrier
from kb.contact.outbox import GIVE_UP_AFTER, Outbox
from kb.database.engine import open_engine, upgrade
from kb.errors import DeliveryFailed, JournalUnavailable
from kb.types import OutboxMessage
from tests.contact.desks import HookDesk, free_port, hook_desk, states
from tests.support import ROOT, wait_until

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

SECRET = "an invented secret of a test"
START = datetime(2026, 11, 25, 12, tzinfo=UTC)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        """Return the moment that was set."""
        return self.now


class Carrier:
    """A carrier that takes every message, unless it is told what to do first."""

    def __init__(self) -> None:
        self.arrived: list[str] = []
        self.failures: list[Exception] = []

    def deliver(self, message: OutboxMessage) -> None:
        """Take a message, or fail as told."""
        if self.failures:
            raise self.failures.pop(0)
        self.arrived.append(json.loads(message.payload)["n"])


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """A database with all tables."""
    opened = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(opened)
    yield opened
    opened.dispose()


def message(number: int) -> OutboxMessage:
    """Return a message with its own id."""
    return OutboxMessage(f"{number:032x}", "ticket", json.dumps({"n": number}), START)


def test_waits_double_up_to_an_hour() -> None:
    """Waits double up to an hour, plus up to a quarter."""
    assert [wait_before(n, 0.0) for n in (1, 2, 3)] == [FIRST_WAIT, 2 * FIRST_WAIT, 4 * FIRST_WAIT]
    assert wait_before(50, 0.0) == LONGEST_WAIT
    assert wait_before(1, 1.0) == FIRST_WAIT * 1.25


def test_a_failure_is_tried_again_when_its_time_has_come(engine: Engine) -> None:
    """A failed message is not retried early; then it arrives, once."""
    clock, carrier, store = Clock(), Carrier(), Outbox(engine)
    worker = Courier(store, carrier, clock, lambda: 0.0)
    carrier.failures = [DeliveryFailed("busy", may_pass=True)] * 2
    assert worker.send(message(1))
    assert not worker.send(message(1))
    assert worker.deliver_due() == 1
    clock.now += FIRST_WAIT - timedelta(seconds=1)
    assert worker.deliver_due() == 0
    clock.now += timedelta(seconds=1)
    assert worker.deliver_due() == 1
    clock.now += 2 * FIRST_WAIT
    assert worker.deliver_due() == 1
    assert carrier.arrived == [1]
    clock.now += timedelta(days=30)
    assert worker.deliver_due() == 0
    assert states(engine) == {"delivered": 1}


@pytest.mark.parametrize("failure", [DeliveryFailed("refused", may_pass=False), RuntimeError("inner words")])
def test_what_will_not_pass_is_set_aside_and_tried_at_the_next_start(
    engine: Engine, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    """Other messages are not delayed, nothing is lost, and the log has no internal details."""
    clock, carrier, store = Clock(), Carrier(), Outbox(engine)
    carrier.failures = [failure]
    worker = Courier(store, carrier, clock)
    worker.send(message(1))
    worker.send(message(2))
    assert worker.deliver_due() == 2
    assert carrier.arrived == [2]
    assert states(engine) == {"delivered": 1, "failed": 1}
    assert "set aside" in caplog.text
    assert "inner words" not in caplog.text
    again = Courier(store, carrier)
    again.start()
    wait_until(lambda: carrier.arrived == [2, 1])
    again.stop()
    assert states(engine) == {"delivered": 2}


def test_after_a_week_it_is_set_aside(engine: Engine) -> None:
    """The courier stops trying a help desk that has disappeared."""
    clock, carrier, store = Clock(), Carrier(), Outbox(engine)
    carrier.failures = [DeliveryFailed("gone", may_pass=True)]
    worker = Courier(store, carrier, clock)
    worker.send(message(1))
    clock.now += GIVE_UP_AFTER + timedelta(seconds=1)
    worker.deliver_due()
    assert states(engine) == {"failed": 1}


def test_the_thread_delivers_at_once_and_through_restarts_of_the_desk(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sent while the help desk is down; it comes up; each request arrives once."""
    monkeypatch.setattr(courier_module, "FIRST_WAIT", timedelta(milliseconds=20))
    port, store = free_port(), Outbox(engine)
    worker = Courier(store, WebhookCarrier(f"http://127.0.0.1:{port}/in", SECRET))
    worker.start()
    try:
        for number in range(3):
            worker.send(message(number))
        wait_until(lambda: bool(_last_errors(engine)))
        with hook_desk(port, answers=[503, 500]) as desk:
            wait_until(lambda: states(engine) == {"delivered": 3})
            worker.send(message(3))
            wait_until(lambda: states(engine) == {"delivered": 4})
        accepted = _accepted(desk, refused=2)
    finally:
        worker.stop()
    assert sorted(accepted) == [0, 1, 2, 3]


def test_a_database_that_fails_does_not_end_the_thread(engine: Engine) -> None:
    """It waits and goes on."""
    carrier, store = Carrier(), Outbox(engine)
    real, failures = store.claim, [JournalUnavailable("gone")]

    def claim(now: datetime, lease: timedelta) -> OutboxMessage | None:
        if failures:
            raise failures.pop()
        return real(now, lease)

    store.claim = claim  # type: ignore[method-assign]
    worker = Courier(store, carrier)
    worker.start()
    wait_until(lambda: not failures)
    worker.send(message(1))
    wait_until(lambda: carrier.arrived == [1])
    worker.stop()


_PROGRAM = """
import sys
from datetime import UTC, datetime
from kb.contact.courier import Courier
from kb.contact.delivery import WebhookCarrier
from kb.database.engine import open_engine, upgrade
from kb.contact.outbox import Outbox
from kb.types import OutboxMessage
engine = open_engine(sys.argv[1])
upgrade(engine)
courier = Courier(Outbox(engine), WebhookCarrier(sys.argv[2], sys.argv[3]))
if sys.argv[4] == "deliver":
    courier.start()
for line in sys.stdin:
    courier.send(OutboxMessage(f"{int(line):032x}", "ticket", '{"n": %d}' % int(line), datetime.now(UTC)))
    print("kept", line.strip(), flush=True)
"""


def _start(database: str, port: int, mode: str) -> subprocess.Popen[str]:
    arguments = [sys.executable, "-c", _PROGRAM, database, f"http://127.0.0.1:{port}/in", SECRET, mode]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment, cwd=ROOT
    )


def _kill(process: subprocess.Popen[str]) -> None:
    process.send_signal(signal.SIGKILL)
    process.communicate()


def _say(process: subprocess.Popen[str], number: int) -> str:
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(f"{number}\n")
    process.stdin.flush()
    return process.stdout.readline().strip()


def test_what_was_confirmed_survives_kill_9(tmp_path: Path) -> None:
    """Killed right after "kept", before delivery; and killed in the middle of a delivery. Another process delivers.

    Of the one that was under way the help desk may get a second copy: it carries the same key, by which it is known.
    """
    database = f"sqlite:///{tmp_path / 'journal.db'}"
    with hook_desk() as desk:
        process = _start(database, desk.port, "keep")
        assert [_say(process, n) for n in range(5)] == [f"kept {n}" for n in range(5)]
        _kill(process)
        assert desk.requests == []
        desk.hold = threading.Event()
        process = _start(database, desk.port, "deliver")
        assert desk.arrived.wait(20)
        _kill(process)
        desk.hold.set()
        desk.hold = None
        engine = open_engine(database)
        store = Outbox(engine)
        later = datetime.now(UTC) + timedelta(hours=1)  # when the killed one's lease has ended
        worker = Courier(store, WebhookCarrier(f"http://127.0.0.1:{desk.port}/in", SECRET), lambda: later)
        assert worker.deliver_due() == 5
        assert states(engine) == {"delivered": 5}
        engine.dispose()
    keys = [headers["idempotency-key"] for _, headers, _ in desk.requests]
    assert sorted(set(keys)) == [f"{n:032x}" for n in range(5)]
    assert len(keys) == 6


def _accepted(desk: HookDesk, refused: int) -> list[int]:
    """Return the numbers of the requests that were accepted: all but the first ones, which were refused."""
    return [json.loads(body)["n"] for _, _, body in desk.requests[refused:]]


def _last_errors(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT last_error FROM outbox WHERE last_error IS NOT NULL")
        return [row[0] for row in found]
