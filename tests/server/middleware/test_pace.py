"""What one client may take of the server's time, and what happens to one that takes more."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from kb.server.middleware import pace
from kb.server.middleware.pace import ASSET, OPENED, PAY, REQUEST, Pace, cost_of
from tests.ui import fakes
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

STRANGER, OTHER, PROXY = "203.0.113.7", "203.0.113.8", "127.0.0.1"
PER_MINUTE = 60
BURST = 10


class House:
    """A gate with a clock, and what stands behind it."""

    def __init__(self) -> None:
        self.now, self.shut_out = 0.0, list[str]()
        container = FakeContainer(replace(fakes.settings(), visitor_cost_per_minute=PER_MINUTE))
        container.shut_out = self.shut_out.append
        self.pay: pace.Pay | None = None
        self._gate = Pace(self._behind, container, clock=lambda: self.now)

    def ask(self, host: str = STRANGER, path: str = "/", kind: str = "http", **headers: str) -> Message:
        """Send a request; return the first message of the answer."""
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": f"{kind}.connect"}

        async def send(message: Message) -> None:
            sent.append(message)

        given = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
        scope = {"type": kind, "path": path, "client": (host, 1234), "headers": given}
        asyncio.run(self._gate(scope, receive, send))
        return sent[0]

    async def _behind(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.pay = scope.get(PAY)
        await send({"type": "behind", "status": 200})


def test_a_budget_is_used_up_and_fills_again() -> None:
    """A stranger is told when to come back, in both languages; nobody else is."""
    house = House()
    assert [house.ask()["status"] for _ in range(int(BURST / REQUEST))] == [200] * 20
    refused = house.ask()
    assert refused["status"] == 429
    headers = dict(refused["headers"])
    assert headers[b"retry-after"] == b"1"
    assert headers[b"connection"] == b"close"
    assert house.ask(OTHER)["status"] == 200
    house.now = 1.0
    assert house.ask()["status"] == 200


def test_a_client_has_one_budget_whatever_it_says() -> None:
    """Headers by which a proxy names its client are not read here; an IPv6 network is one client."""
    house = House()
    for n in range(20):
        house.ask(x_forwarded_for=f"198.51.100.{n}", forwarded=f"for=198.51.100.{n}", x_real_ip=f"198.51.100.{n}")
    assert house.ask(x_forwarded_for="198.51.100.200")["status"] == 429
    for n in range(20):
        house.ask(f"2001:db8::{n:x}")
    assert house.ask("2001:db8::ffff")["status"] == 429
    assert house.ask("2001:db8:0:1::1")["status"] == 200


def test_a_proxy_that_names_nobody_stands_for_everybody() -> None:
    """It has no budget."""
    house = House()
    assert {house.ask(PROXY)["status"] for _ in range(200)} == {200}


def test_a_click_waits_and_is_not_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is open is drawn again when there is budget for it."""
    house, naps = House(), list[float]()

    async def nap(seconds: float) -> None:
        naps.append(seconds)
        house.now += seconds

    monkeypatch.setattr(pace.asyncio, "sleep", nap)
    assert house.ask(kind="websocket")["type"] == "behind"
    assert house.pay is not None

    async def click(times: int) -> None:
        for _ in range(times):
            await house.pay()

    asyncio.run(click(3))
    assert naps == []
    asyncio.run(click(2))
    assert sum(naps) == pytest.approx(4.0, abs=0.01)


def test_too_many_pages_are_closed() -> None:
    """The browser tries again by itself."""
    house = House()
    assert [house.ask(kind="websocket")["type"] for _ in range(int(BURST / OPENED))] == ["behind"] * 2
    assert house.ask(kind="websocket")["code"] == 1013


def test_one_that_goes_on_is_shut_out(caplog: pytest.LogCaptureFixture) -> None:
    """After a hundred refusals in a minute; the log has one line, and no address."""
    house = House()
    for _ in range(20 + 100):
        house.ask()
    assert house.shut_out == []
    house.ask()
    house.ask()
    assert house.shut_out == [STRANGER] * 2
    (line,) = caplog.messages
    assert STRANGER not in line


def test_what_lies_ready_costs_less() -> None:
    """Scripts, pictures and the health check."""
    assert {cost_of(path) for path in ("/static/js/main.js", "/assets/icon.svg", "/healthz")} == {ASSET}
    assert {cost_of(path) for path in ("/", "/article", "/api/suggest", "/a/late-fee")} == {REQUEST}
