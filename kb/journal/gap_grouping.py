"""From the journal's questions to gaps: which are new, where they belong, and what that changes in the tables.

Only what was written since the last time is read. The work is done outside a transaction and written in one; when
somebody else was quicker, it is done again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from kb.journal.database import reading, writing
from kb.journal.gap_records import WhyNot
from kb.journal.gap_replay import Result, article_digest
from kb.journal.gap_states import GapState
from kb.journal.gap_store import SYSTEM, tidy, write_history
from kb.journal.grouping import Group, Question, group_questions, grouped_text, near_duplicates, question_key
from kb.journal.rollup import CUSTOMERS
from kb.journal.tables import events, queries
from kb.journal.tables_gaps import gap_history, gap_members, gap_questions, gap_replays, gaps, rollup_state
from kb.journal.unanswered import Unanswered, answer_threshold, low_confidence_below, why_unanswered
from kb.types import Encoder, Library, NoAnswerReason, OutcomeKind, Vector

_OVERLAP = 500
"""Rows read again each time; as in the roll-up."""
_LOOKS_BACK = timedelta(days=180)
_READ_AT_MOST = 100_000
"""Unanswered questions that one run reads, the newest: more than that only the first time, in a large journal."""
_NEW_AT_MOST = 20_000
"""New questions of one run, the newest; encoding them takes a minute or two."""
_AT_ONCE = 500
_TRIES = 3
_MARKS = ("grouped_queries", "grouped_events")


@dataclass(frozen=True, slots=True)
class Grouper:
    """What grouping needs from outside the journal."""

    encoder: Encoder
    encoder_id: str
    """Name and revision; vectors of another one are made again."""
    low_below: float
    """Confidence below which an answer is unsure."""
    names: tuple[str, ...] = ()
    """The provider's names, which every question may hold."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """What each article says now, as a digest by id: a replay sees by it whether one was rewritten since."""

    def vector(self, text: str) -> Vector:
        """Return the vector by which a question is grouped."""
        return self.encoder.encode_query(grouped_text(text, self.names))


def grouper_for(
    encoder: Encoder, manifest: Mapping[str, Any], library: Library, names: tuple[str, ...] = ()
) -> Grouper:
    """Return what grouping needs, from the parts of an index.

    :param encoder: The index's.
    :param manifest: The index's.
    :param library: The index's.
    :param names: The provider's names, as customers write them.
    :return: To be handed to :func:`group_new`.
    """
    card = manifest.get("encoder") or {}
    return Grouper(
        encoder=encoder,
        encoder_id=f"{card.get('name', '')}@{card.get('revision', '')}"[-200:],
        low_below=low_confidence_below(answer_threshold(manifest)),
        names=names,
        digests={article.id: article_digest(article) for article in library},
    )


@dataclass(frozen=True, slots=True)
class Grouped:
    """What a run did."""

    counted: int
    """Questions that were looked at."""
    unanswered: int
    """Of these, how many count as unanswered."""
    encoded: int
    new_gaps: tuple[int, ...]
    grown: tuple[int, ...]
    """Old gaps that got a question they did not have."""
    left_out: int = 0
    """New questions beyond the most that one run takes; the newest are taken."""


@dataclass(frozen=True, slots=True)
class _Member:
    """A question as asked once, unanswered."""

    query_id: str
    key: str
    text: str
    reasons: tuple[Unanswered, ...]
    visit: str
    asked_at: datetime
    nearest: str
    why_not: str
    before: Mapping[str, Any]


@dataclass(slots=True)
class _Read:
    """What was read: the state of the tables that the work is based on."""

    marks: dict[str, int]
    now: dict[str, int]
    looked: list[str]
    members: list[_Member]
    questions: list[Question]
    stale: list[str]
    """Keys of questions whose vectors another encoder made."""
    untouched: set[int]


def group_new(engine: sa.Engine, grouper: Grouper, *, now: datetime) -> Grouped:
    """Take new unanswered questions into gaps, and questions that turned out to be answered out of them.

    :param engine: Of the journal.
    :param grouper: The encoder, and what counts as unsure.
    :param now: For time stamps, UTC.
    :return: What changed; nothing when nothing was written since.
    """
    nothing = Grouped(0, 0, 0, (), ())
    for _ in range(_TRIES):
        with reading(engine) as connection:
            read = _read(connection, grouper, now)
        if read is None:
            return nothing
        done = _work_and_write(engine, read, grouper, now)
        if done is not None:
            return done
    return nothing  # others write all the time; what they left is taken next time


# -------------------------------------------------------------------------------------------------- reading


