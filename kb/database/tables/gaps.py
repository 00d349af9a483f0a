"""Tables of gaps and of the daily counts; those of queries and events are in :mod:`kb.database.tables.journal`."""

from __future__ import annotations

import sqlalchemy as sa

from kb.database.tables.journal import BigId, UtcDateTime, metadata

_KEY = 64
"""Hex digits of a SHA-256."""
_ID = 200
"""Characters of an article's id, as in the events."""
_STATE = 16

gaps = sa.Table(
    "gaps",
    metadata,
    sa.Column("gap_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("state", sa.String(_STATE), nullable=False, index=True),
    sa.Column("owner", sa.String(200)),
    sa.Column("article_id", sa.String(_ID)),
    sa.Column("reason", sa.Text),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Column("proposed_article", sa.String(_ID)),
    sa.Column("proposed_version", sa.String(100)),
    sa.Column("proposed_at", UtcDateTime),
    sa.Column("nearest", sa.String(_ID), nullable=False, server_default=""),
    sa.Column("why_not", sa.String(32), nullable=False, server_default=""),
    sa.Column("visits", sa.Integer, nullable=False, server_default="0"),
    sa.Column("reasons", sa.JSON),  # how many members count for each reason
    sa.Column("closed_by", sa.String(_STATE)),  # a value of ClosedBy, while it is closed
    sa.Column("excused", sa.JSON),  # how often questions had been asked that were unanswered when it was closed by hand
    sa.Column("is_named", sa.Boolean, nullable=False, server_default=sa.false()),  # a person gave it its name
    sa.Column("is_arranged", sa.Boolean, nullable=False, server_default=sa.false()),  # a person chose its questions
    sa.Column("merged_into", sa.Integer),
    sqlite_autoincrement=True,  # the id of a gap that is gone is never reused
)

gap_questions = sa.Table(
    "gap_questions",
    metadata,
    sa.Column("question_key", sa.String(_KEY), primary_key=True),
    sa.Column("gap_id", sa.ForeignKey("gaps.gap_id"), nullable=False, index=True),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("encoder", sa.String(200), nullable=False, index=True),
    sa.Column("vector", sa.LargeBinary, nullable=False),  # float16, little-endian
    sa.Column("before", sa.JSON, nullable=False),
    sa.Column("central", sa.Integer, nullable=False, server_default="0"),  # place in the gap, the most central 0
    # What a person has put together is compared with new questions apart from the rest of the gap.
    sa.Column("part", sa.Integer, nullable=False, server_default="0"),
)

gap_members = sa.Table(
    "gap_members",
    metadata,
    sa.Column("query_id", sa.String(32), primary_key=True),
    sa.Column("gap_id", sa.ForeignKey("gaps.gap_id"), nullable=False),
    sa.Column("question_key", sa.String(_KEY), nullable=False, index=True),
    sa.Column("reasons", sa.String(100), nullable=False),  # values of Unanswered, separated by commas
    sa.Column("visit", sa.String(64), nullable=False),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("nearest", sa.String(_ID), nullable=False, server_default=""),
    sa.Column("why_not", sa.String(32), nullable=False, server_default=""),
    sa.Index(None, "gap_id", "asked_at"),
)

gap_history = sa.Table(
    "gap_history",
    metadata,
    sa.Column("seq", BigId, primary_key=True),
    sa.Column("gap_id", sa.ForeignKey("gaps.gap_id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("who", sa.String(200), nullable=False),
    sa.Column("old_state", sa.String(_STATE), nullable=False),
    sa.Column("new_state", sa.String(_STATE), nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("article_id", sa.String(_ID)),
)

gap_replays = sa.Table(
    "gap_replays",
    metadata,
    sa.Column("seq", BigId, primary_key=True),
    sa.Column("gap_id", sa.ForeignKey("gaps.gap_id"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("index_version", sa.String(100), nullable=False),
    sa.Column("counted", sa.Integer, nullable=False),
    sa.Column("served", sa.Integer, nullable=False),
    sa.Column("article_id", sa.String(_ID), nullable=False, server_default=""),
    sa.Column("details", sa.JSON, nullable=False),
)

daily_counts = sa.Table(
    "daily_counts",
    metadata,
    sa.Column("day", sa.Date, primary_key=True),
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("article_id", sa.String(_ID), primary_key=True, server_default=""),
    sa.Column("detail", sa.String(64), primary_key=True, server_default=""),
    sa.Column("value", sa.BigInteger, nullable=False),
)
"""How often something happened on a day, without text, visit or anything personal. A purge keeps these rows."""

rollup_state = sa.Table(
    "rollup_state",
    metadata,
    sa.Column("name", sa.String(40), primary_key=True),
    sa.Column("value", sa.BigInteger, nullable=False),
)
"""How far the daily counts and the grouping have read; see :mod:`kb.database.progress`."""
