"""Figures for the lead: what is counted, what is left out, and what is not known."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from kb.database.tables.gaps import daily_counts
from kb.database.tables.journal import queries
from kb.reports.definitions import DEFINITIONS
from kb.reports.exports import articles_table, days_table, figures_table, slices_table
from kb.reports.figures import Figure, FigureUnit, Period, insights
from kb.reports.rollup import roll_up
from kb.reports.slices import NO_TOPIC, Sliced
from kb.retention.purge import purge
from kb.review.sample import SampleBook, week_of
from kb.review.sample_records import PromiseVerdict
from tests.journal_rows import NOON, put_event, put_query
from tests.support import make_article

TODAY = NOON.date()
WEEK = Period.last_days(7, TODAY)
ANSWERED = {"outcome": "answered", "confidence": 0.9, "hits": [["late-fee", 0.5]]}
CLARIFY = {"outcome": "clarify", "confidence": 0.5, "choices": ["late-fee", "paper-bill"]}
MANIFEST = {"calibration": {"certified": True, "risk_bound": 0.049, "answer_at": 0.7, "parts": {"risk_bound": 0.08}}}


def values(engine: sa.Engine, period: Period = WEEK, **more) -> dict[str, float | None]:
    """Return every figure by name."""
    return {f.name: f.value for f in insights(engine, period, **more).figures}


def some_week(engine: sa.Engine) -> None:
    """Write seven questions of a week, one of each kind, and what must be left out."""
    put_query(engine, 1, **ANSWERED, events=[("opened", "late-fee"), ("helpful",)])
    put_query(engine, 2, **ANSWERED, events=[("expanded", "late-fee")])
    put_query(engine, 3, **ANSWERED, events=[("not_helpful", "late-fee", "too_vague")])
    put_query(engine, 4, **CLARIFY, events=[("chose", "paper-bill")])
    put_query(engine, 5, **ANSWERED, visit="both", events=[("opened", "late-fee")])
    put_query(engine, 6, visit="both", days_ago=1, events=[("contact_shown",), ("contacted",)])
    put_query(engine, 7, days_ago=2)
    put_query(engine, 8, traffic="bot", **ANSWERED)
    put_query(engine, 9, traffic="test", **ANSWERED, events=[("helpful",)])


def test_every_question_counts_once_in_each_view(engine: sa.Engine) -> None:
    """Questions are counted by outcome and by what happened next; crawlers and tests are not counted."""
    some_week(engine)
    found = values(engine, manifest=MANIFEST)
    assert found == {
        "questions": 7,
        "visits": 7,  # one of them was there on two days
        "answered": 4,
        "undecided": 1,
        "handed_over": 2,
        "confirmed": 1,
        "assumed": 2,
        "not_solved": 3,
        "unknown": 1,
        "helpful": 1,
        "not_helpful": 1,
        "none_of_these": 0,
        "contacted": 1,
        "contact_opened": 0,
        "rated_wrong": 0.5,
        "risk_checked": None,
        "risk_promised": 0.049,
        "parts_checked": None,
        "parts_promised": 0.08,
    }


def test_a_contact_later_in_the_visit_takes_the_assumption_back(engine: sa.Engine) -> None:
    """Also of a question of the day before; what was confirmed stays confirmed."""
    put_query(engine, 1, visit="v", days_ago=1, **ANSWERED, events=[("opened", "late-fee")])
    put_query(engine, 2, visit="v", days_ago=1, **ANSWERED, events=[("helpful",)])
    last = put_query(engine, 3, visit="v")
    assert (values(engine)["assumed"], values(engine)["not_solved"]) == (1, 0)
    put_event(engine, last, "contacted")
    found = values(engine)
    assert (found["assumed"], found["confirmed"], found["not_solved"]) == (0, 1, 2)


def test_going_to_the_contact_page_is_a_contact(engine: sa.Engine) -> None:
    """It takes the assumption of its visit back, but not what was confirmed; a press besides it is one contact."""
    put_query(engine, 1, visit="v", days_ago=1, **ANSWERED, events=[("opened", "late-fee")])
    put_query(engine, 2, visit="v", **ANSWERED, events=[("helpful",)])
    both = put_query(engine, 3, visit="w", **ANSWERED, events=[("contact_opened",), ("contacted",)])
    assert values(engine)["assumed"] == 1
    put_event(engine, f"{2:032x}", "contact_opened")
    found = values(engine)
    assert (found["assumed"], found["confirmed"], found["not_solved"]) == (0, 1, 2)
    assert (found["contacted"], found["contact_opened"]) == (2, 1)
    put_event(engine, both, "opened", "late-fee")
    assert values(engine)["assumed"] == 0


def test_ratings_are_no_promise(engine: sa.Engine) -> None:
    """How many of how many, with an interval, and the share of the period before."""
    for number, (days_ago, kind) in enumerate([(0, "not_helpful"), (0, "helpful"), (1, "helpful"), (8, "not_helpful")]):
        put_query(engine, number, days_ago=days_ago, **ANSWERED, events=[(kind,)])
    figure = insights(engine, WEEK, manifest=MANIFEST).figure("rated_wrong")
    assert figure.ratio is not None
    assert (figure.ratio.count, figure.ratio.of, figure.ratio.verdict, figure.prior) == (1, 3, None, 1.0)
    assert figure.ratio.interval.low < figure.value < figure.ratio.interval.high


def test_the_promise_is_checked_by_the_weekly_samples(engine: sa.Engine) -> None:
    """Of the same quantity, with what it says about the promise; only weeks that touch the period count."""
    for number in range(6):
        put_query(engine, number, days_ago=7, article_id="late-fee", anchor="", **ANSWERED)
    book = SampleBook(engine, clock=lambda: NOON)
    week = week_of(TODAY - timedelta(days=7))
    drawn = book.draw(week, who="kim")
    for place in range(1, len(drawn.items) + 1):
        is_right = place > 2
        book.judge(week, place, article_right=is_right, part_right=place > 3 if is_right else None, who="kim")
    month = Period.last_days(30, TODAY)
    found = insights(engine, month, manifest=MANIFEST)
    checked = found.figure("risk_checked").ratio
    assert (checked.count, checked.of, checked.verdict) == (2, 6, PromiseVerdict.NOT_ENOUGH)
    parts = found.figure("parts_checked").ratio
    assert (parts.count, parts.of) == (1, 4)
    assert insights(engine, month).figure("risk_checked").ratio.verdict is PromiseVerdict.NOT_CERTIFIED
    assert insights(engine, Period(TODAY, TODAY), manifest=MANIFEST).figure("risk_checked").ratio is None


def test_the_weeks_of_a_period() -> None:
    """Those that lie in it wholly or in part, each once, also over the turn of a year."""
    assert Period(date(2026, 11, 22), date(2026, 11, 23)).weeks == ("2026-W47", "2026-W48")
    assert Period(date(2025, 12, 28), date(2026, 1, 5)).weeks == ("2025-W52", "2026-W01", "2026-W02")


def test_questions_are_counted_by_language_and_topic(engine: sa.Engine) -> None:
    """A topic is that of the nearest article, by any id it ever had; what is about something else has none."""
    put_query(engine, 1, **ANSWERED, events=[("not_helpful",), ("contact_opened",)])
    put_query(engine, 2, hits=[["fee-late", 0.3]], language="es")
    put_query(engine, 3, **CLARIFY, hits=[["paper-bill", 0.5]])
    put_query(engine, 4, reason="out_of_scope")
    put_query(engine, 5, reason="agent", hits=[])
    put_query(engine, 6, traffic="bot", **ANSWERED)
    articles = [
        make_article("late-fee", category="fees", redirects=("fee-late",)),
        make_article("paper-bill", category="paper"),
    ]
    found = insights(engine, WEEK, articles=articles)
    columns = slices_table("Topic", found.slices.topics, {"fees": "Fees", NO_TOPIC: "None"})
    assert columns.rows == (
        ("Fees", 2, 1, 0, 1, 1, 1),
        ("paper", 1, 0, 1, 0, 0, 0),
        ("None", 2, 0, 0, 2, 0, 0),
    )
    assert [(row.key, row[Sliced.QUESTIONS]) for row in found.slices.languages] == [("en", 4), ("es", 1)]
    assert found.slices.uncounted == 0
    assert [row.article_id for row in found.articles] == ["late-fee", "paper-bill"]
    purge(engine, NOON + timedelta(days=1))
    assert insights(engine, WEEK, articles=articles).slices == found.slices
    with engine.begin() as connection:  # as purged before there were these counts
        connection.execute(sa.delete(daily_counts).where(daily_counts.c.name.startswith("language_")))
    assert insights(engine, WEEK, articles=articles).slices.uncounted == 5


def test_none_of_these_is_counted(engine: sa.Engine) -> None:
    """Once for each question."""
    put_query(engine, 1, **CLARIFY, events=[("none_of_these",), ("contact_shown",)])
    assert values(engine)["none_of_these"] == 1


def test_events_without_a_question(engine: sa.Engine) -> None:
    """An article judged while browsing counts for the article alone; a contact counts against the visit's questions."""
    put_query(engine, 1, visit="v", days_ago=1, **ANSWERED, events=[("opened", "late-fee")])
    assert values(engine)["assumed"] == 1
    put_event(engine, None, "not_helpful", "paper-bill", "wrong", visit="w")
    put_event(engine, None, "contacted", visit="v")
    found = insights(engine, WEEK)
    assert [found.figure(name).value for name in ("questions", "assumed", "not_solved", "not_helpful")] == [1, 0, 1, 0]
    assert found.articles[1].reasons == (("wrong", 1),)


