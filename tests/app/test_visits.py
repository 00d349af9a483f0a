"""Visits: what was asked last is known, in every process, and no more than may be."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kb.app.asked import Asked, asked_of, recalled
from kb.app.visits import RecentQuestions, Visits, new_key, valid_key
from kb.database import partitions
from kb.database.engine import open_engine
from kb.journal.recall import last_questions
from kb.journal.writer import Store
from kb.reports.evidence import judged_questions
from kb.types import Answer, Answered, Clarify, EventKind, Query, QuerySource, Traffic
from tests.support import make_hits
from tests.ui.fakes import FakeJournal

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
VISIT = "a" * 32


def answer(*articles: str, clarify: bool = False, text: str = "x", version: str = "1") -> Answer:
    """Return an answer that found some articles."""
    hits = make_hits(*articles)
    outcome = Clarify(hits) if clarify else Answered(hits[0], hits[1:])
    return Answer(Query(text, text), outcome, 0.9, hits, version, 1.0)


def record(visits: Visits, given: Answer) -> str:
    """Record a question of the visit, as its page does."""
    return visits.record(given, source=QuerySource.PAGE, visit=VISIT, traffic=Traffic.CUSTOMER)


def test_the_newest_question_that_found_an_article_is_meant():
    """A click is matched to a question of the same visit; one that is seen again is the last one."""
    journal = FakeJournal()
    moments = iter(NOON + timedelta(seconds=n) for n in range(10))
    visits = Visits(lambda: journal, clock=lambda: next(moments))
    first = record(visits, answer("a", "b", text="one"))
    second = record(visits, answer("b", "c", clarify=True, text="two"))
    assert [visits.question_for(VISIT, article) for article in "abcd"] == [first, second, second, ""]
    assert (visits.last_question(VISIT), visits.last_question("b" * 32)) == (second, "")
    visits.record_opened(VISIT, "b")
    assert [event[:3] for event in journal.events] == [(second, "opened", "b"), (second, "chose", "b")]
    assert record(visits, answer("a", "b", text="one")) == first
    assert (visits.last_question(VISIT), visits.question_for(VISIT, "b")) == (first, first)


def test_a_choice_becomes_evidence_for_its_article(engine: sa.Engine):
    """After two articles were offered, opening one of them is journaled as the choice; a third is only opened."""
    store = Store(engine)
    visits = Visits(lambda: store)
    hits = make_hits("late-fee", "late-payment", "paper-bill")
    asked = Answer(Query("late", "late"), Clarify(hits[:2]), 0.5, hits, "v1", 1.0)
    visits.record(asked, source=QuerySource.PAGE, visit="a" * 32, traffic=Traffic.CUSTOMER)
    visits.record_opened("a" * 32, "paper-bill")
    visits.record_opened("a" * 32, "late-payment")
    store.close()
    found = judged_questions(engine, datetime(2020, 1, 1, tzinfo=UTC))
    assert [(question.text, question.article_id, question.times) for question in found] == [("late", "late-payment", 1)]


def test_a_visit_goes_on_in_another_process(engine: sa.Engine):
    """What one process answered, the other one knows: for a click, for the contact page, and on its way back."""
    stores = Store(engine), Store(engine)
    here, there = (Visits(lambda s=s: s, recall=lambda visit, s=s: recalled(s, visit)) for s in stores)
    first = record(here, answer("late-fee", "paper-bill", text="my card 4111 1111 1111 1111"))
    assert stores[0].flush(20)
    assert there.question_for(VISIT, "paper-bill") == there.last_question(VISIT) == first
    second = record(there, answer("late-fee", text="another one"))
    assert stores[1].flush(20)
    assert here.last_question(VISIT) == here.record_contact_opened(VISIT) == second
    here.record_opened(VISIT, "paper-bill")
    assert here.record_event(second, EventKind.HELPFUL, visit=VISIT, article_id="late-fee")
    for store in stores:
        store.close()


def test_a_page_that_is_drawn_again_by_a_newer_index_is_the_same_question(engine: sa.Engine):
    """In this process or another one, if the answer is the same; another answer is a question of its own version."""
    stores = Store(engine), Store(engine)
    here, there = (Visits(lambda s=s: s, recall=lambda visit, s=s: recalled(s, visit)) for s in stores)
    words = "my card 4111 1111 1111 1111"
    first = record(here, answer("late-fee", text=words))
    assert record(here, answer("late-fee", text=f" {words.upper()}", version="2")) == first
    assert stores[0].flush(20)
    assert record(there, answer("late-fee", text=words)) == first
    assert record(there, answer("late-fee", text=words, version="2")) == first
    assert record(there, answer("late-fee", text=words, version="3")) == first
    other = record(there, answer("paper-bill", text=words, version="4"))
    assert record(there, answer("late-fee", text="other words", version="4")) not in {first, other}
    assert stores[1].flush(20)
    kept = last_questions(engine, VISIT, 10)
    assert [(each.query_id == first, each.index_version) for each in kept] == [(True, "1"), (False, "4"), (False, "4")]
    for store in stores:
        store.close()


@pytest.mark.parametrize("at", [NOON - timedelta(days=10), datetime(2026, 11, 30, 23, 59, 59, tzinfo=UTC)])
def test_a_question_that_two_processes_write_at_once_is_one(engine: sa.Engine, at: datetime):
    """The second one asks before the first one's row can be seen, answers by a newer index, and maybe in a new month.

    The first writer stops between its rows and their commit, until the second one is about to write its own.
    """
    partitions.make_months(engine, [(2026, 11), (2026, 12)])
    is_written, is_next = threading.Event(), threading.Event()
    other = open_engine(engine.url.render_as_string(hide_password=False))

    @contextmanager
    def held(*_: object):
        yield
        is_written.set()
        assert is_next.wait(60)

    @sa.event.listens_for(other, "before_cursor_execute")
    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if "pg_advisory_xact_lock" in statement or statement.startswith(("INSERT INTO queries", "BEGIN IMMEDIATE")):
            is_next.set()

    stores = Store(engine, counted=held, clock=lambda: at), Store(other, clock=lambda: at + timedelta(seconds=1))
    here, there = (Visits(lambda s=s: s, recall=lambda visit, s=s: recalled(s, visit)) for s in stores)
    first = record(here, answer("late-fee", "paper-bill"))
    assert is_written.wait(60)
    assert there.last_question(VISIT) == ""  # nothing to be seen yet
    assert record(there, answer("late-fee", "another", version="2")) == first
    for store in stores:
        store.close()
    assert [(each.query_id, each.index_version) for each in last_questions(engine, VISIT, 10)] == [(first, "1")]
    assert stores[0].lost == stores[1].lost == 0


def test_a_database_that_is_known_to_fail_is_not_asked(engine: sa.Engine):
    """Nobody waits for it: what this process answered is known, and nothing else."""
    store = Store(engine)
    visits = Visits(lambda: store, recall=lambda visit: recalled(store, visit))
    engine.dispose()
    store._failures = 1  # as after a batch that could not be written
    assert not store.is_up
    assert visits.last_question(VISIT) == ""
    store.close()


def test_no_more_is_remembered_than_may_be():
    """The visit unused for longest goes first; a visit keeps its last ten questions."""
    memory = RecentQuestions(visits=2)

    def named(n: int) -> Asked:
        return asked_of(f"q{n}", answer(f"a{n}"), NOON + timedelta(seconds=n))

    for n, name in enumerate(("v", "w", "v", "x")):
        memory.remember(name, named(n))
    assert [memory.of(name) is None for name in ("v", "w", "x")] == [False, True, False]
    for n in range(11):
        memory.remember("v", named(n))
    assert [each.query_id for each in memory.of("v") or ()] == [f"q{n}" for n in range(1, 11)]


def test_a_key_is_ours_or_not():
    """A key has 32 hexadecimal digits, new each time."""
    assert valid_key(new_key())
    assert new_key() != new_key()
    assert [valid_key(k) for k in ("", "x" * 32, "a" * 31, "a" * 33, "a" * 32 + "\n")] == [False] * 5
