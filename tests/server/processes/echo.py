"""Stands in for a serving process: takes connections as one does, and answers each request with its number."""

from __future__ import annotations

import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path

from kb.app.place import Place
from kb.server.processes.messages import CLOSED, READY, SHUT_OUT, line, receive_connection


def main() -> None:
    """Answer until it is told to stop; the path of a request says what else to do."""
    place = Place.from_argument(sys.argv[1])
    if "--broken" in sys.argv or os.environ.get("BROKEN"):
        sys.exit(7)
    control = socket.socket(fileno=place.control)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    control.send(line(READY))
    while (received := receive_connection(control)) is not None:
        number, connection = received
        with connection:
            connection.setblocking(True)
            request = connection.recv(65536)
            if b"/die" in request:
                os._exit(3)
            if b"/shut-out" in request:
                control.send(line(SHUT_OUT, connection.getpeername()[0]))
            body = _said(request, place).encode()
            with suppress(ConnectionError):  # nobody waits for it any more
                connection.sendall(
                    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body
                )
        control.send(line(CLOSED, str(number)))


def _said(request: bytes, place: Place) -> str:
    if b"/pid" in request:
        return str(os.getpid())
    if b"/who" in request:
        return f"{place.brand} in {Path.cwd().name}"
    return str(place.slot)


if __name__ == "__main__":
    main()
