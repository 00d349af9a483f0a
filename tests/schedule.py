"""The order of the test files, and the repository's index, built next to the tests that do without it."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest
from filelock import FileLock

from kb.retrieval.build import trials
from kb.retrieval.index.versions import CURRENT
from kb.settings.settings import Settings
from tests.support import ROOT, build, real_settings

REAL = "built_index"
"""The fixture that takes minutes when no vector is cached."""
TRIALS = 800
"""Most trial questions of each kind that the repository's index learns its confidence from."""
_BUILDER = pytest.StashKey[subprocess.Popen[bytes]]()


def shared_index(folder: Path) -> Settings:
    """Return settings whose index holds the repository's articles; the first process that asks builds it.

    :param folder: Of the test run; all its processes name the same.
    """
    settings = real_settings(folder / "built" / "index")
    with FileLock(folder / "built.lock"), pytest.MonkeyPatch.context() as patch:
        if not (settings.index / CURRENT).exists():
            # Each is encoded by itself, as when serving: with all of them, that takes as long as the articles.
            patch.setattr(trials, "MAX_QUESTIONS", TRIALS)
            build(settings)
    return settings


def shared_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder that the processes of a run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if _worker() else own


def put_in_order(items: list[pytest.Item]) -> None:
    """Put the files that open a browser after the others, and those that need the repository's index last.

    The index is built meanwhile, which would make browsers slow. The order is otherwise as it is.
    """
    needing = {item.path for item in items if REAL in getattr(item, "fixturenames", ())}
    browser = {item.path for item in items if "browser" in getattr(item, "fixturenames", ())}
    items.sort(key=lambda item: (item.path in needing, (item.path in browser) != (item.path in needing)))


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Import a share of the test files first, another one in each process: what one compiles, the others read.

    All import every file. One after another in the same order, each would compile all of them, with what pytest adds
    to their assertions. What cannot be imported is reported when it is collected.
    """
    if _worker() and session.config.args == session.config.getini("testpaths"):
        for path in share(sorted((ROOT / "tests").rglob("test_*.py")), _worker(), _workers()):
            with suppress(Exception, pytest.skip.Exception):
                import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))


def share(paths: list[Path], worker: str, workers: int) -> list[Path]:
    """Return the part of the files that a process compiles.

    :param paths: All files.
    :param worker: The process: ``gw0``, ``gw1`` and so on.
    :param workers: How many there are.
    """
    number = int(worker.removeprefix("gw"))
    return paths[len(paths) * number // workers : len(paths) * (number + 1) // workers]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start to build the repository's index, if several processes run the tests and one of them will need it."""
    if _worker() != "gw0" or not any(REAL in getattr(item, "fixturenames", ()) for item in session.items):
        return
    folder = session.config._tmp_path_factory.getbasetemp().parent  # type: ignore[attr-defined]
    with (folder / "built.log").open("wb") as log:
        session.config.stash[_BUILDER] = subprocess.Popen(
            [sys.executable, "-m", "tests.schedule", str(folder)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
        )


def pytest_sessionfinish(session: pytest.Session) -> None:
    """End a build that nobody waits for."""
    builder = session.config.stash.get(_BUILDER, None)
    if builder is not None:
        builder.terminate()
        builder.wait()


def _worker() -> str:
    return os.environ.get("PYTEST_XDIST_WORKER", "")


def _workers() -> int:
    return int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))


if __name__ == "__main__":
    shared_index(Path(sys.argv[1]))
