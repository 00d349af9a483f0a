"""An article may be judged without an earlier question: such an event names its visit instead."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("events", table_kwargs={"sqlite_autoincrement": True}) as batch:
        batch.alter_column("query_id", existing_type=sa.String(length=32), nullable=True)
        batch.add_column(sa.Column("visit", sa.String(length=64), server_default="", nullable=False))
        batch.create_index(op.f("ix_events_visit"), ["visit"], unique=False)
