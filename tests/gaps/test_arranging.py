"""Gaps arranged by hand: split, merged, moved and named, and what grouping makes of it afterwards."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kb.database.tables.gaps import gap_members, gap_questions
from kb.database.tables.journal import queries
from kb.errors import GapRefused
from kb.gaps import collect, upkeep
from kb.gaps.book import GapBook
from kb.gaps.collect import Grouped
from kb.gaps.states import GapState
from tests.gaps.needs import FEE, FEE_AGAIN, PAY, PAY_HITS, Index, grouper, replay
from tests.journal_rows import NOON, put_query

APPLE = "can i pay the bill with apple pay on my phone"
BITCOIN = "can i pay the bill with bitcoin on my phone"
LATER = timedelta(hours=1)


@pytest.fixture
def book(engine: sa.Engine) -> GapBook:
    """The gaps of a journal: gap 1 with questions of two needs, asked three times, and gap 2."""
    put_query(engine, 1, APPLE)
    put_query(engine, 2, APPLE.upper(), visit="b")
    put_query(engine, 3, BITCOIN)
    put_query(engine, 4, PAY, hits=PAY_HITS)
    made = GapBook(engine, clock=lambda: NOON + LATER)
    made.refresh(grouper())
    assert [(row.id, row.count) for row in made.list()] == [(1, 3), (2, 1)]
    return made


def keys(book: GapBook, number: int, *texts: str) -> list[str]:
    """Return the keys of some questions of a gap."""
    found = {q.text: q.key for q in book.show(number).questions}
    return [found[text] for text in texts]


def names(book: GapBook) -> dict[int, tuple[str, int]]:
    """Return name and count of each gap."""
    return {row.id: (row.name, row.count) for row in book.list()}


def notes(book: GapBook, number: int) -> list[tuple[str, str]]:
    """Return who did what to a gap by hand."""
    return [(e.who, e.note) for e in book.show(number).history if e.who != "system"]


def test_a_gap_is_split(book: GapBook) -> None:
    """The questions chosen become a new gap with all times that they were asked; both histories say so."""
    new = book.split(1, keys(book, 1, BITCOIN), who="kim", note="two needs")
    assert names(book) == {1: (APPLE, 2), 2: (PAY, 1), new: (BITCOIN, 1)}
    row = book.show(new).row
    assert (row.state, row.visits, row.nearest, row.reasons[0][1]) == (GapState.NEW, 1, "paper-bill", 1)
    assert notes(book, 1) == [("kim", f"1 question split off into gap {new}: two needs")]
    assert notes(book, new) == [("kim", "split off from gap 1: two needs")]


def test_what_was_split_is_not_put_together_again(engine: sa.Engine, book: GapBook) -> None:
    """Not by grouping, though both are new and alike; new questions follow the one they are like."""
    new = book.split(1, keys(book, 1, BITCOIN), who="kim")
    put_query(engine, 10, "can i pay my bill with bitcoin by phone", asked_at=NOON)
    put_query(engine, 11, "can i pay my bill with apple pay by phone", asked_at=NOON)
    put_query(engine, 12, BITCOIN, asked_at=NOON)
    book.refresh(grouper())
    assert {number: count for number, (_, count) in names(book).items()} == {1: 3, 2: 1, new: 3}
    book.refresh(grouper("other@1"))
    assert {number: count for number, (_, count) in names(book).items()} == {1: 3, 2: 1, new: 3}


def test_two_gaps_are_merged(engine: sa.Engine, book: GapBook) -> None:
    """The gap that goes on has every question, and takes what is like either part; the other says where they went."""
    book.assign(2, "kim", who="kim")
    book.merge(2, 1, who="lee", note="one article for all ways to pay")
    assert names(book) == {1: (APPLE, 4)}
    ended = book.show(2)
    assert (ended.row.state, ended.row.merged_into, ended.row.name) == (GapState.MERGED, 1, "Merged into gap 1")
    assert (ended.questions, ended.steps) == ((), ())
    assert notes(book, 2)[-1] == ("lee", "1 question merged into gap 1: one article for all ways to pay")
    assert notes(book, 1) == [("lee", "gap 2 was merged into this one (1 question): one article for all ways to pay")]
    assert [row.id for row in book.list([GapState.MERGED])] == [2]
    put_query(engine, 10, PAY.replace("month", "week"), hits=PAY_HITS, asked_at=NOON)
    put_query(engine, 11, APPLE.replace("phone", "watch"), asked_at=NOON)
    book.refresh(grouper())
    assert names(book) == {1: (APPLE, 6)}
    with engine.connect() as connection:
        parts = connection.execute(sa.select(gap_questions.c.text, gap_questions.c.part)).all()
    assert {text for text, part in parts if part} == {PAY, PAY.replace("month", "week")}
    with pytest.raises(GapRefused, match="Gap 2 was merged into gap 1, which goes on: kb gaps show 1"):
        book.merge(2, 1, who="kim")
    with pytest.raises(GapRefused, match="that is merged cannot be moved by 'assign'"):
        book.assign(2, "kim", who="kim")


def test_gaps_that_were_merged_before_go_along(book: GapBook) -> None:
    """Whoever looks for the first of three finds the one that goes on."""
    new = book.split(1, keys(book, 1, BITCOIN), who="kim")
    book.merge(new, 2, who="kim")
    book.merge(2, 1, who="kim")
    assert (book.show(new).row.merged_into, book.show(2).row.merged_into) == (1, 1)
    assert book.show(1).row.count == 4


def test_a_question_is_moved(engine: sa.Engine, book: GapBook) -> None:
    """To a gap that is quite unlike it, which the next such question follows; the gap it left is as it was."""
    book.move(1, keys(book, 1, BITCOIN), 2, who="kim", note="wrong place")
    assert names(book) == {1: (APPLE, 2), 2: (PAY, 2)} or names(book) == {1: (APPLE, 2), 2: (BITCOIN, 2)}
    assert notes(book, 1) == [("kim", "1 question moved to gap 2: wrong place")]
    assert notes(book, 2) == [("kim", "1 question moved here from gap 1: wrong place")]
    put_query(engine, 10, "can i pay my bill with bitcoin by phone", asked_at=NOON)
    book.refresh(grouper())
    assert (book.show(1).row.count, book.show(2).row.count) == (2, 3)


def test_moving_every_question_merges(book: GapBook) -> None:
    """Nothing would be left."""
    book.move(2, keys(book, 2, PAY), 1, who="kim")
    assert book.show(2).row.state is GapState.MERGED


def test_a_name_stays(engine: sa.Engine, book: GapBook) -> None:
    """Whatever is asked next, and when the questions are purged; personal data is left out of it."""
    book.rename(1, "  Odd ways\nto pay, ask jane@example.com ", who="kim")
    assert book.show(1).row.name == "Odd ways to pay, ask [email address]"
    assert notes(book, 1) == [("kim", "named “Odd ways to pay, ask [email address]”")]
    put_query(engine, 10, "can i pay my bill with apple pay by phone", asked_at=NOON)
    book.refresh(grouper())
    assert book.show(1).row.name == "Odd ways to pay, ask [email address]"
    named = book.split(1, keys(book, 1, BITCOIN), who="kim", name="Bitcoin")
    book.assign(named, "kim", who="kim")
    with engine.begin() as connection:
        connection.execute(sa.delete(queries).where(queries.c.text == BITCOIN))
        upkeep.forget_erased(connection)
    assert book.show(named).row.name == "Bitcoin"
    with pytest.raises(GapRefused, match="A gap needs a name"):
        book.rename(1, " ", who="kim")


def test_what_cannot_be_arranged_is_refused_and_changes_nothing(book: GapBook) -> None:
    """Each message says what to do."""
    before = [book.show(number).as_json() for number in (1, 2)]
    bitcoin, pay = keys(book, 1, BITCOIN)[0], keys(book, 2, PAY)[0]
    with pytest.raises(GapRefused, match="nothing would be left in it"):
        book.split(1, keys(book, 1, APPLE, BITCOIN), who="kim")
    with pytest.raises(GapRefused, match="No question is chosen"):
        book.split(1, [], who="kim")
    with pytest.raises(GapRefused, match="1 question of those chosen is not in gap 1: another user may have moved it"):
        book.split(1, [bitcoin, pay], who="kim")
    with pytest.raises(GapRefused, match="Gap 1 is the same gap"):
        book.move(1, [bitcoin], 1, who="kim")
    with pytest.raises(GapRefused, match="There is no gap 9"):
        book.merge(1, 9, who="kim")
    assert [book.show(number).as_json() for number in (1, 2)] == before


def test_a_proposal_is_no_longer_made_for_other_questions(book: GapBook) -> None:
    """Until the next replay; the page says why it cannot be closed."""
    index = Index("v2", {APPLE: "late-fee"})
    replay(book, index)
    assert book.show(1).row.proposed == "late-fee"
    new = book.split(1, keys(book, 1, BITCOIN), who="kim")
    assert book.show(1).row.proposed == ""
    assert notes(book, 1)[-1][1].endswith("; no longer proposed for closing until the next replay")
    assert "have changed since the last replay" in book.show(1).as_json()["not_closed_because"]
    replay(book, index)
    assert (book.show(1).row.proposed, book.show(new).row.proposed) == ("late-fee", "")


def test_two_leads_at_once(book: GapBook) -> None:
    """Of two who split, move and merge the same, one does it and the other is told; no question is lost or doubled."""
    chosen = keys(book, 1, BITCOIN)
    start = threading.Barrier(4)

    def run(number: int) -> str:
        start.wait()
        try:
            if number % 2:
                book.split(1, chosen, who=f"lead-{number}")
            else:
                book.move(1, chosen, 2, who=f"lead-{number}")
        except GapRefused as refused:
            return str(refused)
        return ""

    with ThreadPoolExecutor(4) as pool:
        told = list(pool.map(run, range(4)))
    assert sorted(bool(text) for text in told) == [False, True, True, True]
    assert sum(count for _, count in names(book).values()) == 4


def test_grouping_does_not_overwrite_what_is_arranged_meanwhile(
    engine: sa.Engine, book: GapBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plan that was made before is thrown away, and the work done again."""
    put_query(engine, 10, BITCOIN.replace("phone", "watch"), asked_at=NOON)
    real, runs = collect.group_questions, []

    def slow(*given, **more):
        found = real(*given, **more)
        runs.append(1)
        if len(runs) == 1:
            book.merge(2, 1, who="kim")
        return found

    monkeypatch.setattr(collect, "group_questions", slow)
    done: Grouped = book.refresh(grouper())
    assert (len(runs), done.grown) == (2, (1,))
    assert book.show(1).row.count == 5
    with engine.connect() as connection:
        held = connection.execute(sa.select(gap_members.c.gap_id, gap_members.c.question_key)).all()
        own = dict(connection.execute(sa.select(gap_questions.c.question_key, gap_questions.c.gap_id)).all())
    assert [row for row in held if own[row.question_key] != row.gap_id] == []


def test_a_gap_whose_questions_went_into_one_that_is_gone_goes_too(engine: sa.Engine, book: GapBook) -> None:
    """Nothing of it is of use any more."""
    book.merge(2, 1, who="kim")
    with engine.begin() as connection:
        connection.execute(sa.delete(queries))
        upkeep.forget_erased(connection)
    assert book.list() == []
    with pytest.raises(GapRefused, match="There is no gap 2"):
        book.show(2)


def test_other_gaps_are_grouped_as_before(engine: sa.Engine) -> None:
    """Only what was arranged is left alone."""
    book = GapBook(engine, clock=lambda: NOON + LATER)
    put_query(engine, 1, FEE)
    book.refresh(grouper())
    put_query(engine, 2, FEE_AGAIN)
    book.refresh(grouper())
    assert [(row.id, row.count) for row in book.list()] == [(1, 2)]
