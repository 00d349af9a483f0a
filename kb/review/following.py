"""What followed each question, worked out once and kept in ``asked_questions``, where filters can find it.

Only rows written since the last time are read. What is new in a visit may change what followed its earlier questions,
so those of the last day before it are worked out again.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kb.common.folding import plain_words
from kb.database.engine import reading, writing
from kb.database.progress import OVERLAP, Progress, Reader, hold_progress, keep_progress, newest, progress_of
from kb.database.statements import insert_once
from kb.database.tables.journal import events, queries
from kb.database.tables.review import asked_questions
from kb.review.records import FollowUp
from kb.types import EventKind, Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

ASKED_AGAIN_WITHIN = timedelta(minutes=30)
_VISIT_LASTS = timedelta(days=1)
"""Questions that are earlier than something new by more than this keep what followed them."""
_AT_ONCE = 2_000
"""Rows read in one transaction, for which other writers wait a quarter of a second."""

_READ = [
    queries.c[name]
    for name in (
        *("seq", "query_id", "visit", "asked_at", "text", "language"),
        *("outcome", "reason", "article_id", "anchor", "confidence"),
    )
]
"""Everything but what takes long to read: a ranking is JSON."""
_BITS = {
    kind.value: follow_up.bit
    for kind, follow_up in {
        EventKind.NOT_HELPFUL: FollowUp.DISLIKED,
        EventKind.NONE_OF_THESE: FollowUp.DISLIKED,
        EventKind.CONTACTED: FollowUp.CONTACTED,
        EventKind.CONTACT_OPENED: FollowUp.CONTACTED,
        EventKind.HELPFUL: FollowUp.HELPFUL,
        EventKind.OPENED: FollowUp.OPENED,
        EventKind.EXPANDED: FollowUp.OPENED,
        EventKind.CHOSE: FollowUp.OPENED,
    }.items()
}
_ASKED_AGAIN, _CONTACTED = FollowUp.ASKED_AGAIN.bit, FollowUp.CONTACTED.bit


@dataclass(frozen=True, slots=True)
class FollowedQuestion:
    """The part of a question that decides what followed it."""

    query_id: str
    asked_at: datetime
    words: str


def what_followed(
    asked: Sequence[FollowedQuestion], happened: Mapping[str, Iterable[str]], contacts: Iterable[datetime] = ()
) -> dict[str, int]:
    """Return what followed the questions of one visit.

    :param asked: The questions, the earliest first.
    :param happened: The kinds of their events, by query id.
    :param contacts: When an agent was contacted elsewhere in the visit; it follows the last question before.
    :return: The bits of :class:`FollowUp` by query id; 0 for nothing.
    """
    bits = {
        question.query_id: _together(_BITS.get(kind, 0) for kind in happened.get(question.query_id, ()))
        for question in asked
    }
    for n, question in enumerate(asked):
        other = next((later for later in asked[n + 1 :] if later.words != question.words), None)
        if other is not None and other.asked_at - question.asked_at <= ASKED_AGAIN_WITHIN:
            bits[question.query_id] |= _ASKED_AGAIN
    for at in contacts:
        before = [question for question in asked if question.asked_at <= at]
        if before:
            bits[before[-1].query_id] |= _CONTACTED
    return bits


def _together(bits: Iterable[int]) -> int:
    total = 0
    for bit in bits:
        total |= bit
    return total


# -------------------------------------------------------------------------------------------- the database


def waiting(engine: sa.Engine) -> int:
    """Return the number of customers' questions that :func:`catch_up` has not read yet."""
    with reading(engine) as connection:
        read = progress_of(connection, Reader.REVIEW)
        fresh = sa.and_(queries.c.seq > read.queries, queries.c.traffic == Traffic.CUSTOMER.value)
        return int(connection.scalar(sa.select(sa.func.count()).select_from(queries).where(fresh)) or 0)


def catch_up(engine: sa.Engine, breathe: Callable[[], None] = lambda: None) -> int:
    """Read what was written since the last time.

    :param engine: The journal's database; its tables are up to date.
    :param breathe: Called between two portions; an error it raises is passed on, and the rest is left for later.
    :return: The number of questions that were added.
    """
    added = 0
    while True:
        done = _portion(engine)
        if done is None:
            return added
        added += done
        breathe()


def _portion(engine: sa.Engine) -> int | None:
    """Read a portion; return the number of questions added, or None if there was nothing to read."""
    with reading(engine) as connection:
        if _is_read(progress_of(connection, Reader.REVIEW), newest(connection)):
            return None
    with writing(engine) as connection:
        before, now = hold_progress(connection, Reader.REVIEW), newest(connection)
        if _is_read(before, now):
            return None
        reached = replace(
            before,
            queries=_reach(connection, queries, before.queries, now.queries),
            events=_reach(connection, events, before.events, now.events),
        )
        added = _work_out(connection, _news(before, reached))
        keep_progress(connection, Reader.REVIEW, reached)
    return added


