"""What a serving process and the supervisor tell each other, through a pair of sockets.

The supervisor sends connections, each with a number. The process answers in lines: that it is ready, that a connection
is closed, that a client is not to be let in for a while.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from typing import Final

READY: Final = "ready"
"""The process can answer."""
CLOSED: Final = "closed"
"""A connection is closed; its number follows."""
SHUT_OUT: Final = "shut-out"
"""A client sends far more than its budget allows; its name follows."""
_NUMBER: Final = 4
"""Bytes of a connection's number."""
MOST_NUMBERS: Final = 1 << (8 * _NUMBER)


def send_connection(control: socket.socket, number: int, connection: socket.socket) -> bool:
    """Hand a connection on.

    :param control: The supervisor's end.
    :param number: Names the connection when it is closed.
    :param connection: Stays open here as well.
    :return: False if the process has gone, or takes nothing now.
    """
    try:
        sent = socket.send_fds(control, [number.to_bytes(_NUMBER)], [connection.fileno()])
    except OSError:
        return False
    return sent == _NUMBER


def receive_connection(control: socket.socket) -> tuple[int, Handed] | None:
    """Take a connection.

    :param control: The process's end.
    :return: Its number, and the connection; None once the supervisor has gone.
    :raises BlockingIOError: If none waits.
    """
    try:
        said, files, _, _ = socket.recv_fds(control, _NUMBER, 1)
    except (BlockingIOError, InterruptedError):
        raise
    except OSError:
        return None
    return (int.from_bytes(said), Handed(fileno=files[0])) if files else None


def line(word: str, about: str = "") -> bytes:
    """Return what a process says as it is sent."""
    return f"{word} {about}\n".encode()


class Lines:
    """Splits what a process said into words and what they are about."""

    def __init__(self) -> None:
        """Start with nothing heard."""
        self._rest = b""

    def of(self, data: bytes) -> Iterator[tuple[str, str]]:
        """Yield each whole line that new data completes."""
        *whole, self._rest = (self._rest + data).split(b"\n")
        for each in whole:
            word, _, about = each.decode("utf-8", "replace").partition(" ")
            yield word, about


class Voice:
    """A process's way to tell the supervisor; it waits for nobody. Only for the thread of the loop."""

    def __init__(self, control: socket.socket) -> None:
        """Say nothing yet.

        :param control: The process's end, which does not block.
        """
        self._control = control
        self._waiting = bytearray()

    def say(self, word: str, about: str = "") -> None:
        """Say one line, now or as soon as the supervisor listens again."""
        if self._control.fileno() < 0:
            return
        is_first = not self._waiting
        self._waiting += line(word, about)
        if is_first and not self._send():
            asyncio.get_running_loop().add_writer(self._control, self._send_rest)

    def _send(self) -> bool:
        """Send what waits; return whether all of it went."""
        try:
            del self._waiting[: self._control.send(self._waiting)]
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:  # the supervisor has gone; this process is about to stop
            self._waiting.clear()
        return not self._waiting

    def _send_rest(self) -> None:
        if self._send():
            asyncio.get_running_loop().remove_writer(self._control)


class Handed(socket.socket):
    """A connection that says when it is closed."""

    on_close: Callable[[], None] | None = None

    def close(self) -> None:
        """Close it, and say so once."""
        super().close()
        told, self.on_close = self.on_close, None
        if told is not None:
            told()