def _read(connection: sa.Connection, grouper: Grouper, now: datetime) -> _Read | None:
    marks = _marks(connection)
    greatest = {
        "grouped_queries": int(connection.scalar(sa.select(sa.func.max(queries.c.seq))) or 0),
        "grouped_events": int(connection.scalar(sa.select(sa.func.max(events.c.seq))) or 0),
    }
    table = gap_questions.c
    other = connection.scalar(sa.select(sa.func.count()).where(table.encoder != grouper.encoder_id))
    if marks == greatest and not other:
        return None
    looked, members = _unanswered(connection, marks, grouper, now - _LOOKS_BACK)
    member = gap_members.c.question_key
    counted = connection.execute(sa.select(member, sa.func.count()).group_by(member))
    asked: dict[str, int] = dict(counted.all())
    questions, stale = [], []
    for row in connection.execute(sa.select(gap_questions)):
        vector = _vector(row.vector) if row.encoder == grouper.encoder_id else grouper.vector(row.text)
        if row.encoder != grouper.encoder_id:
            stale.append(row.question_key)
        hits = tuple((str(a), float(s)) for a, s in row.before.get("hits", ()))
        questions.append(Question(row.question_key, row.text, vector, hits, asked.get(row.question_key, 1), row.gap_id))
    untouched = set(connection.execute(sa.select(gaps.c.gap_id).where(gaps.c.state == GapState.NEW.value)).scalars())
    return _Read(marks, greatest, looked, members, questions, stale, untouched)


def _marks(connection: sa.Connection) -> dict[str, int]:
    rows = connection.execute(sa.select(rollup_state).where(rollup_state.c.name.in_(_MARKS)))
    known = {row.name: int(row.value) for row in rows}
    return {name: known.get(name, 0) for name in _MARKS}


def _unanswered(
    connection: sa.Connection, marks: Mapping[str, int], grouper: Grouper, since: datetime
) -> tuple[list[str], list[_Member]]:
    """Return the ids of the questions that were written or followed since, and those of them that count."""
    table = queries.c
    columns = (table.query_id, table.visit, table.asked_at, table.text, table.outcome, table.confidence, table.reason,
               table.hits)  # fmt: skip
    customers = sa.select(*columns).where(table.traffic == CUSTOMERS.value)
    unsure = sa.or_(table.outcome != OutcomeKind.ANSWERED.value, table.confidence < grouper.low_below)
    fresh = table.seq > marks["grouped_queries"] - _OVERLAP
    newest = customers.where(fresh, unsure, table.asked_at >= since).order_by(table.seq.desc()).limit(_READ_AT_MOST)
    asked: dict[str, Any] = {row.query_id: row for row in connection.execute(newest)}
    of_event = sa.select(events.c.query_id).where(events.c.seq > marks["grouped_events"] - _OVERLAP).distinct()
    followed = list(connection.execute(of_event.limit(_READ_AT_MOST)).scalars())
    for part in _parts(followed):
        asked.update({row.query_id: row for row in connection.execute(customers.where(table.query_id.in_(part)))})
    happened: dict[str, set[str]] = defaultdict(set)
    for part in _parts(list(asked)):
        kinds = sa.select(events.c.query_id, events.c.kind).where(events.c.query_id.in_(part))
        for query_id, kind in connection.execute(kinds):
            happened[query_id].add(kind)
    members = []
    for query_id, row in asked.items():
        reasons = why_unanswered(row.outcome, row.confidence, happened[query_id], low_below=grouper.low_below)
        if reasons and row.reason != NoAnswerReason.EMPTY_QUERY and any(c.isalnum() for c in row.text):
            members.append(_member(row, reasons, grouper.digests))
    return list(asked), members


def _member(row: Any, reasons: tuple[Unanswered, ...], digests: Mapping[str, str]) -> _Member:
    hits = [(str(article), float(score)) for article, score in (row.hits or ())]
    digest = digests.get(hits[0][0], "") if hits else ""
    before = Result(row.outcome, row.confidence, tuple(hits), digest).as_json()
    return _Member(
        query_id=row.query_id,
        key=question_key(row.text),
        text=row.text,
        reasons=reasons,
        visit=row.visit,
        asked_at=row.asked_at,
        nearest=hits[0][0] if hits else "",
        why_not=why_not(row.outcome, row.reason, reasons).value if hits else "",
        before=before,
    )


def why_not(outcome: str, reason: str | None, reasons: Iterable[Unanswered]) -> WhyNot:
    """Return why the nearest article did not answer a question."""
    if outcome == OutcomeKind.NO_ANSWER:
        return WhyNot.OUT_OF_SCOPE if reason == NoAnswerReason.OUT_OF_SCOPE else WhyNot.BELOW_THRESHOLD
    if Unanswered.NOT_HELPFUL in reasons:
        return WhyNot.SHOWN_NOT_HELPFUL
    if Unanswered.CONTACTED in reasons:
        return WhyNot.SHOWN_CONTACTED
    return WhyNot.OFFERED_NOT_CHOSEN if outcome == OutcomeKind.CLARIFY else WhyNot.SHOWN_UNSURE


def _vector(data: bytes) -> Vector:
    """Return a stored vector with unit norm: half precision loses a thousandth."""
    vector = np.frombuffer(data, "<f2").astype(np.float32)
    unit: Vector = vector / max(float(np.linalg.norm(vector)), 1e-6)
    return unit


def _bytes(vector: Vector) -> bytes:
    return vector.astype("<f2").tobytes()


