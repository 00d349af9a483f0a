"""Measure releases of the index: what travels, how long it takes, and when a running server answers from a new one.

Usage: python benchmarks/releases.py [--index DIR] [--next VERSION] [--replicas 2] [--write]

A copy of the index is published, and the next build of it: another version of the folder if one is named, and otherwise
what ``kb build --quick`` makes when one article gets one word more. Each is pulled. Places: a folder, the same folder
behind a web server, and a bucket of Ceph's object gateway if that and the extra 's3' are installed. Then servers
(``kb serve``) that begin with no index follow the folder while the two releases are published. Times are also given as
multiples of copying the version in the same run.
``--write`` puts the tables into docs/scale.md.
"""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kb.distribution.keys import KeyRing, SigningKey, new_key  # noqa: E402
from kb.distribution.publishing import publish_release  # noqa: E402
from kb.distribution.pulling import look, pull_release  # noqa: E402
from kb.distribution.store import Patience, open_source, open_target  # noqa: E402
from kb.retrieval.index.index import Index  # noqa: E402
from kb.retrieval.index.versions import current_name  # noqa: E402
from tests.distribution.conftest import web_server  # noqa: E402
from tests.object_server import is_installed, object_server  # noqa: E402

PAGE = ROOT / "docs" / "scale.md"
BEGINS, ENDS = "<!-- make scale: releases -->", "<!-- end of make scale: releases -->"
PATIENCE_S = 120.0


@dataclass
class Site:
    """A machine that builds, with two versions, and the key that signs."""

    folder: Path
    index: Path
    key: SigningKey
    first: str
    second: str

    @property
    def keys(self) -> KeyRing:
        """The keys that are trusted."""
        return KeyRing([self.key.public])


def timed(do: Callable[[], object]) -> float:
    """Return how many seconds something takes."""
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def prepare(folder: Path, index: Path, following: str) -> Site:
    """Copy the index, and build a second version of it, in which one article has one word more, if none is named."""
    shutil.copytree(index, folder / "builder", ignore=shutil.ignore_patterns(".*"))
    first = current_name(folder / "builder")
    if following:
        return Site(folder, folder / "builder", new_key(folder / "key.pem"), first, following)
    shutil.copytree(ROOT / "articles", folder / "articles")
    article = min((folder / "articles").rglob("*.md"))
    article.write_text(f"{article.read_text(encoding='utf-8').rstrip()} Indeed.\n", encoding="utf-8")
    places = ["--index", str(folder / "builder"), "--articles", str(folder / "articles")]
    command = [sys.executable, "-m", "kb", "build", "--quick", *places]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    second = current_name(folder / "builder")
    return Site(folder, folder / "builder", new_key(folder / "key.pem"), first, second)


# --------------------------------------------------------------------------------------- what travels


@contextmanager
def places(site: Site) -> Iterator[dict[str, tuple[str, str]]]:
    """Yield where to publish and where to pull from, by what the place is."""
    with ExitStack() as stack:
        web = site.folder / "web"
        web.mkdir()
        address, _faults = stack.enter_context(web_server(web))
        found = {"a folder": (str(site.folder / "releases"),) * 2, "a web server": (str(web), address)}
        if is_installed() and find_spec("obstore"):
            from datetime import timedelta

            import obstore

            server = stack.enter_context(object_server())
            os.environ.update(server.environment())
            store = obstore.store.S3Store("releases", client_options={"allow_http": True})
            made = urllib.request.Request(obstore.sign(store, "PUT", "", timedelta(minutes=1)), method="PUT")
            urllib.request.urlopen(made, timeout=30).close()
            found["a bucket (Ceph)"] = ("s3://releases/live",) * 2
        yield found


