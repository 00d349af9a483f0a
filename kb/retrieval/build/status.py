"""The progress of a build, in a file next to the index, for the pages and ``/readyz`` to show."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from kb.common.files import canonical_json
from kb.types import Progress

FILE = ".building.json"
_EVERY_S = 0.5
_STALE_S = 120.0
"""A file untouched for this long belongs to a killed build: every step updates it more often."""

Clock = Callable[[], float]


class BuildStage(StrEnum):
    """The stages of a build."""

    PREPARING = "preparing"
    """Fetching a model's files, or making its graph."""
    ENCODING = "encoding"
    LEARNING = "learning"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class BuildStatus:
    """The status of a running build."""

    stage: BuildStage
    encoder: str
    """Encoder of the version being built."""
    goal: str
    """Encoder of the version that the build will finally publish."""
    is_first: bool = False
    """Whether there was no good index before, so that customers get no better answers meanwhile."""
    done: int = 0
    total: int = 0
    """Steps of this stage, 0 if they cannot be counted."""
    stage_s: float = 0.0
    """Seconds since the stage began."""

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the stage is done, at the rate so far; None if that cannot be estimated."""
        if not self.done or not self.total:
            return None
        return self.stage_s / self.done * (self.total - self.done)

    @property
    def share(self) -> float:
        """The share of the stage that is done, 0 to 1."""
        return self.done / self.total if self.total else 0.0


class StatusWriter:
    """A writer that keeps the file up to date while a build runs."""

    def __init__(self, index: Path | None, goal: str, *, is_first: bool = False, clock: Clock = time.monotonic) -> None:
        """Start with the first stage.

        :param index: The index folder; None keeps no file.
        :param goal: Encoder of the version that the build will finally publish.
        :param is_first: Whether there was no good index before.
        :param clock: Seconds that only grow.
        """
        self._path = None if index is None else index / FILE
        self._clock = clock
        self._status = BuildStatus(BuildStage.PREPARING, goal, goal, is_first)
        self._began = self._written = clock()

    def enter(self, stage: BuildStage, encoder: str = "") -> None:
        """Begin a stage.

        :param stage: The stage that begins.
        :param encoder: The encoder of the version being built; the same as before if not given.
        """
        status = self._status
        self._began = self._clock()
        self._write(replace(status, stage=stage, encoder=encoder or status.encoder, done=0, total=0, stage_s=0.0))

    def advance(self, done: int, total: int) -> None:
        """Count steps of the stage; the file is written now and then."""
        now = self._clock()
        if now - self._written >= _EVERY_S or done == total:
            self._write(replace(self._status, done=done, total=total, stage_s=now - self._began))

    def also(self, progress: Progress | None) -> Progress:
        """Return a function that counts here, and then calls another receiver."""

        def both(done: int, total: int) -> None:
            self.advance(done, total)
            if progress is not None:
                progress(done, total)

        return both

    def _write(self, status: BuildStatus) -> None:
        self._status, self._written = status, self._clock()
        if self._path is None:
            return
        beside = self._path.with_name(f"{FILE}.{os.getpid()}")
        try:
            beside.write_bytes(canonical_json(asdict(status)))
            beside.replace(self._path)
        except OSError:
            return  # the build does not depend on the status, and its own writes will report the cause


@contextmanager
def build_status(index: Path, goal: str, *, is_first: bool = False) -> Iterator[StatusWriter]:
    """Keep a status file for as long as a build runs.

    :param index: The index folder, which exists.
    :param goal: Encoder of the version that the build will finally publish.
    :param is_first: Whether there was no good index before.
    :yield: The writer, which the build tells its stages.
    """
    writer = StatusWriter(index, goal, is_first=is_first)
    writer.enter(BuildStage.PREPARING)
    try:
        yield writer
    finally:
        (index / FILE).unlink(missing_ok=True)


def read_status(index: Path) -> BuildStatus | None:
    """Return the status of the running build.

    :param index: The index folder.
    :return: None if no build runs, or none that reports its status.
    """
    path = index / FILE
    try:
        age = time.time() - path.stat().st_mtime
        found = json.loads(path.read_bytes())
        status = BuildStatus(**{**found, "stage": BuildStage(found["stage"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return status if abs(age) < _STALE_S else None  # the clock may have been set back
