"""The book of lessons on SQLite and PostgreSQL: proposals, who decides, and nothing personal in an example."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa

from kb.database.tables.review import judgments, lesson_history, lessons
from kb.errors import LessonOutdated, LessonRefused, QueryUnknown
from kb.retention.purge import erase_visit, purge
from kb.review.lesson_records import Judgments, LessonState
from kb.review.lessons import LessonBook
from kb.types import LessonKind
from tests.journal_rows import NOON, put_query

BASE, OTHER = "a" * 64, "b" * 64
CARD = "4111 1111 1111 1111"


@pytest.fixture
def book(engine: sa.Engine) -> LessonBook:
    """Return the lessons of an empty journal, at a fixed time."""
    return LessonBook(engine, clock=lambda: NOON)


@pytest.fixture
def asked(engine: sa.Engine) -> str:
    """Return the id of a question that was answered with a part of an article."""
    return put_query(
        engine, 1, "charged twice this month", outcome="answered", article_id="charged-twice", anchor="stop-it",
        heading="Stop it", visit="v",
    )  # fmt: skip


def belongs(book: LessonBook, question: str = "charged two times", who: str = "lee", **fields):
    """Propose that a question belongs to an article."""
    return book.propose(LessonKind.BELONGS, question, **{"article_id": "late-fee", "base": BASE, "who": who, **fields})


def history(book: LessonBook, lesson_id: int) -> list[tuple[str, str, str, str]]:
    """Return who moved a lesson from where to where, and the note."""
    return [(e.who, e.old_state, e.new_state, e.note) for e in book.show(lesson_id).history]


def judged(engine: sa.Engine) -> list[tuple[bool, bool | None]]:
    """Return every judgment."""
    with engine.connect() as connection:
        return [tuple(r) for r in connection.execute(sa.select(judgments.c.article_right, judgments.c.part_right))]


def test_a_decision_is_a_proposal(book, asked):
    """It names all that an editor needs, and waits."""
    done = book.propose(
        LessonKind.PART, " charged   twice\nthis month", article_id="charged-twice", anchor="get-it-back", base=BASE,
        query_id=asked, who="lee", note="the steps are there",
    )  # fmt: skip
    lesson = done.lesson
    assert done.replaced is None
    assert (lesson.kind, lesson.state, lesson.question) == (LessonKind.PART, "proposed", "charged twice this month")
    assert (lesson.article_id, lesson.anchor, lesson.base) == ("charged-twice", "get-it-back", BASE)
    assert (lesson.query_id, lesson.who, lesson.stands, lesson.created_at) == (asked, "lee", True, NOON)
    assert book.list() == book.list([LessonState.PROPOSED]) == book.list(query_id=asked) == (lesson,)
    assert book.list([LessonState.ACCEPTED]) == book.list(query_id="f" * 32) == ()
    assert history(book, lesson.id) == [("lee", "", "proposed", "the steps are there")]


@pytest.mark.parametrize(
    ("kind", "fields", "wanted"),
    [
        (LessonKind.PART, {"article_id": "charged-twice", "anchor": "get-it-back"}, (True, False)),
        (LessonKind.PART, {"article_id": "charged-twice", "anchor": "stop-it"}, (True, True)),
        (LessonKind.BELONGS, {"article_id": "charged-twice"}, (True, None)),
        (LessonKind.BELONGS, {"article_id": "late-fee"}, (False, None)),
        (LessonKind.ELSEWHERE, {"article_id": "bank-account"}, (False, None)),
        (LessonKind.NOT_FOR, {"article_id": "charged-twice", "belongs": "late-fee"}, (False, None)),
        (LessonKind.RIGHT, {}, (True, True)),
        (LessonKind.GAP, {}, (False, None)),
    ],
)
def test_a_decision_is_a_judgment_too(engine, book, asked, kind, fields, wanted):
    """Of the answer that the customer got."""
    book.propose(kind, "charged twice", query_id=asked, base=BASE, who="lee", **fields)
    assert judged(engine) == [wanted]
    counts = {(True, True): (1, 0, 0), (True, None): (1, 0, 0), (False, None): (0, 1, 0), (True, False): (0, 0, 1)}
    assert book.judgments() == Judgments(*counts[wanted])
    assert book.judgments().judged == 1


def test_not_for_another_article_judges_nothing(engine, book, asked):
    """The article that answered was not meant."""
    book.propose(LessonKind.NOT_FOR, "charged twice", query_id=asked, base=BASE, who="lee", article_id="paper-bill")
    assert judged(engine) == []


def test_what_changes_no_file_is_taken_at_once(book, asked):
    """Nobody has to accept "right as it is" or "should be written"."""
    right = book.propose(LessonKind.RIGHT, "charged twice", query_id=asked, who="lee").lesson
    assert (right.state, right.article_id, right.base) == (LessonState.ACCEPTED, "", "")
    with pytest.raises(LessonRefused, match=r"Lesson 1 is accepted since 2026-11-20 12:00 UTC, so it cannot be accep"):
        book.accept(right.id, who="ed", base=BASE)


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (LessonKind.BELONGS, {"base": BASE}, "The decision 'belongs' names the article that it belongs to. Name it."),
        (LessonKind.PART, {"base": BASE, "article_id": "x"}, "'part' names the article, and the section that answers"),
        (LessonKind.ELSEWHERE, {"base": BASE}, "'elsewhere' names the signpost"),
        (LessonKind.NOT_FOR, {"article_id": "x"}, "'not_for' is about a file. Give the SHA-256 of its bytes."),
        (LessonKind.RIGHT, {}, "'right' is about a question that a customer asked. Name its id."),
        (LessonKind.GAP, {}, "'gap' is about a question that a customer asked"),
    ],
)
def test_an_incomplete_decision_is_refused(book, kind, fields, said):
    """It says what is missing."""
    with pytest.raises(LessonRefused, match=said):
        book.propose(kind, "charged twice", who="lee", **fields)
    assert book.list() == ()


def test_a_question_that_is_gone_cannot_be_decided(book):
    """It says what else to do."""
    with pytest.raises(QueryUnknown, match=r"no longer kept. Propose the lesson without it"):
        belongs(book, query_id="f" * 32)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (f"my card {CARD} was charged", "Rewrite the question without the card number: an example is public"),
        ("my card [card number] was charged", "without the card number:"),
        ("call me at 212-555-0142 or kim@example.com", "without the phone number, the email address:"),
        ("my [pin] is wrong", "without the PIN:"),
        (" ?! ", "has no words"),
        ("word " * 101, "has 504 characters, and an example has at most 500"),
    ],
)
def test_nothing_personal_reaches_an_example(book, question, said):
    """It is refused, whether redacted or not, and nothing of it is kept."""
    with pytest.raises(LessonRefused, match=said) as raised:
        belongs(book, question)
    assert "4111" not in str(raised.value)
    assert book.list() == ()


def test_a_note_is_redacted(book):
    """Whoever pastes a number into it."""
    lesson = belongs(book, note=f"she gave {CARD}").lesson
    assert lesson.note == "she gave [card number]"
    book.decline(lesson.id, who="ed", note=f"not with {CARD} in it")
    assert "4111" not in repr(history(book, lesson.id))


def test_the_later_decision_stands(book, asked):
    """It says what it replaced, and the earlier one is kept, whatever its words."""
    first = belongs(book, query_id=asked, who="lee").lesson
    second = book.propose(LessonKind.RIGHT, "as asked", query_id=asked, who="kim")
    assert second.lesson.replaces == first.id
    assert second.replaced is not None
    assert (second.replaced.id, second.replaced.state, second.replaced.stands) == (first.id, "replaced", False)
    assert history(book, first.id)[-1] == (
        "kim", "proposed", "replaced", "decision 2 about the same question took its place",
    )  # fmt: skip
    assert history(book, 2) == [("kim", "", "accepted", "takes the place of lee's decision 1 (belongs)")]
    third = belongs(book, query_id=asked, who="lee").lesson
    assert [(x.id, x.state.value, x.stands) for x in book.list()] == [
        (1, "replaced", False), (2, "replaced", False), (third.id, "proposed", True),
    ]  # fmt: skip


def test_what_was_accepted_stays_accepted(book):
    """The file has it, even if a later decision differs."""
    first = belongs(book).lesson
    book.accept(first.id, who="ed", base=BASE, after=OTHER)
    second = belongs(book, article_id="paper-bill").lesson
    assert (second.replaces, book.show(first.id).lesson.state) == (first.id, LessonState.ACCEPTED)
    assert not book.show(first.id).lesson.stands


def test_two_leads_at_once_lose_nothing(engine, asked):
    """Both decisions are there, and one stands."""
    start, failures = threading.Barrier(4), []

    def decide(n: int) -> None:
        try:
            start.wait()
            belongs(LessonBook(engine), f"wording {n}", who=f"lead {n}", query_id=asked)
        except BaseException as error:  # noqa: BLE001 - told by the assertion
            failures.append(error)

    threads = [threading.Thread(target=decide, args=(n,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    found = LessonBook(engine).list()
    assert {lesson.who for lesson in found} == {f"lead {n}" for n in range(4)}
    assert sorted(lesson.state.value for lesson in found) == ["proposed", "replaced", "replaced", "replaced"]
    assert [lesson.stands for lesson in found].count(True) == 1
    assert sorted(lesson.replaces or 0 for lesson in found) == [0, *sorted(x.id for x in found if not x.stands)]


def test_accepting_carries_the_other_lessons_of_the_file_along(book):
    """The file is written before it is recorded; another lesson on the same bytes fits the new ones."""
    first, second, third = (belongs(book, f"question {word}").lesson for word in ("one", "two", "three"))
    elsewhere = belongs(book, "question four", article_id="paper-bill").lesson
    book.outdate(third.id, who="ed", note="a section is gone")
    written: list[int] = []
    done = book.accept(first.id, who="ed", base=BASE, after=OTHER, write=lambda: written.append(1))
    assert (done.state, done.base, written) == (LessonState.ACCEPTED, OTHER, [1])
    bases = [book.show(lesson.id).lesson.base for lesson in (second, third, elsewhere)]
    assert bases == [OTHER, BASE, BASE]
    book.decline(second.id, who="ed", note="too rare")
    assert book.taught() == ("question one", "question three", "question four")


def test_a_file_that_cannot_be_written_accepts_nothing(book):
    """The lesson waits on."""

    def fail() -> None:
        raise OSError("disk")

    lesson = belongs(book).lesson
    with pytest.raises(OSError, match="disk"):
        book.accept(lesson.id, who="ed", base=BASE, after=OTHER, write=fail)
    assert book.show(lesson.id).lesson == lesson


def test_two_editors_at_once(engine):
    """One wins, and the other is told."""
    lesson = belongs(LessonBook(engine)).lesson
    start, said, written = threading.Barrier(2), [], []

    def accept(who: str) -> None:
        start.wait()
        try:
            LessonBook(engine).accept(lesson.id, who=who, base=BASE, after=OTHER, write=lambda: written.append(who))
        except LessonRefused as error:
            said.append(str(error))

    threads = [threading.Thread(target=accept, args=(who,)) for who in ("ed", "kim")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(written) == len(said) == 1
    assert "Lesson 1 is accepted since" in said[0]


def test_a_file_that_was_changed_since(book):
    """The decision is kept as outdated, and is renewed, for another section, or declined."""
    lesson = belongs(book).lesson
    with pytest.raises(LessonOutdated, match=r"was changed since lesson 1 was decided. The decision is kept: renew it"):
        book.accept(lesson.id, who="ed", base=OTHER)
    assert book.show(lesson.id).lesson.state is LessonState.OUTDATED
    renewed = book.renew(lesson.id, who="lee", base=OTHER, anchor="new", article_id="late-fees")
    assert (renewed.state, renewed.base) == (LessonState.PROPOSED, OTHER)
    assert (renewed.anchor, renewed.article_id) == ("new", "late-fees")
    with pytest.raises(LessonRefused, match=r"is proposed since .* so it cannot be renewed"):
        book.renew(lesson.id, who="lee", base=OTHER)
    book.outdate(lesson.id, who="ed", note="again")
    assert book.decline(lesson.id, who="ed", note="no longer true").state is LessonState.DECLINED
    assert [step[2] for step in history(book, lesson.id)] == [
        "proposed",
        "outdated",
        "proposed",
        "outdated",
        "declined",
    ]


def test_declining_needs_a_reason(book):
    """The lead reads it."""
    lesson = belongs(book).lesson
    with pytest.raises(LessonRefused, match="declined with a reason"):
        book.decline(lesson.id, who="ed", note=" ")
    with pytest.raises(LessonRefused, match=r"There is no lesson 77. List them: kb lessons"):
        book.decline(77, who="ed", note="no")


def test_an_erased_visit_leaves_no_words(engine, book, asked):
    """Open lessons go; an accepted one stays without its words, and the article with the example is named."""
    opened = put_query(engine, 2, "another of hers", outcome="answered", article_id="late-fee", visit="v")
    kept = put_query(engine, 3, "of another visit", visit="w")
    first = belongs(book, "pay me back", query_id=asked).lesson
    book.accept(first.id, who="ed", base=BASE, after=OTHER)
    belongs(book, "another", query_id=opened)
    stays = belongs(book, "of another", query_id=kept).lesson
    erased = erase_visit(engine, "v")
    assert erased.examples == ("late-fee",)
    left = book.list()
    assert [lesson.id for lesson in left] == [first.id, stays.id]
    assert (left[0].question, left[0].query_id, left[0].stands, left[0].article_id) == ("", "", False, "late-fee")
    assert book.taught() == ("of another",)
    with engine.connect() as connection:
        assert {r.lesson_id for r in connection.execute(sa.select(lesson_history))} == {first.id, stays.id}
        assert connection.scalar(sa.select(lessons.c.question_key).where(lessons.c.lesson_id == first.id)) == ""


def test_old_lessons_go_with_old_questions(engine, book):
    """Also those that name none: a lead may have typed a customer's words."""
    belongs(book, "typed by a lead")
    purge(engine, NOON)
    assert len(book.list()) == 1
    purge(engine, NOON + timedelta(seconds=1))
    assert book.list() == ()
