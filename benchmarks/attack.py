"""What others notice of one attacker: quiet visitors, alone and next to a flood from one address.

Usage: python benchmarks/attack.py [--index DIR] [--visitors N] [--seconds S] [--think S] [--sockets N]

A real server on loopback. The visitors, each with an address of its own as a proxy on this machine would name it, ask
on open pages and by the API, and think in between. They are measured twice, alone and next to an attacker, who comes
from 127.0.0.2 in a process of its own and does everything at once:

- holds as many sockets as it may, half of them silent and half in the middle of a request;
- sends a hundred requests a byte a second;
- asks questions of 2,000 characters, twenty at a time;
- sends 1,000 requests a second, each with another made-up X-Forwarded-For, and clicks without a pause on open pages.

Prints how long the others waited, the questions that were answered and are not in the journal, ``/healthz`` and the
memory. The attacker shares this machine's cores with the server, and says how much of all that it got to do. Ends with
1 if others waited more than twice as long at p95, a question is lost, or ``/healthz`` took more than 100 ms at p95.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import json
import random
import resource
import secrets
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import numpy as np
import sqlalchemy as sa
from streamlit.proto.BackMsg_pb2 import BackMsg

from kb.database.engine import open_engine, reading
from kb.database.tables.journal import queries
from kb.settings.settings import load_settings
from tests.outside.visit import Visit
from tests.server.process import RunningServer, start_server

ATTACKER: Final = "127.0.0.2"
QUESTIONS: Final = (
    "why did my bill go up",
    "how do i set up auto pay",
    "what is the late fee",
    "can i get a refund for an outage",
    "how do i return a modem",
    "por qué subió mi factura",
    "i was charged twice",
    "how do i bake bread",
)
EVERY: Final = 4
"""Every fourth visitor asks by the API, the others on an open page."""
SLOWDOWN, HEALTH_MS = 2.0, 100.0
"""What others may notice at most: p95 in terms of the quiet one, and the health check's."""
_PATIENCE: Final = 30.0
_LONG: Final = 2000
_SLOW, _LONG_AT_ONCE, _CLICKERS, _PER_SECOND = 100, 20, 20, 1000
_SPARE_FILES: Final = 1000


@dataclass
class Seen:
    """What the quiet visitors met; times in milliseconds."""

    page: list[float] = field(default_factory=list)
    api: list[float] = field(default_factory=list)
    health: list[float] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    """Questions that were answered, word for word."""
    errors: Counter[str] = field(default_factory=Counter)
    memory_mb: float = 0.0

    def figures(self) -> dict[str, Any]:
        """Return the figures of the table."""
        asked = [*self.page, *self.api]
        return {
            **{f"p{p}": _percentile(asked, p) for p in (50, 95, 99)},
            "page p95": _percentile(self.page, 95),
            "api p95": _percentile(self.api, 95),
            "healthz p95": _percentile(self.health, 95),
            "healthz most": _percentile(self.health, 100),
            "answered": len(self.answered),
            "errors": sum(self.errors.values()),
            "memory MB": round(self.memory_mb),
        }


def _percentile(values: list[float], p: float) -> float:
    return round(float(np.percentile(values, p)), 1) if values else float("nan")


# ------------------------------------------------------------------------------------------- the others


