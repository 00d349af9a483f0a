"""Databases for the journal's tests: each test that takes ``url`` or ``engine`` runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.database.engine import open_engine, upgrade
from tests import postgres

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[postgres.Server]:
    """One PostgreSQL for the whole run."""
    programs = postgres.programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    with postgres.server(programs) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'journal.db'}"
    return str(request.getfixturevalue("postgres_server").new_database())


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A database with all tables, empty."""
    opened = open_engine(url)
    upgrade(opened)
    yield opened
    opened.dispose()
