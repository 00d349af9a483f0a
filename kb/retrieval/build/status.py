"""How far a build is, in a file next to the index: the pages and ``/readyz`` say so while they wait for it."""

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
"""A file untouched for so long is of a build that was killed: no step takes as long without a sign of life."""

Clock = Callable[[], float]


class BuildStage(StrEnum):
    """What a build is doing."""

    PREPARING = "preparing"
    """Fetching a model's files, or making its graph."""
    ENCODING = "encoding"
    LEARNING = "learning"
    WRITING = "writing"


@dataclass(frozen=True, slots=True)
class BuildStatus:
    """One look at a build that is running."""

    stage: BuildStage
    encoder: str
    """Of the version that is being made."""
    goal: str
    """Encoder of the version that the build will publish in the end."""
    is_first: bool = False
    """Whether there was no good index before, so that nobody gets better answers meanwhile."""
    done: int = 0
    total: int = 0
    """Steps of this stage, 0 where they cannot be counted."""
    stage_s: float = 0.0
    """Seconds since the stage began."""

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the stage is done, at the rate so far; None where nothing can be said."""
        if not self.done or not self.total:
            return None
        return self.stage_s / self.done * (self.total - self.done)

    @property
    def share(self) -> float:
        """How much of the stage is done, 0 to 1."""
        return self.done / self.total if self.total else 0.0


class StatusWriter:
    """Keeps the file up to date while a build runs."""

    def __init__(self, index: Path | None, goal: str, *, is_first: bool = False, clock: Clock = time.monotonic) -> None:
        """Start with the first stage.

        :param index: The index folder; None keeps no file.
        :param goal: Encoder of the version that the build will publish in the end.
        :param is_first: Whether there was no good index before.
        :param clock: Seconds that only grow.
        """
        self._path = None if index is None else index / FILE
        self._clock = clock
        self._status = BuildStatus(BuildStage.PREPARING, goal, goal, is_first)
        self._began = self._written = clock()

    def enter(self, stage: BuildStage, encoder: str = "") -> None:
        """Begin a stage.

        :param stage: What begins.
        :param encoder: Of the version that is being made; the same as before unless given.
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
        """Return what counts here, and then where it was counted before."""

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
            return  # a sign for others to read; the build does not depend on it, and what it writes itself will say why


@contextmanager
def build_status(index: Path, goal: str, *, is_first: bool = False) -> Iterator[StatusWriter]:
    """Keep a status file for as long as a build runs.

    :param index: The index folder; it is there.
    :param goal: Encoder of the version that the build will publish in the end.
    :param is_first: Whether there was no good index before.
    :yield: What the build tells its stages.
    """
    writer = StatusWriter(index, goal, is_first=is_first)
    writer.enter(BuildStage.PREPARING)
    try:
        yield writer
    finally:
        (index / FILE).unlink(missing_ok=True)


def read_status(index: Path) -> BuildStatus | None:
    """Return how far the running build is.

    :param index: The index folder.
    :return: None when no build runs, or none that says so.
    """
    path = index / FILE
    try:
        age = time.time() - path.stat().st_mtime
        found = json.loads(path.read_bytes())
        status = BuildStatus(**{**found, "stage": BuildStage(found["stage"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return status if age < _STALE_S else None
