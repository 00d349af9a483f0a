"""The process that holds the port, with small processes behind it: handing on, replacing, stopping."""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from kb.app.place import Place
from kb.server.listening import listen
from kb.server.processes.routing import key_for
from kb.server.processes.supervisor import Supervisor

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="connections are handed on by POSIX systems alone")


@dataclass
class Running:
    """A supervisor in a thread, with two processes."""

    port: int
    ended: list[int] = field(default_factory=list)

    def ask(self, path: str, key: str = "", *, pause: float = 0.0) -> str:
        """Return what the process says that gets the connection; empty if it is closed without an answer."""
        cookie = f"Cookie: kb_visit={key}\r\n" if key else ""
        with socket.create_connection(("127.0.0.1", self.port), timeout=10) as connection:
            try:
                connection.sendall(f"GET {path} HTTP/1.1\r\n".encode())
                time.sleep(pause)
                connection.sendall(f"Host: localhost\r\n{cookie}\r\n".encode())
                reply = b"".join(iter(lambda: connection.recv(4096), b""))
            except ConnectionError:
                return ""
        return reply.partition(b"\r\n\r\n")[2].decode()


@contextmanager
def supervised(*arguments: str) -> Iterator[Running]:
    """Run a supervisor with two small processes until the block ends."""
    listener = listen("127.0.0.1", 0)
    running = Running(listener.getsockname()[1])
    ready = threading.Event()

    def command(place: Place) -> list[str]:
        return [sys.executable, "-m", "tests.server.processes.echo", place.to_argument(), *arguments]

    supervisor: list[Supervisor] = []
    loops: list[asyncio.AbstractEventLoop] = []

    async def run() -> int:
        supervisor.append(Supervisor(listener, 2, "127.0.0.1", command, os.environ, handles_signals=False))
        loops.append(asyncio.get_running_loop())
        return await supervisor[0].run(ready.set)

    def serve() -> None:
        running.ended.append(asyncio.run(run()))
        ready.set()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(20)
    try:
        yield running
    finally:
        if not running.ended:
            loops[0].call_soon_threadsafe(supervisor[0].stop)
        thread.join(30)
        assert not thread.is_alive()


def until(running: Running, key: str, told: str) -> bool:
    """Return whether the process of a visit says something before long."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        if running.ask("/", key) == told:
            return True
        time.sleep(0.05)
    return False


def test_visits_stay_and_a_process_that_dies_is_replaced(caplog: pytest.LogCaptureFixture) -> None:
    """Each visit gets its process, also one that sends slowly; after a death the other answers, then the new one."""
    keys = [key_for(0, 2), key_for(1, 2)]
    with supervised() as running:
        assert until(running, keys[0], "0")
        assert until(running, keys[1], "1")
        for slot, key in enumerate(keys):
            assert {running.ask("/", key) for _ in range(5)} == {str(slot)}
            assert running.ask("/", key, pause=0.2) == str(slot)
        assert {running.ask("/") for _ in range(4)} == {"0", "1"}
        first = running.ask("/pid", keys[1])
        assert running.ask("/die", keys[1]) == ""
        assert until(running, keys[1], "0")
        assert until(running, keys[1], "1")
        assert running.ask("/pid", keys[1]) != first
    assert running.ended == [0]
    assert [r.getMessage() for r in caplog.records] == ["Serving process 1 ended with code 3; another starts in 0.5 s."]


def test_a_process_that_cannot_start_ends_everything() -> None:
    """It has said why; the exit code is its own."""
    with supervised("--broken") as running:
        assert running.ended == [7]
