"""Figures for the support lead: sums of the daily counts, each with its definition.

Unknown is not zero: a figure is None when nothing is known, as a share of nothing or a time before the journal began.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kb.common.proportion import Interval, score_interval
from kb.database.engine import reading
from kb.database.tables.gaps import daily_counts
from kb.reports.counting import Count
from kb.reports.definitions import DEFINITIONS
from kb.reports.rollup import roll_up
from kb.reports.slices import NOTHING_SLICED, Slices, slices
from kb.review.sample import SampleBook, week_of
from kb.review.sample_records import Certified, PromiseVerdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from kb.types import Article


class FigureUnit(StrEnum):
    """The unit of a figure."""

    COUNT = "count"
    SHARE = "share"
    """0 to 1, written as a percentage."""


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days of UTC, both ends included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise ValueError(f"a period cannot end on {self.last}, before it begins on {self.first}")

    @property
    def days(self) -> int:
        """The number of days."""
        return (self.last - self.first).days + 1

    @property
    def prior(self) -> Period:
        """The period of the same length just before."""
        return Period(self.first - timedelta(days=self.days), self.first - timedelta(days=1))

    @property
    def weeks(self) -> tuple[str, ...]:
        """The ISO weeks that lie in it, wholly or in part."""
        return tuple(dict.fromkeys(week_of(self.first + timedelta(days=n)) for n in range(self.days)))

    @classmethod
    def last_days(cls, days: int, today: date) -> Period:
        """Return the last days, ending today."""
        return cls(today - timedelta(days=days - 1), today)

    @classmethod
    def week(cls, year: int, number: int) -> Period:
        """Return an ISO week, Monday to Sunday.

        :param year: ISO year.
        :param number: 1 to 53.
        :return: Seven days.
        :raises ValueError: If the year has no such week.
        """
        first = date.fromisocalendar(year, number, 1)
        return cls(first, first + timedelta(days=6))

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Ratio:
    """A measured share: how many of how many, and between which ends the true share lies."""

    count: int
    of: int
    interval: Interval
    """At 95 % confidence."""
    verdict: PromiseVerdict | None = None
    """What it says about the promise for the same quantity, where there is one."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number with its prior value and its definition."""

    name: str
    label: str
    value: float | None
    """None when unknown, which is not zero."""
    prior: float | None
    unit: FigureUnit
    definition: str
    ratio: Ratio | None = None
    """What a measured share is made of; None for a count, for a promise, and where nothing was measured."""

    @property
    def change(self) -> float | None:
        """The change as a part of the prior value; for shares the difference. None when either value is unknown."""
        if self.value is None or self.prior is None:
            return None
        if self.unit is FigureUnit.SHARE:
            return self.value - self.prior
        return (self.value - self.prior) / self.prior if self.prior else None


@dataclass(frozen=True, slots=True)
class DayPoint:
    """One day of the chart; a day without questions has zeros, one before the journal began is left out."""

    day: date
    questions: int
    answered: int
    undecided: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class ArticleRow:
    """What customers did with one article."""

    article_id: str
    title: str
    """Empty for an article that is gone."""
    shown: int
    opened: int
    helpful: int
    not_helpful: int
    reasons: tuple[tuple[str, int], ...]
    """The reasons why it was not helpful, the most frequent first; the empty one means that none was given."""
    overdue_since: date | None
    """The day on which its review was due, if that day is past."""


@dataclass(frozen=True, slots=True)
class Insights:
    """Everything that the page of a period shows, except the gaps."""

    period: Period
    figures: tuple[Figure, ...]
    days: tuple[DayPoint, ...]
    articles: tuple[ArticleRow, ...]
    """The most shown first, including overdue articles that were not shown."""
    slices: Slices = NOTHING_SLICED
    """The same by language and by topic."""

    @property
    def is_first(self) -> bool:
        """Whether nothing is known of the period before, because the journal had not begun."""
        return self.figure("questions").value is not None and self.figure("questions").prior is None

    def figure(self, name: str) -> Figure:
        """Return a figure by its name.

        :param name: A key of :data:`DEFINITIONS`.
        :return: The figure.
        :raises KeyError: If there is no such figure.
        """
        for figure in self.figures:
            if figure.name == name:
                return figure
        raise KeyError(name)


def insights(
    engine: sa.Engine,
    period: Period,
    *,
    manifest: Mapping[str, Any] | None = None,
    articles: Iterable[Article] = (),
    today: date | None = None,
) -> Insights:
    """Return the figures of a period, with those of the period before.

    The daily counts are brought up to date first; see :mod:`kb.reports.rollup`.

    :param engine: The journal's database.
    :param period: The days.
    :param manifest: The manifest of the index that serves, for its promise; None without an index.
    :param articles: All published articles, for titles and review dates.
    :param today: The day that decides what is overdue; the period's last day when None.
    :return: Figures, days and articles.
    """
    roll_up(engine)
    known = tuple(articles)
    with reading(engine) as connection:
        begun = connection.scalar(sa.select(sa.func.min(daily_counts.c.day)))
        now = _totals(connection, period, begun)
        before = _totals(connection, period.prior, begun)
        days = _days(connection, period, begun)
        of_articles = _article_counts(connection, period)
        asked = None if now is None else now.get(Count.QUESTIONS, 0)
        sliced = slices(connection, period.first, period.last, known, asked)
    shares = _shares(engine, now, before, period, manifest)
    figures = tuple(shares[name] if name in shares else _count(name, now, before) for name in DEFINITIONS)
    rows = _article_rows(of_articles, known, today or period.last)
    return Insights(period, figures, days, rows, sliced)