class Crowd:
    """Quiet visitors."""

    def __init__(self, server: RunningServer, visitors: int, think: float) -> None:
        """Know the server; nobody has come yet.

        :param server: Runs on this machine.
        :param visitors: How many there are.
        :param think: Seconds between an answer and the next question, on average.
        """
        self._server, self._visitors, self._think = server, visitors, think
        self._numbers = itertools.count()
        self.seen = Seen()

    async def stay(self, seconds: float) -> None:
        """Visit for a while.

        :param seconds: How long.
        """
        until = time.monotonic() + seconds
        async with asyncio.TaskGroup() as group:
            for n in range(self._visitors):
                group.create_task(self._visit(n, until))
            group.create_task(self._watch(until))

    async def _visit(self, n: int, until: float) -> None:
        headers = {"X-Forwarded-For": f"10.{n >> 8 & 255}.{n & 255}.9", "Cookie": f"kb_visit={secrets.token_hex(16)}"}
        await asyncio.sleep(random.uniform(0, self._think))
        while time.monotonic() < until:  # a page that is closed is opened again, as browsers do
            try:
                await (self._by_api(headers, until) if n % EVERY == 0 else self._on_page(headers, until))
            except Exception as error:  # noqa: BLE001 - whatever a visitor meets is counted
                self.seen.errors[type(error).__name__] += 1
                await asyncio.sleep(self._think)

    async def _by_api(self, headers: dict[str, str], until: float) -> None:
        while time.monotonic() < until:
            text, began = self._question(), time.perf_counter()
            status, _ = await request(self._server.origin, f"/api/ask?text={quote(text)}", headers)
            if status != 200:
                raise RuntimeError(f"status {status}")
            self._note(self.seen.api, text, began)
            await self._rest()

    async def _on_page(self, headers: dict[str, str], until: float) -> None:
        async with Visit(self._server.origin, headers=headers) as page:
            start = await page.show()
            while time.monotonic() < until:
                text, began = self._question(), time.perf_counter()
                drawn = await page.fill(start, {"ask_query": text}, press="ask_submit")
                if drawn.has_failed or "data-query-id" not in drawn.text:
                    raise RuntimeError("no answer")
                self._note(self.seen.page, text, began)
                await self._rest()

    def _question(self) -> str:
        number = next(self._numbers)
        return f"{QUESTIONS[number % len(QUESTIONS)]} {number}"

    def _note(self, times: list[float], text: str, began: float) -> None:
        times.append((time.perf_counter() - began) * 1000)
        self.seen.answered.append(text)

    async def _rest(self) -> None:
        await asyncio.sleep(random.uniform(0.5, 1.5) * self._think)

    async def _watch(self, until: float) -> None:
        """Ask whether the server is alive, as monitoring does, and look at its memory."""
        while time.monotonic() < until:
            began = time.perf_counter()
            try:
                status, _ = await request(self._server.origin, "/healthz", {})
                self.seen.errors["healthz"] += status != 200
            except (OSError, TimeoutError):
                self.seen.errors["healthz"] += 1
            self.seen.health.append((time.perf_counter() - began) * 1000)
            self.seen.memory_mb = max(self.seen.memory_mb, _memory_mb(self._server.process.pid))
            await asyncio.sleep(0.25)


