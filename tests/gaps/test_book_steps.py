"""The steps of gaps over a real database: drafted, proposed, replayed, closed by hand, dismissed."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kb.errors import GapRefused
from kb.gaps import store
from kb.gaps.book import GapBook
from kb.gaps.states import GapState, Step
from kb.types import Answer
from tests.journal_rows import NOON, put_query
from tests.support import make_article, make_library

if TYPE_CHECKING:
    from collections.abc import Collection

    import sqlalchemy as sa
from tests.gaps.needs import FEE, FEE_AGAIN, LIBRARY, LOW, PAY, PAY_HITS, Index, grouper, replay, two_gaps


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


def test_steps_of_some_days(engine: sa.Engine, book: GapBook) -> None:
    """The weekly digest gets only changes of state, of those days."""
    two_gaps(engine, book)
    book.dismiss(2, "not ours", who="ana")
    with engine.connect() as connection:
        found = store.moved(connection, NOON.date(), NOON.date())
        assert [(i, e.new_state) for i, _, e in found] == [(1, "new"), (2, "new"), (2, "dismissed")]
        before = NOON.date() - timedelta(days=1)
        assert store.moved(connection, before, before) == []
