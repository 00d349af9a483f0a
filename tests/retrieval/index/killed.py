"""Kills a process that writes and publishes an index version, before each step that changes the disk."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kb.retrieval.index.versions import publish, write_version

FILES = {"a.bin": b"first", "b.bin": b"second \x00\xff"}
_STEPS = ("fsync", "rename", "replace", "utime", "mkdir", "rmdir", "unlink")
"""What changes the disk, of the module os; every write is flushed by its own fsync."""


def bring_out(index: Path, n: int, keep: int = 9) -> str:
    """Write and publish a version that differs by a number."""
    name = write_version(index, FILES, {"n": n})
    publish(index, name, keep)
    return name


def _die_at(wanted: int) -> None:
    """Kill this process before the step of that number."""
    seen = 0

    def counted(real: Callable[..., Any]) -> Callable[..., Any]:
        def step(*args: Any, **options: Any) -> Any:
            nonlocal seen
            seen += 1
            if seen == wanted:
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*args, **options)

        return step

    for name in _STEPS:
        setattr(os, name, counted(getattr(os, name)))


def main(source: Path, work: Path) -> int:
    """Kill one process after the other, each over a copy of its own.

    :param source: An index with two versions.
    :param work: Where the copies go, each named by the step that was not made.
    :return: The number of steps; the copy after it is the one of a process that ended by itself.
    """
    n, is_killed = 0, True
    while is_killed:
        n += 1
        shutil.copytree(source, work / str(n))
        child = os.fork()
        if child == 0:
            _die_at(n)
            bring_out(work / str(n), 9, keep=2)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        is_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert is_killed or status == 0, status
    return n - 1


if __name__ == "__main__":
    sys.stdout.write(f"{main(Path(sys.argv[1]), Path(sys.argv[2]))}\n")
