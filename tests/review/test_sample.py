"""The weekly sample: drawn by digest, judged one by one, and compared with what was certified."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from kb.database.tables.review import judgments, sample_items
from kb.errors import SampleRefused
from kb.retention.purge import erase_visit
from kb.review.lessons import LessonBook
from kb.review.sample import SIZE, SampleBook, draw_order, week_bounds, week_of
from kb.review.sample_records import Certified, PromiseVerdict, counted
from kb.types import LessonKind
from tests.journal_rows import NOON, put_query

WEEK = "2026-W47"
LATER = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.fixture
def book(engine: sa.Engine) -> SampleBook:
    """Return the samples of a journal, the week after NOON."""
    return SampleBook(engine, clock=lambda: LATER)


def answered(engine: sa.Engine, number: int, **fields) -> str:
    """Write an answered question."""
    plain = {"outcome": "answered", "article_id": "late-fee", "anchor": "", "heading": "What is it?", "confidence": 0.9}
    return put_query(engine, number, f"question {number}", **{**plain, **fields})


def test_a_week_is_monday_to_sunday():
    """In UTC, by ISO."""
    assert week_of(NOON.date()) == WEEK
    assert week_bounds(WEEK) == (datetime(2026, 11, 16, tzinfo=UTC), datetime(2026, 11, 23, tzinfo=UTC))
    assert week_bounds("2026-W53")[0] == datetime(2026, 12, 28, tzinfo=UTC)
    for wrong in ("2026-W00", "2025-W53", "2026-47", "0000-W01", "9999-W53", "", "next"):
        with pytest.raises(SampleRefused, match=f"'{wrong}' is not a week. Use YYYY-Www, such as 2026-W48"):
            week_bounds(wrong)


def test_twenty_answers_are_drawn_by_digest(engine, book):
    """The lowest of all answers that customers got in that week, and of nothing else."""
    ids = [answered(engine, n, days_ago=n % 5) for n in range(40)]
    answered(engine, 50, days_ago=5)  # the Sunday before
    answered(engine, 51, days_ago=-3)  # the Monday after
    answered(engine, 52, traffic="test")
    put_query(engine, 53)
    sample = book.draw(WEEK, who="lee")
    assert [item.query_id for item in sample.items] == sorted(ids, key=lambda name: draw_order(WEEK, name))[:SIZE]
    assert [item.place for item in sample.items] == list(range(1, 21))
    assert (sample.answered, sample.judged, sample.drawn_by, sample.drawn_at) == (40, 0, "lee", LATER)
    first = sample.items[0]
    assert (first.article_id, first.anchor, first.heading, first.index_version) == (
        "late-fee", "", "What is it?", "v1-before",
    )  # fmt: skip
    assert first.text.startswith("question ")
    assert book.weeks() == (WEEK,)
    assert book.last_week() == WEEK


def test_what_is_drawn_stays(engine, book):
    """A question that comes late changes nothing, nor does who asks."""
    for n in range(5):
        answered(engine, n)
    sample = book.draw(WEEK, who="lee")
    answered(engine, 9)
    assert book.draw(WEEK, who="kim") == sample


def test_two_who_draw_at_once_get_the_same(engine):
    """One sample, with each answer once."""
    for n in range(30):
        answered(engine, n)
    start, found = threading.Barrier(4), []

    def draw() -> None:
        start.wait()
        found.append(SampleBook(engine, clock=lambda: LATER).draw(WEEK, who="lee"))

    threads = [threading.Thread(target=draw) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert all(sample == found[0] for sample in found)
    assert len(found[0].items) == SIZE


def test_a_week_that_is_not_over_has_no_sample(engine, book):
    """Nor has one without an answer."""
    with pytest.raises(SampleRefused, match=r"The week 2026-W48 is not over. Draw its sample from 2026-11-30 on, UTC."):
        book.draw("2026-W48", who="lee")
    with pytest.raises(SampleRefused, match="No question of 2026-W47 that is still kept was answered"):
        book.draw(WEEK, who="lee")
    assert book.show(WEEK) is None


def test_answers_are_judged_one_by_one(engine, book):
    """Article and part; a later judgment takes the place of an earlier one, and it is the question's, too."""
    for n in range(4):
        answered(engine, n)
    book.draw(WEEK, who="lee")
    book.judge(WEEK, 1, article_right=True, part_right=True, who="lee")
    book.judge(WEEK, 2, article_right=True, part_right=False, who="lee")
    sample = book.judge(WEEK, 3, article_right=False, part_right=True, who="kim")
    assert [(i.article_right, i.part_right, i.who) for i in sample.items] == [
        (True, True, "lee"), (True, False, "lee"), (False, None, "kim"), (None, None, ""),
    ]  # fmt: skip
    assert (sample.judged, [item.is_judged for item in sample.items]) == (3, [True, True, True, False])
    result = book.result([WEEK], Certified(0.05))
    assert (result.weeks, result.drawn, result.judged) == (1, 4, 3)
    assert (result.articles.wrong, result.articles.judged, result.parts.wrong, result.parts.judged) == (1, 3, 1, 2)
    book.judge(WEEK, 3, article_right=True, part_right=True, who="lee")
    assert book.result().articles.wrong == 0
    assert book.result(["2026-W01"]).drawn == 0
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(judgments)) == 3
    with pytest.raises(SampleRefused, match="Say whether the part"):
        book.judge(WEEK, 1, article_right=True, part_right=None, who="lee")
    with pytest.raises(SampleRefused, match=r"has no answer 5. Look at it: kb sample 2026-W47"):
        book.judge(WEEK, 5, article_right=True, part_right=True, who="lee")


