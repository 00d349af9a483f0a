"""Two machines, the keys of a publisher, and a web server that can be told to fail."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from kb.distribution.keys import KeyRing, SigningKey, new_key
from kb.distribution.publishing import Published, publish_release
from kb.distribution.pulling import Pulled, pull_release
from kb.distribution.store import Patience, Source, Target, open_source, open_target
from kb.retrieval.index.versions import current_name, publish, write_version

QUICK = Patience(
    connect_s=2.0,
    read_s=0.3,
    attempts=2,
    first_wait=timedelta(milliseconds=1),
    longest_wait=timedelta(milliseconds=2),
)
"""As patient as a test may be."""
LARGE = bytes(range(256)) * 2000
"""Half a megabyte: several portions of a transfer."""


@dataclass
class Machines:
    """One that builds and publishes, and one that pulls."""

    folder: Path
    key: SigningKey
    address: str
    environ: dict[str, str] = field(default_factory=dict)
    patience: Patience = QUICK
    proved: list[str] = field(default_factory=list)

    @property
    def builder(self) -> Path:
        """The index folder of the machine that builds."""
        return self.folder / "builder"

    @property
    def replica(self) -> Path:
        """The index folder of the machine that pulls."""
        return self.folder / "replica"

    @property
    def keys(self) -> KeyRing:
        """The keys that the replica trusts."""
        return KeyRing([self.key.public])

    def target(self) -> Target:
        """Return the place, to publish to."""
        return open_target(self.address, self.environ, self.patience)

    def source(self) -> Source:
        """Return the place, to pull from."""
        return open_source(self.address, self.environ, self.patience)

    def build(self, n: int, index: Path | None = None, **files: bytes) -> str:
        """Write and publish a version on the builder: one large file that all share, and a small one of its own."""
        index = index or self.builder
        found = {"graph.onnx": LARGE, "text.json": b"%d" % n, "same.json": b"%d" % n, **files}
        publish(index, name := write_version(index, found, {"n": n}), keep=9)
        return name

    def publish(self, index: Path | None = None, target: Target | None = None, **options: Any) -> Published:
        """Publish what the builder serves."""
        index = index or self.builder
        key = options.pop("key", self.key)
        keys = KeyRing([self.key.public, key.public])
        options = {"patience": self.patience, **options}
        return publish_release(index, current_name(index), target or self.target(), key, keys, **options)

    def release(self, n: int) -> Published:
        """Build a version and publish it."""
        self.build(n)
        return self.publish()

    def pull(self, source: Source | None = None, keys: KeyRing | None = None, **options: Any) -> Pulled:
        """Pull on the replica."""
        prove = options.pop("prove", lambda version: self.proved.append(version.name))
        options = {"keep": 3, "patience": self.patience, **options}
        return pull_release(self.replica, source or self.source(), keys or self.keys, prove, **options)


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    """The publisher's key."""
    return new_key(tmp_path_factory.mktemp("keys") / "publish.pem")


@pytest.fixture(scope="session")
def other_key(tmp_path_factory: pytest.TempPathFactory) -> SigningKey:
    """A key that nobody trusts."""
    return new_key(tmp_path_factory.mktemp("keys") / "stranger.pem")


@pytest.fixture
def machines(tmp_path: Path, key: SigningKey) -> Machines:
    """Two machines with a folder between them."""
    return Machines(tmp_path, key, str(tmp_path / "releases"))


class Faults:
    """What a web server is to do wrong, by the end of the path; and what it was asked for."""

    def __init__(self) -> None:
        """Do nothing wrong."""
        self.asked: list[tuple[str, str]] = []
        """The path and the range of each request."""
        self.status: dict[str, int] = {}
        self.body: dict[str, Callable[[bytes], bytes]] = {}
        self.cut_after: dict[str, int] = {}
        """Bytes after which the connection ends, once for each request."""
        self.is_silent: set[str] = set()
        self.drips: set[str] = set()
        self.has_ranges = True


class _Handler(http.server.SimpleHTTPRequestHandler):
    faults: Faults
    folder: Path
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        """Send a file, or do what the test wants."""
        name, wanted = self.path.rpartition("/")[2], self.headers.get("Range", "")
        self.faults.asked.append((self.path, wanted))
        if name in self.faults.is_silent:
            time.sleep(1.0)
            self.close_connection = True
            return
        file = self.folder / self.path.lstrip("/")
        status = self.faults.status.get(name) or (200 if file.is_file() else 404)
        if status != 200:
            self._head(status, 0)
            return
        body = self.faults.body.get(name, bytes)(file.read_bytes())
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.faults.has_ranges else 0
        self._head(
            206 if start else 200, len(body) - start, f"bytes {start}-{len(body) - 1}/{len(body)}" if start else ""
        )
        if name in self.faults.drips:
            for at in range(start, len(body)):
                self.wfile.write(body[at : at + 1])
                time.sleep(0.02)
            return
        cut = self.faults.cut_after.get(name, len(body))
        self.wfile.write(body[start : start + cut])
        self.close_connection = cut < len(body) - start

    def _head(self, status: int, length: int, content_range: str = "") -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(length))
        if status in (301, 302):
            self.send_header("Location", "http://elsewhere.example/")
        if content_range:
            self.send_header("Content-Range", content_range)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Print nothing."""


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing about a client that hung up, as some do here."""


@contextmanager
def web_server(folder: Path) -> Iterator[tuple[str, Faults]]:
    """Serve a folder on loopback.

    :param folder: The folder.
    :yield: Its address, and what goes wrong.
    """
    faults = Faults()
    handler = type("Handler", (_Handler,), {"faults": faults, "folder": folder})
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", faults
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture
def web(machines: Machines) -> Iterator[tuple[Source, Faults]]:
    """The same releases behind a web server."""
    with web_server(Path(machines.address)) as (address, faults):
        yield open_source(address, {}, machines.patience), faults
