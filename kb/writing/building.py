"""``kb build`` in a process of its own, so that the server goes on answering while an article is published."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Final, Protocol

from kb.errors import KbIndexError
from kb.settings.settings import ENVIRONMENT

if TYPE_CHECKING:
    from kb.settings.settings import Settings

_PATIENCE_S: Final = 10.0
_SAID: Final = "kb: "
"""What the command writes before its one line about an error."""


class BuildStopped(Exception):
    """The build was ended from outside; it published nothing."""


class Build(Protocol):
    """Brings the index up to date with the articles on disk."""

    def run(self, *, quick: bool) -> None:
        """Build, and return when the articles are live.

        :param quick: Whether what was learned before may be kept; otherwise everything is learned again.
        :raises KbIndexError: If it fails, with the reason; the published index is as it was.
        :raises BuildStopped: After :meth:`stop`.
        """

    def stop(self) -> None:
        """End the build that runs, if one does, and the next ones at once; from any thread."""

    def allow(self) -> None:
        """Undo :meth:`stop` for the next builds."""


class ProcessBuild:
    """Runs ``kb build``; several runs follow each other, and wait for builds of other processes."""

    def __init__(self, settings: Settings) -> None:
        """Remember what to build; nothing is started yet.

        :param settings: Handed on whole, through the environment.
        """
        self._settings = settings
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._stopped = threading.Event()

    def command(self, *, quick: bool) -> list[str]:
        """Return the program and its arguments."""
        return [sys.executable, "-m", "kb", "build", "--wait", "--polite", *(["--quick"] if quick else [])]

    def environment(self) -> dict[str, str]:
        """Return an environment with the same settings; among the arguments, a password would be seen by all."""
        given = {variable: getattr(self._settings, name) for name, variable in ENVIRONMENT.items()}
        if not self._settings.site_path.exists():
            del given[ENVIRONMENT["site_path"]]
        texts = {key: ",".join(value) if isinstance(value, tuple) else str(value) for key, value in given.items()}
        without = {key: value for key, value in os.environ.items() if key not in ENVIRONMENT.values()}
        return {**without, **{key: text for key, text in texts.items() if text}}

    def run(self, *, quick: bool) -> None:
        """Build, and return when the articles are live; see :class:`Build`."""
        with self._lock:
            if self._stopped.is_set():
                raise BuildStopped
            process = self._process = subprocess.Popen(  # noqa: S603 — our own words
                self.command(quick=quick),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                env=self.environment(),
                text=True,
                errors="replace",
            )
        _, said = process.communicate()
        with self._lock:
            self._process = None
        if process.returncode and self._stopped.is_set():
            raise BuildStopped
        if process.returncode:
            raise KbIndexError(_reason(said, process.returncode))

    def stop(self) -> None:
        """End the build that runs, and the next ones at once."""
        with self._lock:
            self._stopped.set()
            process = self._process
        if process is None:
            return
        process.terminate()
        try:
            process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()

    def allow(self) -> None:
        """Let the next builds run."""
        self._stopped.clear()


def _reason(said: str, status: int) -> str:
    """Return the sentence with which the command explained its failure."""
    lines = [line.removeprefix(_SAID) for line in said.splitlines() if line.startswith(_SAID)]
    if lines:
        return lines[-1]
    return f"The build ended with status {status} and said nothing about it. Run 'kb build' to see why."