def _is_read(before: Progress, now: Progress) -> bool:
    return (before.queries, before.events) == (now.queries, now.events)


def _reach(connection: sa.Connection, table: sa.Table, before: int, now: int) -> int:
    """Return the last number of a portion."""
    ahead = sa.select(table.c.seq).where(table.c.seq > before).order_by(table.c.seq).offset(_AT_ONCE - 1).limit(1)
    return int(connection.scalar(ahead) or now)


def _news(before: Progress, reached: Progress) -> sa.CompoundSelect[tuple[str, datetime]]:
    """Return the query of the visits in which something is new, with the moments that it concerns."""
    asked = sa.select(queries.c.visit.label("visit"), queries.c.asked_at.label("at"))
    fresh = asked.where(queries.c.seq > before.queries - OVERLAP, queries.c.seq <= reached.queries)
    new = sa.and_(events.c.seq > before.events - OVERLAP, events.c.seq <= reached.events)
    followed = asked.join(events, events.c.query_id == queries.c.query_id).where(new)
    alone = sa.select(events.c.visit, events.c.at).where(new, events.c.query_id.is_(None), events.c.visit != "")
    return sa.union_all(fresh, followed, alone)


def _work_out(connection: sa.Connection, news: sa.CompoundSelect[tuple[str, datetime]]) -> int:
    """Write the questions of the visits in which something is new with what followed them; return how many are new."""
    new = news.subquery()
    earliest = connection.scalar(sa.select(sa.func.min(new.c.at)))
    if earliest is None:
        return 0
    visits, table = sa.select(new.c.visit), queries.c
    mine = sa.and_(
        table.visit.in_(visits), table.traffic == Traffic.CUSTOMER.value, table.asked_at >= earliest - _VISIT_LASTS
    )
    known = asked_questions.c.followed.label("known")
    # The moment as well: where questions are kept by month, only that month's partition is looked into.
    same = sa.and_(asked_questions.c.seq == table.seq, asked_questions.c.asked_at == table.asked_at)
    joined = sa.select(*_READ, known).join(asked_questions, same, isouter=True)
    rows = connection.execute(joined.where(mine).order_by(table.asked_at, table.seq)).all()
    words = {row.query_id: plain_words(row.text) for row in rows}
    asked: dict[str, list[FollowedQuestion]] = defaultdict(list)
    for row in rows:
        asked[row.visit].append(FollowedQuestion(row.query_id, row.asked_at, words[row.query_id]))
    happened: dict[str, set[str]] = defaultdict(set)
    of_asked = sa.select(events.c.query_id, events.c.kind).join(queries, queries.c.query_id == events.c.query_id)
    for query_id, kind in connection.execute(of_asked.where(mine)):
        happened[query_id].add(kind)
    contacts: dict[str, list[datetime]] = defaultdict(list)
    reached = sa.and_(events.c.query_id.is_(None), events.c.kind == EventKind.CONTACTED.value)
    elsewhere = sa.select(events.c.visit, events.c.at).where(reached, events.c.visit.in_(visits))
    for visit, at in connection.execute(elsewhere):
        contacts[visit].append(at)
    followed: dict[str, int] = {}
    for visit, questions in asked.items():
        followed |= what_followed(questions, happened, contacts[visit])
    return _store(connection, rows, words, followed)


def _store(
    connection: sa.Connection, rows: Sequence[Any], words: Mapping[str, str], followed: Mapping[str, int]
) -> int:
    new = [_narrow(row, words[row.query_id], followed[row.query_id]) for row in rows if row.known is None]
    if new:
        connection.execute(insert_once(connection, asked_questions), new)
    changed = [
        {"of": row.seq, "moment": row.asked_at, "bits": followed[row.query_id]}
        for row in rows
        if row.known not in (None, followed[row.query_id])
    ]
    if changed:
        mine = (asked_questions.c.seq == sa.bindparam("of"), asked_questions.c.asked_at == sa.bindparam("moment"))
        update = sa.update(asked_questions).where(*mine)
        connection.execute(update.values(followed=sa.bindparam("bits")), changed)
    return len(new)


def _narrow(row: Any, words: str, followed: int) -> dict[str, Any]:
    return {
        "seq": row.seq,
        "query_id": row.query_id,
        "asked_at": row.asked_at,
        "words": words,
        "language": row.language,
        "outcome": row.outcome,
        "reason": row.reason or "",
        "article_id": row.article_id,
        "anchor": row.anchor,
        "confidence": row.confidence,
        "followed": followed,
    }
