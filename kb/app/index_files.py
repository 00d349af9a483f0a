"""The files of the index that serves, verified now and then while they are only in memory.

A server answers from memory. Damage on the disk would show at the next start, when it is too late to mend it quietly.
"""

from __future__ import annotations

import logging
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kb.errors import KbError, KbIndexError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.app.container import Container

VERIFYING: Final = "Verifying the files of the index"
EVERY: Final = timedelta(hours=1)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class FilesChecked:
    """The result of a verification."""

    at: float
    """Seconds, by :func:`time.monotonic`."""
    damage: str = ""
    """What is damaged, with the remedy; empty if nothing is."""


class IndexFiles:
    """Remembers what the last verification found; safe to read from any thread."""

    def __init__(self) -> None:
        """Nothing is verified yet: a version is, when it is loaded."""
        self.last: FilesChecked | None = None

    def verify(self, index: Path, serving: str, breathe: Callable[[], None]) -> None:
        """Verify the version that serves, and the published one where it is another.

        :param index: The index folder.
        :param serving: The version in memory.
        :param breathe: Called between two portions of a few megabytes.
        """
        from kb.retrieval.index.verifying import verify_version
        from kb.retrieval.index.versions import current_name

        damage = ""
        try:
            for name in dict.fromkeys((current_name(index), serving)):
                verify_version(index, name, breathe)
        except KbIndexError as error:
            damage = str(error)
        before = self.last.damage if self.last is not None else ""
        if damage and damage != before:
            _log.error("%s. Until then, %s goes on serving from memory; a restart could not load it.", damage, serving)
        elif before and not damage:
            _log.warning("The files of the index are whole again.")
        self.last = FilesChecked(time.monotonic(), damage)

    @property
    def state(self) -> str:
        """``good``, ``damaged``, or ``loaded`` as long as only the loading has verified them."""
        if self.last is None:
            return "loaded"
        return "damaged" if self.last.damage else "good"


def verify_index_files(container: Container, breathe: Callable[[], None]) -> None:
    """Verify the files of the index that serves: a chore of the server.

    :param container: Holds the index.
    :param breathe: Called between two portions.
    """
    try:
        serving = container.answerer.index_version
    except KbError:  # nothing serves yet, which is reported elsewhere
        return
    container.index_files.verify(container.settings.index, serving, breathe)
