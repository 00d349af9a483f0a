"""Gaps over a real database: grouping, steps, replay, purge."""

from __future__ import annotations

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from kb.database.engine import open_engine, upgrade, writing
from kb.database.tables.gaps import gap_members, gap_questions, gaps, rollup_state
from kb.database.tables.journal import queries
from kb.errors import GapRefused
from kb.gaps import collect, store, upkeep
from kb.gaps.book import GapBook
from kb.gaps.collect import Grouped, Grouper
from kb.gaps.replaying import ReplayedGap
from kb.gaps.states import GapState, Step
from kb.review.lessons import LessonBook
from kb.types import Answer, Answered, Hit, LessonKind, Library, NoAnswer, NoAnswerReason, Passage, Query
from tests.journal_rows import NOON, put_event, put_query
from tests.support import FakeEncoder, make_article, make_library

if TYPE_CHECKING:
    from collections.abc import Collection

LOW = 0.8
FEE = "why is there a late fee on my bill"
FEE_AGAIN = "why do you charge a late fee on my bill"
PAY = "take the money from my bank every month"
PAY_HITS = [["set-up-autopay", 0.4], ["ways-to-pay", 0.2]]
LIBRARY = make_library(make_article("late-fee", title="What is the late fee?", examples=("cost of paying late",)))


class Index:
    """An answerer that answers the questions it is told to, with one article, and no others."""

    def __init__(self, version: str = "v2", answers: dict[str, str] | None = None, library: Library = LIBRARY) -> None:
        """Answer questions with articles."""
        self.index_version, self.library, self._answers = version, library, answers or {}

    def ask(self, text: str, k: int = 5) -> Answer:
        """Return an answer, or none."""
        article = self._answers.get(text)
        hit = Hit(1, article or "paper-bill", "T", Passage("p#0", "p", "", "", "", ""), 0.6)
        outcome = Answered(hit, ()) if article else NoAnswer(NoAnswerReason.BELOW_THRESHOLD, ())
        return Answer(Query(text, text), outcome, 0.95 if article else 0.2, (hit,), self.index_version, 1.0)


def replay(book: GapBook, index: Index, rest: Index | None = None) -> tuple[ReplayedGap, ...]:
    """Replay against an index; ``rest`` is what is left of it without what repeats a question."""
    return book.replay(index, lambda _: rest or Index(), low_below=LOW)


def grouper(name: str = "fake@1", **more: Any) -> Grouper:
    """Return the test encoder as the index's."""
    return Grouper(FakeEncoder(), name, LOW, **more)


@pytest.fixture
def book(engine: sa.Engine) -> GapBook:
    """Return the gaps of an empty journal, at a fixed time."""
    return GapBook(engine, clock=lambda: NOON + timedelta(hours=1))


def two_gaps(engine: sa.Engine, book: GapBook) -> Grouped:
    """Write five questions of two needs and group them: gap 1 about fees, gap 2 about paying."""
    put_query(engine, 1, FEE, visit="a", days_ago=40)
    put_query(engine, 2, FEE_AGAIN, visit="b", days_ago=35)
    put_query(engine, 3, FEE.upper(), visit="b", days_ago=1)
    put_query(engine, 4, PAY, hits=PAY_HITS, reason="out_of_scope")
    put_query(engine, 5, "an answer that served", outcome="answered", confidence=0.9)
    return book.refresh(grouper())


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


def test_the_whole_way_of_a_gap(engine: sa.Engine, book: GapBook) -> None:
    """Assigned, drafted, claimed, proposed by a replay, confirmed, fallen below, open again: each step with who."""
    two_gaps(engine, book)
    book.assign(1, "Lee", who="ana", note="please")
    book.draft(1, "late-fee", who="lee")
    book.claim(1, who="lee")
    with pytest.raises(GapRefused, match="not replayed yet"):
        book.confirm(1, who="ana")
    assert [r.is_proposed for r in replay(book, Index("v2", {FEE: "late-fee"}))] == [True, False]
    shown = book.show(1)
    assert (shown.row.proposed, shown.replays[0].served, shown.replays[0].counted) == ("late-fee", 2, 3)
    first = shown.replays[0].details[0]
    assert (first["before"]["outcome"], first["after"]["outcome"]) == ("no_answer", "answered")
    assert (first["before"]["rank"], first["after"]["rank"], first["after"]["score"]) == (2, 1, 0.6)
    book.confirm(1, who="ana")
    assert (book.show(1).row.state, book.show(1).row.article_id) == (GapState.VERIFIED, "late-fee")
    assert [r.is_reopened for r in replay(book, Index("v3"))] == [True, False]
    shown = book.show(1)
    assert shown.row.state is GapState.REOPENED
    assert [(e.who, e.old_state, e.new_state) for e in shown.history] == [
        ("system", "", "new"),
        ("ana", "new", "assigned"),
        ("lee", "assigned", "drafting"),
        ("lee", "drafting", "claimed"),
        ("replay", "claimed", "claimed"),
        ("ana", "claimed", "verified"),
        ("replay", "verified", "reopened"),
    ]
    assert shown.history[-1].note == "0 of 3 answered by v3"
    assert shown.steps == (Step.ASSIGN, Step.DRAFT, Step.CLAIM, Step.CONFIRM, Step.CLOSE, Step.DISMISS)
    assert [r.index_version for r in shown.replays] == ["v3", "v2"]


