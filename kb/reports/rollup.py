"""Daily counts of questions and events, brought up to date by each reader: reports are sums, not scans.

The counts of a day are made again from its rows whenever something of that day was written, so they can be neither
doubled nor lost; days without new rows are not read again. Counts hold nothing personal and remain when questions are
purged. Days are days of UTC.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.progress import OVERLAP, Progress, Reader, hold_progress, keep_progress, newest, progress_of
from kb.database.statements import in_chunks, insert_once
from kb.database.tables.gaps import daily_counts, rollup_state
from kb.database.tables.journal import events, queries
from kb.gaps.unanswered import reason_code
from kb.reports.slices import Slice, Sliced
from kb.types import EventKind, NoAnswerReason, OutcomeKind, Traffic

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_MOST_TOUCHED = 20_000
"""The most new rows that are read one by one; with more, every day between the first and the last is counted."""
_SETTLED = "settled"
"""The name under which the last day is stored whose counts are final, because its questions were purged."""


class Count(StrEnum):
    """A number that is counted for each day; those of articles are stored with the article's id."""

    QUESTIONS = "questions"
    VISITS = "visits"
    ANSWERED = "answered"
    UNDECIDED = "undecided"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    NOT_SOLVED = "not_solved"
    UNKNOWN = "unknown"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    CONTACTED = "contacted"
    """Contacted in any way, the contact page included."""
    CONTACT_OPENED = "contact_opened"
    """Contacted by the contact page alone, as far as is known."""
    NONE_OF_THESE = "none_of_these"
    RATED = "rated"
    """Answered and rated, either way."""
    RATED_WRONG = "rated_wrong"
    ARTICLE_SHOWN = "article_shown"
    ARTICLE_OPENED = "article_opened"
    ARTICLE_HELPFUL = "article_helpful"
    ARTICLE_NOT_HELPFUL = "article_not_helpful"


_OUTCOMES = {
    OutcomeKind.ANSWERED.value: Count.ANSWERED,
    OutcomeKind.CLARIFY.value: Count.UNDECIDED,
    OutcomeKind.NO_ANSWER.value: Count.HANDED_OVER,
}
_SLICED = {
    OutcomeKind.ANSWERED.value: Sliced.ANSWERED,
    OutcomeKind.CLARIFY.value: Sliced.UNDECIDED,
    OutcomeKind.NO_ANSWER.value: Sliced.HANDED_OVER,
}
_OFF_TOPIC = frozenset({NoAnswerReason.OUT_OF_SCOPE, NoAnswerReason.ELSEWHERE, NoAnswerReason.AGENT})
"""Reasons for no answer after which the nearest article says nothing about the question's topic."""
_LONGEST_LANGUAGE = 8
_USED = (EventKind.OPENED, EventKind.EXPANDED, EventKind.CHOSE)
_REACHED = frozenset({EventKind.CONTACTED, EventKind.CONTACT_OPENED})
"""Events that mean a contact: on a computer, people read a number and dial it elsewhere."""

Key = tuple[str, str, str]
"""Name, article id, detail; the last two may be empty."""


@dataclass(frozen=True, slots=True)
class CountedQuestion:
    """The part of a question that is counted."""

    query_id: str
    visit: str
    outcome: str
    leading: str
    """The article at rank 1; empty without hits."""
    choices: tuple[str, ...] = ()
    language: str = ""
    reason: str = ""
    """Why there was no answer; empty if there was one."""


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """The part of an event that is counted."""

    kind: str
    article_id: str = ""
    reason: str = ""


def count_day(
    asked: Iterable[CountedQuestion],
    happened: Mapping[str, Sequence[CountedEvent]],
    contacted: Iterable[str],
    alone: Iterable[CountedEvent] = (),
) -> Counter[Key]:
    """Return the counts of one day.

    :param asked: The customers' questions.
    :param happened: Their events by query id.
    :param contacted: Visits in which an agent was contacted, or the contact page opened, at any time.
    :param alone: Events without a question, as on an article found by browsing.
    :return: All counts that are not zero.
    """
    counts: Counter[Key] = Counter()
    visits: set[str] = set()
    reached = set(contacted)
    for question in asked:
        visits.add(question.visit)
        for name, article, detail in _of_question(question, happened.get(question.query_id, ()), reached):
            counts[str(name), article, detail] += 1
    if visits:
        counts[Count.VISITS.value, "", ""] = len(visits)
    for event in alone:
        counts.update((count.value, article, detail) for count, article, detail in _of_article(event, ""))
    return counts


