"""Accounts over a real database, with a clock that is set by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.accounts.local import Accounts, Lifetime
from kb.accounts.passwords import Cost
from kb.accounts.store import SqlAccounts
from kb.database.engine import open_engine, upgrade

CHEAP = Cost(n=16, r=1, p=1)


class Clock:
    """A clock that returns the time it was set to."""

    def __init__(self) -> None:
        """Start on a day of the year 2026."""
        self.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now

    def pass_by(self, **time: float) -> None:
        """Advance the clock."""
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    """A clock set by hand."""
    return Clock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlAccounts]:
    """An empty database."""
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(engine)
    yield SqlAccounts(engine)
    engine.dispose()


@pytest.fixture
def accounts(store: SqlAccounts, clock: Clock) -> Accounts:
    """Accounts whose passwords are cheap to hash."""
    return Accounts(store, Lifetime(longest=timedelta(hours=8), idle=timedelta(minutes=30)), CHEAP, clock)
