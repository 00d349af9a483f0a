"""The listening socket: it turns connections away before anything is made for them.

A connection that the event loop has taken costs a hundred times as much as one that is closed at once. A client that
opens thousands a second would keep the loop busy with refusing them, and fill the queue in which others wait.
"""

from __future__ import annotations

import contextlib
import socket
import struct
from typing import Any, Final

from kb.server.connections import Doorman

_AT_ONCE: Final = 500
"""Connections turned away before the loop gets to do something else."""
_NO_FAREWELL: Final = struct.pack("ii", 1, 0)
"""SO_LINGER: forget the connection at once, whatever the other end does."""


class Entrance(socket.socket):
    """A listening socket with a doorman."""

    doorman: Doorman | None = None

    @classmethod
    def at(cls, listener: socket.socket, doorman: Doorman) -> Entrance:
        """Take the place of a socket that is bound.

        :param listener: Must not be used any more.
        :param doorman: Decides who comes in.
        :return: The same socket, with the doorman.
        """
        entrance = cls(listener.family, listener.type, listener.proto, fileno=listener.detach())
        entrance.doorman = doorman
        return entrance

    def accept(self) -> tuple[socket.socket, Any]:
        """Take the next connection that may come in.

        :return: The connection and the address of its other end.
        :raises BlockingIOError: If none waits that may, or many had to be turned away.
        """
        for _ in range(_AT_ONCE):
            connection, address = super().accept()
            if self.doorman is None or self.doorman.admit(address):
                return connection, address
            with contextlib.suppress(OSError):  # it has gone by itself
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_FAREWELL)
            connection.close()
        raise BlockingIOError("Too many connections are turned away.")
