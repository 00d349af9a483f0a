"""The process that holds the port: it hands connections on to serving processes, and replaces those that die.

It loads neither the index nor Streamlit, and reads no more of a connection than the head of its first request, which it
leaves in the socket for the process that gets it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import socket
import sys
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from kb.app.place import Place
from kb.common.background import doubled
from kb.errors import ConfigError
from kb.server.processes.routing import HEAD_END, LONGEST_HEAD, slot_for

_log = logging.getLogger(__name__)

READY: Final = b"r"
"""What a process sends once it can answer."""
_HEAD_SECONDS: Final = 2.0
"""Longest wait for a head; a connection that is slower goes to any process, which has limits of its own."""
_LOOK_AGAIN: Final = 0.02
_MOST_WAITING: Final = 1000
"""Connections whose head is waited for; further ones are handed on at once."""
_PATIENCE: Final = 20.0
"""Longest wait for a process to finish what it does."""
_LIVED: Final = 30.0
"""Seconds after which a process has started well, and its end is not counted with earlier ones."""
_FIRST_WAIT, _LONGEST_WAIT = timedelta(seconds=0.5), timedelta(seconds=30)


@dataclass(slots=True)
class _Worker:
    """A serving process."""

    slot: int
    process: asyncio.subprocess.Process
    control: socket.socket
    is_ready: bool = False


class Supervisor:
    """Serving processes behind one listening socket."""

    def __init__(
        self,
        listener: socket.socket,
        count: int,
        host: str,
        command: Callable[[Place], list[str]],
        environment: Mapping[str, str],
        *,
        handles_signals: bool = True,
    ) -> None:
        """Start nothing yet.

        :param listener: Bound.
        :param count: The number of processes.
        :param host: The address that is listened on.
        :param command: Returns the program of a process and its arguments.
        :param environment: The environment of the processes.
        :param handles_signals: Whether SIGTERM and SIGINT stop it; only in the main thread.
        """
        self._handles_signals = handles_signals
        self._listener, self._count, self._host = listener, count, host
        self._command, self._environment = command, dict(environment)
        self._workers: dict[int, _Worker] = {}
        self._failures: dict[int, int] = {}
        self._waiting: set[asyncio.Task[None]] = set()
        self._turn = 0
        self._answers, self._stopping = asyncio.Event(), asyncio.Event()
        self._exit_code = 0

    async def run(self, started: Callable[[], None]) -> int:
        """Serve until a signal stops it.

        :param started: Called once the first process can answer.
        :return: The exit code: 0, or that of a process that could not start.
        """
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT) if self._handles_signals else ():
            loop.add_signal_handler(number, self.stop)
        with tempfile.TemporaryDirectory(prefix="kb-serve-") as folder:
            keepers = [asyncio.create_task(self._keep(slot, folder)) for slot in range(self._count)]
            try:
                if await self._first_is_ready():
                    self._listen()
                    started()
                    await self._stopping.wait()
            finally:
                loop.remove_reader(self._listener)
                self._listener.close()
                self._stopping.set()
                await self._stop_all()
                await asyncio.gather(*keepers)
        return self._exit_code

    def stop(self) -> None:
        """Have :meth:`run` stop every process and return; call it in the thread of the loop."""
        self._stopping.set()

    # ---------------------------------------------------------------------------------------------- processes

    async def _keep(self, slot: int, folder: str) -> None:
        """Keep a process running in a slot until everything stops."""
        loop = asyncio.get_running_loop()
        while not self._stopping.is_set():
            begun = loop.time()
            worker = await self._start(slot, folder)
            if self._stopping.is_set():  # in the meantime
                worker.process.terminate()
            code = await worker.process.wait()
            self._forget(worker)
            if self._stopping.is_set():
                return
            if not worker.is_ready and not self._failures.get(slot):
                self._exit_code = code or 1  # it has said itself what is wrong with its settings
                self._stopping.set()
                return
            self._failures[slot] = 1 if loop.time() - begun > _LIVED else self._failures.get(slot, 0) + 1
            wait = doubled(_FIRST_WAIT, self._failures[slot], _LONGEST_WAIT).total_seconds()
            _log.error("Serving process %d ended with code %d; another starts in %.1f s.", slot, code, wait)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), wait)

    async def _start(self, slot: int, folder: str) -> _Worker:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        place = Place(slot, self._count, self._host, theirs.fileno(), folder)
        process = await asyncio.create_subprocess_exec(
            *self._command(place),
            pass_fds=(theirs.fileno(),),
            env=self._environment,
            stdin=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # Ctrl+C comes to this process alone, which then stops the others
        )
        theirs.close()
        ours.setblocking(False)
        worker = _Worker(slot, process, ours)
        asyncio.get_running_loop().add_reader(ours, self._hear, worker)
        self._workers[slot] = worker
        return worker

    def _hear(self, worker: _Worker) -> None:
        """Note that a process is ready, or that it takes nothing more."""
        try:
            said = worker.control.recv(64)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        if READY in said:
            worker.is_ready = True
            self._answers.set()
        elif not said:
            self._forget(worker)

    def _forget(self, worker: _Worker) -> None:
        """Hand nothing more to a process."""
        if worker.control.fileno() >= 0:
            asyncio.get_running_loop().remove_reader(worker.control)
            worker.control.close()
        if self._workers.get(worker.slot) is worker:
            del self._workers[worker.slot]

    async def _first_is_ready(self) -> bool:
        """Wait until one process can answer; return whether it came to that."""
        waits = [asyncio.create_task(event.wait()) for event in (self._answers, self._stopping)]
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for task in waits:
            task.cancel()
        return not self._stopping.is_set()

    async def _stop_all(self) -> None:
        """Have every process finish what it does; end those that take too long."""
        for task in self._waiting:
            task.cancel()
        workers = list(self._workers.values())
        for worker in workers:
            with contextlib.suppress(ProcessLookupError):
                worker.process.terminate()
        waits = [asyncio.create_task(worker.process.wait()) for worker in workers]
        if waits:
            await asyncio.wait(waits, timeout=_PATIENCE)
        for worker in workers:
            if worker.process.returncode is None:
                _log.error("Serving process %d did not stop within %d s, and is ended.", worker.slot, int(_PATIENCE))
                with contextlib.suppress(ProcessLookupError):
                    worker.process.kill()

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
            address = str(peer[0])
            head = _peek(connection)
            if HEAD_END in head or len(self._waiting) >= _MOST_WAITING:
                self._hand_on(connection, head, address)
                continue
            task = asyncio.create_task(self._wait_for_head(connection, address))
            self._waiting.add(task)
            task.add_done_callback(self._waiting.discard)

    async def _wait_for_head(self, connection: socket.socket, address: str) -> None:
        """Hand a connection on once its head is there, or has taken too long."""
        loop = asyncio.get_running_loop()
        deadline, head = loop.time() + _HEAD_SECONDS, b""
        pause = _LOOK_AGAIN / 8
        try:
            while loop.time() < deadline and HEAD_END not in head and len(head) < LONGEST_HEAD:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LOOK_AGAIN)
                head = _peek(connection)
        except asyncio.CancelledError:
            connection.close()
            raise
        self._hand_on(connection, head, address)

    def _hand_on(self, connection: socket.socket, head: bytes, address: str) -> None:
        """Give a connection to the process it belongs to; while that one is away, to the next."""
        slot = slot_for(head, address, self._count)
        if slot is None:
            self._turn += 1
            slot = self._turn
        with connection:
            for step in range(self._count):
                worker = self._workers.get((slot + step) % self._count)
                if worker is not None and worker.is_ready and _send(worker.control, connection):
                    return
        # Nobody is there: closing tells the browser to try again, which it does.


def _peek(connection: socket.socket) -> bytes:
    """Return what a peer has sent so far, and leave it there."""
    try:
        return connection.recv(LONGEST_HEAD, socket.MSG_PEEK)
    except OSError:  # nothing yet, or it is gone, which the process that gets it will see
        return b""


def _send(control: socket.socket, connection: socket.socket) -> bool:
    try:
        socket.send_fds(control, [b"c"], [connection.fileno()])
    except OSError:  # it died a moment ago, or takes nothing: the next one will
        return False
    return True


def supervise(
    listener: socket.socket,
    count: int,
    host: str,
    environment: Mapping[str, str],
    started: Callable[[], None],
) -> int:
    """Run serving processes until a signal stops them.

    :param listener: Bound.
    :param count: The number of processes.
    :param host: The address that is listened on.
    :param environment: The environment of the processes; names articles, index, site and database.
    :param started: Called once the first process can answer.
    :return: The exit code.
    :raises ConfigError: If this system cannot hand connections on.
    """
    if not hasattr(socket, "send_fds") or sys.platform == "win32":
        raise ConfigError("Several processes need a POSIX system. Start one: kb serve, without --processes.")

    def command(place: Place) -> list[str]:
        return [sys.executable, "-m", "kb.server.processes.worker", place.to_argument()]

    async def run() -> int:
        return await Supervisor(listener, count, host, command, environment).run(started)

    return asyncio.run(run())
