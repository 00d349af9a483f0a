"""Connections that wait for nobody: a bound on how many are open, and on how long one may take to say what it wants.

uvicorn closes a connection that stays silent after an answer, but waits without end for a first request and for the
rest of a body. A thousand sockets that say nothing would take every file that the process may open.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any, Final

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from kb.common.hosts import is_trusted_hop
from kb.common.limits import MOST_CLIENTS, Buckets, client_of

HEAD_SECONDS: Final = 15.0
"""Longest time for a request's first line and headers."""
BODY_SECONDS: Final = 60.0
"""Longest time for a request's body, which is a megabyte at most."""
_FILES_FOR_A_PAGE: Final = 4
"""Files that an open page takes; connections may use what the others leave."""
_RESERVED_FILES: Final = 200
"""Files kept for the index, the journal and the log."""
_CLIENT_SHARE: Final = 4
"""One client may hold a quarter of all connections; a proxy of ours, all of them."""
MOST_OF_ONE: Final = 512
"""No client needs more, not even an office behind one address: some 250 open pages."""
_NEW_AT_ONCE, _NEW_SECONDS = 200, 4.0
"""New connections that one client may open in that time; a browser opens six at once."""
SHUT_OUT_SECONDS: Final = 10.0
"""How long a client is not let in that sends far more than its budget allows."""
_LATE: Final = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"

_log = logging.getLogger(__name__)


class ShutOut:
    """Clients that are not let in for a while. For one event loop, not for threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nobody.

        :param clock: Seconds from any point on, never going back.
        """
        self._clock = clock
        self._until: OrderedDict[str, float] = OrderedDict()

    def add(self, client: str) -> None:
        """Let a client not in for a while; what it has open stays open.

        :param client: As :func:`kb.common.limits.client_of` names it.
        """
        self._until[client] = self._clock() + SHUT_OUT_SECONDS
        self._until.move_to_end(client)
        if len(self._until) > MOST_CLIENTS:
            self._until.popitem(last=False)

    def __contains__(self, client: str) -> bool:
        """Return whether a client is not let in now."""
        until = self._until.get(client)
        if until is None:
            return False
        if self._clock() < until:
            return True
        del self._until[client]
        return False


