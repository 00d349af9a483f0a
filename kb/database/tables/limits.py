"""What clients have used of the limits that all processes on a database count together."""

from __future__ import annotations

import sqlalchemy as sa

from kb.database.tables.journal import UtcDateTime, metadata

shared_limits = sa.Table(
    "shared_limits",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("full_at", UtcDateTime, nullable=False, index=True),
)
"""``id`` is the SHA-256 of a limit and a client; at ``full_at`` the client has all of its limit again, and no row."""
