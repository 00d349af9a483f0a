"""The promise of retention, for every table: what customers wrote and were is gone once it is old enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from kb.accounts.local import Accounts
from kb.accounts.store import SqlAccounts
from kb.contact.outbox import Outbox
from kb.contact.request import RequestKind, clean_request, new_request_id
from kb.contact.sealed import SealedSheets
from kb.content.editing.scaffold import draft
from kb.database.engine import ALL_TABLES, open_engine, reading, upgrade
from kb.database.shared_limit import SharedLimit
from kb.database.tables.drafts import draft_versions, drafts
from kb.database.tables.gaps import gaps
from kb.database.tables.journal import outbox
from kb.gaps.book import GapBook
from kb.journal.writer import Store
from kb.reports.figures import Period, insights
from kb.retention.purge import keep_only
from kb.review.lessons import LessonBook
from kb.review.questions import QuestionsBook
from kb.review.sample import SampleBook, week_of
from kb.types import ArticleKind, EventKind, LessonKind, OutboxMessage, QuerySource, Role
from kb.writing.draft_store import DraftStore
from kb.writing.publication_store import Planned, PublicationStore
from kb.writing.records import DraftState, PublicationState
from tests.accounts.conftest import CHEAP
from tests.gaps.needs import Index, grouper, replay
from tests.journal.recording import answer
from tests.support import make_hits

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

OLD = datetime(2026, 1, 5, 12, tzinfo=UTC)
NOW = OLD + timedelta(days=200)
VISIT = "f00dfeed" * 4
PERSON = "Quuxington"
"""Nobody's name: the redaction does not know it, so it is written wherever words are."""

MARKS = (PERSON, PERSON.casefold(), VISIT, "+1 555 0100 999")
"""What must be found nowhere afterwards."""
QUESTION = f"why does {PERSON} pay a late fee on the bill"
OTHER = f"why does {PERSON} pay a fee for a paper bill"

OF_VISITS = {"queries", "events", "outbox", "gaps", "gap_questions", "gap_members", "asked_questions", "lessons",
             "lesson_history", "drafts", "draft_versions", "publications"}  # fmt: skip
"""Tables that hold what a customer wrote, or the key of a visit."""
COUNTS_AND_VERDICTS = {"daily_counts", "rollup_state", "gap_replays", "judgments", "sample_items"}
"""Tables that are filled because of a visit and hold nothing of it."""
SEALED = {"sealed_sheets", "shared_limits"}
"""Tables of what a customer wrote, which only the customer's page can open; and of visitors, by a digest alone."""
OF_STAFF = {"users", "sessions", "sign_in_sources", "audit", "gap_history", "samples", "draft_pictures"}
"""Tables of those who work on the help center: names of accounts and their steps."""


def ask_and_judge(engine: Engine) -> None:
    """Ask a question, rate it in words with an unknown reason, and rate an article found by browsing."""
    journal = Store(engine, clock=lambda: OLD)
    hits = make_hits("late-fee", "paper-bill")
    for version in ("v1", "v2"):
        asked = journal.record_query(answer(QUESTION, version=version), source=QuerySource.PAGE, visit=VISIT)
        journal.record_event(asked, EventKind.NOT_HELPFUL, article_id=hits[0].article_id, reason=PERSON, text=PERSON)
    asked = journal.record_query(answer(OTHER, version="v1"), source=QuerySource.PAGE, visit=VISIT)
    journal.record_event(asked, EventKind.CONTACT_OPENED)
    journal.record_event("", EventKind.NOT_HELPFUL, article_id="late-fee", reason=PERSON, text=PERSON, visit=VISIT)
    journal.flush()
    journal.close()


def work_on_gaps(engine: Engine) -> None:
    """Group the questions, give the gap an owner, so that it outlives them, split and merge it, and replay it."""
    book = GapBook(engine, clock=lambda: OLD)
    (gap_id,) = book.refresh(grouper()).new_gaps
    book.assign(gap_id, "lee", who="kim")
    other = next(q.key for q in book.show(gap_id).questions if q.text == OTHER)
    book.merge(book.split(gap_id, [other], who="kim"), gap_id, who="kim")
    replay(book, Index("v3", {QUESTION: "late-fee"}))


def review(engine: Engine) -> None:
    """List the questions, draw and judge a sample, and teach: one lesson is accepted, two are open."""
    QuestionsBook(engine).refresh()
    week = week_of(OLD.date())
    book = SampleBook(engine, clock=lambda: OLD + timedelta(days=7))
    first, second, *_ = (item.query_id for item in book.draw(week, who="lee").items)
    book.judge(week, 1, article_right=False, part_right=None, who="lee")
    lessons = LessonBook(engine, clock=lambda: OLD)
    plain = {"article_id": "late-fee", "base": "a" * 64, "who": "lee"}
    taken = lessons.propose(LessonKind.BELONGS, QUESTION, query_id=first, note=PERSON, **plain).lesson
    lessons.accept(taken.id, who="ed", base="a" * 64)
    lessons.propose(LessonKind.NOT_FOR, f"{QUESTION} then", query_id=second, **plain)
    lessons.propose(LessonKind.BELONGS, f"typed for {PERSON}", **plain)


