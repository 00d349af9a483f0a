"""Waiting for a request's head: in pieces, without one, and with somebody who leaves."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable

import pytest

from kb.server.processes.heads import wait_for_head
from kb.server.processes.routing import LONGEST_HEAD

WHOLE = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"


def waited(
    act: Callable[[socket.socket], None], seconds: float = 10.0, *, is_first: bool = False
) -> tuple[bytes, bytes]:
    """Return what was found, and what the process that gets the connection still reads."""

    async def run() -> bytes:
        if is_first:
            act(theirs)
        task = asyncio.create_task(wait_for_head(ours, seconds))
        await asyncio.sleep(0)
        if not is_first:
            act(theirs)
        return await task

    with socket.create_server(("127.0.0.1", 0)) as listener:
        theirs = socket.create_connection(listener.getsockname())
        ours = listener.accept()[0]
    ours.setblocking(False)
    with ours, theirs:
        found = asyncio.run(run())
        try:
            return found, ours.recv(100_000)
        except BlockingIOError:
            return found, b""


def test_a_head_in_pieces_is_waited_for_and_left_there() -> None:
    """Each piece wakes the waiting once; what follows the head stays as well."""

    def act(theirs: socket.socket) -> None:
        for piece in (WHOLE[:5], WHOLE[5:20], WHOLE[20:] + b"body"):
            theirs.sendall(piece)

    found, left = waited(act)
    assert found[: len(WHOLE)] == WHOLE
    assert left == WHOLE + b"body"


@pytest.mark.parametrize(
    ("sent", "seconds", "found"),
    [(b"GET / HT", 0.1, b"GET / HT"), (b"", 0.05, b""), (b"x" * 20_000, 10.0, b"x" * LONGEST_HEAD)],
    ids=["half", "nothing", "too long"],
)
def test_what_is_no_head_is_given_up(sent: bytes, seconds: float, found: bytes) -> None:
    """After some time, or at once when it is too long for one."""
    assert waited(lambda theirs: theirs.sendall(sent), seconds, is_first=True)[0] == found


def test_one_who_leaves_is_not_waited_for() -> None:
    """Even with half a head sent."""

    def act(theirs: socket.socket) -> None:
        theirs.sendall(b"GET /")
        theirs.shutdown(socket.SHUT_WR)

    assert waited(act) == (b"GET /", b"GET /")
