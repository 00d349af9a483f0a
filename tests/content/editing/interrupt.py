"""A process that is interrupted between two steps on disk."""

from __future__ import annotations

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
