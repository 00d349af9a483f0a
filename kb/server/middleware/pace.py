"""How much of the server's time one client may take: each request and each click has a cost, paid from a budget.

Questions have a queue of their own (:mod:`kb.app.admission`). But drawing a page takes time as well, and a thousand
requests a second take all of it. A client whose budget is used up is told when to come again; its clicks wait. One that
goes on all the same is not let in for a while, which costs the server next to nothing.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, PlainTextResponse, Response

from kb.app.container import Container
from kb.common.hosts import is_trusted_hop
from kb.common.limits import Buckets, client_of
from kb.errors import ConfigError
from kb.settings.settings import Settings

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

PAY: Final = "kb.pay"
"""Where a websocket's scope has what its messages pay with."""
CLICK: Final = 2.0
"""Cost of drawing a page again, some twenty milliseconds; one unit is ten."""
OPENED: Final = 4.0
"""Cost of a page's websocket, next to its first drawing."""
REQUEST: Final = 0.5
"""Cost of any other request."""
ASSET: Final = 0.1
_CHEAP: Final = ("/assets/", "/static/", "/media/", "/component/", "/healthz", "/_stcore/health")
_BURST_SECONDS: Final = 10.0
"""A budget left alone is worth this long; what is more would be a second flood after each pause."""
_REFUSALS_PER_MINUTE: Final = 100
"""Refused requests after which a client is not let in."""
_LONGEST_NAP: Final = 1.0
_TRY_LATER: Final = 1013
"""The websocket protocol's code for that."""
_TEXT: Final = (
    "Too many requests come from your address: try again in {seconds} s.\n"
    "Llegan demasiadas solicitudes desde su dirección: intente de nuevo en {seconds} s.\n"
)
_log = logging.getLogger(__name__)

Pay = Callable[[], Awaitable[None]]
"""Returns when a click has been paid for."""


class Pace:
    """ASGI middleware: requests and clicks of one client cost no more than its budget."""

    def __init__(self, app: ASGIApp, container: Container, clock: Callable[[], float] = time.monotonic) -> None:
        """Wrap an application.

        :param app: The application.
        :param container: Its setting ``visitor_cost_per_minute`` is read, and its ``shut_out`` is called.
        :param clock: Seconds from any point on, never going back.
        """
        self.app = app
        self._container = container
        self._clock = clock
        self._budgets = self._new_budgets()
        self._refusals = Buckets(_REFUSALS_PER_MINUTE, clock=clock)
        self._said_at = -math.inf

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, if it can be paid for."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        peer = scope.get("client")
        host = peer[0] if peer else ""
        if not host or is_trusted_hop(host):  # a proxy that passes no addresses on: it stands for everybody
            await self.app(scope, receive, send)
            return
        client, is_page = client_of(host), scope["type"] == "websocket"
        wait = self._budgets.take(client, OPENED if is_page else cost_of(scope["path"]))
        if wait <= 0:
            paying = {**scope, PAY: partial(self._pay, client)} if is_page else scope
            await self.app(paying, receive, send)
        elif is_page:
            self._note(client)
            await receive()
            await send({"type": "websocket.close", "code": _TRY_LATER, "reason": "Too many pages are opened."})
        else:
            self._note(client)
            await _too_many(scope["path"], math.ceil(wait))(scope, receive, send)

    async def _pay(self, client: str) -> None:
        """Return when a click has been paid for; a click is never refused."""
        while (wait := self._budgets.take(client, CLICK)) > 0:  # noqa: ASYNC110 - time brings it, and no event
            await asyncio.sleep(min(wait, _LONGEST_NAP))

    def _note(self, client: str) -> None:
        """Note a refusal; shut out a client that does not listen to many of them."""
        if self._refusals.take(client) <= 0 or self._container.shut_out is None:
            return
        self._container.shut_out(client)
        now = self._clock()
        if now - self._said_at > 60:  # noqa: PLR2004 - a line a minute says as much as one each time
            self._said_at = now
            _log.warning("A client that sent far more requests than its budget allows is not let in for a while.")

    def _new_budgets(self) -> Buckets:
        try:
            per_minute = self._container.settings.visitor_cost_per_minute
        except ConfigError:  # the pages report it
            per_minute = Settings().visitor_cost_per_minute
        return Buckets(math.ceil(per_minute * _BURST_SECONDS / 60), clock=self._clock, seconds=_BURST_SECONDS)


def cost_of(path: str) -> float:
    """Return what a request costs, in units of ten milliseconds.

    :param path: The address.
    :return: More for what is drawn than for what lies ready.
    """
    return ASSET if path.startswith(_CHEAP) else REQUEST


def _too_many(path: str, seconds: int) -> Response:
    headers = {"Retry-After": str(seconds), "Cache-Control": "no-store", "Connection": "close"}
    text = _TEXT.format(seconds=seconds)
    if path.startswith("/api/"):
        return JSONResponse({"error": text.partition("\n")[0]}, status_code=429, headers=headers)
    return PlainTextResponse(text, status_code=429, headers=headers)
