"""Visits and reasons are counted with each gap, so that a list of gaps need not count them."""

from __future__ import annotations

from collections import Counter, defaultdict

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change, and count for the gaps that are there."""
    op.add_column("gaps", sa.Column("visits", sa.Integer(), server_default="0", nullable=False))
    op.add_column("gaps", sa.Column("reasons", sa.JSON(), nullable=True))
    connection = op.get_bind()
    visits: dict[int, set[str]] = defaultdict(set)
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for gap_id, visit, reasons in connection.execute(sa.text("SELECT gap_id, visit, reasons FROM gap_members")):
        visits[gap_id].add(visit)
        counts[gap_id].update(reasons.split(","))
    gaps = sa.table("gaps", sa.column("gap_id"), sa.column("visits"), sa.column("reasons", sa.JSON()))
    for gap_id, found in visits.items():
        values = {"visits": len(found), "reasons": dict(counts[gap_id])}
        connection.execute(sa.update(gaps).where(gaps.c.gap_id == gap_id).values(**values))
