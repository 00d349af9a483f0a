"""Databases for the journal's tests: each test of ``url`` or ``engine`` runs on SQLite and PostgreSQL."""

from __future__ import annotations

import shutil
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


@pytest.fixture(scope="session")
def vector_server() -> Iterator[postgres.Server]:
    """One PostgreSQL with pgvector for the whole run."""
    with postgres.server(postgres.vector_programs()) as running:
        yield running


@pytest.fixture
def engine_url(vector_server: postgres.Server) -> Iterator[str]:
    """The address of an empty database for vectors."""
    yield (address := vector_server.new_database())
    vector_server.drop(address)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty database."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'journal.db'}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    yield (address := server.new_database())
    server.drop(address)


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all tables, empty, to be copied: the revisions take a third of a second, a copy takes none."""
    file = tmp_path_factory.mktemp("tables") / "journal.db"
    _bring_up(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_with_tables(postgres_server: postgres.Server) -> str:
    """The address of a database with all tables, empty, to be copied; nobody stays connected to it."""
    address = postgres_server.new_database()
    _bring_up(address)
    return address


def _bring_up(address: str) -> None:
    opened = open_engine(address)
    upgrade(opened)
    opened.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def ready_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database with all tables, empty."""
    if request.param == "sqlite":
        file = tmp_path / "journal.db"
        shutil.copyfile(request.getfixturevalue("sqlite_with_tables"), file)
        file.chmod(0o600)
        yield f"sqlite:///{file}"
        return
    server: postgres.Server = request.getfixturevalue("postgres_server")
    yield (address := server.new_database(like=request.getfixturevalue("postgres_with_tables")))
    server.drop(address)


@pytest.fixture
def engine(ready_url: str) -> Iterator[Engine]:
    """A database with all tables, empty."""
    opened = open_engine(ready_url)
    yield opened
    opened.dispose()
