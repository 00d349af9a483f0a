"""Gaps over a real database: how questions are grouped, counted and purged."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kb.database.engine import open_engine, upgrade, writing
from kb.database.tables.gaps import gap_members, gap_questions, gaps, rollup_state
from kb.database.tables.journal import queries
from kb.gaps import collect, upkeep
from kb.gaps.book import GapBook
from kb.gaps.collect import Grouped
from kb.gaps.states import GapState
from kb.review.lessons import LessonBook
from kb.types import LessonKind
from tests.gaps.needs import FEE, FEE_AGAIN, PAY, PAY_HITS, Index, grouper, replay, two_gaps
from tests.journal_rows import NOON, put_event, put_query


def test_unanswered_questions_become_gaps(engine: sa.Engine, book: GapBook) -> None:
    """A gap has counts, visits, first and last seen, trend, nearest article and the reason for no answer."""
    done = two_gaps(engine, book)
    assert (done.unanswered, done.encoded, done.new_gaps) == (4, 3, (1, 2))
    fee, pay = book.list()
    assert (fee.id, fee.name, fee.state, fee.count, fee.visits) == (1, FEE, GapState.NEW, 3, 2)
    assert (fee.first_seen, fee.last_seen) == (NOON - timedelta(days=40), NOON - timedelta(days=1))
    assert (fee.recent, fee.before, fee.trend) == (1, 2, -1)
    assert (fee.nearest, fee.why_not) == ("paper-bill", "below_threshold")
    assert (pay.nearest, pay.why_not, pay.reasons) == ("set-up-autopay", "out_of_scope", (("no_answer", 1),))
    assert fee.as_json() == {
        "id": 1,
        "name": FEE,
        "state": "new",
        "count": 3,
        "visits": 2,
        "first_seen": "2026-10-11T12:00:00+00:00",
        "last_seen": "2026-11-19T12:00:00+00:00",
        "nearest": "paper-bill",
        "article_id": None,
        "why_not": "below_threshold",
        "owner": None,
        "reasons": {"no_answer": 3},
        "recent": 1,
        "before": 2,
        "proposed": None,
        "closed_by": None,
        "merged_into": None,
    }


def test_what_belongs_elsewhere_is_a_gap_and_a_wish_for_an_agent_is_none(engine: sa.Engine, book: GapBook) -> None:
    """The one is shown with its own reason; the other needs no article, whatever came after it."""
    put_query(engine, 1, FEE, reason="elsewhere")
    put_query(engine, 2, "speak to a person", reason="agent", events=[("contacted",)])
    assert book.refresh(grouper()).unanswered == 1
    (gap,) = book.list()
    assert (gap.name, gap.reasons, gap.why_not) == (FEE, (("elsewhere", 1),), "elsewhere")


def test_a_lead_s_decision_makes_a_gap_until_another_one_stands(engine: sa.Engine, book: GapBook) -> None:
    """Also of an answer that nobody complained about; and a wish for a person becomes one if a lead says so."""
    served = put_query(engine, 1, FEE, outcome="answered", confidence=0.99, article_id="late-fee")
    person = put_query(engine, 2, PAY, reason="agent")
    assert book.refresh(grouper()).unanswered == 0
    decide = LessonBook(engine).propose
    decide(LessonKind.GAP, FEE, query_id=served, who="lee")
    decide(LessonKind.GAP, PAY, query_id=person, who="lee")
    assert book.refresh(grouper()).unanswered == 2
    fee, pay = sorted(book.list(), key=lambda row: row.name, reverse=True)
    assert (fee.name, fee.reasons, fee.why_not) == (FEE, (("judged", 1),), "shown_judged")
    assert (pay.name, pay.why_not) == (PAY, "below_threshold")
    assert book.refresh(grouper()) == Grouped(0, 0, 0, (), ())  # its progress is kept
    decide(LessonKind.RIGHT, FEE, query_id=served, who="kim")
    book.refresh(grouper())
    assert [row.name for row in book.list()] == [PAY]


def test_a_journal_from_before_there_were_lessons_is_read_once(engine: sa.Engine, book: GapBook) -> None:
    """Its progress has no mark of them, and gets one."""
    two_gaps(engine, book)
    with writing(engine) as connection:
        connection.execute(sa.delete(rollup_state).where(rollup_state.c.name.endswith("lessons")))
    LessonBook(engine).propose(LessonKind.GAP, FEE, query_id=f"{1:032x}", who="lee")
    assert book.refresh(grouper()).unanswered > 0
    assert book.refresh(grouper()) == Grouped(0, 0, 0, (), ())


def test_what_waits_is_counted_and_a_long_run_can_be_left(engine: sa.Engine, book: GapBook) -> None:
    """Customers' questions are counted, for another encoder as well; a run that is cut off writes nothing."""
    for n in range(25):
        put_query(engine, n, f"need number {n} of a customer")
    put_query(engine, 30, FEE, traffic="bot")
    put_query(engine, 31, "an answer that served", outcome="answered", confidence=0.9)
    assert book.waiting(grouper()) == 26
    breaths: list[int] = []

    def breathe() -> None:
        breaths.append(book.waiting(grouper()))
        if len(breaths) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        book.refresh(grouper(), breathe)
    assert breaths == [26, 26]
    assert book.list() == []
    assert book.refresh(grouper(), lambda: None).encoded == 25
    assert (book.waiting(grouper()), book.waiting(grouper("other@1"))) == (0, 25)
    breaths[:] = [0]
    with pytest.raises(KeyboardInterrupt):
        book.refresh(grouper("other@1"), breathe)
    book.refresh(grouper("other@1"))
    assert book.waiting(grouper("other@1")) == 0


