"""A message of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A request on its way to a help desk."""

    id: str
    """32 hex digits, from the form to the help desk; a second copy is recognized by it."""
    kind: str
    payload: str
    """JSON, as it is sent."""
    created_at: datetime
    attempt: int = 0
    """The number of the current delivery attempt, from 1; 0 before the first."""
    query_id: str = ""
    """The query it came from; empty for none."""
