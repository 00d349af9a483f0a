"""The process that holds the port, with small processes behind it: handing on, replacing, stopping."""

from __future__ import annotations

import asyncio
import os
import re
import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kb.app.place import Place
from kb.errors import ConfigError
from kb.server.connections import Doorman
from kb.server.listening import listen
from kb.server.processes.crew import Plan
from kb.server.processes.routing import key_for
from kb.server.processes.supervisor import Supervisor
from tests.support import ROOT

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="connections are handed on by POSIX systems alone")


@dataclass
class Running:
    """A supervisor in a thread."""

    port: int
    supervisor: Supervisor
    loop: asyncio.AbstractEventLoop
    ended: list[int]

    def ask(
        self, path: str, key: str = "", *, pause: float = 0.0, host: str = "localhost", source: str = "127.0.0.1"
    ) -> str:
        """Return what the process says that gets the connection; empty if it is closed without an answer."""
        cookie = f"Cookie: kb_visit={key}\r\n" if key else ""
        try:
            with socket.create_connection(("127.0.0.1", self.port), 10, (source, 0)) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\n".encode())
                time.sleep(pause)
                connection.sendall(f"Host: {host}\r\n{cookie}\r\n".encode())
                reply = b"".join(iter(lambda: connection.recv(4096), b""))
        except ConnectionError:
            return ""
        head, _, body = reply.partition(b"\r\n\r\n")
        return body.decode() if head.startswith(b"HTTP/1.1 200") else head.decode().partition("\r\n")[0]


def echo(place: Place) -> list[str]:
    """Return the program of a small process."""
    return [sys.executable, "-m", "tests.server.processes.echo", place.to_argument()]


@contextmanager
def supervised(
    plans: Sequence[Plan],
    reread: Callable[[], Sequence[Plan]] | None = None,
    doorman: Doorman | None = None,
) -> Iterator[Running]:
    """Run a supervisor of small processes until the block ends."""
    listener = listen("127.0.0.1", 0)
    port, ready = listener.getsockname()[1], threading.Event()
    made: list[tuple[Supervisor, asyncio.AbstractEventLoop]] = []
    ended: list[int] = []

    async def run() -> int:
        supervisor = Supervisor(listener, plans, reread=reread, doorman=doorman, handles_signals=False)
        made.append((supervisor, asyncio.get_running_loop()))
        return await supervisor.run(ready.set)

    def serve() -> None:
        ended.append(asyncio.run(run()))
        ready.set()

    thread = threading.Thread(target=serve)
    thread.start()
    assert ready.wait(20)
    supervisor, loop = made[0]
    try:
        yield Running(port, supervisor, loop, ended)
    finally:
        if not ended:
            loop.call_soon_threadsafe(supervisor.stop)
        thread.join(30)
        assert not thread.is_alive()


def two(**environment: str) -> list[Plan]:
    """Return the plan of a site with two processes."""
    return [Plan(2, "127.0.0.1", echo, {**os.environ, **environment})]


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
    with supervised(two()) as running:
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
    with supervised(two(BROKEN="1")) as running:
        assert running.ended == [7]


def brands(folder: Path, **environment: str) -> list[Plan]:
    """Return the plans of two brands with their folders: north with two processes, south with one."""
    plans = []
    for name, count in (("north", 2), ("south", 1)):
        (folder / name).mkdir(exist_ok=True)
        own = {**os.environ, "PYTHONPATH": str(ROOT), **(environment if name == "south" else {})}
        hosts = (f"{name}.example", f"{name}.localhost")
        plans.append(Plan(count, "127.0.0.1", echo, own, name, hosts, folder / name))
    return plans


def answered(running: Running, host: str, said: str, **options: Any) -> bool:
    """Return whether a host says something before long."""
    deadline = time.monotonic() + 20
    while (found := running.ask("/who", host=host, **options)) != said and time.monotonic() < deadline:
        time.sleep(0.02)
    return found == said


UNKNOWN, AWAY = "HTTP/1.1 421 Misdirected Request", "HTTP/1.1 503 Service Unavailable"


def test_a_host_leads_to_its_brand_and_nowhere_else(tmp_path: Path) -> None:
    """Whatever is forged: another header, a port, letter case, two hosts, a host of nobody."""
    with supervised(brands(tmp_path)) as running:
        assert answered(running, "north.example", "north in north")
        assert answered(running, "SOUTH.localhost:8501", "south in south")
        assert running.ask("/who", host="north.example\r\nX-Forwarded-Host: south.example") == "north in north"
        assert running.ask("/who?host=south.example", host="north.example", pause=0.05) == "north in north"
        for host in (
            "",
            "other.example",
            "north.example.evil.example",
            "north.example\r\nHost: south.example",
            "127.0.0.1",
        ):
            assert running.ask("/who", host=host) == UNKNOWN
        with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
            connection.sendall(
                b"POST / HTTP/1.1\r\nHost: other.example\r\nContent-Length: 300000\r\n\r\n" + b"x" * 300_000
            )
            reply = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
        assert reply.endswith("\r\n\r\nThis server does not answer for that host name.\n")
        assert not re.search("north|south", reply)


