"""Case sheets that another serving process may have to go on with, sealed so that only their own page can open them."""

from __future__ import annotations

import sqlalchemy as sa

from kb.database.tables.journal import UtcDateTime, metadata

sealed_sheets = sa.Table(
    "sealed_sheets",
    metadata,
    sa.Column("id", sa.String(64), primary_key=True),
    sa.Column("sealed", sa.LargeBinary, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
)
"""``id`` and the key of ``sealed`` are derived from the page's session, which only the page itself names."""
