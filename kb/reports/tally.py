"""Count rows of the journal: all of a day, or all of some visits.

A question's counts depend on nothing outside its visit, and the counts of a day are the sum over its visits. So what a
batch of writes changes is what it changes in the visits that it writes to.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kb.database.statements import in_chunks, is_one_of
from kb.database.tables.journal import events, queries
from kb.reports.counting import REACHED, CountedEvent, CountedQuestion, Key, count_day
from kb.types import Traffic

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

DayKey = tuple[date, str, str, str]
"""Day, name, article id, detail; the last two may be empty."""
_READ = [
    queries.c[name]
    for name in ("query_id", "visit", "asked_at", "traffic", "outcome", "hits", "choices", "language", "reason")
]
_HAPPENED = (events.c.query_id, events.c.kind, events.c.article_id, events.c.reason)


def day_of(at: datetime) -> date:
    """Return the day of a moment, UTC."""
    return at.astimezone(UTC).date()


def count_of_day(connection: sa.Connection, day: date) -> Counter[Key]:
    """Return the counts of a day.

    :param connection: A connection to the journal.
    :param day: The day, UTC.
    :return: All counts that are not zero.
    """
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = start + timedelta(days=1)
    of_customers = queries.c.traffic == Traffic.CUSTOMER.value
    on_day = sa.and_(queries.c.asked_at >= start, queries.c.asked_at < end, of_customers)
    asked = [_question(row) for row in connection.execute(sa.select(*_READ).where(on_day))]
    happened: dict[str, list[CountedEvent]] = defaultdict(list)
    of_day = sa.select(*_HAPPENED).join(queries, events.c.query_id == queries.c.query_id).where(on_day)
    for row in connection.execute(of_day):
        happened[row.query_id].append(_event(row))
    loose = sa.select(*_HAPPENED).where(events.c.query_id.is_(None), events.c.at >= start, events.c.at < end)
    alone = [_event(row) for row in connection.execute(loose)]
    reached = {question.visit for question in asked if _is_contact(happened.get(question.query_id, ()))}
    others = sorted({question.visit for question in asked} - reached)
    return count_day(asked, happened, reached | _contacted(connection, others, sa.not_(on_day)), alone)


@dataclass(slots=True)
class _Visit:
    """What the journal holds of a visit."""

    asked: dict[date, list[CountedQuestion]] = field(default_factory=lambda: defaultdict(list))
    alone: dict[date, list[CountedEvent]] = field(default_factory=lambda: defaultdict(list))
    is_contacted: bool = False


def count_of_visits(connection: sa.Connection, visits: Collection[str]) -> Counter[DayKey]:
    """Return what some visits add to the counts of each day.

    :param connection: A connection to the journal.
    :param visits: The keys of the visits.
    :return: All counts that are not zero, by day.
    """
    found: dict[str, _Visit] = defaultdict(_Visit)
    happened: dict[str, list[CountedEvent]] = defaultdict(list)
    for part in in_chunks(sorted(visits)):
        _read_visits(connection, part, found, happened)
    counts: Counter[DayKey] = Counter()
    for name, visit in found.items():
        reached = (name,) if visit.is_contacted else ()
        for day in {*visit.asked, *visit.alone}:
            of_day = count_day(visit.asked[day], happened, reached, visit.alone[day])
            counts.update({(day, *key): value for key, value in of_day.items()})
    return counts


def _read_visits(
    connection: sa.Connection,
    names: Sequence[str],
    found: dict[str, _Visit],
    happened: dict[str, list[CountedEvent]],
) -> None:
    asked_in: dict[str, str] = {}
    for row in connection.execute(sa.select(*_READ).where(is_one_of(connection, queries.c.visit, names))):
        asked_in[row.query_id] = row.visit
        if row.traffic == Traffic.CUSTOMER.value:
            found[row.visit].asked[day_of(row.asked_at)].append(_question(row))
    for part in in_chunks(list(asked_in)):
        for row in connection.execute(sa.select(*_HAPPENED).where(is_one_of(connection, events.c.query_id, part))):
            happened[row.query_id].append(_event(row))
            found[asked_in[row.query_id]].is_contacted |= row.kind in REACHED
    alone = sa.select(*_HAPPENED, events.c.visit, events.c.at)
    for row in connection.execute(
        alone.where(is_one_of(connection, events.c.visit, names), events.c.query_id.is_(None))
    ):
        found[row.visit].alone[day_of(row.at)].append(_event(row))
        found[row.visit].is_contacted |= row.kind in REACHED


def _question(row: Any) -> CountedQuestion:
    return CountedQuestion(
        row.query_id,
        row.visit,
        row.outcome,
        str(row.hits[0][0]) if row.hits else "",
        tuple(row.choices or ()),
        row.language,
        row.reason or "",
    )


def _event(row: Any) -> CountedEvent:
    return CountedEvent(row.kind, row.article_id or "", row.reason or "")


def _is_contact(happened: Sequence[CountedEvent]) -> bool:
    return any(event.kind in REACHED for event in happened)


def _contacted(connection: sa.Connection, visits: Sequence[str], elsewhere: sa.ColumnElement[bool]) -> set[str]:
    """Return the visits in which a contact followed one of the questions elsewhere, or no question at all."""
    reached = events.c.kind.in_([kind.value for kind in REACHED])
    found: set[str] = set()
    for part in in_chunks(visits):  # step by step, so that no database has to guess how to join two large tables
        alone = sa.select(events.c.visit).where(reached, events.c.query_id.is_(None))
        found.update(connection.execute(alone.where(is_one_of(connection, events.c.visit, part))).scalars())
        further = sa.select(queries.c.query_id, queries.c.visit).where(elsewhere)
        rows = connection.execute(further.where(is_one_of(connection, queries.c.visit, part)))
        visit_of = {row.query_id: row.visit for row in rows}
        for ids in in_chunks(list(visit_of)):
            followed = sa.select(events.c.query_id).where(reached, is_one_of(connection, events.c.query_id, ids))
            found.update(visit_of[asked] for asked in connection.execute(followed).scalars())
    return found
