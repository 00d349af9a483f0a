"""Questions whose vectors come from another encoder are found without reading all."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_index(op.f("ix_gap_questions_encoder"), "gap_questions", ["encoder"], unique=False)