def hand_over(engine: Engine) -> None:
    """Leave a request in each state that there is."""
    box = Outbox(engine)
    for _ in range(4):
        request = clean_request(RequestKind.CALLBACK, PERSON, MARKS[3], QUESTION, "en")
        assert box.add(request.message(new_request_id(), OLD), OLD)

    def claimed() -> OutboxMessage:
        message = box.claim(OLD, timedelta(minutes=10))
        assert message is not None
        return message

    assert box.delivered(claimed(), OLD)
    assert box.fail(claimed(), "refused")
    claimed()


def write(engine: Engine) -> None:
    """Begin drafts for a question: one stays open, one is discarded, and one fails and is published, as a commit."""
    store, published = DraftStore(engine, lambda: OLD), PublicationStore(engine, lambda: OLD)
    for slug in ("open", "discarded", "published"):
        text = draft(slug, "A title", ArticleKind.FAQ, "fees", asked=[QUESTION]).decode()
        begun = store.begin(slug, f"fees/{slug}.md", text, base="", author="kim", questions=[QUESTION])
        store.add_picture(begun.id, "menu.png", "digest-1x1.png", b"pixels", who="kim")
        if slug == "discarded":
            store.move(begun.id, DraftState.DISCARDED, allowed=[DraftState.EDITING])
        if slug == "published":
            planned = Planned(slug, begun.below, "A title", "kim", "", None, text, begun.id, 1)
            published.set(published.add(planned).id, PublicationState.FAILED)
            published.set(published.add(planned).id, PublicationState.DONE, revision="a1b2")
            store.publish(begun.id, 1, base="", written=[])


def sign_in(engine: Engine) -> None:
    """Add an account and open a session."""
    accounts = Accounts(SqlAccounts(engine), cost=CHEAP, clock=lambda: OLD)
    accounts.add("kim", Role.LEAD, "four words of a lead", who="the operator")
    accounts.know_browser(accounts.sign_in("kim", "four words of a lead"))


def count(engine: Engine) -> None:
    """Have the daily counts made."""
    insights(engine, Period(OLD.date(), OLD.date()))


def keep_a_sheet(engine: Engine) -> None:
    """Write on a case sheet that another process could go on with."""
    SealedSheets(engine, lambda: OLD).keep("a session of " * 4, {"name": PERSON, "told": MARKS[3]})


def use_a_limit(engine: Engine) -> None:
    """Use a limit that processes share."""
    assert not SharedLimit(engine, "requests", 5, timedelta(hours=1), lambda: OLD).take(VISIT)


PLANTED: tuple[Callable[[Engine], None], ...] = (
    ask_and_judge, work_on_gaps, review, hand_over, write, sign_in, count, keep_a_sheet, use_a_limit,
)  # fmt: skip


def contents(engine: Engine) -> dict[str, list[str]]:
    """Return every row of every table as text."""
    with reading(engine) as connection:
        return {
            table.name: [repr(tuple(row)) for row in connection.execute(sa.select(table))]
            for table in ALL_TABLES.sorted_tables
        }


def marked(rows: list[str]) -> list[str]:
    """Return the rows in which something of the visit is found."""
    return [row for row in rows if any(mark in row for mark in MARKS)]


@pytest.fixture
def planted(url: str) -> Iterator[Engine]:
    """A database in which a visit, now old, has left something wherever it can."""
    engine = open_engine(url)
    upgrade(engine)
    for plant in PLANTED:
        plant(engine)
    yield engine
    engine.dispose()


def test_every_table_is_planted(planted: Engine) -> None:
    """Every new table must be declared here, with what it holds, and get planted data."""
    found = contents(planted)
    assert set(found) == OF_VISITS | COUNTS_AND_VERDICTS | SEALED | OF_STAFF
    assert [name for name, rows in found.items() if not rows] == []
    assert {name for name, rows in found.items() if marked(rows)} == OF_VISITS
    with reading(planted) as connection:
        states = set(connection.execute(sa.select(outbox.c.state)).scalars())
    assert states == {"waiting", "claimed", "delivered", "failed"}


def test_a_purge_leaves_nothing_of_a_visit(planted: Engine, url: str) -> None:
    """In no row of any table, and on SQLite in no byte of the database's files; gaps that were worked on stay."""
    keep_only(planted, 180, NOW, lambda: None)
    found = contents(planted)
    assert {name: rows for name, rows in found.items() if marked(rows)} == {}
    assert [len(found[name]) for name in ("queries", "events", "outbox", "gap_questions", "gap_members")] == [0] * 5
    assert found["sealed_sheets"] == []
    assert found["daily_counts"]
    with reading(planted) as connection:
        assert sorted(connection.execute(sa.select(gaps.c.state)).scalars()) == ["assigned", "merged"]
        assert connection.execute(sa.select(drafts.c.article_id, drafts.c.questions)).all() == [("open", [])]
        (left,) = connection.execute(sa.select(draft_versions.c.text)).scalars()
        assert left.count("TODO") == draft("a", "A", ArticleKind.FAQ, "fees").decode().count("TODO")
    if planted.dialect.name == "sqlite":
        folder = Path(planted.url.database or "").parent
        held = {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        assert "journal.db" in held
        left = [(name, mark) for name, data in held.items() for mark in MARKS if mark.encode() in data]
        assert left == []


def test_before_its_time_nothing_goes(planted: Engine) -> None:
    """The same purge, a day too early."""
    before = contents(planted)
    keep_only(planted, 180, OLD + timedelta(days=180), lambda: None)
    after = contents(planted)
    assert {name: len(after[name]) for name in OF_VISITS} == {name: len(before[name]) for name in OF_VISITS}
