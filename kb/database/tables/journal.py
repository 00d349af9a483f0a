"""The tables of the journal, of accounts and of the outbox: SQLAlchemy Core, the same on SQLite and PostgreSQL.

A change here needs a new revision in ``migrations/versions``; a revision that was released is never edited.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
"""Names for every index and constraint, without which SQLite's cannot be changed later."""

metadata = sa.MetaData(naming_convention=NAMING)

BigId = sa.BigInteger().with_variant(sa.Integer, "sqlite")
"""A running number; SQLite numbers only columns declared INTEGER."""


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """A moment: aware datetimes go in, and aware datetimes in UTC come out, however the database stores them."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Convert a moment to UTC, without its zone for SQLite, which stores none.

        :param value: Aware.
        :param dialect: The database's dialect.
        :return: The value to store.
        :raises ValueError: If the moment has no zone.
        """
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value!r} has no time zone: use datetime.now(UTC).")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return the moment in UTC."""
        del dialect  # a value without a zone was written in UTC
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _text(length: int) -> sa.String:
    return sa.String(length)


def _empty(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, nullable=False, server_default="")


# ---------------------------------------------------------------------------------------------- journal

queries = sa.Table(
    "queries",
    metadata,
    sa.Column("seq", BigId, primary_key=True),
    sa.Column("query_id", _text(32), nullable=False),
    sa.Column("visit", _text(64), nullable=False),
    sa.Column("source", _text(16), nullable=False),
    sa.Column("traffic", _text(16), nullable=False, server_default="customer"),
    sa.Column("asked_at", UtcDateTime, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", _text(8), nullable=False),
    sa.Column("outcome", _text(16), nullable=False),
    sa.Column("reason", _text(32)),
    sa.Column("confidence", sa.Double, nullable=False),
    sa.Column("hits", sa.JSON, nullable=False),
    sa.Column("choices", sa.JSON, nullable=False),
    sa.Column("index_version", _text(64), nullable=False),
    sa.Column("took_ms", sa.Double, nullable=False),
    _empty("article_id", _text(200)),
    sa.Column("anchor", _text(200)),
    _empty("heading", _text(300)),
    sa.UniqueConstraint("query_id"),
    sa.Index(None, "asked_at"),
    sa.Index(None, "visit"),
    sqlite_autoincrement=True,  # the number of an erased row is never reused
)
"""One row per question. ``text`` after redaction; ``hits`` [[article id, score], …], best first; ``choices`` ids.

``article_id`` is the article that answered, and ``anchor`` and ``heading`` are of the part shown. The anchor is empty
for the direct answer, and NULL where no part was shown or recorded, as in rows from before this column.
"""

events = sa.Table(
    "events",
    metadata,
    sa.Column("seq", BigId, primary_key=True),
    sa.Column("query_id", _text(32), sa.ForeignKey("queries.query_id", ondelete="CASCADE"), index=True),
    sa.Column("kind", _text(16), nullable=False),
    _empty("article_id", _text(200)),
    _empty("reason", _text(200)),
    _empty("text", sa.Text()),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("event_id", _text(32)),
    sa.Column("visit", _text(64), nullable=False, server_default="", index=True),
    sa.Index(None, "event_id", unique=True),
    sqlite_autoincrement=True,
)
"""One row per event: after a question, or, with a ``visit`` in its place, without one.

``reason`` and ``text`` after redaction; ``event_id`` is derived from the other columns.
"""

# --------------------------------------------------------------------------------------------- accounts

users = sa.Table(
    "users",
    metadata,
    sa.Column("id", BigId, primary_key=True),
    sa.Column("name", _text(64), nullable=False),
    sa.Column("role", _text(16), nullable=False),
    sa.Column("password_hash", _text(255), nullable=False),
    sa.Column("disabled", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("failed_attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", UtcDateTime),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.UniqueConstraint("name"),
    sqlite_autoincrement=True,
)

sign_in_sources = sa.Table(
    "sign_in_sources",
    metadata,
    sa.Column("name", _text(64), primary_key=True),
    sa.Column("source", _text(80), primary_key=True),
    sa.Column("failed", sa.Integer, nullable=False, server_default="0"),
    sa.Column("refused", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", UtcDateTime),
    sa.Column("last_at", UtcDateTime, nullable=False, index=True),
)
"""The places that attempts to sign in came from: ``net:`` and a network, forgotten after a day, or ``browser:`` and the
SHA-256 of a token that a browser got when its user signed in. The name is empty for all names that are no account's;
these are stored nowhere, since one may be a password in the wrong field."""

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", _text(64), primary_key=True),
    sa.Column("user_id", BigId, sa.ForeignKey("users.id", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("expires_at", UtcDateTime, nullable=False),
    sa.Column("last_seen_at", UtcDateTime, nullable=False),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", BigId, primary_key=True),
    sa.Column("at", UtcDateTime, nullable=False, index=True),
    sa.Column("who", _text(200), nullable=False),
    sa.Column("what", _text(64), nullable=False),
    _empty("target", _text(200)),
    _empty("detail", sa.Text()),
    sqlite_autoincrement=True,
)

# ----------------------------------------------------------------------------------------------- outbox

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("id", _text(32), primary_key=True),
    sa.Column("kind", _text(16), nullable=False),
    sa.Column("payload", sa.Text),
    sa.Column("state", _text(16), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("created_at", UtcDateTime, nullable=False),
    sa.Column("next_attempt_at", UtcDateTime, nullable=False),
    sa.Column("claimed_until", UtcDateTime),
    sa.Column("delivered_at", UtcDateTime),
    sa.Column("last_error", _text(200)),
    sa.Column("query_id", _text(32)),
    sa.Index(None, "state", "next_attempt_at"),
)
"""Requests to an agent; the ``payload`` of a delivered one is removed."""
