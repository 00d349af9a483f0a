"""Erase what is older than it may be kept, or everything of one visit: in the journal, the gaps and the outbox."""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kb.accounts import attempts
from kb.contact.outbox import erase_old
from kb.contact.sealed import forget_old
from kb.database.engine import reading, upgrade, writing
from kb.database.partitions import make_months_ahead
from kb.database.shared_limit import forget_full
from kb.database.tables.journal import events, outbox, queries
from kb.errors import JournalUnavailable
from kb.gaps.upkeep import forget_erased
from kb.reports.keeping import uncounted_when_erased
from kb.reports.rollup import roll_up, settle
from kb.retention.drafts import forget_asked, forget_old_drafts
from kb.retention.months import drop_months
from kb.review.upkeep import articles_with_examples, forget_lessons_of, forget_old_lessons

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from sqlalchemy.engine import Connection, Engine

_log = logging.getLogger(__name__)
_PORTION: Final = 5000
"""Questions erased in one transaction, so that other writers do not wait for long."""


@dataclass(frozen=True, slots=True)
class Erased:
    """The numbers of questions and events that were erased, or would be."""

    questions: int
    events: int
    examples: tuple[str, ...] = ()
    """Articles and signposts with an example that a lead made from one of the questions; no file is changed."""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        return asdict(self)


def keep_only(engine: Engine, days: int, now: datetime, breathe: Callable[[], None]) -> Erased:
    """Erase everything older than a number of days, and networks that staff signed in from, as a server does daily.

    :param engine: The database; its tables are brought up to date first.
    :param days: The days for which questions are kept.
    :param now: The moment, aware.
    :param breathe: Called between two portions; it may raise an error to leave the rest for the next time.
    :return: The numbers erased.
    :raises JournalUnavailable: If the database fails; everything erased by then stays erased.
    """
    upgrade(engine)
    _make_room(engine, now)
    erased = purge(engine, now - timedelta(days=days), breathe=breathe)
    with writing(engine) as connection:
        attempts.forget_old(connection, now)
        forget_old(connection, now)
        forget_full(connection, now)
    if erased.questions or erased.events:
        _log.info("Erased %d questions and %d events older than %d days.", erased.questions, erased.events, days)
    return erased


def _make_room(engine: Engine, now: datetime) -> None:
    """Make next month's partitions; what fails is tried again tomorrow, and by the writer."""
    try:
        make_months_ahead(engine, now)
    except JournalUnavailable as error:
        _log.warning("The partitions of this month and the next could not be made: %s", error)


def purge(
    engine: Engine, before: datetime, *, dry_run: bool = False, breathe: Callable[[], None] = lambda: None
) -> Erased:
    """Erase what is older than a moment: questions with their events and places in gaps, and requests to an agent.

    Daily counts stay. On PostgreSQL, months of which everything is older are dropped whole. A request still on its way
    has another week; see :func:`kb.contact.outbox.erase_old`.

    :param engine: The database, its tables up to date.
    :param before: The moment, aware.
    :param dry_run: Only count.
    :param breathe: Called between two portions; an error it raises is passed on, and the next run continues.
    :return: The numbers that were, or would be, erased.
    :raises JournalUnavailable: If the database fails; everything erased by then stays erased.
    """
    if not dry_run:
        settle(engine, before)  # questions that are not counted yet would never be
        with writing(engine) as connection:
            erase_old(connection, before)
            forget_old_lessons(connection, before)
            forget_old_drafts(connection, before)
    alone = sa.and_(events.c.query_id.is_(None), events.c.at < before)  # other events go with their questions
    erased = _to_erase(engine, queries.c.asked_at < before, alone)
    if not dry_run:
        drop_months(engine, before, breathe)
        _erase(engine, queries.c.asked_at < before, alone, breathe=breathe)
    return erased


def erase_visit(engine: Engine, visit: str, *, dry_run: bool = False) -> Erased:
    """Erase everything of one visit; requests to an agent lose their link to it.

    The daily counts no longer count it, except on days that a purge has settled.

    :param engine: The database, its tables up to date.
    :param visit: The visit's key.
    :param dry_run: Only count.
    :return: The numbers that were, or would be, erased.
    :raises JournalUnavailable: If the database fails; everything erased by then stays erased.
    """
    if not dry_run:
        roll_up(engine)  # so that what is taken back was counted
    erased = _to_erase(engine, queries.c.visit == visit, events.c.visit == visit)
    if not dry_run:
        _erase(engine, queries.c.visit == visit, events.c.visit == visit, visits=(visit,))
    return erased


def _to_erase(engine: Engine, asked: sa.ColumnElement[bool], alone: sa.ColumnElement[bool]) -> Erased:
    of_asked = events.c.query_id.in_(sa.select(queries.c.query_id).where(asked))
    with reading(engine) as connection:
        return Erased(
            questions=_count(connection, queries, asked),
            events=_count(connection, events, of_asked) + _count(connection, events, alone),
            examples=articles_with_examples(connection, sa.select(queries.c.query_id).where(asked)),
        )


def _erase(
    engine: Engine,
    asked: sa.ColumnElement[bool],
    alone: sa.ColumnElement[bool],
    *,
    visits: Collection[str] = (),
    breathe: Callable[[], None] = lambda: None,
) -> None:
    """Erase rows in portions; what they are counted as is taken back for the visits that are named."""
    while _erase_portion(engine, asked, visits):
        breathe()
    with writing(engine) as connection:
        with _taken_back(connection, visits):
            connection.execute(events.delete().where(alone))
        forget_erased(connection)  # also for a run that was interrupted before it came here
    _sweep(engine)


def _taken_back(connection: Connection, visits: Collection[str]) -> AbstractContextManager[None]:
    return uncounted_when_erased(connection, visits) if visits else nullcontext()


def _count(connection: Connection, table: sa.Table, where: sa.ColumnElement[bool]) -> int:
    return connection.execute(sa.select(sa.func.count()).select_from(table).where(where)).scalar_one()


def _erase_portion(engine: Engine, asked: sa.ColumnElement[bool], visits: Collection[str]) -> bool:
    """Erase some questions with their events and lessons; return whether there were any."""
    with writing(engine) as connection, _taken_back(connection, visits):
        chosen = sa.select(queries.c.seq, queries.c.query_id).where(asked).order_by(queries.c.seq).limit(_PORTION)
        # Of two processes that erase at once, the second waits here, and takes what the first has left.
        rows = connection.execute(chosen.with_for_update()).all()
        if not rows:
            return False
        portion = sa.and_(asked, queries.c.seq <= rows[-1].seq)
        names = sa.select(queries.c.query_id).where(portion)
        connection.execute(outbox.update().where(outbox.c.query_id.in_(names)).values(query_id=None))
        forget_lessons_of(connection, names)
        forget_asked(connection, names)
        connection.execute(queries.delete().where(portion))
        return True


def _sweep(engine: Engine) -> None:
    """Remove erased rows from SQLite's log file too; PostgreSQL does so by itself, in time."""
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        finally:
            connection.close()
