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

from kb.database.engine import reading
from kb.database.tables.gaps import daily_counts
from kb.reports.rollup import Count, roll_up
from kb.review.sample_records import Certified

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
class Figure:
    """One number with its prior value and its definition."""

    name: str
    label: str
    value: float | None
    """None when unknown, which is not zero."""
    prior: float | None
    unit: FigureUnit
    definition: str

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


def _means(label: str, *sentences: str) -> tuple[str, str]:
    return label, " ".join(sentences)


DEFINITIONS: Mapping[str, tuple[str, str]] = {
    Count.QUESTIONS: _means(
        "Questions",
        "Questions that customers submitted, each once: a reload, Back or a rerun of the page is not a new question.",
        "Crawlers and tests by command are left out, here and in every other figure.",
    ),
    Count.VISITS: _means("Visits", "Browser sessions with a question, counted once a day."),
    Count.ANSWERED: _means("Answered", "Questions for which one article was sure enough to be shown as the answer."),
    Count.UNDECIDED: _means("Undecided", "Questions after which two or three articles were offered to choose from."),
    Count.HANDED_OVER: _means(
        "Handed over", "Questions for which no article was sure enough: the customer was sent to an agent."
    ),
    Count.CONFIRMED: _means(
        "Self-service, confirmed",
        'Questions after which the customer pressed "helpful", and neither pressed "not helpful" nor contacted an',
        "agent. The contact page alone, opened later, takes nothing back.",
    ),
    Count.ASSUMED: _means(
        "Self-service, assumed",
        "Questions after which an article was opened, or a part of one unfolded, and nothing was rated, in visits",
        "without a contact, the contact page included.",
        "Nobody said that it helped.",
    ),
    Count.NOT_SOLVED: _means(
        "Not solved",
        'Questions after which the customer pressed "not helpful" or contacted an agent, and those that were not',
        "confirmed in a visit in which an agent was contacted or the contact page opened.",
    ),
    Count.UNKNOWN: _means(
        "Unknown",
        "Questions after which nothing was opened, rated or contacted. They are neither successes nor failures.",
    ),
    Count.HELPFUL: _means("Helpful", 'Questions after which "helpful" was pressed.'),
    Count.NOT_HELPFUL: _means("Not helpful", 'Questions after which "not helpful" was pressed.'),
    Count.NONE_OF_THESE: _means(
        "None of these", 'Questions after which articles were offered and "none of these" was pressed.'
    ),
    Count.CONTACTED: _means(
        "Contacts",
        "Questions after which a number or an address was pressed, a request was sent, or the contact page was opened,",
        "where people on a computer read the number that they dial.",
    ),
    Count.CONTACT_OPENED: _means(
        "Contacts, by the contact page alone",
        "Those of the contacts of which nothing is known but that the contact page was opened after the question.",
    ),
    "risk_measured": _means(
        "Wrong answers, measured",
        'Of the answered questions that were rated, the share rated "not helpful". Few customers rate, and those who',
        "do are not the average customer.",
    ),
    "risk_promised": _means(
        "Wrong answers, promised",
        "The upper bound that the index in use was certified for: at most this share of the answers given is wrong,",
        "on the mixture of questions that its settings state.",
    ),
}
"""The label and definition of every figure, in the order in which they are shown."""


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
    with reading(engine) as connection:
        begun = connection.scalar(sa.select(sa.func.min(daily_counts.c.day)))
        now = _totals(connection, period, begun)
        before = _totals(connection, period.prior, begun)
        days = _days(connection, period, begun)
        of_articles = _article_counts(connection, period)
    promise = Certified.of(manifest).articles
    figures = tuple(
        _figure(name, *DEFINITIONS[name], now, before, promise if name == "risk_promised" else None)
        for name in DEFINITIONS
    )
    rows = _article_rows(of_articles, articles, today or period.last)
    return Insights(period, figures, days, rows)


def _figure(
    name: str,
    label: str,
    definition: str,
    now: Mapping[str, int] | None,
    before: Mapping[str, int] | None,
    promise: float | None,
) -> Figure:
    if name == "risk_promised":
        return Figure(name, label, promise, None, FigureUnit.SHARE, definition)
    if name == "risk_measured":
        return Figure(name, label, _share_wrong(now), _share_wrong(before), FigureUnit.SHARE, definition)
    value = None if now is None else float(now.get(name, 0))
    prior = None if before is None else float(before.get(name, 0))
    return Figure(name, label, value, prior, FigureUnit.COUNT, definition)


def _share_wrong(counts: Mapping[str, int] | None) -> float | None:
    rated = (counts or {}).get(Count.RATED, 0)
    return (counts or {}).get(Count.RATED_WRONG, 0) / rated if rated else None


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
        .where(table.day.between(period.first, period.last), table.article_id != "")
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