def _count(name: str, now: Mapping[str, int] | None, before: Mapping[str, int] | None) -> Figure:
    value, prior = (None if counts is None else float(counts.get(name, 0)) for counts in (now, before))
    label, definition = DEFINITIONS[name]
    return Figure(name, label, value, prior, FigureUnit.COUNT, definition)


def _shares(
    engine: sa.Engine,
    now: Mapping[str, int] | None,
    before: Mapping[str, int] | None,
    period: Period,
    manifest: Mapping[str, Any] | None,
) -> dict[str, Figure]:
    """Return the figures that are shares: ratings, and what was promised beside what was checked of it."""
    judged = SampleBook(engine).result(period.weeks, Certified.of(manifest))
    rated, rated_before = _rated(now), _rated(before)
    prior = rated_before.count / rated_before.of if rated_before is not None else None
    found = [_share("rated_wrong", rated, prior=prior)]
    for kind, wrong in (("risk", judged.articles), ("parts", judged.parts)):
        checked = Ratio(wrong.wrong, wrong.judged, wrong.interval, wrong.verdict) if wrong.judged else None
        found += [_share(f"{kind}_checked", checked), _share(f"{kind}_promised", None, value=wrong.bound)]
    return {figure.name: figure for figure in found}


def _share(name: str, ratio: Ratio | None, *, value: float | None = None, prior: float | None = None) -> Figure:
    label, definition = DEFINITIONS[name]
    value = ratio.count / ratio.of if ratio is not None else value
    return Figure(name, label, value, prior, FigureUnit.SHARE, definition, ratio)


def _rated(counts: Mapping[str, int] | None) -> Ratio | None:
    rated, wrong = (int((counts or {}).get(name, 0)) for name in (Count.RATED, Count.RATED_WRONG))
    return Ratio(wrong, rated, score_interval(wrong, rated)) if rated else None


def _totals(connection: sa.Connection, period: Period, begun: date | None) -> dict[str, int] | None:
    """Return the sums of a period; None before the journal began."""
    if begun is None or period.last < begun:
        return None
    table = daily_counts.c
    found = (
        sa.select(table.name, sa.func.sum(table.value))
        .where(table.day.between(period.first, period.last), table.article_id == "")
        .group_by(table.name)
    )
    return {name: int(value) for name, value in connection.execute(found)}


_OF_ARTICLES = (Count.ARTICLE_SHOWN, Count.ARTICLE_OPENED, Count.ARTICLE_HELPFUL, Count.ARTICLE_NOT_HELPFUL)
_CHARTED = (Count.QUESTIONS, Count.ANSWERED, Count.UNDECIDED, Count.HANDED_OVER)


def _days(connection: sa.Connection, period: Period, begun: date | None) -> tuple[DayPoint, ...]:
    if begun is None:
        return ()
    table = daily_counts.c
    found = sa.select(table.day, table.name, table.value).where(
        table.day.between(period.first, period.last),
        table.article_id == "",
        table.name.in_([c.value for c in _CHARTED]),
    )
    counts: dict[date, dict[str, int]] = defaultdict(dict)
    for day, name, value in connection.execute(found):
        counts[day][name] = int(value)
    start = max(period.first, begun)
    every = (start + timedelta(days=n) for n in range((period.last - start).days + 1))
    return tuple(DayPoint(day, *(counts[day].get(name, 0) for name in _CHARTED)) for day in every)


def _article_counts(connection: sa.Connection, period: Period) -> dict[str, Counter[tuple[str, str]]]:
    table = daily_counts.c
    found = (
        sa.select(table.article_id, table.name, table.detail, sa.func.sum(table.value))
        .where(table.day.between(period.first, period.last), table.article_id != "", table.name.in_(_OF_ARTICLES))
        .group_by(table.article_id, table.name, table.detail)
    )
    counts: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
    for article, name, detail, value in connection.execute(found):
        counts[article][name, detail] = int(value)
    return counts


def _article_rows(
    counts: Mapping[str, Counter[tuple[str, str]]], articles: Iterable[Article], today: date
) -> tuple[ArticleRow, ...]:
    known = {article.id: article for article in articles}
    overdue = {name: due for name, article in known.items() if (due := article.review_due) and due < today}
    rows = [_article_row(name, counts.get(name, Counter()), known, overdue) for name in {*counts, *overdue}]
    return tuple(sorted(rows, key=lambda row: (-row.shown, -row.opened, row.article_id)))


def _article_row(
    name: str, counts: Counter[tuple[str, str]], known: Mapping[str, Article], overdue: Mapping[str, date]
) -> ArticleRow:
    reasons = {detail: value for (kind, detail), value in counts.items() if kind == Count.ARTICLE_NOT_HELPFUL}
    return ArticleRow(
        article_id=name,
        title=known[name].title if name in known else "",
        shown=counts[Count.ARTICLE_SHOWN, ""],
        opened=counts[Count.ARTICLE_OPENED, ""],
        helpful=counts[Count.ARTICLE_HELPFUL, ""],
        not_helpful=sum(reasons.values()),
        reasons=tuple(sorted(reasons.items(), key=lambda item: (-item[1], item[0]))),
        overdue_since=overdue.get(name),
    )
