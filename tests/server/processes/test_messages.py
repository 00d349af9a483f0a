"""What processes tell the supervisor: whole lines, in order, also when it listens late, and each closing once."""

from __future__ import annotations

import asyncio
import socket

from kb.server.processes.messages import CLOSED, Handed, Lines, Voice, line, receive_connection, send_connection


def test_lines_are_put_together_from_pieces() -> None:
    """However the system cuts them."""
    lines, sent = Lines(), line("ready") + line(CLOSED, "12") + line("shut-out", "2001:db8::/64")
    heard = [said for n in range(len(sent)) for said in lines.of(sent[n : n + 1])]
    assert heard == [("ready", ""), (CLOSED, "12"), ("shut-out", "2001:db8::/64")]


def test_a_voice_waits_for_nobody() -> None:
    """Thousands of lines to a supervisor that is busy: all of them arrive, and nothing is said to one that has gone."""

    async def run() -> list[str]:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        for end in (ours, theirs):
            end.setblocking(False)
        voice, lines, heard = Voice(ours), Lines(), list[str]()
        for number in range(50_000):
            voice.say(CLOSED, str(number))
        while len(heard) < 50_000:
            heard += [about for _, about in lines.of(await asyncio.get_running_loop().sock_recv(theirs, 65_536))]
        theirs.close()
        voice.say("ready")
        ours.close()
        voice.say("ready")
        return heard

    assert asyncio.run(run()) == [str(number) for number in range(50_000)]


def test_a_connection_is_handed_on_and_its_end_is_told_once() -> None:
    """It stays open here until both have closed it; without a supervisor there is nothing more to take."""
    supervisor, process = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
    ours, theirs = socket.socketpair()
    closed = []
    with supervisor, process, theirs:
        assert send_connection(supervisor, 70_000, ours)
        ours.close()
        received = receive_connection(process)
        assert received is not None
        number, connection = received
        assert isinstance(connection, Handed)
        connection.on_close = lambda: closed.append(number)
        connection.sendall(b"here")
        assert theirs.recv(4) == b"here"
        connection.close()
        connection.close()
        assert closed == [70_000]
        supervisor.close()
        assert receive_connection(process) is None