def test_a_proposal_is_taken_back(engine: sa.Engine, book: GapBook) -> None:
    """A gap that the next index no longer answers cannot be confirmed; the message says how many are missing."""
    two_gaps(engine, book)
    replay(book, Index("v2", {FEE: "late-fee"}))
    replay(book, Index("v2", {FEE: "late-fee"}))
    replay(book, Index("v3"))
    assert book.show(1).row.proposed == ""
    assert [e.note for e in book.show(1).history if e.who == "replay"] == [
        "proposed for closing: 2 of 3 answered by v2",
        "no longer proposed for closing: 0 of 3 answered by v3",
    ]
    with pytest.raises(
        GapRefused, match=re.escape("Of the 3 times that its questions were asked, the index v3 answers 0")
    ):
        book.confirm(1, who="ana")


def test_questions_copied_into_an_article_close_nothing_by_themselves(engine: sa.Engine, book: GapBook) -> None:
    """They are asked again without the copies: what fails there is by heart, and what holds there is proof."""
    two_gaps(engine, book)
    copied = make_library(make_article("late-fee", examples=(FEE + "?", FEE_AGAIN.replace("charge", "charg"))))
    index = Index("v2", {FEE: "late-fee", FEE_AGAIN: "late-fee"}, copied)
    left_out: list[set[str]] = []

    def apart(texts: Collection[str]) -> Index:
        left_out.append(set(texts))
        return Index("v2", {}, copied)

    (fee, _) = book.replay(index, apart, low_below=LOW)
    assert left_out == [set(copied.articles["late-fee"].examples)]
    assert (fee.is_proposed, fee.verdict.served, fee.verdict.answered) == (False, 0, 3)
    with pytest.raises(GapRefused, match="2 questions are answered only because a title or an example repeats"):
        book.confirm(1, who="ana")
    assert "Give the article examples in other words" in book.show(1).as_json()["not_closed_because"]
    (fee, _) = replay(book, index, Index("v2", {FEE: "late-fee"}, copied))
    assert (fee.is_proposed, fee.verdict.served, fee.verdict.counted) == (True, 2, 3)
    assert book.show(1).as_json()["not_closed_because"] is None
    book.confirm(1, who="ana")
    (fee, _) = replay(book, index)
    assert (fee.is_reopened, book.show(1).row.closed_by) == (False, "replay")


def test_a_gap_is_closed_by_hand_with_a_note(engine: sa.Engine, book: GapBook) -> None:
    """The history says so; a replay that fails still opens it, but not for what was excused."""
    two_gaps(engine, book)
    with pytest.raises(GapRefused, match="with a note"):
        book.close(1, "  ", who="ana")
    replay(book, Index("v2", {FEE: "late-fee"}))
    book.close(1, "the page of fees says it, call (212) 736-5000", who="ana", article_id="late-fee")
    shown = book.show(1)
    assert (shown.row.state, shown.row.closed_by, shown.row.article_id) == (GapState.VERIFIED, "hand", "late-fee")
    assert shown.history[-1].note == "closed by hand: the page of fees says it, call [phone number]"
    assert (shown.row.proposed, shown.steps) == ("", (Step.REOPEN,))
    assert [r.is_reopened for r in replay(book, Index("v3", {FEE: "late-fee"}))] == [False, False]
    assert [r.is_reopened for r in replay(book, Index("v4"))] == [True, False]
    row = book.show(1).row
    assert (row.state, row.closed_by) == (GapState.REOPENED, "")