def test_a_decision_about_a_sampled_question_counts_in_the_sample(engine, book):
    """It is the same judgment."""
    name = answered(engine, 1)
    book.draw(WEEK, who="lee")
    LessonBook(engine).propose(LessonKind.GAP, "question", query_id=name, who="kim")
    (item,) = book.draw(WEEK, who="lee").items
    assert (item.article_right, item.part_right, item.who) == (False, None, "kim")


def test_a_verdict_outlives_its_question(engine, book):
    """Nothing of the customer is left, and the figures stay."""
    answered(engine, 1, visit="v")
    answered(engine, 2, visit="v")
    book.draw(WEEK, who="lee")
    book.judge(WEEK, 1, article_right=False, part_right=None, who="lee")
    erase_visit(engine, "v")
    sample = book.show(WEEK)
    assert sample is not None
    assert [(i.query_id, i.text, i.heading) for i in sample.items] == [("", "", "")] * 2
    assert (book.result().drawn, book.result().judged, book.result().articles.wrong) == (2, 1, 1)
    with pytest.raises(SampleRefused, match="answer 2 of 2026-W47 is no longer kept"):
        book.judge(WEEK, 2, article_right=True, part_right=True, who="lee")
    with engine.connect() as connection:
        assert connection.execute(sa.select(sample_items.c.query_id)).scalars().all() == [None, None]


@pytest.mark.parametrize(
    ("wrong", "right", "bound", "verdict"),
    [
        (0, 20, 0.05, PromiseVerdict.NOT_ENOUGH),
        (0, 72, 0.05, PromiseVerdict.KEPT),
        (0, 71, 0.05, PromiseVerdict.NOT_ENOUGH),
        (2, 18, 0.05, PromiseVerdict.NOT_ENOUGH),
        (5, 15, 0.05, PromiseVerdict.BROKEN),
        (0, 0, 0.05, PromiseVerdict.NOT_ENOUGH),
        (5, 15, None, PromiseVerdict.NOT_CERTIFIED),
    ],
)
def test_a_promise_is_kept_or_broken_when_the_interval_says_so(wrong, right, bound, verdict):
    """Otherwise more has to be judged."""
    certified, total = Certified(bound, bound), wrong + right
    articles = counted([(False, None)] * wrong + [(True, True)] * right, drawn=total, weeks=1, certified=certified)
    parts = counted([(True, False)] * wrong + [(True, True)] * right, drawn=total, weeks=1, certified=certified)
    assert articles.articles.verdict is parts.parts.verdict is verdict
    assert articles.articles.as_json()["verdict"] == verdict.value


def test_a_part_that_was_not_judged_counts_neither_way():
    """As where a lead only said which article it belongs to."""
    result = counted([(True, None), (True, True), (False, None)], drawn=3, weeks=1)
    assert (result.articles.judged, result.parts.judged, result.parts.wrong) == (3, 1, 0)
    assert result.articles.share == pytest.approx(1 / 3)
    assert counted([], drawn=0, weeks=0).articles.share is None


@pytest.mark.parametrize(
    ("manifest", "wanted"),
    [
        (None, Certified()),
        ({"calibration": None}, Certified()),
        ({"calibration": {"certified": False, "risk_bound": 0.2}}, Certified()),
        ({"calibration": {"certified": True, "risk_bound": 0.048}}, Certified(0.048)),
        (
            {"calibration": {"certified": True, "risk_bound": 0.048, "parts": {"risk_bound": 0.1}}},
            Certified(0.048, 0.1),
        ),
    ],
)
def test_what_a_manifest_certifies(manifest, wanted):
    """An uncertified bound is none."""
    assert Certified.of(manifest) == wanted
