"""A server that prints its address once it listens."""

from __future__ import annotations

import socket
import sys
from collections.abc import Callable

import structlog
import uvicorn

from kb.errors import ConfigError


class Server(uvicorn.Server):
    """A server that prints its address once it listens."""

    def __init__(
        self,
        config: uvicorn.Config,
        started: Callable[[], None] = lambda: None,
        *,
        is_logged: bool = True,
        path: str = "",
        announces: bool = True,
    ) -> None:
        """Prepare to serve.

        :param config: uvicorn's own.
        :param started: Called once it listens and the first question can be asked.
        :param is_logged: Whether the operator's log says when it starts and stops.
        :param path: Follows host and port in the address that is printed.
        :param announces: Whether it says that it listens.
        """
        super().__init__(config)
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

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Stop, and log it."""
        await super().shutdown(sockets=sockets)
        if self._is_logged:
            structlog.get_logger(__name__).info("stopped")


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
