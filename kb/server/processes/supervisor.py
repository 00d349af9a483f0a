"""The process that holds the port: it lets connections in, and hands them on to serving processes.

It loads neither the index nor Streamlit, and reads no more of a connection than the head of its first request, which it
leaves in the socket for the process that gets it. Strangers reach it first: it counts what is open in all processes,
and turns away what is too much before anything is made for it.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from kb.app.place import Place
from kb.common.hosts import is_trusted_hop
from kb.common.limits import client_of
from kb.errors import ConfigError
from kb.server.connections import HEAD_SECONDS, Doorman, raise_file_limit
from kb.server.entrance import Entrance
from kb.server.processes import replies
from kb.server.processes.crew import Crew, Plan
from kb.server.processes.heads import answer, is_whole, peek, wait_for_head
from kb.server.processes.messages import MOST_NUMBERS
from kb.server.processes.routing import host_of, slot_for

_log = logging.getLogger(__name__)

_HEAD_SECONDS: Final = 2.0
"""Longest wait for a head where any process will do: the one that gets a slow connection has limits of its own."""
_MOST_WAITING: Final = 1000
"""Connections whose head is waited for; for a further one, that which has waited longest is given up."""


class Supervisor:
    """The serving processes of one site, or of several, behind one listening socket."""

    def __init__(
        self,
        listener: socket.socket,
        plans: Sequence[Plan],
        *,
        reread: Callable[[], Sequence[Plan]] | None = None,
        doorman: Doorman | None = None,
        handles_signals: bool = True,
    ) -> None:
        """Start nothing yet.

        :param listener: Bound; not to be used any more.
        :param plans: How the processes of each site are started; one without a brand is for every host.
        :param reread: Returns the plans of now; called on SIGHUP. An error it raises changes nothing.
        :param doorman: Counts the connections of all processes; None for one that goes by the files they may open.
        :param handles_signals: Whether signals are listened to; only in the main thread.
        """
        total = sum(plan.count for plan in plans)
        self._doorman = Doorman(raise_file_limit() * total) if doorman is None else doorman
        self._listener = Entrance.at(listener, self._doorman)
        self._plans, self._reread, self._handles_signals = tuple(plans), reread, handles_signals
        self._is_alone = plans[0].brand == ""
        self._crews: dict[str, Crew] = {}
        self._all_crews: list[Crew] = []
        """Also those of sites that were taken out, until they have stopped."""
        self._by_host: dict[str, Crew] = {}
        self._waiting: dict[asyncio.Task[bytes], None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: dict[int, str] = {}
        """The client of each connection that a process has, by number."""
        self._number = 0
        self._changed, self._stopping = asyncio.Event(), asyncio.Event()
        self._rereading = asyncio.Lock()
        self._exit_code = 0

    @property
    def listener(self) -> socket.socket:
        """The listening socket."""
        return self._listener

    @property
    def open_connections(self) -> int:
        """The number of open connections, in all processes."""
        return len(self._doorman)

    @property
    def crews(self) -> tuple[Crew, ...]:
        """The processes of each site, also for other threads to look at."""
        return tuple(self._crews.values())

    async def run(self, started: Callable[[], None]) -> int:
        """Serve until a signal stops it.

        :param started: Called once connections are taken.
        :return: The exit code: 0, or that of the only site's process if it could not start.
        """
        with tempfile.TemporaryDirectory(prefix="kb-serve-") as folder, self._signals(folder):
            for plan in self._plans:
                self._add(plan, folder)
            try:
                if await self._can_begin():
                    self._listen()
                    started()
                    await self._stopping.wait()
            finally:
                self._stopping.set()
                asyncio.get_running_loop().remove_reader(self._listener)
                self._listener.close()
                for task in (*self._waiting, *self._tasks):
                    task.cancel()
                await asyncio.gather(*(crew.stop() for crew in self._all_crews))
        return self._exit_code

    def stop(self) -> None:
        """Have :meth:`run` stop every process and return; call it in the thread of the loop."""
        self._stopping.set()
        self._changed.set()

    # -------------------------------------------------------------------------------------------------- sites

    @contextmanager
    def _signals(self, folder: str) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        handlers = {signal.SIGTERM: self.stop, signal.SIGINT: self.stop}
        if self._reread is not None:
            handlers[signal.SIGHUP] = lambda: self._begin(self.follow(folder))
        for number, handler in handlers.items() if self._handles_signals else ():
            loop.add_signal_handler(number, handler)
        try:
            yield
        finally:
            for number in handlers if self._handles_signals else ():
                loop.remove_signal_handler(number)

    def _add(self, plan: Plan, folder: str) -> None:
        """Start the processes of a site."""
        sockets = Path(folder, plan.brand or "only")
        sockets.mkdir(exist_ok=True)
        banned = self._doorman.not_let_in if self._is_alone else None
        crew = Crew(plan, sockets, self._left, self._changed.set, banned)
        self._crews[plan.brand] = crew
        self._all_crews.append(crew)
        self._by_host |= dict.fromkeys(plan.hosts, crew)
        crew.start()

    async def _remove(self, crew: Crew) -> None:
        """Stop the processes of a site; a brand's hosts are unknown from now on."""
        if self._crews.get(crew.plan.brand) is crew:
            del self._crews[crew.plan.brand]
        self._by_host = {host: other for host, other in self._by_host.items() if other is not crew}
        await crew.stop()
        self._all_crews.remove(crew)

    async def follow(self, folder: str) -> None:
        """Start sites that are new, stop those that are gone, and start those that changed again.

        :param folder: For the sockets of processes.
        """
        if self._reread is None:
            return
        async with self._rereading:
            try:
                plans = {plan.brand: plan for plan in await asyncio.to_thread(self._reread)}
            except ConfigError as error:
                _log.error("The brands stay as they were. %s", error)
                return
            for name, crew in list(self._crews.items()):
                if plans.get(name) != crew.plan:
                    await self._remove(crew)
            for name, plan in plans.items():
                if name not in self._crews and not self._stopping.is_set():
                    self._add(plan, folder)
            _log.warning("Serving %d brands: %s.", len(self._crews), ", ".join(sorted(self._crews)))

    async def _can_begin(self) -> bool:
        """Wait until one process can answer, or every brand has failed once; return whether there is anything to do."""
        while not self._stopping.is_set():
            codes = [crew.exit_code for crew in self.crews]
            if self._is_alone and codes[0] is not None:
                self._exit_code = codes[0]
                return False
            if any(crew.is_ready for crew in self.crews) or None not in codes:
                return True
            self._changed.clear()
            await self._changed.wait()
        return False

    # -------------------------------------------------------------------------------------------- connections

    def _listen(self) -> None:
        self._listener.setblocking(False)
        self._listener.listen(2048)
        asyncio.get_running_loop().add_reader(self._listener, self._accept)

    def _accept(self) -> None:
        for _ in range(64):  # then the loop sees to the others
            try:
                connection, peer = self._listener.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:  # no file is left: those that wait give theirs back in a moment
                _log.warning("A connection cannot be taken: %s", error.strerror)
                return
            connection.setblocking(False)
            client = self._doorman.claim(peer)
            head = peek(connection)
            if client is None:
                connection.close()
            elif is_whole(head):
                self._hand_on(connection, head, peer, client)
            else:
                self._wait_for(connection, peer, client)

    def _wait_for(self, connection: socket.socket, peer: tuple[str, int], client: str) -> None:
        """Hand a connection on once its head is there, or has taken too long."""
        if len(self._waiting) >= _MOST_WAITING:
            next(iter(self._waiting)).cancel()
        seconds = _HEAD_SECONDS if self._is_alone else HEAD_SECONDS
        task = asyncio.create_task(wait_for_head(connection, seconds))
        self._waiting[task] = None

        def done(finished: asyncio.Task[bytes]) -> None:
            self._waiting.pop(finished, None)
            if finished.cancelled() or finished.exception() is not None or self._stopping.is_set():
                self._close(connection, client)
            else:
                self._hand_on(connection, finished.result(), peer, client)

        task.add_done_callback(done)

    def _hand_on(self, connection: socket.socket, head: bytes, peer: tuple[str, int], client: str) -> None:
        """Give a connection to the process it belongs to, or answer it where there is none."""
        address = str(peer[0])
        crew = next(iter(self._crews.values())) if self._is_alone else self._by_host.get(host_of(head))
        if crew is None:
            self._answer(connection, (replies.unknown_host if is_whole(head) else replies.too_late)(head), client)
            return
        if not is_trusted_hop(address) and client_of(address) in crew.shut_out:
            self._close(connection, client)
            return
        self._number = (self._number + 1) % MOST_NUMBERS
        slot = slot_for(head, address, crew.plan.count, crew.plan.brand)
        if crew.take(self._number, connection, slot):
            self._open[self._number] = client
            connection.close()
        else:
            self._answer(connection, replies.away(head), client)

    def _answer(self, connection: socket.socket, reply: bytes, client: str) -> None:
        if len(self._tasks) >= _MOST_WAITING:
            self._close(connection, client)
            return

        async def answered() -> None:
            try:
                await answer(connection, reply)
            finally:
                self._close(connection, client)

        self._begin(answered())

    def _begin(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _left(self, number: int) -> None:
        """Note that a connection that a process had is closed."""
        client = self._open.pop(number, None)
        if client is not None:
            self._doorman.leave(client)

    def _close(self, connection: socket.socket, client: str) -> None:
        connection.close()
        self._doorman.leave(client)


def supervise(
    listener: socket.socket,
    plans: Sequence[Plan],
    started: Callable[[Supervisor], None],
    reread: Callable[[], Sequence[Plan]] | None = None,
) -> int:
    """Run serving processes until a signal stops them.

    :param listener: Bound; not to be used any more.
    :param plans: How the processes of each site are started.
    :param started: Called once connections are taken.
    :param reread: Returns the plans of now; called on SIGHUP.
    :return: The exit code.
    :raises ConfigError: If this system cannot hand connections on.
    """
    if not hasattr(socket, "send_fds") or sys.platform == "win32":
        raise ConfigError("Several processes need a POSIX system. Start one: kb serve, without --processes.")

    async def run() -> int:
        supervisor = Supervisor(listener, plans, reread=reread)
        return await supervisor.run(lambda: started(supervisor))

    return asyncio.run(run())


def command(place: Place) -> list[str]:
    """Return the program of a serving process and its arguments."""
    safe = ["-P"] if place.brand else []  # what lies in a brand's folder is content, and no module of Python's
    return [sys.executable, *safe, "-m", "kb.server.processes.worker", place.to_argument()]
