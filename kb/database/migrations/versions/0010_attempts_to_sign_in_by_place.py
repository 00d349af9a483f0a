"""Attempts to sign in are counted by the place they come from."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; failures counted so far go on counting for the whole name."""
    op.create_table(
        "sign_in_sources",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("source", sa.String(length=80), nullable=False),
        sa.Column("failed", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", sa.Integer(), server_default="0", nullable=False),
        sa.Column("locked_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", "source", name=op.f("pk_sign_in_sources")),
    )
    op.create_index(op.f("ix_sign_in_sources_last_at"), "sign_in_sources", ["last_at"], unique=False)
