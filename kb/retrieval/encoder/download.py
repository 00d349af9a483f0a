"""Downloads one wheel from a registry with the machine's own installer.

The installer is pip, which honors the operator's index, proxy and certificate settings, or uv if there is no pip.
"""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable
from contextlib import closing, contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PLATFORM = "manylinux2014_x86_64"
"""Only data is taken from a wheel, so one platform's wheel serves all others."""
_PROGRESS = re.compile(r"Progress (\d+) of \d+")
_RAW_SINCE = (24, 1)
"""The first pip that reports its progress in a form that programs can read."""
_NO_NETWORK = (
    "Retrying (",
    "NewConnectionError",
    "ProxyError",
    "timed out",
    "SSLError",
    "error sending request",
    "dns error",
)
_TAIL = 400
"""Most characters of an installer's last message that are repeated."""


class DownloadFailed(Exception):
    """A package was not downloaded; the text says why, without a final period."""


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A wheel on disk, as a file or installed into a folder."""

    path: Path

    @contextmanager
    def open(self, member: str) -> Iterator[IO[bytes]]:
        """Open one of its files.

        :param member: The full name within the wheel.
        :yield: The file, for reading.
        :raises KeyError: If the wheel has no such file.
        """
        if self.path.is_dir():
            if not (self.path / member).is_file():
                raise KeyError(member)
            with (self.path / member).open("rb") as file:
                yield file
            return
        with zipfile.ZipFile(self.path) as wheel, closing(wheel.open(member)) as file:
            yield file


def download(requirement: str, digest: str, folder: Path, progress: Callable[[int], None]) -> Downloaded:
    """Download one wheel without its dependencies.

    :param requirement: ``package==version``.
    :param digest: The wheel's SHA-256, 64 hex digits; another file is refused.
    :param folder: An empty folder for all files of the download.
    :param progress: Called with the number of bytes received.
    :return: The wheel, below the folder.
    :raises DownloadFailed: Saying why.
    :raises OSError: If the disk is full.
    """
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{requirement} --hash=sha256:{digest}\n", encoding="utf-8")
    into = folder / "wheel"
    has_pip = importlib.util.find_spec("pip") is not None
    _run(_pip(wanted, into) if has_pip else _uv(wanted, into), requirement, folder, progress)
    found = list(into.glob("*.whl"))
    return Downloaded(found[0] if found else into)


def _pip(wanted: Path, into: Path) -> list[str]:
    """Return the command with this interpreter's pip."""
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--only-binary", ":all:"]
    command += ["--platform", _PLATFORM, "--no-cache-dir"]
    if tuple(map(int, re.findall(r"\d+", version("pip"))[:2])) >= _RAW_SINCE:
        command += ["--progress-bar", "raw"]
    return [*command, "--dest", str(into), "--requirement", str(wanted)]


def _uv(wanted: Path, into: Path) -> list[str]:
    """Return the command with uv, which unpacks what it downloads."""
    uv = shutil.which("uv")
    if uv is None:
        raise DownloadFailed("this Python has neither pip nor uv (run: python -m ensurepip)")
    command = [uv, "pip", "install", "--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-cache"]
    command += ["--python", sys.executable, "--python-platform", f"x86_64-{_PLATFORM.removesuffix('_x86_64')}"]
    return [*command, "--target", str(into), "--requirement", str(wanted)]


def _run(command: Sequence[str], requirement: str, folder: Path, progress: Callable[[int], None]) -> None:
    """Run an installer to its end, reporting its progress; it ends if this process does."""
    scratch = folder / "scratch"  # its scratch folder: on the cache's disk, and removed with it
    scratch.mkdir()
    places = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(scratch))
    quiet = {"PIP_DISABLE_PIP_VERSION_CHECK": "1", "PIP_NO_INPUT": "1", "PIP_QUIET": "0", "NO_COLOR": "1"}
    said: list[str] = []
    with subprocess.Popen(  # noqa: S603 — our own words
        command,
        env={**os.environ, **places, **quiet},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
    ) as process:
        try:
            for line in process.stdout or ():
                counted = _PROGRESS.match(line)
                if counted:
                    progress(int(counted[1]))
                else:
                    said.append(line.strip())
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        raise _reason(requirement, said)


def _reason(requirement: str, said: Sequence[str]) -> Exception:
    """Return the meaning of an installer's last message."""
    words = "\n".join(said)
    if "No space left" in words or "not enough space" in words:
        return OSError(28, "No space left on device")
    if "DO NOT MATCH THE HASHES" in words or "Hash mismatch" in words:
        got = re.search(r"Got\s+([0-9a-f]{16})", words)
        found = f" (its SHA-256 is {got[1]}…)" if got else ""
        return DownloadFailed(f"what came as {requirement} is not the pinned file{found} and was not used")
    if any(sign in words for sign in _NO_NETWORK):
        return DownloadFailed(f"the registry of packages did not answer when asked for {requirement}")
    if "No matching distribution" in words or "No solution found" in words or "not found" in words:
        return DownloadFailed(f"the registry of packages does not have {requirement}")
    last = next((line for line in reversed(said) if line), "it said nothing")
    return DownloadFailed(f"{requirement}: {last[-_TAIL:].rstrip('.')}")
