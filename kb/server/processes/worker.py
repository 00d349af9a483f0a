"""A serving process among several: it gets its connections from the supervisor, and answers as ``kb serve`` does."""

from __future__ import annotations

import asyncio
import socket
import sys
from typing import TYPE_CHECKING

from kb.app.place import Place
from kb.common import memory
from kb.errors import KbError
from kb.server.listening import Server
from kb.server.processes.messages import CLOSED, READY, SHUT_OUT, Voice, receive_connection

if TYPE_CHECKING:
    import uvicorn

    from kb.app.container import Container


class Worker(Server):
    """A server whose connections are handed to it."""

    def __init__(self, config: uvicorn.Config, place: Place, container: Container | None = None) -> None:
        """Prepare to serve.

        :param config: uvicorn's own.
        :param place: Says where connections come from.
        :param container: What its pages share.
        """
        super().__init__(config, is_logged=False, announces=False, container=container)
        self._control = socket.socket(fileno=place.control)
        self._control.setblocking(False)
        self._voice = Voice(self._control)
        self._taken: set[asyncio.Task[None]] = set()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then take connections, and say that they may come."""
        await super().startup(sockets=sockets)
        if self.started:
            asyncio.get_running_loop().add_reader(self._control, self._take)
            self._voice.say(READY)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing more, and finish what is being answered."""
        asyncio.get_running_loop().remove_reader(self._control)
        asyncio.get_running_loop().remove_writer(self._control)
        self._control.close()
        await super().shutdown(sockets=sockets)

    def shut_out(self, client: str) -> None:
        """Have a client's connections kept out for a while.

        :param client: As :func:`kb.common.limits.client_of` names it.
        """
        self._voice.say(SHUT_OUT, client)

    def _take(self) -> None:
        """Take the connection that waits; without a supervisor, stop."""
        try:
            received = receive_connection(self._control)
        except (BlockingIOError, InterruptedError):
            return
        if received is None:
            asyncio.get_running_loop().remove_reader(self._control)
            self.should_exit = True
            return
        number, connection = received
        connection.on_close = lambda: self._voice.say(CLOSED, str(number))
        task = asyncio.create_task(self._serve_connection(connection))
        self._taken.add(task)
        task.add_done_callback(self._taken.discard)

    async def _serve_connection(self, connection: socket.socket) -> None:
        connection.setblocking(False)
        config = self.config
        try:
            await asyncio.get_running_loop().connect_accepted_socket(
                lambda: config.http_protocol_class(  # type: ignore[call-arg]  # as uvicorn itself calls it
                    config=config, server_state=self.server_state, app_state=self.lifespan.state
                ),
                connection,
            )
        except OSError:  # it was closed in the meantime
            connection.close()


def main() -> int:
    """Serve until the supervisor stops this process.

    :return: The exit code.
    """
    place = Place.from_argument(sys.argv[1])
    memory.begin()
    try:
        from kb.retrieval.answering.live import EarlyIndex  # noqa: PLC0415 — after the pools
        from kb.settings.settings import load_settings  # noqa: PLC0415

        settings = load_settings()
        early = EarlyIndex(settings)  # loaded while streamlit is imported, which takes as long
        from kb.server.app import serve_in  # noqa: PLC0415

        serve_in(place, settings, early)
    except KbError as error:
        sys.stderr.write(f"kb: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
