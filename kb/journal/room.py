"""Room on the disk: the journal always leaves some free.

A limit for each address bounds what one client writes in a minute, and many clients write many times as much. What no
count can promise is that the disk never fills up; a look at the disk can. Below the floor, new questions are answered
and not kept. Clicks on questions that were kept are: they are small, and somebody waits for their confirmation.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

_LOOK_EVERY_SECONDS: Final = 5.0
"""A full queue writes some 20 MB in this time."""
_log = logging.getLogger(__name__)


def free_bytes(folder: Path) -> int:
    """Return the bytes that may still be written to the disk of a folder.

    :param folder: Exists.
    :return: The number of bytes.
    """
    return shutil.disk_usage(folder).free


class Room:
    """Whether new questions may be kept; safe to share between threads."""

    def __init__(
        self,
        file: Path | None,
        floor_mb: int,
        free: Callable[[Path], int] = free_bytes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Look at nothing yet.

        :param file: The journal's file; None where a database server keeps it, on a disk of its own.
        :param floor_mb: Megabytes to leave free; 0 to look at nothing.
        :param free: Returns the free bytes of a folder's disk.
        :param clock: Seconds from any point on, never going back.
        """
        self._file, self._floor_mb = file, floor_mb
        self._free, self._clock = free, clock
        self._lock = threading.Lock()
        self._is_left = True
        self._look_at = 0.0

    def is_left(self) -> bool:
        """Return whether a question may be kept; the disk is looked at every few seconds."""
        if self._file is None or self._floor_mb <= 0:
            return True
        with self._lock:
            now = self._clock()
            if now >= self._look_at:
                self._look_at = now + _LOOK_EVERY_SECONDS
                self._look(self._file)
            return self._is_left

    def _look(self, file: Path) -> None:
        """Look at the disk, and say so when it has become too full, or empty enough again."""
        try:
            was_left, self._is_left = self._is_left, self._free(file.parent) >= self._floor_mb * 2**20
        except OSError:  # whatever is wrong with the folder, writing to it says so
            return
        if was_left and not self._is_left:
            _log.error(
                "New questions are answered and not kept: less than %d MB are free on the disk of %s. Make room, or "
                "set journal_keep_free_mb.",
                self._floor_mb,
                file,
            )
        elif self._is_left and not was_left:
            _log.warning("Questions are kept again: there is room on the disk of %s.", file)
