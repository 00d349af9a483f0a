"""Stands in for a serving process: takes connections as one does, and answers each request with its number."""

from __future__ import annotations

import os
import signal
import socket
import sys

from kb.app.place import Place
from kb.server.processes.supervisor import READY


def main() -> None:
    """Answer until it is told to stop; ``/die`` ends it at once, ``/pid`` tells who it is."""
    place = Place.from_argument(sys.argv[1])
    if "--broken" in sys.argv:
        sys.exit(7)
    control = socket.socket(fileno=place.control)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    control.send(READY)
    while True:
        said, files, _, _ = socket.recv_fds(control, 1, 1)
        if not said:
            return
        for file in files:
            with socket.socket(fileno=file) as connection:
                connection.setblocking(True)
                request = connection.recv(65536)
                if b"/die" in request:
                    os._exit(3)
                body = str(os.getpid() if b"/pid" in request else place.slot).encode()
                connection.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body))
                connection.sendall(body)


if __name__ == "__main__":
    main()
