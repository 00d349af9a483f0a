"""Gaps as the database holds them: rows, details and history."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kb.database.tables.gaps import gap_history, gap_members, gap_questions, gap_replays, gaps
from kb.database.tables.journal import events
from kb.errors import GapRefused
from kb.gaps.records import GapDetail, GapEvent, GapQuestion, GapRow, StoredReplay
from kb.gaps.states import GapState, Step, after, steps_from
from kb.gaps.unanswered import Unanswered, reason_code
from kb.types import EventKind

if TYPE_CHECKING:
    from collections.abc import Sequence

SYSTEM = "system"
"""The name in the history for steps that no person took."""
NO_PROPOSAL: Final[Mapping[str, Any]] = {"proposed_article": None, "proposed_version": None, "proposed_at": None}
NOT_CLOSED: Final[Mapping[str, Any]] = {"closed_by": None, "excused": None}
_COMMENTS = 20


def rows(
    connection: sa.Connection,
    *,
    now: datetime,
    days: int = 30,
    states: Sequence[GapState] = (),
    gap_id: int | None = None,
) -> list[GapRow]:
    """Return gaps, the most asked in the period first.

    :param connection: A connection to the journal.
    :param now: The end of the period, UTC.
    :param days: Its length; the trend compares it with the same number of days before.
    :param states: The states wanted; when empty, all but that of gaps that were merged into others.
    :param gap_id: The only gap wanted; all when None.
    :return: The gaps with their counts; ties are ordered by id.
    """
    counts = _counts(now - timedelta(days=days), now - timedelta(days=2 * days), gap_id).subquery()
    found = sa.select(gaps, counts).join(counts, counts.c.of_gap == gaps.c.gap_id, isouter=True)
    if states:
        found = found.where(gaps.c.state.in_([state.value for state in states]))
    elif gap_id is None:
        found = found.where(gaps.c.state != GapState.MERGED.value)
    if gap_id is not None:
        found = found.where(gaps.c.gap_id == gap_id)
    listed = [_row(row) for row in connection.execute(found)]
    return sorted(listed, key=lambda row: (-row.recent, -row.count, row.id))


def _counts(since: datetime, before: datetime, gap_id: int | None) -> sa.Select[Any]:
    member = gap_members.c
    recent = sa.case((member.asked_at >= since, 1), else_=0)
    earlier = sa.case((sa.and_(member.asked_at >= before, member.asked_at < since), 1), else_=0)
    counted = sa.select(
        member.gap_id.label("of_gap"),
        sa.func.count().label("asked"),
        sa.func.min(member.asked_at).label("first_seen"),
        sa.func.max(member.asked_at).label("last_seen"),
        sa.func.sum(recent).label("recent"),
        sa.func.sum(earlier).label("earlier"),
    ).group_by(member.gap_id)
    return counted if gap_id is None else counted.where(member.gap_id == gap_id)


def _row(row: Any) -> GapRow:
    reasons = ((reason, int((row.reasons or {}).get(reason.value, 0))) for reason in Unanswered)
    return GapRow(
        id=row.gap_id,
        name=row.name,
        state=GapState(row.state),
        count=int(row.asked or 0),
        visits=int(row.visits or 0),
        first_seen=row.first_seen,
        last_seen=row.last_seen,
        nearest=row.nearest,
        why_not=row.why_not,
        article_id=row.article_id or "",
        owner=row.owner or "",
        reasons=tuple((reason, count) for reason, count in reasons if count),
        recent=int(row.recent or 0),
        before=int(row.earlier or 0),
        proposed=row.proposed_article or "",
        dismissed_for=row.reason or "",
        closed_by=row.closed_by or "",
        merged_into=row.merged_into,
    )


def find(connection: sa.Connection, gap_id: int) -> Any:
    """Return the row of a gap in its table.

    :param connection: A connection to the journal.
    :param gap_id: Its number.
    :return: The row.
    :raises GapRefused: If there is no such gap.
    """
    row = connection.execute(sa.select(gaps).where(gaps.c.gap_id == gap_id)).one_or_none()
    if row is None:
        raise GapRefused(f"There is no gap {gap_id}. 'kb gaps' lists them; one may have been merged into another.")
    return row


def detail(connection: sa.Connection, gap_id: int, *, now: datetime, days: int = 30) -> GapDetail:
    """Return everything about a gap.

    :param connection: A connection to the journal.
    :param gap_id: Its number.
    :param now: As for :func:`rows`.
    :param days: As for :func:`rows`.
    :return: Row, questions, history, replays, comments and possible steps.
    :raises GapRefused: If there is no such gap.
    """
    find(connection, gap_id)
    (row,) = rows(connection, now=now, days=days, gap_id=gap_id)
    return GapDetail(
        row=row,
        questions=questions_of(connection, gap_id),
        history=_history(connection, gap_id),
        replays=_replays(connection, gap_id),
        comments=_comments(connection, gap_id),
        feedback=_feedback(connection, gap_id),
        steps=steps_from(row.state),
    )


def questions_of(connection: sa.Connection, gap_id: int) -> tuple[GapQuestion, ...]:
    """Return a gap's questions, the most central first."""
    member = gap_members.c
    asked: dict[str, list[Any]] = defaultdict(list)
    found = sa.select(member.question_key, member.reasons, member.asked_at).where(member.gap_id == gap_id)
    for row in connection.execute(found):
        asked[row.question_key].append(row)
    listed = sa.select(gap_questions.c.question_key, gap_questions.c.text).where(gap_questions.c.gap_id == gap_id)
    return tuple(
        GapQuestion(
            key=row.question_key,
            text=row.text,
            asked=len(asked[row.question_key]),
            reasons=_reasons(m.reasons for m in asked[row.question_key]),
            last_seen=max(m.asked_at for m in asked[row.question_key]),
        )
        for row in connection.execute(listed.order_by(gap_questions.c.central))
        if asked[row.question_key]
    )


