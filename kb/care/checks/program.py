"""Checks of the program: Python, its packages, the environment, and the programs next to it."""

from __future__ import annotations

import difflib
import os
import platform
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

import kb
from kb.care.installation import Installation
from kb.care.results import Result, ok, warning
from kb.care.results import problem as a_problem
from kb.contact import delivery
from kb.settings.settings import ENVIRONMENT

_DISTRIBUTION: Final = "billing-help"
_LOCK: Final = Path(kb.__file__).resolve().parent.parent / "requirements.lock"
_PYTHONS: Final = ((3, 11), (3, 13))
_LISTED: Final = 4
"""Packages that a message names."""
_NOT_SETTINGS: Final = (
    "KB_LOCAL_EDITOR", "KB_CHROMIUM", "KB_TEST_CRASHES", "KB_TEST_SCREENS", "KB_INSTALLER", "KB_TORCH_INDEX",
    delivery.USER, delivery.PASSWORD, delivery.SECRET,
)  # fmt: skip
KNOWN_VARIABLES: Final = frozenset({*ENVIRONMENT.values(), *_NOT_SETTINGS})
"""Every environment variable of ours."""


def install_again() -> str:
    """Return how the packages are installed again."""
    if _LOCK.is_file():
        return "Run: make setup"
    return f"Run: pip install --force-reinstall {_DISTRIBUTION}=={kb.__version__}"


def python(_: Installation) -> Iterator[Result]:
    """Check the version of Python."""
    version = platform.python_version()
    said = f"Python {version}, {platform.system()} {platform.machine()}, SQLite {sqlite3.sqlite_version}"
    if sys.maxsize <= 2**32:
        yield a_problem("python", f"{said}: it has 32 bits", "Install a 64-bit Python.")
    elif not _PYTHONS[0] <= sys.version_info[:2] <= _PYTHONS[1]:
        least, most = (".".join(map(str, v)) for v in _PYTHONS)
        yield warning("python", f"{said}: tried with {least} to {most}", f"Use Python {most}.")
    else:
        yield ok("python", said)


def packages(_: Installation) -> Iterator[Result]:
    """Check that every package is there, in the version of the lock file or of what the installed program declares."""
    missing, other = [], []
    wanted = _wanted()
    for requirement in wanted:
        try:
            found = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            missing.append(requirement.name)
            continue
        if not requirement.specifier.contains(found, prereleases=True):
            other.append(f"{requirement.name} {found} (wanted: {requirement.specifier})")
    source = _LOCK.name if _LOCK.is_file() else "what the program declares"
    if missing:
        yield a_problem("packages", f"{len(missing)} missing: {_few(missing)}", install_again())
    if other:
        yield warning("packages", f"{len(other)} differ from {source}: {_few(other)}", install_again())
    if not missing and not other:
        yield ok("packages", f"{len(wanted)} packages as in {source}")


def _wanted() -> list[Requirement]:
    """Return the packages of the lock file, or those that the installed program declares; for this system."""
    if _LOCK.is_file():
        lines = [line.rstrip("\\ ") for line in _LOCK.read_text(encoding="utf-8").splitlines() if "==" in line]
        texts = [line for line in lines if line[:1].isalnum()]
    else:
        texts = metadata.requires(_DISTRIBUTION) or []
    requirements = [Requirement(text) for text in texts]
    return [r for r in requirements if r.marker is None or r.marker.evaluate({"extra": ""})]


def _few(names: list[str]) -> str:
    more = f" and {len(names) - _LISTED} more" if len(names) > _LISTED else ""
    return f"{', '.join(names[:_LISTED])}{more}"


def environment(installation: Installation) -> Iterator[Result]:
    """Find variables that look like ours and are not, as after a typing error."""
    ours = sorted(name for name in installation.environ if name.startswith("KB_"))
    for name in (name for name in ours if name not in KNOWN_VARIABLES):
        near = difflib.get_close_matches(name, KNOWN_VARIABLES, n=1)
        remedy = f"Did you mean {near[0]}?" if near else "Remove it, or see docs/operating.md for the names there are."
        yield warning("environment", f"{name} is not one of our variables, and is not read", remedy)
    known = [name for name in ours if name in KNOWN_VARIABLES]
    yield ok("environment", f"set: {', '.join(known)}" if known else "no variable of ours is set")


def account(_: Installation) -> Iterator[Result]:
    """Check which account runs the program."""
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        yield warning(
            "account",
            "this is root, who may write everything",
            "Run the server and its commands as an account of their own, so that a mistake can reach only its files.",
        )
    else:
        yield ok("account", "an ordinary account")


def programs(_: Installation) -> Iterator[Result]:
    """Check the programs that some commands use."""
    if shutil.which("git") is None:
        yield warning(
            "programs",
            "git is not installed: 'kb impact --base', 'kb check --base' and histories of articles need it",
            "Install git, if you use them.",
        )
    yield ok("programs", "not needed to serve: Chromium (browser tests), a PostgreSQL server, a compiler, torch")
