"""Steps and a progress bar of the commands that take long."""

from __future__ import annotations

import sys
from typing import Self


class Steps:
    """A bar on a terminal, plain lines elsewhere; always on stderr, so that --json stays clean."""

    def __init__(self, what: str = "Embedding") -> None:
        """Show a bar for a step."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        self._console = Console(file=sys.stderr)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
            disable=not self._console.is_terminal,
        )
        self._task = self._bar.add_task(what, total=None, visible=False)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def begin(self, what: str) -> None:
        """Begin a step, which the bar counts from now on."""
        self._bar.update(self._task, description=what, visible=False)

    def say(self, message: str) -> None:
        """Print a step."""
        self._bar.update(self._task, visible=False)
        self._console.print(message, highlight=False, markup=False, soft_wrap=True)

    def advance(self, done: int, total: int) -> None:
        """Move the bar."""
        self._bar.update(self._task, completed=done, total=total, visible=True)