def _reasons(written: Any) -> tuple[Unanswered, ...]:
    names = {name for text in written for name in text.split(",")}
    return tuple(reason for reason in Unanswered if reason.value in names)


def _history(connection: sa.Connection, gap_id: int) -> tuple[GapEvent, ...]:
    found = sa.select(gap_history).where(gap_history.c.gap_id == gap_id).order_by(gap_history.c.at, gap_history.c.seq)
    return tuple(_event(row) for row in connection.execute(found))


def _event(row: Any) -> GapEvent:
    return GapEvent(row.at, row.who, row.old_state, row.new_state, row.note, row.article_id or "")


def _replays(connection: sa.Connection, gap_id: int) -> tuple[StoredReplay, ...]:
    found = sa.select(gap_replays).where(gap_replays.c.gap_id == gap_id).order_by(gap_replays.c.seq.desc())
    return tuple(
        StoredReplay(r.at, r.index_version, r.counted, r.served, r.article_id, tuple(r.details))
        for r in connection.execute(found)
    )


def _feedback(connection: sa.Connection, gap_id: int) -> tuple[tuple[str, int], ...]:
    """Return how often each reason was chosen with "not helpful"; texts that are no code of ours are one reason."""
    found = (
        sa.select(events.c.reason, sa.func.count())
        .join(gap_members, gap_members.c.query_id == events.c.query_id)
        .where(gap_members.c.gap_id == gap_id, events.c.kind == EventKind.NOT_HELPFUL.value)
        .group_by(events.c.reason)
    )
    counts: Counter[str] = Counter()
    for reason, count in connection.execute(found):
        counts[reason_code(reason or "")] += count
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def _comments(connection: sa.Connection, gap_id: int) -> tuple[str, ...]:
    found = (
        sa.select(events.c.text)
        .join(gap_members, gap_members.c.query_id == events.c.query_id)
        .where(gap_members.c.gap_id == gap_id, events.c.kind == EventKind.NOT_HELPFUL.value, events.c.text != "")
        .order_by(events.c.seq.desc())
        .limit(_COMMENTS)
    )
    return tuple(connection.execute(found).scalars())


@dataclass(frozen=True, slots=True)
class By:
    """Who does something to a gap, when, and with which note for its history."""

    who: str
    at: datetime
    note: str = ""


def move(connection: sa.Connection, gap_id: int, step: Step, by: By, **values: Any) -> None:
    r"""Take a step with a gap; of two at once, the second is refused.

    :param connection: In a transaction that writes.
    :param gap_id: The gap.
    :param step: The step.
    :param by: For the history.
    :param \**values: Columns of the gap that change with it.
    :raises GapRefused: If there is no such gap, or the step cannot be taken now.
    """
    old = GapState(find(connection, gap_id).state)
    new = after(old, step)
    mine = sa.and_(gaps.c.gap_id == gap_id, gaps.c.state == old.value)
    done = connection.execute(sa.update(gaps).where(mine).values(state=new.value, updated_at=by.at, **values))
    if not done.rowcount:
        raise GapRefused(f"Another user has just moved gap {gap_id}. Look at it again: kb gaps show {gap_id}")
    write_history(connection, gap_id, by.at, by.who, old.value, new.value, by.note, values.get("article_id") or "")


def write_history(
    connection: sa.Connection, gap_id: int, at: datetime, who: str, old: str, new: str, note: str, article: str = ""
) -> None:
    """Write one line of a gap's history."""
    row = {"gap_id": gap_id, "at": at, "who": who, "old_state": old, "new_state": new, "note": note}
    connection.execute(sa.insert(gap_history).values(**row, article_id=article or None))


def moved(connection: sa.Connection, first: date, last: date) -> list[tuple[int, str, GapEvent]]:
    """Return the steps of all gaps from one day to another, UTC, with the gap's id and name, the oldest first."""
    history = gap_history.c
    found = sa.select(gaps.c.name, gap_history).join(gaps, gaps.c.gap_id == history.gap_id).order_by(history.seq)
    rows = connection.execute(found.where(history.old_state != history.new_state))
    return [(row.gap_id, row.name, _event(row)) for row in rows if first <= row.at.date() <= last]
