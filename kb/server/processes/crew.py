"""The processes that serve one site: started, replaced when they die, and stopped."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Final

from kb.app.place import Place
from kb.common.background import doubled
from kb.server.connections import ShutOut
from kb.server.processes.messages import CLOSED, READY, SHUT_OUT, Lines, send_connection

_log = logging.getLogger(__name__)

_PATIENCE: Final = 20.0
"""Longest wait for a process to finish what it does."""
_LIVED: Final = 30.0
"""Seconds after which a process has started well, and its end is not counted with earlier ones."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=0.5), timedelta(seconds=30)
_SAID: Final = 65_536
"""Bytes of what a process says that are read at once."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How the processes of a site are started."""

    count: int
    """The number of processes."""
    host: str
    """The address that is listened on."""
    command: Callable[[Place], list[str]]
    """Returns the program of a process and its arguments."""
    environment: Mapping[str, str]
    brand: str = ""
    """The brand's name; empty for the only site."""
    hosts: tuple[str, ...] = ()
    """The host names of the brand."""
    folder: Path | None = None
    """Where they run; None for the supervisor's own folder."""


@dataclass(slots=True)
class _Worker:
    """A serving process."""

    slot: int
    process: asyncio.subprocess.Process
    control: socket.socket
    is_ready: bool = False
    lines: Lines = field(default_factory=Lines)
    holds: set[int] = field(default_factory=set)
    """The numbers of its open connections."""


class Crew:
    """The processes of one site."""

    def __init__(
        self,
        plan: Plan,
        sockets: Path,
        left: Callable[[int], None],
        changed: Callable[[], None],
        shut_out: ShutOut | None = None,
    ) -> None:
        """Start nothing yet.

        :param plan: Says how many, and how they are started.
        :param sockets: An own folder for their sockets, which exists.
        :param left: Called with the number of each connection that is closed, or lost with its process.
        :param changed: Called when a process becomes ready, and when one cannot start.
        :param shut_out: Takes the clients that are not let in for a while; None for a list of its own.
        """
        self.plan = plan
        self.shut_out = ShutOut() if shut_out is None else shut_out
        """Clients that are not let in for a while."""
        self.restarts = 0
        """How often a process took the place of one that ended."""
        self.exit_code: int | None = None
        """That of the first process that could not start at all; None while none failed."""
        self._sockets, self._left, self._changed = sockets, left, changed
        self._workers: dict[int, _Worker] = {}
        self._failures: dict[int, int] = {}
        self._turn = 0
        self._stopping = asyncio.Event()
        self._keepers: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Start the processes, and keep them running."""
        self._keepers = [asyncio.create_task(self._keep(slot)) for slot in range(self.plan.count)]

    @property
    def is_ready(self) -> bool:
        """Whether one process can answer."""
        return any(worker.is_ready for worker in self._workers.values())

    def places(self) -> list[Place]:
        """Return where each process can be asked, whether it runs now or not."""
        return [self._place(slot, -1) for slot in range(self.plan.count)]

    def take(self, number: int, connection: socket.socket, slot: int | None) -> bool:
        """Give a connection to the process it belongs to; while that one is away, to the next.

        :param number: Names the connection.
        :param connection: Stays open here.
        :param slot: The process; None if any will do.
        :return: False if nobody is there.
        """
        if slot is None:
            self._turn += 1
            slot = self._turn
        for step in range(self.plan.count):
            worker = self._workers.get((slot + step) % self.plan.count)
            if worker is not None and worker.is_ready and send_connection(worker.control, number, connection):
                worker.holds.add(number)
                return True
        return False

    async def stop(self) -> None:
        """Have every process finish what it does; end those that take too long."""
        self._stopping.set()
        workers = list(self._workers.values())
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                worker.process.terminate()
        waits = [asyncio.create_task(worker.process.wait()) for worker in workers]
        if waits:
            await asyncio.wait(waits, timeout=_PATIENCE)
        for worker in workers:
            if worker.process.returncode is None:
                _log.error("%s did not stop within %d s, and is ended.", self._named(worker.slot), int(_PATIENCE))
                with contextlib.suppress(ProcessLookupError):
                    worker.process.kill()
        if self._keepers:
            await asyncio.wait(self._keepers)

    # ------------------------------------------------------------------------------------------ one process

    async def _keep(self, slot: int) -> None:
        """Keep a process running in a slot until everything stops."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            begun = loop.time()
            code, was_ready = await self._run(slot)
            if self._stopping.is_set():
                return
            if not was_ready and self.exit_code is None and not self._failures.get(slot):
                self.exit_code = code or 1  # it has said itself what is wrong with its settings
                self._changed()
                if self._stopping.is_set():
                    return
            self._failures[slot] = 1 if loop.time() - begun > _LIVED else self._failures.get(slot, 0) + 1
            wait = doubled(_FIRST_WAIT, self._failures[slot], _LONGEST_WAIT).total_seconds()
            _log.error("%s ended with code %d; another starts in %.1f s.", self._named(slot), code, wait)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)
            self.restarts += 1

    async def _run(self, slot: int) -> tuple[int, bool]:
        """Run a process to its end; return its exit code, and whether it ever was ready."""
        try:
            worker = await self._start(slot)
        except OSError as error:  # the folder is away, or the system lets no process start
            _log.error("%s cannot start: %s: %s", self._named(slot), error.strerror, error.filename)
            return 1, False
        if self._stopping.is_set():  # in the meantime
            worker.process.terminate()
        code = await worker.process.wait()
        self._forget(worker)
        return code, worker.is_ready

    async def _start(self, slot: int) -> _Worker:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            process = await asyncio.create_subprocess_exec(
                *self.plan.command(self._place(slot, theirs.fileno())),
                pass_fds=(theirs.fileno(),),
                env=dict(self.plan.environment),
                cwd=self.plan.folder,
                stdin=asyncio.subprocess.DEVNULL,
                start_new_session=True,  # Ctrl+C comes to the supervisor alone, which then stops the others
            )
        except OSError:
            ours.close()
            raise
        finally:
            theirs.close()
        ours.setblocking(False)
        worker = _Worker(slot, process, ours)
        asyncio.get_running_loop().add_reader(ours, self._hear, worker)
        self._workers[slot] = worker
        return worker

    def _place(self, slot: int, control: int) -> Place:
        plan = self.plan
        return Place(slot, plan.count, plan.host, control, str(self._sockets), plan.brand)

    def _hear(self, worker: _Worker) -> None:
        """Note what a process says, or that it takes nothing more."""
        try:
            said = worker.control.recv(_SAID)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if not said:
            self._forget(worker)
        for word, about in worker.lines.of(said):
            if word == READY:
                worker.is_ready = True
                self._changed()
            elif word == SHUT_OUT:
                self.shut_out.add(about)
            elif word == CLOSED and about.isdigit() and int(about) in worker.holds:
                worker.holds.discard(int(about))
                self._left(int(about))

    def _forget(self, worker: _Worker) -> None:
        """Hand nothing more to a process; its connections are gone with it, or soon will be."""
        if worker.control.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(worker.control)
            worker.control.close()
        for number in worker.holds:
            self._left(number)
        worker.holds.clear()
        if self._workers.get(worker.slot) is worker:
            del self._workers[worker.slot]

    def _named(self, slot: int) -> str:
        return f"Serving process {slot}" + (f" of {self.plan.brand}" if self.plan.brand else "")