def _of_question(
    question: CountedQuestion, happened: Sequence[CountedEvent], contacted: set[str]
) -> Iterator[tuple[str, str, str]]:
    kinds = {event.kind for event in happened}
    yield Count.QUESTIONS, "", ""
    yield _OUTCOMES[question.outcome], "", ""
    yield _solved(question, kinds, contacted), "", ""
    yield from _of_slices(question, kinds)
    for kind, count in (
        (EventKind.HELPFUL, Count.HELPFUL),
        (EventKind.NOT_HELPFUL, Count.NOT_HELPFUL),
        (EventKind.NONE_OF_THESE, Count.NONE_OF_THESE),
    ):
        if kind in kinds:
            yield count, "", ""
    if kinds & _REACHED:
        yield Count.CONTACTED, "", ""
        if EventKind.CONTACTED not in kinds:
            yield Count.CONTACT_OPENED, "", ""
    if question.outcome == OutcomeKind.ANSWERED and kinds & {EventKind.HELPFUL, EventKind.NOT_HELPFUL}:
        yield Count.RATED, "", ""
        if EventKind.NOT_HELPFUL in kinds:
            yield Count.RATED_WRONG, "", ""
    yield from _of_articles(question, happened)


def _of_slices(question: CountedQuestion, kinds: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the counts of a question's language and of its topic, which the nearest article tells."""
    found = [Sliced.QUESTIONS, _SLICED[question.outcome]]
    found += [Sliced.NOT_HELPFUL] * (EventKind.NOT_HELPFUL in kinds) + [Sliced.CONTACTED] * bool(kinds & _REACHED)
    near = "" if question.reason in _OFF_TOPIC else question.leading
    for what in found:
        yield what.by(Slice.LANGUAGE), "", question.language[:_LONGEST_LANGUAGE]
        yield what.by(Slice.TOPIC), near, ""


def _solved(question: CountedQuestion, kinds: set[str], contacted: set[str]) -> Count:
    """Return whether a question was solved: confirmed, assumed, not solved or unknown."""
    if EventKind.NOT_HELPFUL in kinds or EventKind.CONTACTED in kinds:
        return Count.NOT_SOLVED
    if EventKind.HELPFUL in kinds:
        return Count.CONFIRMED
    if question.visit in contacted or kinds & _REACHED:
        return Count.NOT_SOLVED
    return Count.ASSUMED if kinds.intersection(_USED) else Count.UNKNOWN


def _of_articles(question: CountedQuestion, happened: Sequence[CountedEvent]) -> Iterator[tuple[Count, str, str]]:
    """Yield each count of an article once for all events of one question."""
    answer = question.leading if question.outcome == OutcomeKind.ANSWERED else ""
    found: set[tuple[Count, str, str]] = set()
    shown = question.choices if question.outcome == OutcomeKind.CLARIFY else (answer,)
    found.update((Count.ARTICLE_SHOWN, article, "") for article in shown if article)
    for event in happened:
        found.update(_of_article(event, answer))
    yield from sorted(found)


def _of_article(event: CountedEvent, answer: str) -> Iterator[tuple[Count, str, str]]:
    """Yield the count of an event for the article it names, or for the answer."""
    article = event.article_id or answer
    if not article:
        return
    if event.kind in _USED:
        yield Count.ARTICLE_OPENED, article, ""
    elif event.kind == EventKind.HELPFUL:
        yield Count.ARTICLE_HELPFUL, article, ""
    elif event.kind == EventKind.NOT_HELPFUL:
        yield Count.ARTICLE_NOT_HELPFUL, article, reason_code(event.reason)


# -------------------------------------------------------------------------------------------- the database


def roll_up(engine: sa.Engine) -> tuple[date, ...]:
    """Bring the daily counts up to date.

    :param engine: The journal's database.
    :return: The days that were counted; none when nothing was written since.
    """
    with reading(engine) as connection:
        if progress_of(connection, Reader.ROLL_UP) == newest(connection):
            return ()
    with writing(engine) as connection:
        read = hold_progress(connection, Reader.ROLL_UP)
        now = newest(connection)  # before counting: what is written meanwhile is counted again
        if read == now:
            return ()
        settled = _settled(connection)
        days = sorted(day for day in _touched(connection, read) if day.toordinal() > settled)
        for day in days:
            _store(connection, day, _count(connection, day))
        keep_progress(connection, Reader.ROLL_UP, now)
    return tuple(days)


def settle(engine: sa.Engine, before: datetime) -> None:
    """Count what is about to be purged for the last time; the counts of those days never change again.

    :param engine: The journal's database.
    :param before: Questions older than this are about to be purged; the day of this moment is settled too.
    """
    roll_up(engine)
    day = before.astimezone(UTC).date().toordinal()
    with writing(engine) as connection:
        hold_progress(connection, Reader.ROLL_UP)  # a roll-up that has begun ends first: it may count those days
        connection.execute(insert_once(connection, rollup_state).values(name=_SETTLED, value=0))
        earlier = sa.and_(rollup_state.c.name == _SETTLED, rollup_state.c.value < day)
        connection.execute(sa.update(rollup_state).where(earlier).values(value=day))


def _settled(connection: sa.Connection) -> int:
    """Return the last settled day as an ordinal; 0 before the first purge."""
    return int(connection.scalar(sa.select(rollup_state.c.value).where(rollup_state.c.name == _SETTLED)) or 0)


def _touched(connection: sa.Connection, read: Progress) -> set[date]:
    """Return the days of everything that is new."""
    of_query = sa.select(queries.c.asked_at).where(queries.c.seq > read.queries - OVERLAP)
    rows = connection.execute(of_query.limit(_MOST_TOUCHED)).scalars().all()
    if len(rows) == _MOST_TOUCHED:
        return _all_days(connection, read.queries - OVERLAP)
    days = {_day(at) for at in rows}
    new = events.c.seq > read.events - OVERLAP
    of_event = (
        sa.select(queries.c.asked_at, queries.c.visit, events.c.kind)
        .join(events, events.c.query_id == queries.c.query_id)
        .where(new)
    )
    alone = sa.select(events.c.at, events.c.visit, events.c.kind).where(new, events.c.query_id.is_(None))
    found = [
        (at, visit, kind) for of in (of_event, alone) for at, visit, kind in connection.execute(of.limit(_MOST_TOUCHED))
    ]
    if len(found) >= _MOST_TOUCHED:
        return _all_days(connection, 0)
    days |= {_day(at) for at, _, _ in found}
    # A contact changes the counts of the other questions of its visit, which may have begun the day before.
    reached = sorted({visit for _, visit, kind in found if kind in _REACHED})
    for part in in_chunks(reached):
        of_visits = sa.select(queries.c.asked_at).where(queries.c.visit.in_(part))
        days |= {_day(at) for at in connection.execute(of_visits).scalars()}
    return days


def _all_days(connection: sa.Connection, after: int) -> set[date]:
    first, last = connection.execute(
        sa.select(sa.func.min(queries.c.asked_at), sa.func.max(queries.c.asked_at)).where(queries.c.seq > after)
    ).one()
    if first is None:
        return set()
    start = _day(first)
    return {start + timedelta(days=n) for n in range((_day(last) - start).days + 1)}


def _count(connection: sa.Connection, day: date) -> Counter[Key]:
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    on_day = sa.and_(
        queries.c.asked_at >= start,
        queries.c.asked_at < start + timedelta(days=1),
        queries.c.traffic == Traffic.CUSTOMER.value,
    )
    table = queries.c
    columns = (
        table.query_id, table.visit, table.outcome, table.hits, table.choices, table.language, table.reason
    )  # fmt: skip
    asked = [
        CountedQuestion(
            row.query_id,
            row.visit,
            row.outcome,
            str(row.hits[0][0]) if row.hits else "",
            tuple(row.choices or ()),
            row.language,
            row.reason or "",
        )
        for row in connection.execute(sa.select(*columns).where(on_day))
    ]
    happened: dict[str, list[CountedEvent]] = defaultdict(list)
    of_day = (
        sa.select(events.c.query_id, events.c.kind, events.c.article_id, events.c.reason)
        .join(queries, events.c.query_id == queries.c.query_id)
        .where(on_day)
    )
    for row in connection.execute(of_day):
        happened[row.query_id].append(CountedEvent(row.kind, row.article_id or "", row.reason or ""))
    loose = sa.select(events.c.kind, events.c.article_id, events.c.reason).where(
        events.c.query_id.is_(None), events.c.at >= start, events.c.at < start + timedelta(days=1)
    )
    alone = [CountedEvent(row.kind, row.article_id or "", row.reason or "") for row in connection.execute(loose)]
    return count_day(asked, happened, _contacted(connection, sorted({a.visit for a in asked})), alone)


def _contacted(connection: sa.Connection, visits: Sequence[str]) -> set[str]:
    """Return the visits in which an agent was contacted, or the contact page opened, at any time."""
    reached = events.c.kind.in_([kind.value for kind in _REACHED])
    found: set[str] = set()
    for part in in_chunks(visits):  # by name, so that no database has to guess how to join two large tables
        asked = sa.select(queries.c.visit).join(events, events.c.query_id == queries.c.query_id)
        alone = sa.select(events.c.visit).where(reached, events.c.query_id.is_(None), events.c.visit.in_(part))
        found.update(connection.execute(asked.where(reached, queries.c.visit.in_(part)).distinct()).scalars())
        found.update(connection.execute(alone).scalars())
    return found


def _store(connection: sa.Connection, day: date, counts: Counter[Key]) -> None:
    connection.execute(sa.delete(daily_counts).where(daily_counts.c.day == day))
    rows: list[dict[str, Any]] = [
        {"day": day, "name": name, "article_id": article[:200], "detail": detail, "value": value}
        for (name, article, detail), value in sorted(counts.items())
    ]
    if rows:
        connection.execute(sa.insert(daily_counts), rows)


def _day(at: datetime) -> date:
    return at.astimezone(UTC).date()