def transfers(site: Site) -> list[list[str]]:
    """Return a row for each place and release: files, megabytes and seconds of publishing and pulling."""
    rows = []
    version = site.index / "versions" / site.first
    copied = timed(lambda: shutil.copytree(version, site.folder / "copied"))
    with places(site) as found:
        for place, (to, at) in found.items():
            target, source = open_target(to, os.environ, Patience()), open_source(at, os.environ, Patience())
            replica = site.folder / f"replica-{len(rows)}"
            for release, name in (("first", site.first), ("the next", site.second)):
                began = time.perf_counter()
                sent = publish_release(site.index, name, target, site.key, site.keys)
                published = time.perf_counter() - began
                began = time.perf_counter()
                came = pull_release(replica, source, site.keys, Index.load, keep=3)
                pulled = time.perf_counter() - began
                looked = timed(partial(look, source, site.keys, Patience()))
                rows.append(
                    [
                        place,
                        release,
                        f"{came.fetched_files} of {sent.release.size / 1e6:.0f} MB: {came.fetched_bytes / 1e6:.0f} MB",
                        f"{published:.1f} s ({published / copied:.1f})",
                        f"{pulled:.1f} s ({pulled / copied:.1f})",
                        f"{looked * 1000:.0f} ms",
                    ]
                )
    return rows


# ------------------------------------------------------------------------------------------- pick-up


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def serves(port: int, version: str) -> bool:
    """Return whether a server answers from a version."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as reply:
            return f'kb_index{{version="{version}"}}' in reply.read().decode()
    except OSError:
        return False


def pick_up(site: Site, replicas: int) -> list[list[str]]:
    """Return how long after publishing every server answers from each release."""
    place = site.folder / "followed"
    place.mkdir()
    ports = [free_port() for _ in range(replicas)]
    with ExitStack() as stack:
        for port in ports:
            stack.enter_context(server(site, place, port))
        for port in ports:  # up, with nothing to answer from
            until(lambda port=port: serves(port, "") or is_up(port))
        rows = []
        for release, name in (("first", site.first), ("the next", site.second)):
            publish_release(site.index, name, open_target(str(place), {}, Patience()), site.key, site.keys)
            began = time.perf_counter()
            took = [timed(lambda port=port, name=name: until(lambda: serves(port, name))) for port in ports]
            rows.append([release, str(len(took)), f"{time.perf_counter() - began:.1f} s"])
        return rows


def is_up(port: int) -> bool:
    """Return whether a server takes requests."""
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
    except OSError:
        return False
    return True


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError
        time.sleep(0.1)


@contextmanager
def server(site: Site, place: Path, port: int) -> Iterator[None]:
    """Run a server that has no index, and follows the place."""
    here = site.folder / f"server-{port}"
    here.mkdir()
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "KB_INDEX": str(here / "index"),
        "KB_DATABASE_URL": f"sqlite:///{here / 'journal.db'}",
        "KB_INDEX_SOURCE": str(place),
        "KB_INDEX_KEYS": site.key.public,
    }
    command = [sys.executable, "-m", "kb", "serve", "--port", str(port)]
    with (here / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=here, env=environment, stdout=log, stderr=log)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


# ------------------------------------------------------------------------------------------- the page


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table; the first row is the heading."""
    head, *body = rows
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *body))


def main() -> None:
    """Measure, print, and write the page if that is wanted."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=ROOT / "index")
    parser.add_argument("--next", default="", metavar="VERSION")
    parser.add_argument("--replicas", type=int, default=2)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-releases-") as folder:
        site = prepare(Path(folder), given.index, given.next)
        head = ["place", "release", "files fetched", "publish (copies)", "pull (copies)", "look"]
        text = markdown([head, *transfers(site)])
        head = ["release", "servers", "all of them answer from it after"]
        text += "\n\n" + markdown([head, *pick_up(site, given.replicas)])
    print(text)
    if given.write:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGINS)
        PAGE.write_text(f"{before}{BEGINS}\n\n{text}\n\n{ENDS}{rest.partition(ENDS)[2]}", encoding="utf-8")


if __name__ == "__main__":
    main()