def test_a_broken_brand_stops_no_other(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Its host says honestly that it cannot answer now, to people and programs; it is started again and again."""
    plans = brands(tmp_path, BROKEN="1")
    mended = brands(tmp_path)
    with supervised(plans, reread=lambda: mended) as running:
        assert answered(running, "north.example", "north in north")
        assert answered(running, "south.example", AWAY)
        assert until_logged(caplog, "Serving process 0 of south ended with code 7; another starts in 0.5 s.")
        for path, kind in (("/", "text/html"), ("/api/ask?text=x", "application/json")):
            with socket.create_connection(("127.0.0.1", running.port), timeout=10) as connection:
                connection.sendall(f"GET {path} HTTP/1.1\r\nHost: south.example\r\n\r\n".encode())
                reply = b"".join(iter(lambda: connection.recv(4096), b"")).decode()
            head, _, body = reply.partition("\r\n\r\n")
            assert f"Content-Type: {kind}" in head
            assert "Retry-After: 10" in head
            assert "cannot answer right now" in body
            assert "south" not in body
        asyncio.run_coroutine_threadsafe(running.supervisor.follow(str(tmp_path)), running.loop).result(20)
        assert answered(running, "south.example", "south in south")
        assert running.ask("/who", host="north.example") == "north in north"
    assert caplog.messages[-1] == "Serving 2 brands: north, south."


def test_brands_come_and_go_while_the_others_serve(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A brand taken out is unknown from then on, and its processes stop; a file that cannot be used changes nothing."""
    now = [brands(tmp_path)]
    with supervised(now[0], reread=lambda: now[0]) as running:
        follow = lambda: asyncio.run_coroutine_threadsafe(  # noqa: E731
            running.supervisor.follow(str(tmp_path)), running.loop
        ).result(20)
        assert answered(running, "north.example", "north in north")
        assert answered(running, "south.example", "south in south")
        kept, gone = running.ask("/pid", key_for(0, 2), host="north.example"), running.ask("/pid", host="south.example")
        now[0] = [brands(tmp_path)[0]]
        follow()
        assert running.ask("/who", host="south.example") == UNKNOWN
        with pytest.raises(ProcessLookupError):
            os.kill(int(gone), 0)
        now[0] = brands(tmp_path)
        follow()
        assert answered(running, "south.example", "south in south")
        running.supervisor._reread = _refuse
        follow()
        assert running.ask("/who", host="south.example") == "south in south"
        assert kept in {running.ask("/pid", host="north.example") for _ in range(2)}
    assert "The brands stay as they were. brands.yaml:3: no" in caplog.messages


def test_a_client_shut_out_of_one_brand_still_gets_to_the_other(tmp_path: Path) -> None:
    """Limits are each brand's own; without brands, the door itself stays shut."""
    with supervised(brands(tmp_path)) as running:
        assert answered(running, "north.example", "north in north")
        assert answered(running, "south.example", "south in south")
        running.ask("/shut-out", host="south.example", source="127.0.0.2")
        assert answered(running, "south.example", "", source="127.0.0.2")
        assert running.ask("/who", host="north.example", source="127.0.0.2") == "north in north"
        assert running.ask("/who", host="south.example", source="127.0.0.3") == "south in south"
    with supervised(two()) as running:
        running.ask("/shut-out", source="127.0.0.2")
        assert answered(running, "localhost", "", source="127.0.0.2")
        assert running.ask("/", source="127.0.0.3") in {"0", "1"}


def test_connections_of_all_processes_are_bounded_together() -> None:
    """One client's third connection is turned away, whichever process has the others; a closed one makes room."""
    doorman = Doorman(100, most_of_one=2)
    with supervised(two(), doorman=doorman) as running:
        held = [socket.create_connection(("127.0.0.1", running.port), 10, ("127.0.0.2", 0)) for _ in range(2)]
        assert settled(doorman, 2)
        assert running.ask("/", source="127.0.0.2") == ""
        assert running.ask("/", source="127.0.0.3") in {"0", "1"}
        for connection in held:
            connection.close()
        assert settled(doorman, 0)
        for _ in range(4):
            assert running.ask("/", source="127.0.0.2") in {"0", "1"}
            assert settled(doorman, 0)
        running.ask("/die", source="127.0.0.2")
        assert settled(doorman, 0)


def until_logged(caplog: pytest.LogCaptureFixture, message: str) -> bool:
    """Return whether a line is in the log before long."""
    deadline = time.monotonic() + 10
    while message not in caplog.messages and time.monotonic() < deadline:
        time.sleep(0.02)
    return message in caplog.messages


def settled(doorman: Doorman, count: int) -> bool:
    """Return whether so many connections are open before long."""
    deadline = time.monotonic() + 10
    while len(doorman) != count and time.monotonic() < deadline:
        time.sleep(0.02)
    return len(doorman) == count


def _refuse() -> list[Plan]:
    raise ConfigError("brands.yaml:3: no")
