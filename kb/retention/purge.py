"""Erase what is older than it may be kept, or everything of one visit: in the journal, the gaps and the outbox."""

from __future__ import annotations

import logging
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kb.contact.outbox import erase_old
from kb.database.engine import reading, upgrade, writing
from kb.database.tables.journal import events, outbox, queries
from kb.gaps.upkeep import forget_erased
from kb.reports.rollup import settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy.engine import Connection, Engine

_log = logging.getLogger(__name__)
_PORTION: Final = 5000
"""Questions erased in one transaction, so that nobody who writes waits for long."""


@dataclass(frozen=True, slots=True)
class Erased:
    """How much was erased, or would be."""

    questions: int
    events: int

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def keep_only(engine: Engine, days: int, now: datetime, breathe: Callable[[], None]) -> Erased:
    """Erase what is older than so many days: what a server does by itself once a day.

    :param engine: The database; its tables are brought up to date first.
    :param days: How long questions are kept.
    :param now: Aware.
    :param breathe: Called between two portions; may raise to leave the rest for the next time.
    :return: How much was erased.
    :raises JournalUnavailable: If the database fails; what was erased by then stays erased.
    """
    upgrade(engine)
    erased = purge(engine, now - timedelta(days=days), breathe=breathe)
    if erased.questions or erased.events:
        _log.info("Erased %d questions and %d events older than %d days.", erased.questions, erased.events, days)
    return erased


def purge(
    engine: Engine, before: datetime, *, dry_run: bool = False, breathe: Callable[[], None] = lambda: None
) -> Erased:
    """Erase what is older than a moment: questions with their events and places in gaps, and requests to an agent.

    Daily counts stay. A request still on its way has another week; see :func:`kb.contact.outbox.erase_old`.

    :param engine: The database, its tables up to date.
    :param before: Aware.
    :param dry_run: Only count.
    :param breathe: Called between two portions; what it raises is passed on, and the next run goes on from there.
    :return: How much was, or would be, erased.
    :raises JournalUnavailable: If the database fails; what was erased by then stays erased.
    """
    if not dry_run:
        settle(engine, before)  # what is not counted yet would never be
        with writing(engine) as connection:
            erase_old(connection, before)
    alone = sa.and_(events.c.query_id.is_(None), events.c.at < before)  # the others go with their questions
    return _erase(engine, queries.c.asked_at < before, alone, dry_run=dry_run, breathe=breathe)


def erase_visit(engine: Engine, visit: str, *, dry_run: bool = False) -> Erased:
    """Erase everything of one visit; requests to an agent lose what ties them to it.

    :param engine: The database, its tables up to date.
    :param visit: The visit's key.
    :param dry_run: Only count.
    :return: How much was, or would be, erased.
    :raises JournalUnavailable: If the database fails; what was erased by then stays erased.
    """
    return _erase(engine, queries.c.visit == visit, events.c.visit == visit, dry_run=dry_run)


def _erase(
    engine: Engine,
    asked: sa.ColumnElement[bool],
    alone: sa.ColumnElement[bool],
    *,
    dry_run: bool,
    breathe: Callable[[], None] = lambda: None,
) -> Erased:
    of_asked = events.c.query_id.in_(sa.select(queries.c.query_id).where(asked))
    with reading(engine) as connection:
        erased = Erased(
            _count(connection, queries, asked), _count(connection, events, of_asked) + _count(connection, events, alone)
        )
    if dry_run:
        return erased
    while _erase_portion(engine, asked):
        breathe()
    with writing(engine) as connection:
        connection.execute(events.delete().where(alone))
        forget_erased(connection)  # also what a run left behind that was interrupted before it came here
    _sweep(engine)
    return erased


def _count(connection: Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one()


def _erase_portion(engine: Engine, asked: sa.ColumnElement[bool]) -> bool:
    """Erase some questions; their events go with them. Return whether there were any."""
    with writing(engine) as connection:
        chosen = sa.select(queries.c.seq, queries.c.query_id).where(asked).order_by(queries.c.seq).limit(_PORTION)
        # Of two processes that erase at once, the second waits here, and takes what the first left.
        rows = connection.execute(chosen.with_for_update()).all()
        if not rows:
            return False
        portion = sa.and_(asked, queries.c.seq <= rows[-1].seq)
        names = sa.select(queries.c.query_id).where(portion)
        connection.execute(outbox.update().where(outbox.c.query_id.in_(names)).values(query_id=None))
        connection.execute(queries.delete().where(portion))
        return True


def _sweep(engine: Engine) -> None:
    """Leave nothing of what was erased in SQLite's log file either; PostgreSQL does so by itself, in time."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
