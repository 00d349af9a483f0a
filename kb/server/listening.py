"""A server that prints its address once it listens."""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import structlog
import uvicorn
from starlette.concurrency import run_in_threadpool

from kb.errors import ConfigError

if TYPE_CHECKING:
    from types import FrameType

    from kb.app.container import Container

_FINISH_SECONDS: Final = 5.0
"""Longest wait for pages that are being drawn, and for the journal to take what was asked."""


class Server(uvicorn.Server):
    """A server that prints its address once it listens, and ends in steps."""

    def __init__(
        self,
        config: uvicorn.Config,
        started: Callable[[], None] = lambda: None,
        *,
        is_logged: bool = True,
        path: str = "",
        announces: bool = True,
        container: Container | None = None,
        drain_seconds: float = 0.0,
    ) -> None:
        """Prepare to serve.

        :param config: uvicorn's own.
        :param started: Called once it listens and the first question can be asked.
        :param is_logged: Whether the operator's log says when it starts and stops.
        :param path: Follows host and port in the address that is printed.
        :param announces: Whether it says that it listens.
        :param container: What its pages share; told when the end begins.
        :param drain_seconds: How long it goes on serving at the end, while it says that it is not ready.
        """
        super().__init__(config)
        self._container, self._drain_seconds = container, drain_seconds
        self._hurry = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._on_start = started
        self._is_logged = is_logged
        self._path = path
        self._announces = announces

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then print the address."""
        await super().startup(sockets=sockets)
        if self.started and sockets and self._announces:
            announce(sockets[0], self._path, is_logged=self._is_logged)
        if self.started and sockets:
            self._on_start()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to stop; a second signal ends the wait for the proxy."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._hurry.set)
        super().handle_exit(sig, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop in steps, and log it."""
        if self._container is not None:
            await self._drain(self._container, sockets or [])
        await super().shutdown(sockets=sockets)
        if self._is_logged:
            structlog.get_logger(__name__).info("stopped")

    async def _drain(self, container: Container, sockets: list[socket.socket]) -> None:
        """Let the proxy hear of the end, take no further connection, and finish what is in hand."""
        container.ending.begin()
        if self._drain_seconds:
            self._loop = asyncio.get_running_loop()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._hurry.wait(), self._drain_seconds)
        for server in self.servers:
            server.close()
        for listener in sockets:
            listener.close()
        await run_in_threadpool(container.ending.wait, _FINISH_SECONDS)
        await run_in_threadpool(container.journal.flush, _FINISH_SECONDS)


def listen(host: str, port: int) -> socket.socket:
    """Take a port.

    :param host: Address to listen on.
    :param port: Port to listen on; 0 for any free one.
    :return: The bound socket.
    :raises ConfigError: If the address cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named in full: asyncio disables send delays only for explicit TCP sockets; otherwise each answer waits some 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        detail = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"Cannot listen on {host}:{port}: {detail}. Choose another with --port or --host.") from error
    return listener


def announce(listener: socket.socket, path: str = "", *, is_logged: bool = True) -> None:
    """Say at which address pages can be opened.

    :param listener: Listens.
    :param path: Follows host and port in the address.
    :param is_logged: Whether the operator's log says it, too.
    """
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    sys.stdout.write(f"Open http://{shown}:{port}{path}\n")
    sys.stdout.flush()
    if is_logged:
        structlog.get_logger(__name__).info("listening", address=f"http://{shown}:{port}")
