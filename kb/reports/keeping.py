"""Keep the daily counts true to the journal while it is written and erased, in the same transactions."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kb.database.progress import Reader, hold_progress, keep_progress, newest
from kb.database.statements import in_chunks, is_one_of
from kb.database.tables.gaps import daily_counts
from kb.database.tables.journal import queries
from kb.reports.rollup import is_counted, settled_day
from kb.reports.tally import DayKey, count_of_visits

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

MOST_READ: Final = 5_000
"""Questions of the visits of one batch, above which the writer leaves their days to the next reader: a program that
asks all day long in one visit would make every batch slower than the one before."""
_IDLE_SECONDS: Final = 15
"""A process that stops in the middle of a batch holds the counts; PostgreSQL ends its transaction after this time."""


@contextmanager
def counted(connection: sa.Connection, visits: Collection[str], asked: Collection[str]) -> Iterator[None]:
    """Add what a block of writes changes to the daily counts.

    Transactions that do so take turns. If something is not counted yet, nothing is added: the next reader counts those
    days again. Days that are settled stay as they are.

    :param connection: In a transaction that writes.
    :param visits: The visits that are written to.
    :param asked: Ids of questions whose visits are written to as well.
    :yield: To the block that writes.
    """
    with _kept(connection, visits, asked, MOST_READ):
        yield


@contextmanager
def uncounted_when_erased(connection: sa.Connection, visits: Collection[str]) -> Iterator[None]:
    """Take what a block erases of some visits out of the daily counts, whatever it is; see :func:`counted`."""
    with _kept(connection, visits, (), None):
        yield


@contextmanager
def _kept(
    connection: sa.Connection, visits: Collection[str], asked: Collection[str], most: int | None
) -> Iterator[None]:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(f"SET LOCAL idle_in_transaction_session_timeout = '{_IDLE_SECONDS}s'")
    # Held until the end, also against other processes' writers: numbers are given in the order in which they are seen.
    read = hold_progress(connection, Reader.ROLL_UP)
    touched = {*visits, *_visits_of(connection, asked)}
    if not is_counted(read, newest(connection)) or (most is not None and _are_too_many(connection, touched, most)):
        yield
        return
    before = count_of_visits(connection, touched)
    yield
    change = count_of_visits(connection, touched)
    change.subtract(before)
    settled = settled_day(connection)
    _add(connection, {key: n for key, n in change.items() if n and key[0].toordinal() > settled})
    keep_progress(connection, Reader.ROLL_UP, newest(connection))


def _visits_of(connection: sa.Connection, asked: Collection[str]) -> set[str]:
    found: set[str] = set()
    for part in in_chunks(sorted(asked)):
        mine = sa.select(queries.c.visit).where(is_one_of(connection, queries.c.query_id, part))
        found.update(connection.execute(mine).scalars())
    return found


def _are_too_many(connection: sa.Connection, visits: Collection[str], most: int) -> bool:
    for part in in_chunks(sorted(visits)):
        theirs = is_one_of(connection, queries.c.visit, part)
        capped = sa.select(sa.literal(1)).select_from(queries).where(theirs).limit(most + 1)
        if int(connection.scalar(sa.select(sa.func.count()).select_from(capped.subquery())) or 0) > most:
            return True
    return False


def _add(connection: sa.Connection, change: Mapping[DayKey, int]) -> None:
    rows = [
        {"day": day, "name": name, "article_id": article[:200], "detail": detail, "value": value}
        for (day, name, article, detail), value in sorted(change.items())
    ]
    if not rows:
        return
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    new = insert(daily_counts)
    key = [column.name for column in daily_counts.primary_key]
    connection.execute(
        new.on_conflict_do_update(index_elements=key, set_={"value": daily_counts.c.value + new.excluded.value}), rows
    )
    shrunk: list[date] = sorted({day for (day, *_), value in change.items() if value < 0})
    if shrunk:  # a count that is made from rows has no zeros either
        connection.execute(sa.delete(daily_counts).where(daily_counts.c.day.in_(shrunk), daily_counts.c.value == 0))
