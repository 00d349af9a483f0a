"""A message of the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A request on its way to a help desk."""

    id: str
    """32 hex digits; what makes a second copy recognisable, from the form to the help desk."""
    kind: str
    payload: str
    """JSON, as it is sent."""
    created_at: datetime
    attempt: int = 0
    """Number of the attempt to deliver it, from 1; 0 before the first."""
    query_id: str = ""
    """The question it came from; empty for none."""
