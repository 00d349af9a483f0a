"""Keep gaps in order: their sums, questions that are no longer kept, and gaps left without questions."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb.database.progress import Reader, hold_progress
from kb.database.statements import in_chunks
from kb.database.tables.gaps import gap_history, gap_members, gap_questions, gap_replays, gaps
from kb.database.tables.journal import queries
from kb.gaps.states import GapState

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

_LOOKED_AT_ONE_BY_ONE = 500
"""Gaps that are named in one statement; with more, all are looked at."""
NAMELESS = "Questions that are no longer kept"
"""The name of a gap that is worked on after all its questions were purged."""


def summarise(connection: sa.Connection, gap_ids: Sequence[int]) -> None:
    """Store in gaps what takes long to count: visits, reasons, and the nearest article of most of their questions.

    :param connection: In a transaction that writes.
    :param gap_ids: The gaps whose members have changed.
    """
    member = gap_members.c
    for part in in_chunks(gap_ids):
        rows = sa.select(member.gap_id, member.visit, member.reasons, member.nearest, member.why_not)
        visits: dict[int, set[str]] = defaultdict(set)
        counts: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
        for gap_id, visit, reasons, nearest, why_not in connection.execute(rows.where(member.gap_id.in_(part))):
            visits[gap_id].add(visit)
            counts[gap_id].update(("reason", reason) for reason in reasons.split(","))
            counts[gap_id].update((("nearest", nearest), ("why_not", why_not)))
        values = [
            {
                "gap": gap_id,
                "in_visits": len(visits[gap_id]),
                "for_reasons": {name: n for (kind, name), n in sorted(counts[gap_id].items()) if kind == "reason"},
                "near": _most(counts[gap_id], "nearest"),
                "why": _most(counts[gap_id], "why_not"),
            }
            for gap_id in part
        ]
        mine = sa.update(gaps).where(gaps.c.gap_id == sa.bindparam("gap"))
        columns = {"visits": "in_visits", "reasons": "for_reasons", "nearest": "near", "why_not": "why"}
        connection.execute(mine.values({name: sa.bindparam(given) for name, given in columns.items()}), values)


def _most(counts: Counter[tuple[str, str]], kind: str) -> str:
    found = [(-count, value) for (of, value), count in counts.items() if of == kind]
    return min(found)[1] if found else ""


def tidy(connection: sa.Connection, changed: Collection[int] = ()) -> None:
    """Remove questions without members, and gaps without questions that are not worked on.

    :param connection: In a transaction that writes.
    :param changed: The gaps that lost a member, if they are known and few; all gaps are looked at without.
    """
    of: sa.ColumnElement[bool] = sa.true()
    own: sa.ColumnElement[bool] = sa.true()
    if 0 < len(changed) <= _LOOKED_AT_ONE_BY_ONE:
        of, own = gap_questions.c.gap_id.in_(changed), gaps.c.gap_id.in_(changed)
    # "Not exists" everywhere: "not in" compares each row with a list as long as the other table.
    asked = sa.exists().where(gap_members.c.question_key == gap_questions.c.question_key)
    connection.execute(sa.delete(gap_questions).where(of, ~asked))
    held = sa.exists().where(gap_questions.c.gap_id == gaps.c.gap_id)
    idle = [state.value for state in (GapState.NEW, GapState.VERIFIED, GapState.DISMISSED)]
    empty = sa.select(gaps.c.gap_id).where(own, ~held)
    _remove(connection, connection.execute(empty.where(gaps.c.state.in_(idle))).scalars().all())
    _forget_merged(connection)
    unnamed = sa.and_(gaps.c.is_named.is_(sa.false()), gaps.c.state != GapState.MERGED.value)
    connection.execute(sa.update(gaps).where(own, ~held, unnamed).values(name=NAMELESS))


def _forget_merged(connection: sa.Connection) -> None:
    """Remove the gaps whose questions went into one that is gone."""
    there = sa.select(gaps.c.gap_id)
    orphans = sa.select(gaps.c.gap_id).where(gaps.c.state == GapState.MERGED.value, gaps.c.merged_into.not_in(there))
    _remove(connection, connection.execute(orphans).scalars().all())


def _remove(connection: sa.Connection, gap_ids: Sequence[int]) -> None:
    for part in in_chunks(gap_ids):
        for table in (gap_history, gap_replays, gaps):
            connection.execute(sa.delete(table).where(table.c.gap_id.in_(part)))


def forget_erased(connection: sa.Connection) -> None:
    """Remove from the gaps every question that is no longer in the journal: purged, or erased with its visit.

    No text of such a question remains: a gap named after one takes the name of the most central question left. A name
    that a person gave stays.

    :param connection: In a transaction that writes.
    """
    hold_progress(connection, Reader.GROUPING)  # one at a time with those who group, arrange or replay
    member = gap_members.c
    kept = sa.exists().where(queries.c.query_id == member.query_id, queries.c.asked_at == member.asked_at)
    gone = connection.execute(sa.delete(gap_members).where(~kept).returning(member.gap_id, member.question_key)).all()
    if not gone:
        return
    changed = sorted({row.gap_id for row in gone})
    tidy(connection)
    there = [
        gap_id
        for part in in_chunks(changed)
        for gap_id in connection.execute(sa.select(gaps.c.gap_id).where(gaps.c.gap_id.in_(part))).scalars()
    ]
    summarise(connection, there)
    _own_texts(connection, sorted({row.question_key for row in gone}))
    for part in in_chunks(there):
        _own_names(connection, part)


def _own_names(connection: sa.Connection, gap_ids: Sequence[int]) -> None:
    """Name gaps after one of their questions that is still there, unless a person has named them."""
    texts: dict[int, list[str]] = defaultdict(list)
    table = gap_questions.c
    listed = sa.select(table.gap_id, table.text).where(table.gap_id.in_(gap_ids))
    for gap_id, text in connection.execute(listed.order_by(table.gap_id, table.central)):
        texts[gap_id].append(" ".join(text.split()))
    by_itself = sa.select(gaps.c.gap_id, gaps.c.name).where(gaps.c.gap_id.in_(gap_ids), gaps.c.is_named.is_(sa.false()))
    for gap_id, name in connection.execute(by_itself).all():
        if texts.get(gap_id) and name not in texts[gap_id]:
            connection.execute(sa.update(gaps).where(gaps.c.gap_id == gap_id).values(name=texts[gap_id][0]))


def _own_texts(connection: sa.Connection, keys: Sequence[str]) -> None:
    """Give questions a text that is still in the journal: near duplicates share one row."""
    member, question = gap_members.c, gap_questions.c
    for part in in_chunks(keys):
        kept: dict[str, set[str]] = defaultdict(set)
        joined = sa.select(member.question_key, queries.c.text).join(queries, queries.c.query_id == member.query_id)
        for key, text in connection.execute(joined.where(member.question_key.in_(part))):
            kept[key].add(text)
        listed = sa.select(question.question_key, question.text).where(question.question_key.in_(part))
        for key, text in connection.execute(listed).all():
            if kept[key] and text not in kept[key]:
                mine = question.question_key == key
                connection.execute(sa.update(gap_questions).where(mine).values(text=min(kept[key])))
