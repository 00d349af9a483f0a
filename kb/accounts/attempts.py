"""Attempts to sign in, counted by the place they came from, so that a stranger locks himself out and nobody else.

Failures count for the stranger's network. A browser in which the account's user signed in before has a token of its own
and its own count. Only a name that strangers in many networks try is locked for all places but those browsers.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kb.common.background import doubled
from kb.database.statements import hold_name, insert_once
from kb.database.tables.journal import sign_in_sources as sources
from kb.database.tables.journal import users
from kb.types import AccountLock

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

FREE: Final = 5
"""Failed attempts in a row without a wait, from one network or known browser."""
FREE_OF_STRANGERS: Final = 100
"""Failed attempts in a row on one name from all unknown browsers, those counted that their network has free."""
FIRST_WAIT: Final = timedelta(seconds=30)
LONGEST_WAIT: Final = timedelta(minutes=15)
NETWORK_FORGOTTEN: Final = timedelta(days=1)
BROWSER_FORGOTTEN: Final = timedelta(days=90)
MOST_BROWSERS: Final = 20
"""Known browsers of one account; a further one takes the place of the one unused for longest."""
NO_NAME: Final = ""
_NET: Final = "net:"
_BROWSER: Final = "browser:"
_LONGEST_NETWORK: Final = 64


def wait_after(failed: int, free: int = FREE) -> timedelta:
    """Return the wait after so many failed attempts in a row; from the ``free``-th on, it doubles up to 15 minutes."""
    late = failed - free + 1
    return doubled(FIRST_WAIT, late, LONGEST_WAIT) if late > 0 else timedelta(0)


def holds(until: datetime | None, at: datetime) -> bool:
    """Return whether a lock holds; one that ends later than any lock can was set by a clock that was ahead.

    :param until: Its end; None without a lock.
    :param at: Now.
    :return: Whether no attempt is checked now.
    """
    return until is not None and at < until <= at + LONGEST_WAIT


def network_source(network: str) -> str:
    """Return the name under which a network's attempts are counted."""
    return f"{_NET}{network[:_LONGEST_NETWORK]}"


def browser_source(digest: str) -> str:
    """Return the name under which a browser's attempts are counted, from its token's SHA-256."""
    return f"{_BROWSER}{digest}"


def forget_old(connection: Connection, at: datetime) -> None:
    """Remove the networks of which nothing came for a day, and the browsers unused for three months."""
    old = sa.or_(
        sa.and_(sources.c.source.startswith(_NET), sources.c.last_at < at - NETWORK_FORGOTTEN),
        sources.c.last_at < at - BROWSER_FORGOTTEN,
    )
    connection.execute(sa.delete(sources).where(old))


def is_known(connection: Connection, name: str, source: str) -> bool:
    """Return whether the user of a name signed in at a place before."""
    return source.startswith(_BROWSER) and connection.execute(_of(name, source)).first() is not None


def count(connection: Connection, name: str, source: str, at: datetime) -> tuple[int, datetime | None]:
    """Count an attempt from a place as failed, unless the place is locked.

    :param connection: In a transaction that writes.
    :param name: The account's; empty for a name that no account has.
    :param source: From :func:`network_source` or :func:`browser_source`.
    :param at: Now.
    :return: Failed attempts in a row, this one included, and None; or those before, and when the lock ends.
    """
    hold_name(connection, f"sign-in {name}")
    connection.execute(insert_once(connection, sources).values(name=name, source=source, last_at=at))
    row = connection.execute(_of(name, source)).one()
    if holds(row.locked_until, at):
        return row.failed, row.locked_until
    failed = row.failed + 1
    _change(connection, name, source, failed=failed, locked_until=at + wait_after(failed), last_at=at)
    return failed, None


def refuse(connection: Connection, name: str, source: str, at: datetime) -> int:
    """Count an attempt that is not even checked.

    :param connection: In a transaction that writes.
    :param name: The account's; empty for a name that no account has.
    :param source: The place.
    :param at: Now.
    :return: How often that happened from this place.
    """
    connection.execute(insert_once(connection, sources).values(name=name, source=source, last_at=at))
    again = int(connection.execute(_of(name, source)).one().refused) + 1
    _change(connection, name, source, refused=again, last_at=at)
    return again


def know_browser(connection: Connection, name: str, digest: str, at: datetime) -> None:
    """Count a browser's attempts on a name by themselves from now on.

    :param connection: In a transaction that writes.
    :param name: The account's.
    :param digest: The SHA-256 of the browser's token.
    :param at: Now.
    """
    source = browser_source(digest)
    connection.execute(insert_once(connection, sources).values(name=name, source=source, last_at=at))
    _change(connection, name, source, failed=0, locked_until=None, last_at=at)
    mine = sa.and_(sources.c.name == name, sources.c.source.startswith(_BROWSER))
    newest = sa.select(sources.c.source).where(mine).order_by(sources.c.last_at.desc(), sources.c.source)
    for old in connection.execute(newest.offset(MOST_BROWSERS)).scalars().all():
        forget(connection, name, old)


def forget(connection: Connection, name: str, source: str) -> None:
    """Forget a place: its next attempt is its first."""
    connection.execute(sa.delete(sources).where(sources.c.name == name, sources.c.source == source))


def forget_all(connection: Connection, account_id: int, *, browsers: bool) -> None:
    """End every lock of an account.

    :param connection: In a transaction that writes.
    :param account_id: The account.
    :param browsers: Whether its known browsers are forgotten as well, and not only their failures.
    """
    name = sa.select(users.c.name).where(users.c.id == account_id).scalar_subquery()
    mine = sources.c.name == name
    if not browsers:
        connection.execute(sa.update(sources).where(mine).values(failed=0, locked_until=None))
        mine = sa.and_(mine, sources.c.source.startswith(_NET))
    connection.execute(sa.delete(sources).where(mine))


def knows(connection: Connection, source: str) -> bool:
    """Return whether a browser's token is one that we gave out, for whichever name."""
    found = sa.select(sources.c.name).where(sources.c.source == source).limit(1)
    return connection.execute(found).first() is not None


def locks(connection: Connection, at: datetime) -> list[AccountLock]:
    """Return the locks that hold, by name and end.

    :param connection: In any transaction.
    :param at: Now.
    :return: One for each name and place.
    """
    held = sa.select(sources).where(sources.c.locked_until > at).order_by(sources.c.name, sources.c.locked_until)
    return [
        AccountLock(row.name, row.source.startswith(_BROWSER), row.failed, row.locked_until)
        for row in connection.execute(held)
        if row.name != NO_NAME
    ]


def unknown_names(connection: Connection) -> tuple[int, int]:
    """Return how many attempts with names that no account has were counted within a day, and from how many networks."""
    of_none = sa.select(sa.func.coalesce(sa.func.sum(sources.c.refused), 0), sa.func.count())
    row = connection.execute(of_none.where(sources.c.name == NO_NAME)).one()
    return int(row[0]), int(row[1])


def _of(name: str, source: str) -> sa.Select[Any]:
    return sa.select(sources).where(sources.c.name == name, sources.c.source == source)


def _change(connection: Connection, name: str, source: str, **values: object) -> None:
    mine = sa.and_(sources.c.name == name, sources.c.source == source)
    connection.execute(sa.update(sources).where(mine).values(**values))
