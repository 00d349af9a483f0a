"""A real S3 server for the tests: Ceph's object gateway over its own cluster, in memory, on free loopback ports."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_PROGRAMS = ("ceph-mon", "ceph-osd", "radosgw", "radosgw-admin", "ceph", "ceph-authtool", "monmaptool")
_PATIENCE_S = 60.0
_CONF = """\
[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{monitor}
mon initial members = a
keyring = {folder}/keyring
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
run dir = {folder}
admin socket = {folder}/$name.asok
log file = {folder}/$name.log
mon data = {folder}/mon
osd data = {folder}/osd
osd objectstore = memstore
memstore device bytes = {bytes}
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
mon allow pool size one = true

[client.rgw]
rgw frontends = beast endpoint=127.0.0.1:{port}
"""
_ROOM = 2 << 30
"""Bytes that the cluster may hold, all of them in memory."""


def is_installed() -> bool:
    """Return whether Ceph's programs are there (Debian: radosgw, ceph-mon, ceph-osd, ceph-common)."""
    return all(shutil.which(program) for program in _PROGRAMS)


@dataclass
class ObjectServer:
    """A running server and the account that may use it."""

    endpoint: str
    access_key: str = "publisher"
    secret_key: str = "not-a-secret-of-anyone"
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def environment(self) -> dict[str, str]:
        """Return the variables by which a client finds the server."""
        return {
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": "us-east-1",
        }

    @property
    def gateway(self) -> int:
        """The process that speaks S3, to be stopped and continued by a test."""
        return self.processes[-1].pid


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@contextmanager
def object_server() -> Iterator[ObjectServer]:
    """Start a cluster of one monitor, one store and one gateway, and remove all of it in the end.

    :yield: The server, which answers.
    """
    with tempfile.TemporaryDirectory(prefix="kb-ceph-") as name:
        folder = Path(name)
        server = ObjectServer(f"http://127.0.0.1:{_free_port()}")
        try:
            _start(folder, server)
            yield server
        finally:
            for process in reversed(server.processes):
                process.send_signal(signal.SIGCONT)
                process.kill()
                process.wait()


def _start(folder: Path, server: ObjectServer) -> None:
    monitor, fsid = _free_port(), str(uuid.uuid4())
    conf = folder / "ceph.conf"
    port = server.endpoint.rpartition(":")[2]
    conf.write_text(_CONF.format(fsid=fsid, monitor=monitor, folder=folder, port=port, bytes=_ROOM), encoding="utf-8")

    def run(*command: str) -> bytes:
        environment = {**os.environ, "CEPH_CONF": str(conf)}
        return subprocess.run(
            command, cwd=folder, env=environment, check=True, capture_output=True, timeout=_PATIENCE_S
        ).stdout

    def start(*command: str) -> None:
        with (folder / f"{command[0]}.out").open("wb") as out:
            server.processes.append(
                subprocess.Popen([*command, "-c", str(conf), "-f"], cwd=folder, stdout=out, stderr=out)
            )

    for entity, rights in (
        ("mon.", ("mon", "allow *")),
        ("client.admin", ("mon", "allow *", "osd", "allow *", "mgr", "allow *")),
        ("client.rgw", ("mon", "allow rwx", "osd", "allow rwx")),
        ("osd.0", ("mon", "allow profile osd", "osd", "allow *")),
    ):
        caps = [part for kind, right in zip(rights[::2], rights[1::2], strict=True) for part in ("--cap", kind, right)]
        create = [] if (folder / "keyring").exists() else ["--create-keyring"]
        run("ceph-authtool", "keyring", *create, "--gen-key", "-n", entity, *caps)
    run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{monitor}]", "monmap")
    (folder / "osd").mkdir()
    run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")
    start("ceph-mon", "-i", "a")
    disk = str(uuid.uuid4())
    run("ceph", "osd", "new", disk, "0")
    run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", disk)
    run("ceph", "osd", "crush", "add", "osd.0", "1", "root=default", "host=here")
    start("ceph-osd", "-i", "0")
    made = run(
        "radosgw-admin", "user", "create", "--uid=publisher", "--display-name=publisher",
        f"--access-key={server.access_key}", f"--secret-key={server.secret_key}",
    )  # fmt: skip
    assert json.loads(made)["user_id"] == "publisher"
    start("radosgw", "-n", "client.rgw")
    _wait_for(int(port), folder)


def _wait_for(port: int, folder: Path) -> None:
    """Return once the gateway takes connections."""
    end = time.monotonic() + _PATIENCE_S
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError((folder / "radosgw.out").read_text("utf-8", "replace")[-2000:])
