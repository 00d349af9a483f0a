"""The listening socket: who comes in, and who is turned away before anything is made for it."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from kb.server.connections import Doorman
from kb.server.entrance import Entrance
from kb.server.listening import listen


@pytest.fixture
def entrance() -> Iterator[Entrance]:
    """Return an entrance for two of one client, which does not wait."""
    made = Entrance.at(listen("127.0.0.1", 0), Doorman(8, most_of_one=2))
    made.listen(64)
    made.setblocking(False)
    yield made
    made.close()


def knock(entrance: Entrance, source: str, times: int) -> list[socket.socket]:
    """Connect from an address of this machine."""
    return [socket.create_connection(entrance.getsockname(), source_address=(source, 0)) for _ in range(times)]


def test_one_too_many_is_turned_away_and_the_next_comes_in(entrance: Entrance) -> None:
    """A stranger's third connection is reset; a proxy of ours, behind it in the queue, is taken."""
    strangers, proxy = knock(entrance, "127.0.0.2", 3), knock(entrance, "127.0.0.1", 1)
    taken = [entrance.accept() for _ in range(3)]
    assert [address[0] for _, address in taken] == ["127.0.0.2", "127.0.0.2", "127.0.0.1"]
    with pytest.raises(BlockingIOError):
        entrance.accept()
    with pytest.raises(ConnectionResetError):
        strangers[2].recv(1)
    for each in (*strangers, *proxy, *(connection for connection, _ in taken)):
        each.close()


def test_what_was_admitted_is_counted_once(entrance: Entrance) -> None:
    """By the socket, and not again when the connection is made."""
    clients = knock(entrance, "127.0.0.2", 1)
    connection, address = entrance.accept()
    assert entrance.doorman is not None
    assert entrance.doorman.claim(address) == "127.0.0.2"
    assert len(entrance.doorman) == 1
    assert entrance.doorman.claim(("127.0.0.3", 1)) == "127.0.0.3"  # taken by a listener without a doorman
    for each in (*clients, connection):
        each.close()


def test_new_connections_come_at_a_pace() -> None:
    """Opened and closed, hundreds a second: what is beyond the pace is turned away."""
    now = [0.0]
    doorman = Doorman(10_000, clock=lambda: now[0])

    def come_and_go(host: str) -> bool:
        name = doorman.enter(host)
        if name is not None:
            doorman.leave(name)
        return name is not None

    assert sum(come_and_go("203.0.113.7") for _ in range(1000)) == 200
    assert come_and_go("203.0.113.8")
    now[0] = 1.0
    assert sum(come_and_go("203.0.113.7") for _ in range(1000)) == 50
    assert sum(come_and_go("127.0.0.1") for _ in range(1000)) == 1000
    assert sum(come_and_go("") for _ in range(1000)) == 1000  # a process of ours, by a socket in the file system