def test_each_reason_is_counted_apart(engine: sa.Engine, book: GapBook) -> None:
    """No answer, unsure, not helpful and contacted count; crawlers, tests and empty questions do not."""
    hits = {"hits": [["late-fee", 0.5]]}
    put_query(engine, 1, FEE, **hits)
    put_query(engine, 2, FEE, outcome="clarify", confidence=0.5, **hits)
    put_query(engine, 3, FEE, outcome="answered", confidence=0.99, events=[("not_helpful",)], **hits)
    put_query(engine, 4, FEE, outcome="answered", confidence=0.7, events=[("contacted",)], **hits)
    put_query(engine, 5, FEE, outcome="answered", confidence=0.7, events=[("opened", "late-fee")], **hits)
    put_query(engine, 6, FEE, traffic="bot", **hits)
    put_query(engine, 7, FEE, traffic="test", **hits)
    put_query(engine, 8, "??", reason="empty_query", hits=[])
    book.refresh(grouper())
    (row,) = book.list()
    assert row.reasons == (("no_answer", 1), ("low_confidence", 2), ("not_helpful", 1), ("contacted", 1))
    assert row.count == 4


def test_a_gap_keeps_its_id_and_state_when_questions_join(engine: sa.Engine, book: GapBook) -> None:
    """A gap in progress keeps its name as well; another need is another gap."""
    two_gaps(engine, book)
    book.assign(1, "Lee", who="ana")
    put_query(engine, 10, "please why is a late fee there on my new bill")
    put_query(engine, 11, "modem broken where to return", hits=[["return-equipment", 0.5]])
    done = book.refresh(grouper())
    assert (done.new_gaps, done.grown) == ((3,), (1,))
    row = book.show(1).row
    assert (row.count, row.state, row.owner, row.name) == (4, GapState.ASSIGNED, "Lee", FEE)
    assert book.refresh(grouper()) == Grouped(0, 0, 0, (), ())


def test_a_question_that_is_opened_later_leaves_its_gap(engine: sa.Engine, book: GapBook) -> None:
    """Low confidence with nothing opened is no longer so; a new gap without questions is gone."""
    asked = put_query(engine, 1, FEE, outcome="answered", confidence=0.7)
    book.refresh(grouper())
    assert [row.count for row in book.list()] == [1]
    put_event(engine, asked, "opened", "late-fee")
    book.refresh(grouper())
    assert book.list() == []
    with engine.connect() as connection:
        assert connection.execute(sa.select(gap_questions)).all() == []


