"""A desk over a folder of small articles and an empty database, and the people at it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb.authoring.draft_desk import DraftDesk
from kb.database.engine import open_engine, upgrade
from kb.errors import IndexMissing
from kb.settings.settings import Settings
from kb.types import Answerer, Role, User
from kb.writing.asked_tests import AskedTests
from kb.writing.building import BuildStopped
from kb.writing.desk import WritingDesk
from kb.writing.draft_store import DraftStore
from kb.writing.drafting import Drafting
from kb.writing.files import ArticleFiles
from kb.writing.history import GitHistory
from kb.writing.live_index import LiveIndex
from kb.writing.publication_store import PublicationStore
from kb.writing.publisher import Publisher, Stores
from kb.writing.records import Draft, Publication
from tests.checkouts import git
from tests.support import write_tiny

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

KIM, LEE = User("kim", Role.EDITOR), User("lee", Role.EDITOR)


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        """Begin on a Monday."""
        self.now = datetime(2026, 11, 30, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        """Return the moment."""
        return self.now

    def pass_(self, **time: float) -> None:
        """Let some time pass."""
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    """The clock of the drafts."""
    return Clock()


@pytest.fixture
def articles_only(tmp_path) -> Settings:
    """Settings with the small articles, for tests that build nothing."""
    return replace(Settings(), articles=write_tiny(tmp_path / "articles"), index=tmp_path / "index")


@pytest.fixture
def drafting(engine, articles_only, clock) -> Drafting:
    """A desk for drafts, over the small articles."""
    return Drafting(DraftStore(engine, clock), DraftDesk(articles_only), articles_only)


class FakeBuild:
    """A build that does what a test says, in no time."""

    def __init__(self, do: Callable[[], None] = lambda: None) -> None:
        """Do something in place of building."""
        self.do = do
        self.runs: list[bool] = []
        self.is_stopped = False

    def run(self, *, quick: bool) -> None:
        """Note the run, quick or not."""
        if self.is_stopped:
            raise BuildStopped
        self.runs.append(quick)
        self.do()

    def stop(self) -> None:
        """Refuse further runs."""
        self.is_stopped = True

    def allow(self) -> None:
        """Allow further runs."""
        self.is_stopped = False


class ByHand(Publisher):
    """A publisher without a thread: a test says when it works."""

    def wake(self) -> None:
        """Do nothing by itself."""


@dataclass
class Office:
    """A desk with everything behind it."""

    desk: WritingDesk
    publisher: Publisher
    build: FakeBuild
    learning: FakeBuild
    settings: Settings
    answerer: Any = None

    def file(self, name: str = "fees/late-fee.md") -> Path:
        """Return an article's file."""
        return self.settings.articles / name

    def written(self, addition: str = "More.", user: User = KIM) -> Draft:
        """Return a draft of the late fee with a line more."""
        draft = self.desk.open("late-fee", user)
        saved = self.desk.save(draft.id, f"{draft.text}\n{addition}\n", user, draft.number)
        assert isinstance(saved, Draft)
        return saved

    def publish(self, draft: Draft, message: str = "") -> Publication:
        """Publish a draft, to the end."""
        asked = self.desk.publish(draft.id, KIM, message, draft.number)
        assert isinstance(asked, Publication)
        assert self.publisher.publish_waiting()
        found = self.desk.publication()
        assert found is not None
        return found


def office_of(engine: Engine, settings: Settings, clock: Callable[[], datetime], answerer: Any = None) -> Office:
    """Return a desk over a database and a folder, with a build that takes no time."""
    checks, build, learning = DraftDesk(settings), FakeBuild(), FakeBuild()
    stores = Stores(DraftStore(engine, clock), PublicationStore(engine, clock), GitHistory(settings.articles))
    live = LiveIndex(settings.index, build, learning, lambda: None)
    publisher = ByHand(stores, ArticleFiles(settings.articles), checks, live)
    asked = AskedTests(_nothing_serves if answerer is None else lambda: answerer)
    desk = WritingDesk(stores, checks, settings, publisher, asked)
    return Office(desk, publisher, build, learning, settings, answerer)


def _nothing_serves() -> Answerer:
    raise IndexMissing("There is no index.")


@pytest.fixture
def database(tmp_path) -> Iterator[Engine]:
    """A database on SQLite: what is kept of drafts is tried on both kinds elsewhere."""
    opened = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(opened)
    yield opened
    opened.dispose()


@pytest.fixture
def office(database, articles_only, clock) -> Iterator[Office]:
    """A desk over the small articles, outside of any working copy."""
    made = office_of(database, articles_only, clock)
    yield made
    made.desk.close()


@pytest.fixture
def git_office(office, monkeypatch) -> Office:
    """The same in a working copy, in which everything is committed, of someone without a name of their own."""
    for name in ("GIT_CONFIG_GLOBAL", "GIT_CONFIG_SYSTEM"):
        monkeypatch.setenv(name, os.devnull)
    top = office.settings.articles.parent
    git(top, "init", "-q")
    git(top, "add", "articles")
    git(top, "commit", "-q", "-m", "base")
    return office
