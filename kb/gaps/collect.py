"""Collect the journal's unanswered questions into gaps.

Only rows written since the last time are read. The work is done outside a transaction and written in one; if another
process was quicker, the work is done again.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.progress import Progress, Reader, hold_progress, keep_progress, newest, progress_of
from kb.database.statements import in_chunks
from kb.database.tables.gaps import gap_history, gap_members, gap_questions, gap_replays, gaps
from kb.database.tables.journal import queries
from kb.gaps import arranging
from kb.gaps.clustering import Group, Question, group_questions, near_duplicates
from kb.gaps.reading import Grouper, Member, grouper_for, read_unanswered, read_vector
from kb.gaps.states import GapState
from kb.gaps.store import SYSTEM, write_history
from kb.gaps.upkeep import summarise, tidy
from kb.types import Traffic

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from kb.types import Vector

__all__ = ["Grouped", "Grouper", "group_new", "grouper_for"]

_LOOKS_BACK = timedelta(days=180)
_NEW_AT_MOST = 20_000
"""The most new questions of one run, the newest; encoding them takes a minute or two."""
COMPARED_AT_MOST = 20_000
"""The most questions of gaps that new ones are compared with: reading and comparing them takes a second or two."""
_GAPS_AT_MOST = 5_000
_TRIES = 3
_ENCODED_AT_ONCE = 10
"""Questions encoded between two pauses, in about a tenth of a second."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """The result of a run."""

    counted: int
    """Questions that were read."""
    unanswered: int
    """Those of them that count as unanswered."""
    encoded: int
    new_gaps: tuple[int, ...]
    grown: tuple[int, ...]
    """Older gaps that got a new question."""
    left_out: int = 0
    """New questions above the bound of one run, which takes the newest."""


@dataclass(slots=True)
class _Read:
    """The state of the tables on which the work is based."""

    before: Progress
    """How far the last run came."""
    now: Progress
    looked: list[str]
    members: list[Member]
    questions: list[Question]
    """Those that new ones are compared with."""
    known: frozenset[str]
    """Keys of questions that a gap has, whether or not they are compared."""
    stale: list[str]
    """Keys of questions whose vectors come from another encoder."""
    untouched: set[int]
    arranged: int
    """How often people have arranged gaps."""


def waiting(engine: sa.Engine, grouper: Grouper) -> int:
    """Return the number of questions that are new to :func:`group_new`.

    :param engine: The journal's database.
    :param grouper: The encoder; questions with vectors of another one have to be encoded again.
    :return: Customers' questions since the last time, including answered ones, without those that only have new events.
    """
    with reading(engine) as connection:
        read = progress_of(connection, Reader.GROUPING)
        fresh = sa.and_(queries.c.seq > read.queries, queries.c.traffic == Traffic.CUSTOMER.value)
        count = connection.scalar(sa.select(sa.func.count()).select_from(queries).where(fresh))
        return int(count or 0) + _stale(connection, grouper, _compared(connection))


def group_new(
    engine: sa.Engine,
    grouper: Grouper,
    *,
    now: datetime,
    breathe: Callable[[], None] = lambda: None,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Grouped:
    """Take new unanswered questions into gaps, and questions that turned out to be answered out of them.

    :param engine: The journal's database.
    :param grouper: The encoder and the bound of an unsure answer.
    :param now: The moment for time stamps, UTC.
    :param breathe: Called every few encoded questions; an error it raises is passed on, and nothing is written.
    :param progress: Called with the number of new questions encoded, and of all; both are equal when they are grouped.
    :return: The changes; none when nothing was written since.
    """
    nothing = Grouped(0, 0, 0, (), ())
    for _ in range(_TRIES):
        with reading(engine) as connection:
            read = _read(connection, grouper, now, breathe)
        if read is None:
            return nothing
        done = _work_and_write(engine, read, grouper, now, breathe, progress)
        if done is not None:
            return done
    return nothing  # others write all the time; the rest is taken next time


# -------------------------------------------------------------------------------------------------- reading


def _read(connection: sa.Connection, grouper: Grouper, now: datetime, breathe: Callable[[], None]) -> _Read | None:
    before, now_read = progress_of(connection, Reader.GROUPING), newest(connection)
    chosen = _compared(connection)
    if before == now_read and not _stale(connection, grouper, chosen):
        return None
    looked, members = read_unanswered(connection, before, grouper, now - _LOOKS_BACK)
    member = gap_members.c.question_key
    counted = connection.execute(sa.select(member, sa.func.count()).where(_among(member, chosen)).group_by(member))
    asked: dict[str, int] = dict(counted.all())
    questions, stale = [], []
    for row in connection.execute(sa.select(gap_questions).where(_among(gap_questions.c.question_key, chosen))):
        vector = read_vector(row.vector) if row.encoder == grouper.encoder_id else grouper.vector(row.text)
        if row.encoder != grouper.encoder_id:
            stale.append(row.question_key)
            if len(stale) % _ENCODED_AT_ONCE == 0:
                breathe()
        hits = tuple((str(a), float(s)) for a, s in row.before.get("hits", ()))
        times = asked.get(row.question_key, 1)
        questions.append(Question(row.question_key, row.text, vector, hits, times, row.gap_id, row.part))
    known = frozenset(q.key for q in questions)
    if chosen is not None:
        known |= _known(connection, [m.key for m in members])
    free = sa.and_(gaps.c.state == GapState.NEW.value, gaps.c.is_arranged.is_(sa.false()))
    untouched = set(connection.execute(sa.select(gaps.c.gap_id).where(free)).scalars())
    arranged = arranging.times(connection)
    return _Read(before, now_read, looked, members, questions, known, stale, untouched, arranged)


def _compared(connection: sa.Connection) -> sa.Select[tuple[str]] | None:
    """Return the query of the questions that new ones are compared with; None for all, while they are not too many.

    Of more, those of the gaps that were asked last count, in each part the most central first: a part's mean changes
    little with what is far from it.
    """
    count = connection.scalar(sa.select(sa.func.count()).select_from(gap_questions))
    if int(count or 0) <= COMPARED_AT_MOST:
        return None
    member, question = gap_members.c, gap_questions.c
    latest = sa.func.max(member.asked_at).desc()
    lately = sa.select(member.gap_id).group_by(member.gap_id).order_by(latest, member.gap_id).limit(_GAPS_AT_MOST)
    place = sa.func.row_number().over(
        partition_by=(question.gap_id, question.part), order_by=(question.central, question.question_key)
    )
    ranked = sa.select(question.question_key, place.label("place")).where(question.gap_id.in_(lately)).subquery()
    return sa.select(ranked.c.question_key).order_by(ranked.c.place, ranked.c.question_key).limit(COMPARED_AT_MOST)


def _among(key: sa.ColumnElement[str], chosen: sa.Select[tuple[str]] | None) -> sa.ColumnElement[bool]:
    return sa.true() if chosen is None else key.in_(chosen)


def _stale(connection: sa.Connection, grouper: Grouper, chosen: sa.Select[tuple[str]] | None) -> int:
    """Return how many questions have vectors of another encoder."""
    table = gap_questions.c
    other = sa.or_(table.encoder < grouper.encoder_id, table.encoder > grouper.encoder_id)  # two ranges of the index
    return int(connection.scalar(sa.select(sa.func.count()).where(other, _among(table.question_key, chosen))) or 0)


def _known(connection: sa.Connection, keys: Sequence[str]) -> frozenset[str]:
    """Return those of some keys that a gap has."""
    found: set[str] = set()
    for part in in_chunks(sorted(set(keys))):
        mine = sa.select(gap_questions.c.question_key).where(gap_questions.c.question_key.in_(part))
        found.update(connection.execute(mine).scalars())
    return frozenset(found)


def _bytes(vector: Vector) -> bytes:
    return vector.astype("<f2").tobytes()


# -------------------------------------------------------------------------------------------------- working


def _work_and_write(
    engine: sa.Engine,
    read: _Read,
    grouper: Grouper,
    now: datetime,
    breathe: Callable[[], None],
    progress: Callable[[int, int], None],
) -> Grouped | None:
    """Group the questions and write everything; return None when another process has written meanwhile."""
    first: dict[str, Member] = {}
    for member in sorted(read.members, key=lambda m: (m.asked_at, m.query_id)):
        if member.key not in read.known:
            first.setdefault(member.key, member)
    taken = sorted(first.values(), key=lambda m: m.asked_at)[-_NEW_AT_MOST:]
    times = Counter(m.key for m in read.members)
    new = []
    for number, member in enumerate(taken, 1):
        new.append(_question(member, grouper, times[member.key]))
        if number % _ENCODED_AT_ONCE == 0:
            breathe()
            progress(number, len(taken))
    progress(len(taken), len(taken))
    same = near_duplicates(new, read.questions)
    kept = [q for q in new if q.key not in same]
    groups = group_questions([*read.questions, *kept], untouched=read.untouched)
    with writing(engine) as connection:
        if hold_progress(connection, Reader.GROUPING) != read.before or arranging.times(connection) != read.arranged:
            return None
        _store_vectors(connection, read, grouper)
        new_gaps, grown = _store_groups(connection, groups, {q.key: q for q in kept}, first, grouper, now)
        changed = _store_members(connection, read, same)
        tidy(connection, changed)
        summarise(connection, sorted({*changed, *grown}))
        keep_progress(connection, Reader.GROUPING, read.now)
    left = len(first) - len(taken)
    return Grouped(len(read.looked), len(read.members), len(new), tuple(new_gaps), tuple(grown), left)


def _question(member: Member, grouper: Grouper, asked: int) -> Question:
    hits = tuple((str(a), float(s)) for a, s in member.before["hits"])
    return Question(member.key, member.text, grouper.vector(member.text), hits, asked)


def _store_vectors(connection: sa.Connection, read: _Read, grouper: Grouper) -> None:
    """Replace the vectors of another encoder."""
    vectors = {q.key: q.vector for q in read.questions}
    for key in read.stale:
        values = {"vector": _bytes(vectors[key]), "encoder": grouper.encoder_id}
        connection.execute(sa.update(gap_questions).where(gap_questions.c.question_key == key).values(**values))


def _store_groups(
    connection: sa.Connection,
    groups: Sequence[Group],
    new: Mapping[str, Question],
    first: Mapping[str, Member],
    grouper: Grouper,
    now: datetime,
) -> tuple[list[int], list[int]]:
    created, grown = [], []
    for group in groups:
        fresh = [key for key in group.keys if key in new]
        gap_id = group.gap_id
        if gap_id is None:
            gap_id = _create(connection, group, now)
            created.append(gap_id)
        elif fresh or group.absorbed:
            grown.append(gap_id)
            _grow(connection, group, gap_id, now)
        else:
            continue
        for key in fresh:
            row = {
                "question_key": key,
                "gap_id": gap_id,
                "text": new[key].text,
                "encoder": grouper.encoder_id,
                "vector": _bytes(new[key].vector),
                "before": dict(first[key].before),
                "central": 0,
                "part": group.parts.get(key, 0),
            }
            connection.execute(sa.insert(gap_questions).values(**row))
        places = [{"key": key, "place": n} for n, key in enumerate(group.keys)]
        at = sa.update(gap_questions).where(gap_questions.c.question_key == sa.bindparam("key"))
        connection.execute(at.values(central=sa.bindparam("place")), places)
    return created, grown


def _create(connection: sa.Connection, group: Group, now: datetime) -> int:
    row = {"name": group.name, "state": GapState.NEW.value, "created_at": now, "updated_at": now}
    done = connection.execute(sa.insert(gaps).values(**row))
    gap_id = int(done.inserted_primary_key[0])  # type: ignore[index]
    write_history(connection, gap_id, now, SYSTEM, "", GapState.NEW.value, "")
    return gap_id


def _grow(connection: sa.Connection, group: Group, gap_id: int, now: datetime) -> None:
    """Take over the merged gaps; a gap that is not worked on also takes the name of its most central question."""
    for old in group.absorbed:
        for table in (gap_questions, gap_members, gap_history, gap_replays):
            connection.execute(sa.update(table).where(table.c.gap_id == old).values(gap_id=gap_id))
        connection.execute(sa.delete(gaps).where(gaps.c.gap_id == old))
        note = f"gap {old} was merged into this one"
        write_history(connection, gap_id, now, SYSTEM, GapState.NEW.value, GapState.NEW.value, note)
    unnamed = sa.and_(gaps.c.state == GapState.NEW.value, gaps.c.is_named.is_(sa.false()))
    connection.execute(sa.update(gaps).where(gaps.c.gap_id == gap_id, unnamed).values(name=group.name, updated_at=now))


def _store_members(connection: sa.Connection, read: _Read, same: Mapping[str, str]) -> set[int]:
    """Write the members that were read again; return the gaps that lost or got one."""
    changed: set[int] = set()
    for part in in_chunks(read.looked):
        changed.update(
            connection.execute(sa.select(gap_members.c.gap_id).where(gap_members.c.query_id.in_(part))).scalars()
        )
        connection.execute(sa.delete(gap_members).where(gap_members.c.query_id.in_(part)))
    gap_of: dict[str, int] = {}
    for part in in_chunks(sorted({same.get(member.key, member.key) for member in read.members})):
        mine = sa.select(gap_questions.c.question_key, gap_questions.c.gap_id)
        found = connection.execute(mine.where(gap_questions.c.question_key.in_(part)))
        gap_of.update({row.question_key: row.gap_id for row in found})
    rows: list[dict[str, Any]] = []
    for member in read.members:
        key = same.get(member.key, member.key)
        if key in gap_of:
            rows.append(
                {
                    "query_id": member.query_id,
                    "gap_id": gap_of[key],
                    "question_key": key,
                    "reasons": ",".join(member.reasons),
                    "visit": member.visit,
                    "asked_at": member.asked_at,
                    "nearest": member.nearest,
                    "why_not": member.why_not,
                }
            )
    if rows:
        connection.execute(sa.insert(gap_members), rows)
    return changed | {row["gap_id"] for row in rows}
