"""What the page for leads reads, and what it does not wait for."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from kb.app import insights
from kb.app.chores import chores
from kb.database.engine import open_engine, upgrade
from kb.errors import IndexMissing
from kb.reports.figures import Period
from kb.settings.settings import Settings
from tests.journal_rows import put_query
from tests.support import FakeEncoder, make_article, make_library
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


class FakeCaretaker:
    """Remembers what was hurried."""

    def __init__(self) -> None:
        """Run, as in a server."""
        self.is_running = True
        self.hurried: list[str] = []

    def does(self, name: str) -> bool:
        """Return that every chore is this process's."""
        return self.is_running and bool(name)

    def hurry(self, name: str) -> None:
        """Note it."""
        self.hurried.append(name)


@pytest.fixture
def engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, container: FakeContainer) -> Iterator[Engine]:
    """A journal with five questions without an answer, and an index; three questions are grouped at once."""
    opened = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(opened)
    for n in range(5):
        put_query(opened, n, f"need {n} {'abcde'[n] * 9}")
    library = make_library(make_article("late-fee", title="What is the late fee?"))
    index = SimpleNamespace(encoder=FakeEncoder(), manifest={}, library=library)
    container.put(engine=opened)
    container.put(settings=Settings())
    container.put(answerer=SimpleNamespace(index=index, library=library))
    monkeypatch.setattr(insights, "_GROUPED_AT_ONCE", 3)
    yield opened
    opened.dispose()


@pytest.fixture
def caretaker(container: FakeContainer) -> FakeCaretaker:
    """A caretaker that only listens."""
    fake = FakeCaretaker()
    container.put(caretaker=fake)
    return fake


def test_many_new_questions_are_left_to_the_background(
    engine: Engine, caretaker: FakeCaretaker, container: FakeContainer
) -> None:
    """The page says how many wait, and has the chore hurry; once it is done, a few more are grouped at once."""
    desk = insights.open_desk(container)
    assert (desk.waiting, desk.book.list(), caretaker.hurried) == (5, [], [insights.GROUPING])
    chore = next(c for c in chores(container) if c.name == insights.GROUPING)
    breaths: list[int] = []
    chore.do(lambda: breaths.append(1))
    put_query(engine, 10, "another need zzzzzzzzz")
    desk = insights.open_desk(container)
    assert (desk.waiting, sum(row.count for row in desk.book.list())) == (0, 6)
    assert caretaker.hurried == [insights.GROUPING]


def test_without_a_background_nothing_waits(engine: Engine, caretaker: FakeCaretaker, container: FakeContainer) -> None:
    """As under ``streamlit run``: the page groups all of them itself."""
    del engine
    caretaker.is_running = False
    desk = insights.open_desk(container)
    assert (desk.waiting, sum(row.count for row in desk.book.list())) == (0, 5)


def test_a_review_date_beyond_the_calendar_is_never_overdue(
    engine: Engine, caretaker: FakeCaretaker, container: FakeContainer
) -> None:
    """The page's figures are there; the article is only listed."""
    del engine, caretaker
    library = make_library(make_article("late-fee", reviewed=date(2026, 1, 1), review_in_days=3_000_000))
    index = SimpleNamespace(encoder=FakeEncoder(), manifest={}, library=library)
    container.put(answerer=SimpleNamespace(index=index, library=library))
    desk = insights.open_desk(container)
    found = insights.figures(desk, Period.last_days(3650, insights.today()))
    assert found.figure("questions").value == 5
    assert [row.overdue_since for row in found.articles] == [None] * len(found.articles)


def test_without_an_index_the_chore_has_nothing_to_do(
    engine: Engine, caretaker: FakeCaretaker, container: FakeContainer
) -> None:
    """Without an index the chore does not fail, and the page shows what is there."""
    del engine

    container.put(answerer=IndexMissing("None yet."))
    insights.group_new_questions(container, lambda: None)
    desk = insights.open_desk(container)
    assert (desk.index, desk.waiting, desk.book.list(), caretaker.hurried) == (None, 0, [], [])
