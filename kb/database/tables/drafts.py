"""Tables of writing in the browser: drafts with their versions and pictures, and publications."""

from __future__ import annotations

import sqlalchemy as sa

from kb.database.tables.journal import UtcDateTime, metadata

_KEY = 64
"""Hex digits of a SHA-256, or of a commit."""
_ID = 200
"""Characters of an article's id, as in the journal."""
_WHO = 200
_STATE = 16
_NAME = 120
"""Characters of a picture's file name."""

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("draft_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("article_id", sa.String(_ID), nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),  # below the folder of articles, with forward slashes
    sa.Column("base", sa.String(_KEY), nullable=False),  # SHA-256 of the file it was begun from; empty for a new one
    sa.Column("author", sa.String(_WHO), nullable=False),
    sa.Column("state", sa.String(_STATE), nullable=False, index=True),
    sa.Column("standing", sa.String(_KEY)),  # a digest of article and author while it is open
    sa.Column("number", sa.Integer, nullable=False),  # grows with every save
    sa.Column("questions", sa.JSON, nullable=False),  # those of customers that it is written for, redacted
    sa.Column("reviewer", sa.String(_WHO), nullable=False, server_default=""),
    sa.Column("note", sa.Text, nullable=False, server_default=""),  # of author or reviewer
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sa.Index(None, "standing", unique=True),
    sqlite_autoincrement=True,
)
"""What editors write in the browser; customers never see it, and no index holds it."""

draft_versions = sa.Table(
    "draft_versions",
    metadata,
    sa.Column("draft_id", sa.ForeignKey("drafts.draft_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("who", sa.String(_WHO), nullable=False),
    sa.Column("begun_at", UtcDateTime, nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
    sa.Column("is_aside", sa.Boolean, nullable=False, server_default=sa.false()),  # lost a race, and kept beside
)
"""The texts of a draft; saves that follow each other within minutes are one version."""

draft_pictures = sa.Table(
    "draft_pictures",
    metadata,
    sa.Column("draft_id", sa.ForeignKey("drafts.draft_id", ondelete="CASCADE"), primary_key=True),
    sa.Column("name", sa.String(_NAME), primary_key=True),  # of the file next to the article
    sa.Column("shown_as", sa.String(_NAME), nullable=False, index=True),  # the name that says what it holds
    sa.Column("data", sa.LargeBinary, nullable=False),
    sa.Column("who", sa.String(_WHO), nullable=False),
    sa.Column("at", UtcDateTime, nullable=False),
)
"""Pictures that wait with their draft until it is published."""

publications = sa.Table(
    "publications",
    metadata,
    sa.Column("publication_id", sa.Integer, primary_key=True, autoincrement=True),
    sa.Column("draft_id", sa.Integer, index=True),  # NULL: an undo, which has no draft
    sa.Column("draft_number", sa.Integer, nullable=False, server_default="0"),  # of the draft when its text was taken
    sa.Column("article_id", sa.String(_ID), nullable=False, index=True),
    sa.Column("path", sa.Text, nullable=False),
    sa.Column("title", sa.Text, nullable=False),
    sa.Column("who", sa.String(_WHO), nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("state", sa.String(_STATE), nullable=False, index=True),
    sa.Column("step", sa.String(_STATE), nullable=False, server_default=""),
    sa.Column("before", sa.Text),  # the file before it; NULL if there was none
    sa.Column("after", sa.Text, nullable=False),
    sa.Column("pictures", sa.JSON, nullable=False),  # names of those it wrote that were not there before
    sa.Column("revision", sa.String(_KEY), nullable=False, server_default=""),  # the commit; empty for a kept copy
    sa.Column("reason", sa.Text, nullable=False, server_default=""),  # why it failed, or what did not work besides
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("updated_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)
"""Texts on their way into the articles, and where there is no git, the history of what was published."""