def test_null_is_not_zero(engine: sa.Engine) -> None:
    """An empty journal knows nothing; a quiet week after it began has zeros; a share of nothing is not known."""
    assert set(values(engine).values()) == {None}
    put_query(engine, 1, days_ago=30)
    found = insights(engine, WEEK)
    assert (found.figure("questions").value, found.figure("questions").prior) == (0, 0)
    assert found.figure("rated_wrong").value is None
    assert found.figure("risk_promised").value is None
    assert not found.is_first
    month = insights(engine, Period.last_days(31, TODAY))
    assert month.is_first
    assert (month.figure("questions").value, month.figure("questions").prior) == (1, None)
    assert insights(engine, Period.last_days(60, TODAY)).days[0].day == TODAY - timedelta(days=30)


def test_the_prior_period_is_as_long_and_ends_before(engine: sa.Engine) -> None:
    """Seven days are compared with the seven before, both ends included."""
    for number, days_ago in enumerate((0, 6, 7, 8, 13, 14)):
        put_query(engine, number, days_ago=days_ago)
    figure = insights(engine, WEEK).figure("questions")
    assert (figure.value, figure.prior) == (2, 3)
    assert figure.change == pytest.approx(-1 / 3)


def test_the_chart_has_every_day(engine: sa.Engine) -> None:
    """Days without a question are zeros between days with some."""
    put_query(engine, 1, days_ago=6, **ANSWERED)
    put_query(engine, 2)
    table = days_table(insights(engine, WEEK))
    assert [row[1:] for row in table.rows] == [(1, 1, 0, 0), *[(0, 0, 0, 0)] * 5, (1, 0, 0, 1)]
    assert (table.rows[0][0], table.rows[-1][0]) == (TODAY - timedelta(days=6), TODAY)


