"""Gaps are split, merged and named by hand, and may be closed by hand."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change; until now, every closed gap was proved by a replay."""
    op.add_column("gaps", sa.Column("closed_by", sa.String(length=16), nullable=True))
    op.add_column("gaps", sa.Column("excused", sa.JSON(), nullable=True))
    op.add_column("gaps", sa.Column("is_named", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("gaps", sa.Column("is_arranged", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("gaps", sa.Column("merged_into", sa.Integer(), nullable=True))
    op.add_column("gap_questions", sa.Column("part", sa.Integer(), server_default="0", nullable=False))
    op.execute("UPDATE gaps SET closed_by = 'replay' WHERE state = 'verified'")
