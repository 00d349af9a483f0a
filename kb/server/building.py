"""A build next to a running server, in a separate process that yields to the server and ends with it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kb.settings.settings import Settings

_PATIENCE_S = 10.0


class _Build:
    """One run of ``kb build`` for a server that is answering, or is waiting for its first index.

    Its output goes to the server's terminal. The server picks up the new index like any other; a failed build leaves
    the current one in place.
    """

    def __init__(self) -> None:
        """Start nothing yet."""
        self._process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        return [sys.executable, "-m", "kb", "build", "--polite"]

    def start(self) -> None:
        """Start the build, unless it was started before."""
        if self._process is not None:
            return
        self._process = subprocess.Popen(self.command(), stdin=subprocess.DEVNULL)  # noqa: S603 — our own words

    def stop(self) -> None:
        """End the build if it is running. An interrupted build publishes nothing, and the next build resumes it."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.terminate()
        try:
            self._process.wait(_PATIENCE_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


class BackgroundBuild(_Build):
    """The build of the only site."""

    def __init__(self, settings: Settings) -> None:
        """Remember what to build; nothing is started yet.

        :param settings: ``articles``, ``index`` and ``site_path`` are handed on, the rest comes from the environment.
        """
        super().__init__()
        self._settings = settings

    @property
    def is_urgent(self) -> bool:
        """Whether no question can be answered before it is done."""
        return not (self._settings.index / "CURRENT").exists()

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        settings = self._settings
        command = [*super().command(), "--articles", str(settings.articles), "--index", str(settings.index)]
        return [*command, "--site", str(settings.site_path)] if settings.site_path.exists() else command


class BrandsBuild(_Build):
    """The builds of all brands, one after the other."""

    def __init__(self, file: Path) -> None:
        """Remember what to build; nothing is started yet.

        :param file: Lists the brands.
        """
        super().__init__()
        self._file = file

    def command(self) -> list[str]:
        """Return the program and its arguments."""
        return [*super().command(), "--brands", str(self._file)]
