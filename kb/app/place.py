"""The place of a serving process among the others, handed to it when it is started."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """One of several serving processes."""

    slot: int
    """Its number, from 0; a process that takes the place of one that died has the same."""
    of: int
    """The number of processes."""
    host: str
    """The address that the help center listens on."""
    control: int
    """The file through which connections come."""
    folder: str
    """Holds a socket of each process, by which they ask each other."""
    brand: str = ""
    """The brand that they serve; empty for the only one of an installation."""

    @property
    def leads(self) -> bool:
        """Whether it does what one process does for all: chores, and what an earlier run left unfinished."""
        return self.slot == 0

    @property
    def socket(self) -> Path:
        """The socket at which the other processes reach it."""
        return self.socket_of(self.slot)

    def socket_of(self, slot: int) -> Path:
        """Return the socket of one of the processes."""
        return Path(self.folder, f"{slot}.sock")

    def to_argument(self) -> str:
        """Return it as an argument of the process."""
        return json.dumps(asdict(self))

    @classmethod
    def from_argument(cls, text: str) -> Place:
        """Read what :meth:`to_argument` gave."""
        return cls(**json.loads(text))
