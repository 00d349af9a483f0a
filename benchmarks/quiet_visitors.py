"""Visitors who ask, think and ask again, and what they meet; benchmarks/attack.py measures them next to an attacker."""

from __future__ import annotations

import asyncio
import itertools
import random
import secrets
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

import numpy as np

from tests.outside.visit import Visit
from tests.server.process import RunningServer

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
_PATIENCE: Final = 30.0


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