def test_feedback_later_makes_a_gap(engine: sa.Engine, book: GapBook) -> None:
    """A question that seemed answered counts once "not helpful" is pressed; what was written is shown."""
    asked = put_query(engine, 1, FEE, outcome="answered", confidence=0.99)
    book.refresh(grouper())
    assert not book.any()
    put_event(engine, asked, "not_helpful", "late-fee", "too_vague")
    put_event(engine, asked, "not_helpful", "late-fee", "My own words")
    put_event(engine, asked, "not_helpful", "paper-bill", "too_vague")
    book.refresh(grouper())
    assert book.show(1).row.why_not == "shown_not_helpful"
    assert book.show(1).feedback == (("too_vague", 2), ("other", 1))
    assert book.any()


def test_a_contact_from_another_page_counts_for_the_last_question(engine: sa.Engine, book: GapBook) -> None:
    """Of the visit, before the contact; also when it comes later, and when questions are read again."""
    put_query(engine, 1, PAY, visit="v", outcome="answered", confidence=0.99, days_ago=1)
    put_query(engine, 2, FEE, visit="v", outcome="answered", confidence=0.99)
    put_query(engine, 3, PAY, visit="v", outcome="answered", confidence=0.99, days_ago=-1)
    book.refresh(grouper())
    assert book.list() == []
    put_event(engine, None, "contacted", at=NOON + timedelta(minutes=5), visit="v")
    book.refresh(grouper())
    (row,) = book.list()
    assert (row.name, row.count, row.reasons) == (FEE, 1, (("contacted", 1),))
    put_event(engine, f"{2:032x}", "contact_shown")
    book.refresh(grouper())
    assert [(row.name, row.count) for row in book.list()] == [(FEE, 1)]


def test_going_to_the_contact_page_counts_unless_the_answer_led_there(engine: sa.Engine, book: GapBook) -> None:
    """After an article about contact it is what the answer told the customer to do."""
    answered = {"outcome": "answered", "confidence": 0.99, "events": [("contact_opened",)]}
    put_query(engine, 1, FEE, hits=[["late-fee", 0.5]], **answered)
    put_query(engine, 2, PAY, hits=[["talk-to-a-person", 0.5]], **answered)
    book.refresh(grouper(about_contact=frozenset({"talk-to-a-person"})))
    (row,) = book.list()
    assert (row.name, row.reasons) == (FEE, (("contact_opened", 1),))


def test_another_encoder_makes_the_vectors_again(engine: sa.Engine, book: GapBook) -> None:
    """Gaps keep their ids and questions."""
    two_gaps(engine, book)
    before = [(row.id, row.count) for row in book.list()]
    book.refresh(grouper("other@1"))
    assert [(row.id, row.count) for row in book.list()] == before
    with engine.connect() as connection:
        assert set(connection.execute(sa.select(gap_questions.c.encoder)).scalars()) == {"other@1"}


def test_two_new_gaps_become_one_when_a_question_joins_them(engine: sa.Engine, book: GapBook) -> None:
    """The older id stays, and history says what was merged."""
    two_gaps(engine, book)
    with engine.begin() as connection:  # as if the likeness had not been seen when they were new
        connection.execute(sa.insert(gaps).values(name="x", state="new", created_at=NOON, updated_at=NOON))
        again = sa.update(gap_questions).where(gap_questions.c.text == FEE_AGAIN)
        connection.execute(again.values(gap_id=3))
        connection.execute(sa.update(gap_members).where(gap_members.c.visit == "b").values(gap_id=3))
    put_query(engine, 10, PAY, hits=PAY_HITS)
    book.refresh(grouper())
    assert [row.id for row in book.list()] == [2, 1]
    assert book.show(1).row.count == 3
    assert [event.note for event in book.show(1).history] == ["", "gap 3 was merged into this one"]


def test_nothing_of_a_purged_question_stays(engine: sa.Engine, book: GapBook) -> None:
    """Texts, vectors and names go; a gap that is worked on stays without a name, others go with their history."""
    two_gaps(engine, book)
    book.assign(2, "Lee", who="ana")
    purged = [f"{n:032x}" for n in (1, 3, 4)]
    with engine.begin() as connection:
        connection.execute(sa.delete(queries).where(queries.c.query_id.in_(purged)))
        upkeep.forget_erased(connection)
    assert {row.id: (row.name, row.count) for row in book.list()} == {1: (FEE_AGAIN, 1), 2: (upkeep.NAMELESS, 0)}
    with engine.begin() as connection:
        connection.execute(sa.delete(queries))
        upkeep.forget_erased(connection)
    assert [row.id for row in book.list()] == [2]
    assert book.show(2).questions == ()
    assert replay(book, Index()) == ()


