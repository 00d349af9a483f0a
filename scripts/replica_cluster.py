"""Servers behind nginx over one PostgreSQL, and two nodes of the vector engine, all on loopback: what is tried.

Used by ``try_replicas.py`` and its test.
"""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from behind_nginx import Trial, around, ended, free_ports, nginx_program, placed, wait_for, write_certificate  # noqa: E402

from benchmarks.returning import Door  # noqa: E402
from kb.retrieval.build.engine_push import push_to_engine  # noqa: E402
from kb.retrieval.index.versions import read_version  # noqa: E402
from kb.settings.settings import IndexEngine, Settings  # noqa: E402
from tests import postgres  # noqa: E402

HOST = "help.example.com"
PATIENCE = 240.0


@dataclass
class Replica:
    """One ``kb serve``."""

    port: int
    folder: Path
    environment: dict[str, str]
    process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Start it; it may take a while until it answers."""
        command = [sys.executable, "-m", "kb", "serve", "--port", str(self.port)]
        with (self.folder / f"{self.port}.log").open("a") as log:
            self.process = subprocess.Popen(
                command, cwd=self.folder, env=self.environment, stdout=log, stderr=log, text=True
            )

    def end(self, how: signal.Signals) -> None:
        """Send it a signal, and wait for its end."""
        assert self.process is not None
        self.process.send_signal(how)
        self.process.wait(timeout=PATIENCE)

    def get(self, path: str) -> str:
        """Return what it says at an address; empty where it does not answer with 200."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers={"Host": HOST})
        try:
            with urllib.request.urlopen(request, timeout=5) as reply:
                return str(reply.read().decode())
        except OSError:
            return ""

    def wait_until_ready(self) -> None:
        """Return once it can answer."""
        until = time.monotonic() + PATIENCE
        while not self.get("/readyz"):
            if time.monotonic() > until or (self.process is not None and self.process.poll() is not None):
                raise SystemExit(f"A replica did not start: {(self.folder / f'{self.port}.log').read_text()[-2000:]}")
            time.sleep(0.1)


@dataclass
class Nodes:
    """A primary with pgvector and its hot standby."""

    primary: postgres.Server
    standby: postgres.Server
    settings: Settings
    """Name the engine by the address of both."""

    def push(self, index: Path, name: str) -> None:
        """Put a version there as a build does, which goes on without the engine while no node takes changes."""
        push_to_engine(read_version(index, name), self.settings, lambda said: print(f"    {said}", flush=True))

    def fail_over(self) -> None:
        """Have the standby take changes in place of the primary, which is gone."""
        self.standby.promote()


@dataclass
class Cluster:
    """Everything that runs."""

    door: Door
    replicas: list[Replica]
    database: postgres.Server
    url: str
    index: Path
    nodes: Nodes | None = None
    """Those of the vector engine; None where the vectors are in the replicas."""


@contextlib.contextmanager
def engine_nodes() -> Iterator[Nodes]:
    """Run two nodes of the vector engine, without any vectors yet, until the block ends."""
    programs = postgres.vector_programs()
    with (
        postgres.server(programs, durable=True) as primary,
        postgres.server(programs, durable=True, primary=primary) as standby,
    ):
        url = primary.new_database()
        both = url.replace(f":{primary.port}/", f":{primary.port},127.0.0.1:{standby.port}/")
        address = f"{both}?target_session_attrs=any&load_balance_hosts=random"
        yield Nodes(primary, standby, Settings(index_engine=IndexEngine.PGVECTOR, index_engine_url=address))


@contextlib.contextmanager
def running(folder: Path, index: Path, site: Path, replicas: int, nodes: Nodes | None = None) -> Iterator[Cluster]:
    """Run PostgreSQL, the replicas and nginx until the block ends.

    :param folder: For everything they write.
    :param index: The folder of the index that all of them read.
    :param site: The site.yaml.
    :param replicas: The number of replicas.
    :param nodes: Those of the vector engine, which hold the index; None for vectors in the replicas.
    :yield: What runs.
    """
    programs = postgres.programs()
    if programs is None:
        raise SystemExit("PostgreSQL is not installed: install it (Debian: apt install postgresql), then try again.")
    certificate, _ = write_certificate(folder)
    with contextlib.ExitStack() as stack:
        database = stack.enter_context(postgres.server(programs, durable=True))
        url = database.new_database()
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "KB_SITE": str(site.resolve()),
            "KB_INDEX": str(index),
            "KB_DATABASE_URL": url,
            "KB_HOSTS": HOST,
            "KB_DRAIN_SECONDS": "1",
            "KB_LOG_LEVEL": "info",
        }
        if nodes is not None:
            environment |= {"KB_INDEX_ENGINE": "pgvector", "KB_INDEX_ENGINE_URL": nodes.settings.index_engine_url}
        plain, tls, *ports = free_ports(2 + replicas)
        each = [Replica(port, folder, environment) for port in ports]
        for replica in each:
            stack.callback(finish, replica)
            replica.start()
        for replica in each:
            replica.wait_until_ready()
        trial = Trial(plain, tls, ports[0], certificate)
        (folder / "billing-help.conf").write_text(placed(trial, folder, ports[1:]))
        (folder / "nginx.conf").write_text(around(folder))
        call = [nginx_program(), "-p", str(folder), "-c", str(folder / "nginx.conf")]
        stack.enter_context(ended(call, folder, stderr=subprocess.DEVNULL))
        wait_for(tls)
        yield Cluster(Door(HOST, tls, trial.context()), each, database, url, index, nodes)


def finish(replica: Replica) -> None:
    """End a replica, whatever state it is in."""
    if replica.process is not None and replica.process.poll() is None:
        replica.process.terminate()
        try:
            replica.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            replica.process.kill()


# --------------------------------------------------------------------------------------------------- asking it


def wait_for_journal(cluster: Cluster) -> None:
    """Return once every replica that runs has written what was asked."""
    _wait_for_all(cluster, r"^kb_journal_waiting 0", "The journal still has something to write")


def wait_for_engine(cluster: Cluster) -> None:
    """Return once every replica that runs asks the vector engine."""
    _wait_for_all(cluster, r"^kb_index_engine_up(\{.*\})? 1", "A replica still does without the vector engine")


def by_copy(cluster: Cluster) -> int:
    """Return how many looks at vectors the copies in the index folder answered, two for each question."""
    counts = [re.search(r"(?m)^kb_index_engine_copy_total\S* (\d+)", each.get("/metrics")) for each in cluster.replicas]
    return sum(int(count[1]) for count in counts if count)


def _wait_for_all(cluster: Cluster, says: str, otherwise: str) -> None:
    until = time.monotonic() + PATIENCE
    alive = [each for each in cluster.replicas if each.process is not None and each.process.poll() is None]
    while not all(re.search(says, each.get("/metrics"), re.MULTILINE) for each in alive):
        if time.monotonic() > until:
            raise SystemExit(f"{otherwise} after four minutes.")
        time.sleep(0.1)
