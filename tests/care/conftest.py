"""A small installation, complete: articles, site settings, an index, and a journal that a program has open."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.accounts.store import SqlAccounts
from kb.database.engine import open_engine, upgrade
from kb.settings.settings import Settings
from kb.types import Role
from tests.support import copy_index

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

CHANNEL = """channels:
  phone: {kind: phone, label: Call, text: (555) 010-0000, source: 'https://example.com', dated: unknown}
"""
NOW = datetime(2026, 11, 30, 17, 0, tzinfo=UTC)


@dataclass
class Installed:
    """An installation, with its journal open as a server has it."""

    settings: Settings
    engine: Engine
    accounts: SqlAccounts

    def add(self, name: str) -> None:
        """Write something to the journal."""
        self.accounts.add(name, Role.EDITOR, "hash", NOW)


def make_site(tiny_index: Settings, folder: Path) -> Settings:
    """Return settings of an installation in a folder, without a journal."""
    folder.mkdir()
    shutil.copytree(tiny_index.articles, folder / "articles")
    (folder / "site.yaml").write_text(f"name: Little Help\n{CHANNEL}", encoding="utf-8")
    url = f"sqlite:///{folder / 'data' / 'journal.db'}"
    settings = replace(tiny_index, articles=folder / "articles", site_path=folder / "site.yaml", database_url=url)
    return copy_index(settings, folder / "index")


@pytest.fixture(scope="session")
def empty_journal(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A journal with its tables and nothing in them; not to be written to."""
    file = tmp_path_factory.mktemp("journal") / "journal.db"
    engine = open_engine(f"sqlite:///{file}")
    upgrade(engine)
    engine.dispose()
    return file


@pytest.fixture
def installed(tiny_index: Settings, empty_journal: Path, tmp_path: Path) -> Iterator[Installed]:
    """An installation whose journal is open, with something in its write-ahead log."""
    settings = make_site(tiny_index, tmp_path / "here")
    (tmp_path / "here" / "data").mkdir()
    shutil.copy(empty_journal, tmp_path / "here" / "data" / "journal.db")
    engine = open_engine(settings.database_url)
    made = Installed(settings, engine, SqlAccounts(engine))
    made.add("kim")
    yield made
    engine.dispose()


@pytest.fixture
def elsewhere(installed: Installed, tmp_path: Path) -> Settings:
    """Settings of a place with nothing in it."""
    there = tmp_path / "there"
    url = f"sqlite:///{there / 'data' / 'journal.db'}"
    places = {"articles": there / "articles", "index": there / "index", "site_path": there / "site.yaml"}
    return replace(installed.settings, database_url=url, **places)