def test_articles_with_what_was_done_to_them(engine: sa.Engine) -> None:
    """Each event counts once per question, by reason; overdue articles are listed even if they were never shown."""
    some_week(engine)
    put_query(engine, 20, **ANSWERED, events=[("not_helpful", "late-fee", "too_vague")])
    put_query(engine, 21, **ANSWERED, events=[("not_helpful", "", "wrong"), ("opened", "late-fee")])
    old = make_article("paper-bill", title="Paper?", reviewed=date(2026, 1, 1), review_in_days=30)
    found = insights(engine, WEEK, articles=[old, make_article("late-fee", title="Fee?")], today=TODAY)
    late, paper = found.articles
    assert (late.article_id, late.title, late.shown, late.opened) == ("late-fee", "Fee?", 7, 4)
    assert (late.helpful, late.not_helpful, late.reasons) == (1, 3, (("too_vague", 2), ("wrong", 1)))
    assert (paper.shown, paper.opened, paper.overdue_since) == (1, 1, date(2026, 1, 31))
    quiet = make_article("quiet", reviewed=date(2026, 1, 1), review_in_days=30)
    assert insights(engine, WEEK, articles=[quiet], today=TODAY).articles[-1].article_id == "quiet"


def test_the_export_has_the_cells_of_the_screen(engine: sa.Engine) -> None:
    """The same table object; None is an empty cell, a share a percentage."""
    some_week(engine)
    found = insights(engine, WEEK, manifest=MANIFEST)
    table = figures_table(found)
    lines = table.csv().split("\r\n")
    assert lines[0] == "Figure,This period,Period before,What it means"
    assert lines[1].startswith("Questions,7,,")
    shares = {row[0]: row[1:3] for row in table.rows if row[0].startswith(("Wrong", "Ratings"))}
    assert shares == {
        "Ratings, not helpful": ("1 of 2 (50.0%; 95% interval 9.5% to 90.5%)", None),
        "Wrong answers, checked": (None, None),
        "Wrong answers, promised": ("4.9%", None),
        "Wrong parts, checked": (None, None),
        "Wrong parts, promised": ("8.0%", None),
    }
    assert articles_table(found, {"too_vague": "Too vague"}).csv().split("\r\n")[1] == "late-fee,,5,3,1,1,Too vague: 1,"


