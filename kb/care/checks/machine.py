"""Checks of the machine: folders, disk, memory, open files, clock, port, and what was left behind."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from kb.care.installation import Installation
from kb.care.results import Result, ok, problem, warning
from kb.errors import KbIndexError
from kb.retrieval.index.versions import current_name

_LITTLE: Final = 500_000_000
_TOO_LITTLE: Final = 50_000_000
_LEAST_MEMORY: Final = 700_000_000
_LEAST_FILES: Final = 4096
_CLOCKS_APART: Final = timedelta(minutes=5)
_RELEASED: Final = datetime(2026, 11, 1, tzinfo=UTC)
"""No clock that is right shows an earlier time."""
_PATIENCE_S: Final = 3.0
_EVERYWHERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared, not listened on


def _places(installation: Installation) -> dict[str, Path]:
    """Return the folders that the program writes to, by what they are."""
    settings = installation.settings
    file = installation.journal_file
    journal = {"journal": file.parent} if file is not None else {}
    return {"index": settings.index, **journal, "cache": settings.cache, "temporary": Path(tempfile.gettempdir())}


def _nearest(path: Path) -> Path:
    """Return a folder, or the nearest one above it that exists."""
    path = path.absolute()
    return next(p for p in (path, *path.parents) if p.exists())


def folders(installation: Installation) -> Iterator[Result]:
    """Check that the program may write where it has to."""
    places, articles = _places(installation), installation.settings.articles
    refused = {what: path for what, path in places.items() if not os.access(_nearest(path), os.W_OK | os.X_OK)}
    for what, path in refused.items():
        said = f"the folder of the {what}, {path}, cannot be written"
        yield problem("folders", said, "Give the server's account the right to write it.")
    if articles.is_dir() and not os.access(articles, os.W_OK | os.X_OK):
        said = f"{articles} cannot be written: editors cannot publish in the browser"
        yield warning("folders", said, "Give the server's account the right to write it, if they are to.")
    if not refused:
        yield ok("folders", f"can be written: {', '.join(places)}")


def disk(installation: Installation) -> Iterator[Result]:
    """Check the free space of every disk that the program writes to."""
    by_disk: dict[int, tuple[Path, list[str]]] = {}
    for what, path in _places(installation).items():
        nearest = _nearest(path)
        by_disk.setdefault(nearest.stat().st_dev, (nearest, []))[1].append(what)
    for nearest, names in by_disk.values():
        free = shutil.disk_usage(nearest).free
        needed = max(_LITTLE, 2 * _index_size(installation) if "index" in names else 0)
        said = f"{free / 1e6:.0f} MB are free for {', '.join(names)}"
        if free < _TOO_LITTLE:
            yield problem("disk", said, "Free some now: soon nothing can be recorded or built.")
        elif free < needed:
            yield warning("disk", f"{said}; {needed / 1e6:.0f} MB would be safe", "Free some, or move a folder.")
        else:
            yield ok("disk", said)


def _index_size(installation: Installation) -> int:
    """Return the size of the published version: a build writes another next to it."""
    try:
        folder = installation.settings.index / "versions" / current_name(installation.settings.index)
    except KbIndexError:
        return 0
    return sum(path.stat().st_size for path in folder.iterdir())


def memory(_: Installation) -> Iterator[Result]:
    """Check how much memory is left, where the system says."""
    with contextlib.suppress(OSError, KeyError, ValueError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        found = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
        free = found["MemAvailable"]
        said = f"{free / 1e6:.0f} of {found['MemTotal'] / 1e6:.0f} MB are available"
        if free < _LEAST_MEMORY:
            yield warning(
                "memory", said, "A server with the best encoder takes up to a gigabyte; 'encoder: e5' takes less."
            )
        else:
            yield ok("memory", said)


def files(_: Installation) -> Iterator[Result]:
    """Check how many files, and so connections, the server may have open."""
    if sys.platform == "win32":
        return
    import resource  # noqa: PLC0415 - POSIX only

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = "any number of" if hard == resource.RLIM_INFINITY else str(hard)
    said = f"{allowed} files may be open (now {soft}; the server takes all it may); an open page takes up to four"
    if hard != resource.RLIM_INFINITY and hard < _LEAST_FILES:
        yield warning("files", said, "Raise it: LimitNOFILE=65536 in the systemd unit, or ulimit -Hn 65536.")
    else:
        yield ok("files", said)


def clock(installation: Installation) -> Iterator[Result]:
    """Check the clock against what was written before: it cannot be in the past of that."""
    now = installation.now
    written = [installation.settings.index / "CURRENT", installation.journal_file, installation.settings.site_path]
    times = [datetime.fromtimestamp(p.stat().st_mtime, UTC) for p in written if p is not None and p.exists()]
    latest = max([_RELEASED, *times])
    if latest > now + _CLOCKS_APART:
        yield problem(
            "clock",
            f"it shows {now:%Y-%m-%d %H:%M} UTC, and a file was written at {latest:%Y-%m-%d %H:%M} UTC",
            "Set the clock, and have it set by the network (NTP): sign-ins, retention and reports go by it.",
        )
    else:
        yield ok("clock", f"{now:%Y-%m-%d %H:%M} UTC")


def port(installation: Installation) -> Iterator[Result]:
    """Check that the server can listen, or that it is the server that listens already."""
    host, number = installation.host, installation.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind((host, number))
        except OSError as error:
            why = error.strerror or str(error)
        else:
            yield ok("port", f"{host}:{number} is free")
            return
    alive = _asked(_EVERYWHERE.get(host, host), number, "/healthz")
    if alive.get("status") != "alive":
        yield problem("port", f"{host}:{number} cannot be listened on: {why}", "Choose another: kb serve --port N")
        return
    ready = _asked(_EVERYWHERE.get(host, host), number, "/readyz")
    if ready.get("status") != "ready":
        reason = str(ready.get("reason", "it does not say why")).rstrip(".")
        yield problem("port", f"a help center runs at {host}:{number}, and is not ready: {reason}", "See its log.")
    elif ready.get("index_files") == "damaged":
        said = f"the help center at {host}:{number} serves an index from memory whose files are damaged"
        yield problem("port", said, "Run 'kb build' before you restart it.")
    else:
        yield ok("port", f"a help center runs at {host}:{number}, and is ready")


def _asked(host: str, number: int, path: str) -> dict[str, Any]:
    """Return what a server on this machine says, or nothing."""
    connection = http.client.HTTPConnection(host, number, timeout=_PATIENCE_S)
    try:
        connection.request("GET", path)
        found = json.loads(connection.getresponse().read(1 << 16))
    except (OSError, http.client.HTTPException, ValueError):
        return {}
    finally:
        connection.close()
    return found if isinstance(found, dict) else {}


def leftovers(installation: Installation) -> Iterator[Result]:
    """Find what interrupted commands left behind, and what a restore set aside."""
    settings, file = installation.settings, installation.journal_file
    versions = sorted((settings.index / "versions").glob(".new-*"))
    for path in versions:
        yield warning("leftovers", f"{path} is of a build that never finished", "The next 'kb build' removes it.")
    above = {settings.articles.absolute().parent, settings.site_path.absolute().parent, settings.index}
    above |= {file.absolute().parent} if file is not None else set()
    stopped = sorted(p for folder in above for kind in ("restore", "backup") for p in folder.glob(f".kb-{kind}-*"))
    for path in stopped:
        yield warning(
            "leftovers", f"{path} is of a command that was interrupted", "Remove it, if no such command runs."
        )
    aside = sorted(path for folder in above for path in folder.glob("*.before-2*"))
    for path in aside:
        yield warning("leftovers", f"{path} was set aside by a restore", "Remove it when you are sure of the restore.")
    unfinished = sorted(settings.articles.rglob(".*.kb-new")) if settings.articles.is_dir() else []
    for path in unfinished:
        yield warning("leftovers", f"{path} was being written when something stopped it", "Remove it.")
    if not (versions or stopped or aside or unfinished):
        yield ok("leftovers", "none")