# -------------------------------------------------------------------------------------------------- working


def _work_and_write(engine: sa.Engine, read: _Read, grouper: Grouper, now: datetime) -> Grouped | None:
    """Group, and write all of it; None when somebody else wrote meanwhile."""
    known = {q.key for q in read.questions}
    first: dict[str, _Member] = {}
    for member in sorted(read.members, key=lambda m: (m.asked_at, m.query_id)):
        if member.key not in known:
            first.setdefault(member.key, member)
    taken = sorted(first.values(), key=lambda m: m.asked_at)[-_NEW_AT_MOST:]
    times = Counter(m.key for m in read.members)
    new = [_question(member, grouper, times[member.key]) for member in taken]
    same = near_duplicates(new, read.questions)
    kept = [q for q in new if q.key not in same]
    groups = group_questions([*read.questions, *kept], untouched=read.untouched)
    with writing(engine) as connection:
        if not _lock(connection, read.marks):
            return None
        _store_vectors(connection, read, grouper)
        new_gaps, grown = _store_groups(connection, groups, {q.key: q for q in kept}, first, grouper, now)
        _store_members(connection, read, same)
        tidy(connection)
        _nearest(connection)
        for name, value in read.now.items():
            connection.execute(sa.update(rollup_state).where(rollup_state.c.name == name).values(value=value))
    left = len(first) - len(taken)
    return Grouped(len(read.looked), len(read.members), len(new), tuple(new_gaps), tuple(grown), left)


def _question(member: _Member, grouper: Grouper, asked: int) -> Question:
    hits = tuple((str(a), float(s)) for a, s in member.before["hits"])
    return Question(member.key, member.text, grouper.vector(member.text), hits, asked)


def _lock(connection: sa.Connection, marks: Mapping[str, int]) -> bool:
    """Hold others off, and say whether the marks are still those that the work began with."""
    mine = rollup_state.c.name == _MARKS[0]
    if not connection.execute(sa.update(rollup_state).where(mine).values(value=rollup_state.c.value)).rowcount:
        make = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        for name in _MARKS:
            connection.execute(make(rollup_state).values(name=name, value=0).on_conflict_do_nothing())
        connection.execute(sa.update(rollup_state).where(mine).values(value=rollup_state.c.value))
    return _marks(connection) == marks


def _store_vectors(connection: sa.Connection, read: _Read, grouper: Grouper) -> None:
    """Write again the vectors that another encoder had made."""
    vectors = {q.key: q.vector for q in read.questions}
    for key in read.stale:
        values = {"vector": _bytes(vectors[key]), "encoder": grouper.encoder_id}
        connection.execute(sa.update(gap_questions).where(gap_questions.c.question_key == key).values(**values))


def _store_groups(
    connection: sa.Connection,
    groups: Sequence[Group],
    new: Mapping[str, Question],
    first: Mapping[str, _Member],
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
    """Take over what was merged; a gap that nobody works on also takes the name of its most central question."""
    for old in group.absorbed:
        for table in (gap_questions, gap_members, gap_history, gap_replays):
            connection.execute(sa.update(table).where(table.c.gap_id == old).values(gap_id=gap_id))
        connection.execute(sa.delete(gaps).where(gaps.c.gap_id == old))
        note = f"gap {old} was merged into this one"
        write_history(connection, gap_id, now, SYSTEM, GapState.NEW.value, GapState.NEW.value, note)
    mine = sa.and_(gaps.c.gap_id == gap_id, gaps.c.state == GapState.NEW.value)
    connection.execute(sa.update(gaps).where(mine).values(name=group.name, updated_at=now))


def _store_members(connection: sa.Connection, read: _Read, same: Mapping[str, str]) -> None:
    for part in _parts(read.looked):
        connection.execute(sa.delete(gap_members).where(gap_members.c.query_id.in_(part)))
    gap_of = dict(connection.execute(sa.select(gap_questions.c.question_key, gap_questions.c.gap_id)).all())
    rows = []
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


def _nearest(connection: sa.Connection) -> None:
    """Write beside each gap the article that most of its questions came near to, and why it did not answer."""
    for column, target in ((gap_members.c.nearest, "nearest"), (gap_members.c.why_not, "why_not")):
        counted = sa.select(gap_members.c.gap_id, column, sa.func.count()).group_by(gap_members.c.gap_id, column)
        most: dict[int, tuple[int, str]] = {}
        for gap_id, value, count in connection.execute(counted):
            most[gap_id] = max(most.get(gap_id, (0, "")), (count, value))
        before = dict(connection.execute(sa.select(gaps.c.gap_id, gaps.c[target])).all())
        rows = [{"gap": g, "value": value} for g, (_, value) in most.items() if before.get(g) != value]
        if rows:
            at = sa.update(gaps).where(gaps.c.gap_id == sa.bindparam("gap"))
            connection.execute(at.values({target: sa.bindparam("value")}), rows)


def _parts(values: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(values), _AT_ONCE):
        yield values[start : start + _AT_ONCE]
