"""Limits that all processes on a database count together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "shared_limits",
        sa.Column("id", sa.String(length=64), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_limits")),
    )
    op.create_index(op.f("ix_shared_limits_full_at"), "shared_limits", ["full_at"], unique=False)
