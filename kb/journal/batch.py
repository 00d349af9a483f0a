"""One transaction of the journal's writer: questions and events, each once, with what they change in the counts."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa

from kb.database import engine as database
from kb.database.partitions import following, make_months, missing_months, month_of, start_of
from kb.database.statements import hold_name, insert_all_once, is_one_of
from kb.database.tables.journal import events, queries
from kb.errors import JournalUnavailable, KbError, QueryUnknown

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

    from kb.database.partitions import Month

_log = logging.getLogger(__name__)

Counted: TypeAlias = "Callable[[Connection, Collection[str], Collection[str]], AbstractContextManager[None]]"
"""Adds to the daily counts what a block changes: connection, visits, and ids of questions of further visits."""
_VISIT_LASTS: Final = timedelta(days=7)
"""Within this time, the same question or event counts once also where a month ends in between."""
_TRY_AGAIN: Final = timedelta(minutes=10)
"""After a month's partition could not be made; meanwhile its rows go into the default one."""
_MONTHS_END: Final = "kb: once, although a month ends"


def uncounted(
    _connection: Connection, _visits: Collection[str], _asked: Collection[str]
) -> AbstractContextManager[None]:
    """Leave the daily counts to their next reader."""
    return nullcontext()


@dataclass(slots=True)
class Entry:
    """A question or an event that waits to be written."""

    table: sa.Table
    row: dict[str, Any]
    done: Future[None] | None = None
    """Set after the commit; None when no caller waits."""

    @property
    def at(self) -> datetime:
        """The moment of the question or event."""
        moment: datetime = self.row["asked_at" if self.table is queries else "at"]
        return moment

    def tell(self, error: KbError | None = None) -> None:
        """Tell the caller, if one waits, that the entry is committed, or why it is not."""
        if self.done is None or self.done.done():
            return
        if error is None:
            self.done.set_result(None)
        else:
            self.done.set_exception(error)


class MonthsAhead:
    """Sees to it that each month that is written to has its partition; see :mod:`kb.database.partitions`."""

    def __init__(self, engine: Engine) -> None:
        """Know of no month yet.

        :param engine: The journal's database.
        """
        self._engine = engine
        self._good_until: dict[Month, datetime | None] = {}
        """The months looked after; the moment of the next try for those that could not be made."""

    def see_to(self, moments: Collection[datetime]) -> None:
        """Make what is missing; a failure is logged, and nothing is refused for it.

        :param moments: Those of the rows that are about to be written.
        :raises JournalUnavailable: If the database cannot be reached.
        """
        if self._engine.dialect.name != "postgresql" or not moments:
            return
        now = max(moments)
        due = {
            month for month in map(month_of, moments) if (again := self._good_until.get(month, now)) and again <= now
        }
        missing = missing_months(self._engine, due) if due else ()
        self._good_until.update(dict.fromkeys(due, None))
        try:
            make_months(self._engine, missing)
        except JournalUnavailable as error:
            self._good_until.update(dict.fromkeys(missing, now + _TRY_AGAIN))
            _log.warning(
                "The journal's partition of %s is missing and could not be made: %s Questions are kept in the default "
                "partition; it is tried again.",
                ", ".join(f"{year:04}-{number:02}" for year, number in missing),
                error,
            )


def commit(engine: Engine, batch: Sequence[Entry], counted: Counted = uncounted) -> None:
    """Write entries in one transaction, then tell their callers.

    :param engine: The journal's database.
    :param batch: The entries; those of a question that is not there are left out.
    :param counted: Adds to the daily counts what they change.
    :raises JournalUnavailable: If the database fails.
    """
    asked = [entry.row for entry in batch if entry.table is queries]
    happened = [entry for entry in batch if entry.table is events]
    visits = {row["visit"] for row in asked} | {e.row["visit"] for e in happened if e.row["query_id"] is None}
    new = {row["query_id"] for row in asked}
    of_questions = {e.row["query_id"] for e in happened if e.row["query_id"] is not None} - new
    with database.writing(engine) as connection, counted(connection, visits, of_questions):
        if asked:
            _insert(connection, queries, asked, "query_id", "asked_at")
        known = {None, *new, *recorded(connection, of_questions)}  # None: an event without a question
        good = [entry.row for entry in happened if entry.row["query_id"] in known]
        if good:
            _insert(connection, events, good, "event_id", "at")
    for entry in batch:
        if entry.table is queries or entry.row["query_id"] in known:
            entry.tell()
        else:
            entry.tell(QueryUnknown(f"There is no question {entry.row['query_id']!r}: it was never recorded."))


def _insert(connection: Connection, table: sa.Table, rows: list[dict[str, Any]], once: str, at: str) -> None:
    """Insert rows that are not there yet; PostgreSQL sees to it by itself only within a month."""
    if connection.dialect.name == "postgresql" and (elsewhere := _in_months_beside(table.c[at], rows)) is not None:
        hold_name(connection, _MONTHS_END)  # what another process is about to commit is seen after that
        there = _found(connection, table.c[once], [row[once] for row in rows], elsewhere)
        rows = [row for row in rows if row[once] not in there]
    if rows:
        insert_all_once(connection, table, rows)


def _in_months_beside(at: sa.Column[Any], rows: Sequence[Mapping[str, Any]]) -> sa.ColumnElement[bool] | None:
    """Return where the same rows may be, outside their months; None if a visit cannot last until there."""
    moments = [row[at.name] for row in rows]
    beside = []
    for month in {month_of(moment) for moment in moments}:
        first, last = (pick(m for m in moments if month_of(m) == month) for pick in (min, max))
        start, end = start_of(month), start_of(following(month))
        if first - _VISIT_LASTS < start:
            beside.append(sa.and_(at >= first - _VISIT_LASTS, at < start))
        if last + _VISIT_LASTS >= end:
            beside.append(sa.and_(at >= end, at <= last + _VISIT_LASTS))
    return sa.or_(*beside) if beside else None


def _found(
    connection: Connection, once: sa.Column[str], values: Sequence[str], elsewhere: sa.ColumnElement[bool]
) -> set[str]:
    """Return the values that are there, looked up one by one: a week of a journal has too many rows to compare."""
    each = sa.func.unnest(sa.bindparam(None, values, sa.ARRAY(once.type)))
    given = each.table_valued(sa.column("value", once.type)).render_derived("given")
    one = sa.select(once).where(once == given.c.value, elsewhere).limit(1).lateral()
    return set(connection.execute(sa.select(given.c.value).join(one, sa.true())).scalars())


def recorded(connection: Connection, ids: Collection[str]) -> set[str]:
    """Return the ids that belong to a question, including those written in this transaction.

    :param connection: In a transaction that writes.
    :param ids: Ids of questions.
    :return: Those of a question.
    """
    if not ids:
        return set()
    found = sa.select(queries.c.query_id).where(is_one_of(connection, queries.c.query_id, ids))
    return set(connection.execute(found).scalars())
