"""Print the disk space of an installation as a Markdown table: ``make sizes``. It needs only Python.

Sizes are those of the files, in megabytes of a million bytes; a file with several names counts once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1e6
LARGEST = 8
"""How many packages are listed."""


def files(folder: Path) -> Iterator[Path]:
    """Yield every file below a folder, or the file itself; links are not followed."""
    if folder.is_file():
        yield folder
    for place, _, names in os.walk(folder):
        yield from (Path(place, name) for name in names)


def size(*places: Path) -> int:
    """Return the total size of everything below some folders."""
    seen: dict[tuple[int, int], int] = {}
    for place in places:
        for path in files(place):
            found = path.lstat()
            seen[found.st_dev, found.st_ino or hash(path)] = found.st_size
    return sum(seen.values())


def cache_folder() -> Path:
    """Return the cache of encoders, like ``kb.settings.settings.default_cache``."""
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(os.environ.get("KB_CACHE") or f"{base}/billing-help").expanduser()


def installed(root: Path) -> Path | None:
    """Return a checkout's folder of installed packages, if it has an environment."""
    return next((p for p in (root / ".venv").rglob("site-packages") if p.is_dir()), None)


def rows(root: Path, cache: Path) -> Iterator[tuple[str, int]]:
    """Yield each part of an installation and its size.

    :param root: A checkout.
    :param cache: The cache of encoders.
    :yield: A name and bytes; missing parts are left out.
    """
    yield ".venv", size(root / ".venv")
    packages = installed(root)
    if packages is not None:
        each = {p.name: size(p) for p in packages.iterdir() if p.is_dir() and not p.name.endswith(".dist-info")}
        for name in sorted(each, key=lambda name: -each[name])[:LARGEST]:
            yield f"of these, {name}", each[name]
        yield "of these, compiled Python (`*.pyc`)", sum(p.stat().st_size for p in packages.rglob("*.pyc"))
    for folder in sorted((cache / "models").glob("[!.]*")):
        yield f"cache: weights of {folder.name}", size(folder)
    for folder in sorted((cache / "encoders").glob("[!.]*")):
        yield f"cache: encoder {folder.name}", size(folder)
    current = root / "index" / "CURRENT"
    if current.is_file():
        version = root / "index" / "versions" / current.read_text(encoding="ascii").strip()
        yield "an index version", size(version)
        yield "all index versions", size(root / "index" / "versions")


def table(found: Iterable[tuple[str, int]]) -> str:
    """Return a Markdown table of names and megabytes."""
    lines = [f"| {name} | {amount / MEGABYTE:.0f} |" for name, amount in found]
    return "\n".join(["| what | MB |", "| --- | --- |", *lines])


if __name__ == "__main__":
    sys.stdout.write(table(rows(ROOT, cache_folder())) + "\n")