def test_what_is_asked_after_closing_by_hand_is_not_excused(engine: sa.Engine, book: GapBook) -> None:
    """What no index ever answered stays closed until customers ask again."""
    two_gaps(engine, book)
    book.close(2, "said on the bill itself", who="ana")
    assert not replay(book, Index("v2"))[1].is_reopened
    put_query(engine, 10, PAY, hits=PAY_HITS)
    book.refresh(grouper())
    assert replay(book, Index("v3"))[1].is_reopened
    assert book.show(2).history[-1].note == "0 of 2 answered by v3"


def test_a_gap_that_changes_while_it_is_replayed_is_asked_again(engine: sa.Engine, book: GapBook) -> None:
    """Nothing is concluded from questions that it no longer has."""
    two_gaps(engine, book)

    class Slow(Index):
        """Answers; while it does, somebody splits the gap."""

        def ask(self, text: str, k: int = 5) -> Answer:
            if book.show(1).row.count == 3:
                book.split(1, [q.key for q in book.show(1).questions if q.text == FEE_AGAIN], who="lee")
            return super().ask(text, k)

    found = {r.gap_id: r.verdict for r in replay(book, Slow("v2", {FEE: "late-fee"}))}
    assert {n: (v.served, v.counted) for n, v in found.items()} == {1: (2, 2), 2: (0, 1)}


def test_an_article_that_was_rewritten_may_serve(engine: sa.Engine, book: GapBook) -> None:
    """An article does not close its own "not helpful" gap unless its text has changed."""
    put_query(engine, 1, FEE, outcome="answered", confidence=0.99, hits=[["late-fee", 0.5]], events=[("not_helpful",)])
    from kb.gaps.replay import article_digest

    book.refresh(grouper(digests={a.id: article_digest(a) for a in LIBRARY}))
    same = Index("v2", {FEE: "late-fee"})
    assert not replay(book, same)[0].is_proposed
    rewritten = make_library(make_article("late-fee", "Now it says how much.\n"))
    assert replay(book, Index("v3", {FEE: "late-fee"}, rewritten))[0].is_proposed


def test_dismissed_gaps_are_left_alone(engine: sa.Engine, book: GapBook) -> None:
    """They are not replayed; new questions join them; they can be opened again."""
    two_gaps(engine, book)
    with pytest.raises(GapRefused, match="with a reason"):
        book.dismiss(2, " ", who="ana")
    book.dismiss(2, "not our service", who="ana")
    assert [r.gap_id for r in replay(book, Index())] == [1]
    put_query(engine, 10, PAY + " please", hits=PAY_HITS)
    book.refresh(grouper())
    row = book.show(2).row
    assert (row.state, row.count, row.dismissed_for) == (GapState.DISMISSED, 2, "not our service")
    assert [r.id for r in book.list([GapState.DISMISSED])] == [2]
    book.reopen(2, who="ana")
    assert book.show(2).row.dismissed_for == ""


def test_a_draft_of_a_new_gap_assigns_it(engine: sa.Engine, book: GapBook) -> None:
    """To the one who writes, in one go; a claim needs an article."""
    two_gaps(engine, book)
    book.draft(2, "auto-debit", who="kim")
    row = book.show(2).row
    assert (row.owner, row.state, row.article_id) == ("kim", GapState.DRAFTING, "auto-debit")
    book.draft(2, "auto-debit", who="lee")  # begun on the page, and then written by the command
    assert [event.new_state for event in book.show(2).history] == ["new", "assigned", "drafting"]
    book.draft(2, "bank-debit", who="lee")
    assert book.show(2).history[-1].article_id == "bank-debit"
    book.assign(1, "Lee", who="ana")
    with pytest.raises(GapRefused, match="No article is known"):
        book.claim(1, who="lee")
    with pytest.raises(GapRefused, match="Name the owner"):
        book.assign(1, " ", who="ana")
    with pytest.raises(GapRefused, match="There is no gap 99"):
        book.show(99)


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


def test_steps_of_some_days(engine: sa.Engine, book: GapBook) -> None:
    """The weekly digest gets only changes of state, of those days."""
    two_gaps(engine, book)
    book.dismiss(2, "not ours", who="ana")
    with engine.connect() as connection:
        found = store.moved(connection, NOON.date(), NOON.date())
        assert [(i, e.new_state) for i, _, e in found] == [(1, "new"), (2, "new"), (2, "dismissed")]
        before = NOON.date() - timedelta(days=1)
        assert store.moved(connection, before, before) == []


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
