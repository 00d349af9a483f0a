"""A process that is interrupted between two steps on disk."""

from __future__ import annotations

import os
import shutil
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from kb.common import files


@contextmanager
def before_each_step(interrupt: Callable[[str], None]) -> Iterator[None]:
    """Call a function before each write, replacement and deletion of a file.

    :param interrupt: Told the step; it may raise, or kill the process.
    :yield: Nothing.
    """

    def told(word: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def step(path: Path, *args: Any, **options: Any) -> Any:
            if word != "delete" or path.exists():
                interrupt(f"{word} {path.name}")
            return original(path, *args, **options)

        return step

    with (
        patch.object(files, "write_flushed", told("write", files.write_flushed)),
        patch.object(Path, "replace", told("replace", Path.replace)),
        patch.object(Path, "unlink", told("delete", Path.unlink)),
    ):
        yield


def killed_at_each_step(source: Path, work: Path, run: Callable[[Path, int], None]) -> Iterator[Path]:
    """Run something in processes of their own, each killed one step later, until one gets to its end.

    :param source: The folder that each process gets a copy of.
    :param work: Where the copies go, by the number of the step.
    :param run: Takes a copy and the number of the step before which it kills its process.
    :yield: Each copy, after its process was killed; the last one's process was not.
    """
    n, was_killed = 0, True
    while was_killed:
        n += 1
        folder = work / str(n)
        shutil.copytree(source, folder)
        child = os.fork()
        if child == 0:
            run(folder, n)
            os._exit(0)
        status = os.waitpid(child, 0)[1]
        was_killed = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL
        assert was_killed or status == 0, status
        yield folder
