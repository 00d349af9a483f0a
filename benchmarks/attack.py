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
import subprocess
import sys
import tempfile
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import sqlalchemy as sa
from streamlit.proto.BackMsg_pb2 import BackMsg

from benchmarks.quiet_visitors import QUESTIONS, Crowd, Seen, request
from kb.database.engine import open_engine, reading
from kb.database.tables.journal import queries
from kb.settings.settings import load_settings
from tests.outside.visit import Visit
from tests.server.process import start_server

ATTACKER: Final = "127.0.0.2"
SLOWDOWN, HEALTH_MS = 2.0, 100.0
"""What others may notice at most: p95 in terms of the quiet one, and the health check's."""
_LONG: Final = 2000
_SLOW, _LONG_AT_ONCE, _CLICKERS, _PER_SECOND = 100, 20, 20, 1000
_SPARE_FILES: Final = 1000


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
