"""Reads several files as if they were one."""

from __future__ import annotations

import io
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate
from pathlib import Path


def joined(parts: Sequence[Path]) -> io.BufferedReader:
    """Open some files as if they were one.

    :param parts: In order; they must not change in the meantime.
    :return: The concatenation, for reading and seeking; to be closed.
    """
    return io.BufferedReader(_JoinedFiles(parts), 1 << 20)


class _JoinedFiles(io.RawIOBase):
    """The concatenation of some files, for reading; nothing is copied, and one part is open at a time."""

    def __init__(self, parts: Sequence[Path]) -> None:
        """Compute where each part ends."""
        super().__init__()
        self._parts = parts
        self._ends = list(accumulate(part.stat().st_size for part in parts))
        self._at = 0
        self._open: tuple[int, io.BufferedReader] | None = None

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to a position, counted from the beginning, from here or from the end."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._ends[-1] if self._ends else 0}[whence]
        self._at = max(0, base + offset)
        return self._at

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # typeshed: any buffer
        """Read at most to the end of the part that holds the position."""
        number = bisect_right(self._ends, self._at)
        if number == len(self._parts):
            return 0
        part = self._part(number)
        part.seek(self._at - (self._ends[number - 1] if number else 0))
        count = part.readinto(buffer)
        self._at += count
        return count

    def _part(self, number: int) -> io.BufferedReader:
        if self._open is None or self._open[0] != number:
            if self._open is not None:
                self._open[1].close()
            self._open = (number, self._parts[number].open("rb"))
        return self._open[1]

    def close(self) -> None:
        """Close the part that is open."""
        if self._open is not None:
            self._open[1].close()
            self._open = None
        super().close()