def test_a_near_duplicate_lends_its_text_when_the_first_is_purged(engine: sa.Engine, book: GapBook) -> None:
    """Two people asked nearly the same; only the first one's words are gone."""
    first = put_query(engine, 1, FEE + " a")
    put_query(engine, 2, FEE + " a A", visit="b")
    book.refresh(grouper())
    assert [q.text for q in book.show(1).questions] == [FEE + " a"]
    with engine.begin() as connection:
        connection.execute(sa.delete(queries).where(queries.c.query_id == first))
        upkeep.forget_erased(connection)
    assert [q.text for q in book.show(1).questions] == [FEE + " a A"]
    assert book.show(1).row.name == FEE + " a A"


def test_grouping_at_once_makes_each_gap_once(engine: sa.Engine, book: GapBook) -> None:
    """Eight at the same time: one writes, the others find it done."""
    for number in range(12):
        put_query(engine, number, f"{FEE} {'abcd'[number % 4] * 5}")
    start = threading.Barrier(8)

    def run(_: int) -> Grouped:
        start.wait()
        return GapBook(engine, clock=lambda: NOON).refresh(grouper())

    with ThreadPoolExecutor(8) as pool:
        done = list(pool.map(run, range(8)))
    assert sum(len(d.new_gaps) for d in done) == len(book.list())
    assert sum(row.count for row in book.list()) == 12


def test_gaps_of_an_earlier_database_keep_their_sums(url: str) -> None:
    """A database from before the sums were stored is counted when it is upgraded."""
    engine = open_engine(url)
    upgrade(engine, "0004")
    at = {"at": NOON.replace(tzinfo=None)} if engine.dialect.name == "sqlite" else {"at": NOON}
    member = "VALUES (:id, 1, :id, :reasons, :visit, :at)"
    with writing(engine) as connection:
        gap = "INSERT INTO gaps (name, state, created_at, updated_at) VALUES ('x', 'new', :at, :at)"
        connection.execute(sa.text(gap), at)
        for number, reasons in enumerate(("no_answer", "no_answer,contacted", "low_confidence")):
            columns = "INSERT INTO gap_members (query_id, gap_id, question_key, reasons, visit, asked_at) "
            row = {"id": str(number), "reasons": reasons, "visit": str(number % 2), **at}
            connection.execute(sa.text(columns + member), row)
    upgrade(engine)
    (row,) = GapBook(engine, clock=lambda: NOON).list()
    assert (row.count, row.visits) == (3, 2)
    assert row.reasons == (("no_answer", 2), ("low_confidence", 1), ("contacted", 1))
    engine.dispose()


def test_logged_questions_are_known_by_digest(engine: sa.Engine, book: GapBook) -> None:
    """No text leaves the journal for it."""
    two_gaps(engine, book)
    from kb.gaps.clustering import question_key

    assert book.logged_keys() == {question_key(t) for t in (FEE, FEE_AGAIN, PAY)}


def test_new_questions_are_compared_with_a_bounded_number(engine: sa.Engine, book: GapBook, monkeypatch) -> None:
    """The same words find their gap in any case, and what is not compared is not encoded again either."""
    monkeypatch.setattr(collect, "COMPARED_AT_MOST", 1)
    texts = ("pay with an apple watch", "late fee on my bill", "cancel the sports channel")
    for number, text in enumerate(texts):
        put_query(engine, number, text, asked_at=NOON + timedelta(minutes=number))
        book.refresh(grouper())
    for number, text in enumerate(texts, start=7):
        put_query(engine, number, text.upper(), asked_at=NOON + timedelta(minutes=number))
    done = book.refresh(grouper())
    assert (done.new_gaps, sum(row.count for row in book.list())) == ((), 6)
    assert book.waiting(grouper("fake@2")) == 1
