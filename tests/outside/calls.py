"""What was written down of a walk, and which of it nobody may do."""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from kb.common.hosts import is_loopback
from tests.server.process import ROOT

LISTENER: Final = Path(__file__).resolve().parent / "listener"
PROGRAMS: Final = ("git",)
"""Programs that the product may start, next to itself."""
_STARTERS: Final = ("kb.common.git:", "kb.server.building:", "kb.writing.building:")
"""The modules that start them."""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that could leave a process."""

    event: str
    kind: str
    """``address``, ``process``, or ``file`` for what tells one machine from others."""
    what: Any
    places: tuple[str, ...]
    """Modules and lines that led to it, the innermost first, without Python's own library."""

    @property
    def is_allowed(self) -> bool:
        """Whether it stays on this machine, or starts a program of the list."""
        if self.kind == "address":
            return _stays(self.what, is_url=self.event == "urllib.Request")
        is_started_by_us = self.places[:1] != () and self.places[0].startswith(_STARTERS)
        return self.kind == "process" and is_started_by_us and _is_ours(self.what)

    def __str__(self) -> str:
        """Return what a failing test says."""
        return f"{self.event} {self.what!r} from {' < '.join(self.places)}"


def listened(file: Path) -> dict[str, str]:
    """Return the variables that have a process, and those that it starts, write down what they do."""
    return {"PYTHONPATH": os.pathsep.join([str(LISTENER), str(ROOT)]), "CALLS_ARE_WRITTEN_TO": str(file)}


def calls(file: Path) -> list[Call]:
    """Return what was written down."""
    lines = map(json.loads, file.read_text("utf-8").splitlines())
    return [Call(each["event"], each["kind"], each["what"], tuple(each["places"])) for each in lines]


def _stays(what: Any, *, is_url: bool) -> bool:
    if what is None or what in ("", "::", "0.0.0.0"):
        return True
    if isinstance(what, list):  # host and port
        return _stays(what[0], is_url=False)
    if is_url:
        return is_loopback(urlsplit(what).hostname or "")
    return what.startswith("/") or is_loopback(what)  # a socket in the file system, or a host


def _is_ours(words: Any) -> bool:
    return isinstance(words, list) and (Path(words[0]).name in PROGRAMS or words[:3] == [sys.executable, "-m", "kb"])
