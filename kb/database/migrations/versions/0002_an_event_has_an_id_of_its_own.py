"""An event has an id made from what it says, so that the same one is written once."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change; earlier events have no id."""
    op.add_column("events", sa.Column("event_id", sa.String(length=32), nullable=True))
    op.create_index(op.f("ix_events_event_id"), "events", ["event_id"], unique=True)
