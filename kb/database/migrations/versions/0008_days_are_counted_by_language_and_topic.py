"""Days are counted by language and topic as well: those whose questions are kept are counted again."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Have the next reader count every day again; the counts of days whose questions were purged stay as they are."""
    op.execute("DELETE FROM rollup_state WHERE name IN ('queries', 'events', 'lessons')")