async def request(
    origin: str, path: str, headers: dict[str, str], body: bytes = b"", source: str = ""
) -> tuple[int, bytes]:
    """Send one request on a connection of its own.

    :param origin: Scheme, host and port.
    :param path: With its query.
    :param headers: Further ones.
    :param body: Posted, if there is one.
    :param source: The address to come from; empty for any.
    :return: Status and body.
    :raises OSError: If the server does not answer.
    """
    at = urlsplit(origin)
    lines = [f"{'POST' if body else 'GET'} {path} HTTP/1.1", f"Host: {at.netloc}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [f"Content-Length: {len(body)}"] if body else []
    async with asyncio.timeout(_PATIENCE):
        reader, writer = await asyncio.open_connection(at.hostname, at.port, local_addr=(source, 0) if source else None)
        try:
            writer.write("\r\n".join([*lines, "", ""]).encode() + body)
            answer = await reader.read(-1)
        finally:
            writer.close()
    head, _, rest = answer.partition(b"\r\n\r\n")
    if not head:
        raise ConnectionResetError("closed without an answer")
    return int(head.split(b" ", 2)[1]), rest


def _memory_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text("utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


# ----------------------------------------------------------------------------------------- the attacker


class Attacker:
    """One address that does everything at once."""

    def __init__(self, origin: str, sockets: int) -> None:
        """Know the server.

        :param origin: Scheme, host and port.
        :param sockets: To hold open.
        """
        self._origin, self._sockets = origin, sockets
        self._at = urlsplit(origin)
        self.did: Counter[str] = Counter()

    async def attack(self, seconds: float) -> None:
        """Do it for a while.

        :param seconds: How long.
        """
        works = [self._hold(n) for n in range(self._sockets)]
        works += [self._crawl() for _ in range(_SLOW)]
        works += [self._ask_long() for _ in range(_LONG_AT_ONCE)]
        works += [self._click() for _ in range(_CLICKERS)]
        tasks = [asyncio.create_task(work) for work in [*works, self._flood()]]
        await asyncio.sleep(seconds)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(self._at.hostname, self._at.port, local_addr=(ATTACKER, 0))

    async def _hold(self, n: int) -> None:
        """Hold a socket, silent or in the middle of a request; take another when it is closed."""
        while True:
            with contextlib.suppress(OSError):
                reader, writer = await self._connect()
                self.did["sockets"] += 1
                if n % 2:
                    writer.write(b"POST /api/ask HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")
                await reader.read(-1)
                writer.close()
            await asyncio.sleep(1)

    async def _crawl(self) -> None:
        """Send a request a byte a second."""
        head = f"GET / HTTP/1.1\r\nHost: {self._at.netloc}\r\nX-Slow: {'x' * 1000}\r\n\r\n".encode()
        while True:
            with contextlib.suppress(OSError):
                _, writer = await self._connect()
                for byte in head:
                    writer.write(bytes([byte]))
                    await writer.drain()
                    await asyncio.sleep(1)
                writer.close()
            await asyncio.sleep(1)

    async def _ask_long(self) -> None:
        while True:
            words = " ".join(random.choice(QUESTIONS) for _ in range(_LONG // 20))[:_LONG]
            body = json.dumps({"text": words}).encode()
            await self._request("/api/ask", body)

    async def _request(self, path: str, body: bytes = b"") -> None:
        made_up = {"X-Forwarded-For": ".".join(str(random.randrange(1, 255)) for _ in range(4))}
        try:
            status, _ = await request(self._origin, path, made_up, body, ATTACKER)
            self.did[f"{'long questions' if body else 'requests'}, {status}"] += 1
        except (OSError, TimeoutError, ValueError):
            self.did["long questions, not let in" if body else "requests, not let in"] += 1
            await asyncio.sleep(0.05)

    async def _flood(self) -> None:
        """Send a thousand requests a second, as far as this process can."""
        waiting: set[asyncio.Task[None]] = set()
        paths = itertools.cycle(("/", "/browse", "/a/late-fee", "/api/suggest?text=la", "/?q=late+fee", "/metrics"))
        began, sent = time.monotonic(), 0
        while True:
            due = int((time.monotonic() - began) * _PER_SECOND)
            for _ in range(min(due - sent, _PER_SECOND)):
                task = asyncio.create_task(self._request(next(paths)))
                waiting.add(task)
                task.add_done_callback(waiting.discard)
            sent = due
            await asyncio.sleep(0.01)

    async def _click(self) -> None:
        """Open a page, and click without a pause."""
        click = BackMsg()
        click.rerun_script.query_string = "q=late+fee"
        while True:
            try:
                async with Visit(self._origin, source=ATTACKER) as page:
                    while True:
                        await page.send(click)
                        self.did["clicks"] += 1
                        await asyncio.sleep(0.01)
            except Exception:  # noqa: BLE001 - whatever ends it, the attacker goes on
                self.did["pages, not let in"] += 1
                await asyncio.sleep(0.2)


def attack(origin: str, sockets: int, seconds: float) -> None:
    """Be the attacker's process; print what it did.

    :param origin: The server's.
    :param sockets: To hold open.
    :param seconds: How long.
    """
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    attacker = Attacker(origin, min(sockets, hard - _SPARE_FILES))
    asyncio.run(attacker.attack(seconds))
    sys.stdout.write(json.dumps(attacker.did) + "\n")


# ------------------------------------------------------------------------------------------- the report


def in_journal(folder: Path) -> Counter[str]:
    """Return the questions of the journal, and how often each is there.

    :param folder: Where the server ran; it has stopped.
    """
    engine = open_engine(f"sqlite:///{folder / 'data' / 'journal.db'}")
    with reading(engine) as connection:
        found = Counter(connection.execute(sa.select(queries.c.text)).scalars())
    engine.dispose()
    return found


def measure(arguments: argparse.Namespace) -> dict[str, Any]:
    """Measure the crowd alone, and next to the attacker.

    :param arguments: Of the command line.
    :return: The figures.
    """
    settings = replace(load_settings({}, index=arguments.index), site_path=Path("site.yaml").resolve())
    with tempfile.TemporaryDirectory() as name:
        folder, did = Path(name), {}
        with start_server(settings, folder) as server:
            alone = Crowd(server, arguments.visitors, arguments.think)
            asyncio.run(alone.stay(arguments.warm_up))  # the first page loads what the others share
            alone.seen = Seen(answered=alone.seen.answered)
            asyncio.run(alone.stay(arguments.seconds))
            flooded = Crowd(server, arguments.visitors, arguments.think)
            flooded._numbers = alone._numbers  # noqa: SLF001 - no question is asked twice
            command = [sys.executable, __file__, "--attack", server.origin, "--sockets", str(arguments.sockets)]
            command += ["--seconds", str(arguments.seconds)]
            with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as attacker:
                asyncio.run(flooded.stay(arguments.seconds))
                assert attacker.stdout is not None
                did = json.loads(attacker.stdout.read() or "{}")
            log = server.log.read_text("utf-8").splitlines()
        kept = in_journal(folder)
    answered = [*alone.seen.answered, *flooded.seen.answered]
    return {
        "quiet": alone.seen.figures(),
        "attacked": flooded.seen.figures(),
        "errors": {"quiet": dict(alone.seen.errors), "attacked": dict(flooded.seen.errors)},
        "lost": sum(text not in kept for text in answered),
        "attacker": did,
        "log lines": len(log),
        "arguments": {key: str(value) for key, value in vars(arguments).items()},
    }


def show(found: dict[str, Any]) -> bool:
    """Print the figures; return whether others noticed little enough.

    :param found: From :func:`measure`.
    """
    quiet, attacked = found["quiet"], found["attacked"]
    rows = ["| | quiet | attacked |", "| --- | ---: | ---: |"]
    rows += [f"| {name} | {quiet[name]} | {attacked[name]} |" for name in quiet]
    slowdown = attacked["p95"] / quiet["p95"] if quiet["p95"] else float("nan")
    good = slowdown <= SLOWDOWN and found["lost"] == 0 and attacked["healthz p95"] <= HEALTH_MS
    rows += [
        "",
        f"p95 under attack is {slowdown:.2f} times the quiet one (at most {SLOWDOWN:g}).",
        f"Questions that were answered and are not in the journal: {found['lost']} (none may be).",
        f"/healthz at p95 under attack: {attacked['healthz p95']} ms (at most {HEALTH_MS:g}).",
        f"The attacker: {', '.join(f'{count} {what}' for what, count in sorted(found['attacker'].items()))}.",
        f"Errors: {found['errors']}. Lines in the log: {found['log lines']}.",
    ]
    sys.stdout.write("\n".join(rows) + "\n")
    return good


def main() -> int:
    """Read the arguments, and measure or attack."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--index", type=Path, default=Path("index"))
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--warm-up", type=float, default=10)
    parser.add_argument("--think", type=float, default=5)
    parser.add_argument("--sockets", type=int, default=10_000)
    parser.add_argument("--json", type=Path, help="also write the figures to a file")
    parser.add_argument("--attack", metavar="ORIGIN", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.attack:
        attack(arguments.attack, arguments.sockets, arguments.seconds)
        return 0
    found = measure(arguments)
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n", "utf-8")
    return 0 if show(found) else 1


if __name__ == "__main__":
    sys.exit(main())
