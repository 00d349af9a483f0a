"""Run the real server in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kb.settings.settings import Settings

ROOT = Path(__file__).resolve().parent.parent.parent
_PROGRAM = (
    "from kb.settings.settings import load_settings; from kb.server.app import serve; serve(load_settings(), port=0)"
)
_PASSED_ON = ("PATH", "HOME", "LANG", "TMPDIR", "VIRTUAL_ENV", "XDG_CACHE_HOME")


@dataclass
class RunningServer:
    """A server that listens."""

    origin: str
    process: subprocess.Popen[str]
    log: Path
    """Everything it wrote to standard error."""

    def get(self, path: str) -> tuple[int, str]:
        """Return status and text of an address."""
        try:
            with urllib.request.urlopen(f"{self.origin}{path}", timeout=20) as reply:
                return reply.status, reply.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()


@contextmanager
def start_server(
    settings: Settings, folder: Path, program: str = _PROGRAM, **variables: str
) -> Iterator[RunningServer]:
    r"""Run the server until the block ends.

    :param settings: ``index`` and ``site_path`` are handed on by environment.
    :param folder: Where it runs and where its log goes.
    :param program: What Python runs.
    :param \**variables: Further environment variables.
    :yield: The server, listening on a free port.
    """
    environment = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    environment |= {
        "PYTHONPATH": str(ROOT),
        "KB_INDEX": str(settings.index.resolve()),
        "KB_SITE": str((ROOT / settings.site_path).resolve()),
        **variables,
    }
    log = folder / "server.log"
    with (
        log.open("w") as errors,
        subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            stderr=errors,
            cwd=folder,
            env=environment,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        line = process.stdout.readline()  # comes once it listens, or is empty once it has ended
        try:
            assert line.startswith("Open http://"), f"The server did not start: {log.read_text()}"
            yield RunningServer(line.split()[1], process, log)
        finally:
            process.terminate()
            process.wait(timeout=60)
