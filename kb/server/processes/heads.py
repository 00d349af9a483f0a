"""Connections whose first request is looked at: its head is waited for, and left in the socket for who answers it."""

from __future__ import annotations

import asyncio
import socket
from typing import Final

from kb.server.processes.routing import HEAD_END, LONGEST_HEAD

_FAREWELL_SECONDS: Final = 2.0
"""Longest time for an answer to be taken."""
_MOST_UNREAD: Final = 1_000_000
"""Bytes of a refused request that are read away, so that its sender gets to the answer."""


def peek(connection: socket.socket) -> bytes:
    """Return what a peer has sent so far, and leave it there."""
    try:
        return connection.recv(LONGEST_HEAD, socket.MSG_PEEK)
    except OSError:  # nothing yet, or it is gone, which the process that gets it will see
        return b""


def is_whole(head: bytes) -> bool:
    """Return whether a head says all that is looked at."""
    return HEAD_END in head or len(head) >= LONGEST_HEAD


async def wait_for_head(connection: socket.socket, seconds: float) -> bytes:
    """Wait until a head is there.

    The system wakes this process only when there is more than was seen before, so that a connection which says nothing,
    or says it letter by letter, costs next to nothing.

    :param connection: Does not block.
    :param seconds: The longest wait; a task that is canceled waits no longer.
    :return: What has come by then, whole or not.
    """
    head = peek(connection)
    try:
        async with asyncio.timeout(seconds):
            while not is_whole(head):
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, len(head) + 1)
                await _readable(connection)
                more = peek(connection)
                if len(more) <= len(head):  # the other end has closed it
                    break
                head = more
    except (TimeoutError, asyncio.CancelledError):  # it has taken too long, or others need the room
        return head
    finally:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
    return head


async def _readable(connection: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    came: asyncio.Future[None] = loop.create_future()

    def tell() -> None:
        if not came.done():
            came.set_result(None)

    loop.add_reader(connection, tell)
    try:
        await came
    finally:
        loop.remove_reader(connection)


async def answer(connection: socket.socket, reply: bytes) -> None:
    """Answer a request that goes to no process, and close the connection.

    :param connection: Does not block; its request is still in it.
    :param reply: The whole answer.
    """
    loop = asyncio.get_running_loop()
    with connection:
        try:
            async with asyncio.timeout(_FAREWELL_SECONDS):
                # What is not read when a connection is closed makes the system throw away the answer as well.
                read = len(await loop.sock_recv(connection, LONGEST_HEAD)) if peek(connection) else 0
                await loop.sock_sendall(connection, reply)
                connection.shutdown(socket.SHUT_WR)
                while read < _MOST_UNREAD and (more := await loop.sock_recv(connection, LONGEST_HEAD)):
                    read += len(more)
        except (OSError, TimeoutError):  # it is not wanted any more
            return