def test_counts_are_made_once_and_again_when_something_is_written(engine: sa.Engine) -> None:
    """Nothing new, nothing counted; a late entry counts for its own day; a second reader doubles nothing."""
    put_query(engine, 1)
    assert roll_up(engine) == (TODAY,)
    assert roll_up(engine) == ()
    late = put_query(engine, 2, days_ago=3)
    assert TODAY - timedelta(days=3) in roll_up(engine)
    put_event(engine, late, "helpful")
    assert TODAY - timedelta(days=3) in roll_up(engine)
    assert (values(engine)["questions"], values(engine)["confirmed"]) == (2, 1)


def test_many_readers_at_once_count_once(engine: sa.Engine) -> None:
    """Eight roll-ups at the same time while questions come: the sums are those of the questions."""
    start = threading.Barrier(8)

    def run(number: int) -> None:
        start.wait()
        for n in range(3):
            put_query(engine, 10 * number + n, days_ago=n)
            roll_up(engine)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, range(8)))
    assert values(engine)["questions"] == 24


def test_counts_outlive_the_questions(engine: sa.Engine) -> None:
    """A purge removes the texts, not the figures."""
    put_query(engine, 1, days_ago=5)
    roll_up(engine)
    with engine.begin() as connection:
        connection.execute(sa.delete(queries))
    put_query(engine, 2)
    assert values(engine)["questions"] == 2
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(daily_counts)) > 0


def test_a_purge_counts_first_and_for_the_last_time(engine: sa.Engine) -> None:
    """A purge first counts what was not counted yet; the rest of that day is not counted separately later."""
    put_query(engine, 1, asked_at=NOON - timedelta(days=5, hours=2))
    late = put_query(engine, 2, asked_at=NOON - timedelta(days=5, hours=-2))
    assert purge(engine, NOON - timedelta(days=5)).questions == 1
    put_event(engine, late, "helpful")
    put_query(engine, 3)
    assert values(engine)["questions"] == 3
    assert purge(engine, NOON - timedelta(days=6)).questions == 0
    assert roll_up(engine) == ()


def test_periods() -> None:
    """ISO weeks, and what cannot be."""
    week = Period.week(2026, 48)
    assert (week.first, week.last, week.days) == (date(2026, 11, 23), date(2026, 11, 29), 7)
    assert date(2026, 11, 29) in week
    assert date(2026, 11, 30) not in week
    with pytest.raises(ValueError, match="before it begins"):
        Period(date(2026, 2, 2), date(2026, 2, 1))


def test_figures_know_their_change() -> None:
    """Counts by a part of what was; shares by how much; nothing from nothing."""
    assert Figure("a", "A", 3, 2, FigureUnit.COUNT, "").change == 0.5
    assert Figure("a", "A", 0.3, 0.2, FigureUnit.SHARE, "").change == pytest.approx(0.1)
    assert Figure("a", "A", 3, 0, FigureUnit.COUNT, "").change is None
    assert Figure("a", "A", None, 2, FigureUnit.COUNT, "").change is None


def test_every_figure_has_words_beside_it() -> None:
    """A label and a definition that is a sentence."""
    assert [name for name, (label, text) in DEFINITIONS.items() if not label or not text.endswith(".")] == []


def test_review_dates(engine: sa.Engine) -> None:
    """Due on a day is not overdue on it; no date, and one beyond the calendar, never."""
    put_query(engine, 1, **ANSWERED)

    def overdue(today: date, **fields) -> date | None:
        (row,) = insights(engine, WEEK, articles=[make_article("late-fee", **fields)], today=today).articles
        return row.overdue_since

    reviewed = date(2026, 11, 1)
    assert overdue(date(2026, 11, 20), reviewed=reviewed, review_in_days=19) is None
    assert overdue(date(2026, 11, 21), reviewed=reviewed, review_in_days=19) == date(2026, 11, 20)
    assert overdue(TODAY) is None
    assert overdue(date.max, reviewed=reviewed, review_in_days=3_000_000) is None
