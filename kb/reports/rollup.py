"""Daily counts of questions and events: reports are sums, not scans.

The journal's writer adds to the counts what each batch changes, in the batch's own transaction; see
:mod:`kb.reports.keeping`. What was written by other means, or by an earlier version of the program, is not counted
yet: the next reader counts its days again from their rows, so they can be neither doubled nor lost. Counts hold nothing
personal and remain when questions are purged. Days are days of UTC.
"""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.progress import OVERLAP, Progress, Reader, hold_progress, keep_progress, newest, progress_of
from kb.database.statements import in_chunks, insert_once
from kb.database.tables.gaps import daily_counts, rollup_state
from kb.database.tables.journal import events, queries
from kb.reports.counting import REACHED, Key
from kb.reports.tally import count_of_day, day_of

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_TOUCHED = 20_000
"""The most new rows that are read one by one; with more, every day between the first and the last is counted."""
_DAYS_AT_ONCE = 2
"""Days that are counted in one transaction, for which the writer waits; with more, each day has its own."""
_SETTLED = "settled"
"""The name under which the last day is stored whose counts are final, because its questions were purged."""


def roll_up(engine: sa.Engine) -> tuple[date, ...]:
    """Count the days again of which something is not counted.

    :param engine: The journal's database.
    :return: The days that were counted; none when every row is counted.
    """
    counted: set[date] = set()
    while True:
        with reading(engine) as connection:
            read, now = progress_of(connection, Reader.ROLL_UP), newest(connection)
            if is_counted(read, now):
                return tuple(sorted(counted))
            days = _uncounted_days(connection, read)
        if len(days) <= _DAYS_AT_ONCE:
            return tuple(sorted({*counted, *_count_rest(engine)}))
        counted.update(_count_many(engine, days, read, now))


def is_counted(read: Progress, now: Progress) -> bool:
    """Return whether every row is counted: what leads decide is no matter of counts."""
    return now.queries <= read.queries and now.events <= read.events


def _count_rest(engine: sa.Engine) -> tuple[date, ...]:
    with writing(engine) as connection:
        read = hold_progress(connection, Reader.ROLL_UP)
        now = newest(connection)  # before counting: what is written meanwhile is counted again
        if is_counted(read, now):
            return ()
        days = _uncounted_days(connection, read)
        for day in days:
            _store(connection, day, count_of_day(connection, day))
        keep_progress(connection, Reader.ROLL_UP, now)
    return tuple(days)


def _count_many(engine: sa.Engine, days: Sequence[date], read: Progress, now: Progress) -> list[date]:
    """Count days, so that the writer waits for one at a time; the rows up to ``now`` are counted with the last."""
    done = []
    for day in days:
        with writing(engine) as connection:
            if hold_progress(connection, Reader.ROLL_UP) != read:
                break  # another process was quicker
            if day.toordinal() > settled_day(connection):
                _store(connection, day, count_of_day(connection, day))
                done.append(day)
            if day == days[-1]:
                keep_progress(connection, Reader.ROLL_UP, now)
    return done


def settle(engine: sa.Engine, before: datetime) -> None:
    """Count what is about to be purged for the last time; the counts of those days never change again.

    :param engine: The journal's database.
    :param before: Questions older than this are about to be purged; the day of this moment is settled too.
    """
    roll_up(engine)
    day = before.astimezone(UTC).date().toordinal()
    with writing(engine) as connection:
        hold_progress(connection, Reader.ROLL_UP)  # a roll-up that has begun ends first: it may count those days
        connection.execute(insert_once(connection, rollup_state).values(name=_SETTLED, value=0))
        earlier = sa.and_(rollup_state.c.name == _SETTLED, rollup_state.c.value < day)
        connection.execute(sa.update(rollup_state).where(earlier).values(value=day))


def settled_day(connection: sa.Connection) -> int:
    """Return the last settled day as an ordinal; 0 before the first purge."""
    return int(connection.scalar(sa.select(rollup_state.c.value).where(rollup_state.c.name == _SETTLED)) or 0)


def _uncounted_days(connection: sa.Connection, read: Progress) -> list[date]:
    settled = settled_day(connection)
    return sorted(day for day in _touched(connection, read) if day.toordinal() > settled)


def _touched(connection: sa.Connection, read: Progress) -> set[date]:
    """Return the days of everything that is new."""
    of_query = sa.select(queries.c.asked_at).where(queries.c.seq > read.queries - OVERLAP)
    rows = connection.execute(of_query.limit(_MOST_TOUCHED)).scalars().all()
    if len(rows) == _MOST_TOUCHED:
        return _all_days(connection, read.queries - OVERLAP)
    days = {day_of(at) for at in rows}
    new = events.c.seq > read.events - OVERLAP
    of_event = (
        sa.select(queries.c.asked_at, queries.c.visit, events.c.kind)
        .join(events, events.c.query_id == queries.c.query_id)
        .where(new)
    )
    alone = sa.select(events.c.at, events.c.visit, events.c.kind).where(new, events.c.query_id.is_(None))
    found = [
        (at, visit, kind) for of in (of_event, alone) for at, visit, kind in connection.execute(of.limit(_MOST_TOUCHED))
    ]
    if len(found) >= _MOST_TOUCHED:
        return _all_days(connection, 0)
    days |= {day_of(at) for at, _, _ in found}
    # A contact changes the counts of the other questions of its visit, which may have begun the day before.
    reached = sorted({visit for _, visit, kind in found if kind in REACHED})
    for part in in_chunks(reached):
        of_visits = sa.select(queries.c.asked_at).where(queries.c.visit.in_(part))
        days |= {day_of(at) for at in connection.execute(of_visits).scalars()}
    return days


def _all_days(connection: sa.Connection, after: int) -> set[date]:
    first, last = connection.execute(
        sa.select(sa.func.min(queries.c.asked_at), sa.func.max(queries.c.asked_at)).where(queries.c.seq > after)
    ).one()
    if first is None:
        return set()
    start = day_of(first)
    return {start + timedelta(days=n) for n in range((day_of(last) - start).days + 1)}


def _store(connection: sa.Connection, day: date, counts: Counter[Key]) -> None:
    connection.execute(sa.delete(daily_counts).where(daily_counts.c.day == day))
    rows: list[dict[str, Any]] = [
        {"day": day, "name": name, "article_id": article[:200], "detail": detail, "value": value}
        for (name, article, detail), value in sorted(counts.items())
    ]
    if rows:
        connection.execute(sa.insert(daily_counts), rows)