class Doorman:
    """Counts open connections, all of them and each client's. For one event loop, not for threads."""

    def __init__(self, most: int, most_of_one: int | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nobody inside.

        :param most: Most connections at once.
        :param most_of_one: Most of one client, which a proxy of ours is not bound by; None for a quarter, or 512.
        :param clock: Seconds from any point on, never going back.
        """
        self._clock = clock
        self.not_let_in = ShutOut(clock)
        self.most = most
        self.most_of_one = max(1, min(most // _CLIENT_SHARE, MOST_OF_ONE)) if most_of_one is None else most_of_one
        self._new = Buckets(_NEW_AT_ONCE, clock=clock, seconds=_NEW_SECONDS)
        self._admitted: dict[Any, str] = {}
        self._open: Counter[str] = Counter()
        self._total = 0
        self._say_at = clock()

    def __len__(self) -> int:
        """Return the number of open connections."""
        return self._total

    def enter(self, host: str) -> str | None:
        """Admit a connection.

        :param host: The peer's address.
        :return: The name to leave by; None if it is one too many.
        """
        client = client_of(host)
        is_own = not host or is_trusted_hop(host)  # a socket in the file system is a process of ours
        if not is_own and (client in self.not_let_in or self._new.take(client) > 0):
            return None
        if self._total >= self.most or (self._open.get(client, 0) >= self.most_of_one and not is_own):
            self._say(client)
            return None
        self._total += 1
        self._open[client] += 1
        return client

    def leave(self, client: str) -> None:
        """Forget a connection that has been closed."""
        self._total -= 1
        self._open[client] -= 1
        if not self._open[client]:
            del self._open[client]

    def admit(self, address: Any) -> bool:
        """Admit a connection before anything is made for it; :meth:`claim` follows.

        :param address: Of its other end, host and port first.
        :return: Whether it may come in.
        """
        name = self.enter(address[0] if isinstance(address, tuple) else "")
        if name is None:
            return False
        self._admitted[address] = name
        return True

    def claim(self, address: Any) -> str | None:
        """Return the name to leave by of a connection that was admitted; admit it now if nobody has.

        :param address: Of its other end.
        :return: None if it is one too many.
        """
        name = self._admitted.pop(address, None)
        return self.enter(address[0] if isinstance(address, tuple) else "") if name is None else name

    def shut_out(self, client: str) -> None:
        """Let a client not in for a while; what it has open stays open.

        :param client: As :func:`kb.common.limits.client_of` names it.
        """
        self.not_let_in.add(client)

    def _say(self, client: str) -> None:
        """Log a refusal a minute; a line for each would fill the disk."""
        if self._clock() >= self._say_at:
            self._say_at = self._clock() + 60
            _log.warning(
                "Connections are refused: %d are open, %d of them from one client (most: %d and %d). More can be open "
                "if the process may open more files (ulimit -n).",
                self._total,
                self._open.get(client, 0),
                self.most,
                self.most_of_one,
            )


def raise_file_limit() -> int:
    """Let the process open as many files as the operator allows it.

    :return: Connections that may be open at once.
    """
    if sys.platform == "win32":  # sockets are no files there
        return 2**14
    import resource  # noqa: PLC0415 — POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = hard if hard != resource.RLIM_INFINITY else max(soft, 65_536)
    if soft != wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
        except (OSError, ValueError) as error:
            _log.warning("The limit of open files stays at %d: %s", soft, error)
    return max(16, (min(soft, 262_144) - _RESERVED_FILES) * (_FILES_FOR_A_PAGE - 1) // _FILES_FOR_A_PAGE)


class BoundedSocket(WebSocketsSansIOProtocol):
    """A websocket that tells the doorman when it closes."""

    def __init__(self, *args: Any, doorman: Doorman, client_name: str, **options: Any) -> None:
        """Take the place of the connection that was upgraded."""
        super().__init__(*args, **options)
        self._doorman = doorman
        self._client_name = client_name

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave."""
        super().connection_lost(exc)
        self._doorman.leave(self._client_name)


class BoundedConnection(H11Protocol):
    """A connection that is counted, and closed if its request takes too long to arrive."""

    def __init__(
        self,
        *args: Any,
        doorman: Doorman,
        head_seconds: float = HEAD_SECONDS,
        body_seconds: float = BODY_SECONDS,
        **options: Any,
    ) -> None:
        r"""Prepare for a connection.

        :param \*args: uvicorn's own.
        :param doorman: Counts the connections.
        :param head_seconds: Longest time for a request's head.
        :param body_seconds: Longest time for a request's body.
        :param \**options: uvicorn's own.
        """
        super().__init__(*args, **options)
        self._doorman = doorman
        self._head_seconds, self._body_seconds = head_seconds, body_seconds
        self._client_name: str | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._is_reading_body = False
        self._is_upgraded = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """Count the connection, and wait for its first request; close it if it is one too many."""
        peer = transport.get_extra_info("peername")
        self._client_name = self._doorman.claim(peer)
        super().connection_made(transport)
        if self._client_name is None:
            transport.abort()
            return
        self._expect(self._head_seconds)

    def data_received(self, data: bytes) -> None:
        """Take what arrived, and go on waiting for what is missing."""
        super().data_received(data)
        cycle: Any = self.cycle  # None before the first request, whatever uvicorn's annotation says
        if self._is_upgraded or self.transport.is_closing():
            self._stop()
        elif cycle is None or cycle.response_complete:
            if self._timer is None and self.conn.their_state is h11.IDLE and self.timeout_keep_alive_task is None:
                self._expect(self._head_seconds)  # the beginning of a further request
        elif not cycle.more_body:
            self._stop()
        elif not self._is_reading_body:
            self._expect(self._body_seconds)
            self._is_reading_body = True

    def handle_websocket_upgrade(self, event: h11.Request) -> None:
        """Hand over to a websocket, which from now on is the one that leaves."""
        self._stop()
        name, self._client_name = self._client_name, None
        self._is_upgraded = True
        if name is not None:
            self.ws_protocol_class = partial(BoundedSocket, doorman=self._doorman, client_name=name)  # type: ignore[assignment]  # called, never inherited from
        super().handle_websocket_upgrade(event)

    def on_response_complete(self) -> None:
        """Wait for a further request no longer than uvicorn does."""
        self._stop()
        super().on_response_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        """Leave."""
        self._stop()
        super().connection_lost(exc)
        name, self._client_name = self._client_name, None
        if name is not None:
            self._doorman.leave(name)

    def _expect(self, seconds: float) -> None:
        """Give the client some time, instead of what it had left."""
        self._stop()
        self._timer = self.loop.call_later(seconds, self._give_up)

    def _stop(self) -> None:
        self._is_reading_body = False
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _give_up(self) -> None:
        """Close a connection whose request did not arrive in time."""
        self._timer = None
        cycle: Any = self.cycle
        if not self.transport.is_closing():
            if cycle is None or not cycle.response_started:
                self.transport.write(_LATE)
            self.transport.close()
