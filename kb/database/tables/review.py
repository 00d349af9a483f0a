"""Tables of the review: customers' questions as leads filter them, their judgments, lessons, and the weekly sample."""

from __future__ import annotations

import sqlalchemy as sa

from kb.database.tables.journal import BigId, UtcDateTime, metadata

_KEY = 64
"""Hex digits of a SHA-256."""
_ID = 200
"""Characters of an article's id or of an anchor, as in the journal."""
_QUERY = 32
_STATE = 16
_WHO = 200


def _of_question(*, primary_key: bool = False) -> sa.Column[str]:
    """Return a column whose row is erased with the question it names."""
    to = sa.ForeignKey("queries.query_id", ondelete="CASCADE")
    return sa.Column("query_id", sa.String(_QUERY), to, primary_key=primary_key, nullable=False)


def _once_of_question() -> sa.Column[str | None]:
    """Return a column that becomes NULL when the question it names is erased."""
    to = sa.ForeignKey("queries.query_id", ondelete="SET NULL")
    return sa.Column("query_id", sa.String(_QUERY), to, index=True)


asked_questions = sa.Table(
    "asked_questions",
    metadata,
    sa.Column("seq", BigId, primary_key=True, autoincrement=False),  # that of the question
    _of_question(),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("words", sa.Text, nullable=False),  # the text without accents, capitals and punctuation, to search in
    sa.Column("language", sa.String(8), nullable=False),
    sa.Column("outcome", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(32), nullable=False, server_default=""),
    sa.Column("article_id", sa.String(_ID), nullable=False, server_default=""),
    sa.Column("anchor", sa.String(_ID)),
    sa.Column("confidence", sa.Double, nullable=False),
    sa.Column("followed", sa.Integer, nullable=False, server_default="0"),  # one bit per kb.review.FollowUp; 0: nothing
    sa.UniqueConstraint("query_id"),
    sa.Index(None, "asked_at", "seq"),
    sa.Index(None, "confidence", "seq"),
)
"""One narrow row per customer's question, so that a filter reads nothing else; see :mod:`kb.review.following`."""

judgments = sa.Table(
    "judgments",
    metadata,
    _of_question(primary_key=True),
    sa.Column("article_right", sa.Boolean, nullable=False),
    sa.Column("part_right", sa.Boolean),  # NULL: not judged, as for a wrong article
    sa.Column("who", sa.String(_WHO), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""What leads say about answers, one row per question, the latest."""

lessons = sa.Table(
    "lessons",
    metadata,
    sa.Column("lesson_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("kind", sa.String(_STATE), nullable=False),
    sa.Column("state", sa.String(_STATE), nullable=False, index=True),
    sa.Column("question", sa.Text, nullable=False),  # empty when it is no longer kept
    sa.Column("question_key", sa.String(_KEY), nullable=False, index=True),
    sa.Column("standing", sa.String(_KEY)),  # the question's key while no later decision has taken this one's place
    sa.Column("article_id", sa.String(_ID), nullable=False, server_default=""),
    sa.Column("anchor", sa.String(_ID)),  # NULL: no section is named
    sa.Column("belongs", sa.String(_ID), nullable=False, server_default=""),
    sa.Column("base", sa.String(_KEY), nullable=False, server_default=""),  # SHA-256 of the file that was decided on
    _once_of_question(),
    sa.Column("who", sa.String(_WHO), nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sa.Column("replaces", sa.Integer),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "standing", unique=True),
    sqlite_autoincrement=True,
)
"""Decisions of leads about questions, redacted twice; all are kept, and one stands for each question."""

lesson_history = sa.Table(
    "lesson_history",
    metadata,
    sa.Column("seq", BigId, primary_key=True),
    sa.Column("lesson_id", sa.ForeignKey("lessons.lesson_id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("who", sa.String(_WHO), nullable=False),
    sa.Column("old_state", sa.String(_STATE), nullable=False),
    sa.Column("new_state", sa.String(_STATE), nullable=False),
    sa.Column("note", sa.Text, nullable=False, server_default=""),
    sqlite_autoincrement=True,
)

samples = sa.Table(
    "samples",
    metadata,
    sa.Column("week", sa.String(8), primary_key=True),  # 2026-W48
    sa.Column("answered", sa.Integer, nullable=False),  # the answers of that week, of which the sample was drawn
    sa.Column("drawn_at", UtcDateTime, nullable=False),
    sa.Column("drawn_by", sa.String(_WHO), nullable=False),
)

sample_items = sa.Table(
    "sample_items",
    metadata,
    sa.Column("week", sa.ForeignKey("samples.week"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    _once_of_question(),
    sa.Column("index_version", sa.String(64), nullable=False),
    sa.Column("article_id", sa.String(_ID), nullable=False),
    sa.Column("anchor", sa.String(_ID)),
    sa.Column("article_right", sa.Boolean),  # NULL: not judged yet
    sa.Column("part_right", sa.Boolean),
    sa.Column("who", sa.String(_WHO), nullable=False, server_default=""),
    sa.Column("at", UtcDateTime),
)
"""The answers of a weekly sample; a verdict stays when the question is erased, and holds nothing about a person."""
