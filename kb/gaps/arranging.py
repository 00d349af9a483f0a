"""Arrange gaps by hand: split one, merge two, move questions, give a name.

Grouping respects it afterwards. What a person has moved is not moved back: a question keeps its gap, and a gap that was
arranged is neither merged into another nor takes one in. New questions follow the ones they are like: whatever was
moved together stays a part of its new gap, and a new question is compared with each part by itself.

One thing at a time: grouping, arranging and replaying hold the same mark, so that of two people who arrange a gap at
once, the second sees what the first has done. No note holds a customer's words: notes outlive the questions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kb.database.progress import Reader, hold_progress
from kb.database.statements import in_chunks, insert_once
from kb.database.tables.gaps import gap_members, gap_questions, gaps, rollup_state
from kb.errors import GapRefused
from kb.gaps import store
from kb.gaps.clustering import Question, described
from kb.gaps.reading import read_vector
from kb.gaps.states import GapState
from kb.gaps.upkeep import summarise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.gaps.store import By

_MARK: Final = "gaps_arranged"
LONGEST_NAME: Final = 200


def times(connection: sa.Connection) -> int:
    """Return how often people have arranged gaps, by which a grouping sees that its plan is out of date."""
    return int(connection.scalar(sa.select(rollup_state.c.value).where(rollup_state.c.name == _MARK)) or 0)


def split(connection: sa.Connection, gap_id: int, keys: Sequence[str], by: By, name: str = "") -> int:
    """Take some questions out of a gap into a new one.

    :param connection: In a transaction that writes.
    :param gap_id: The gap.
    :param keys: The questions' keys.
    :param by: For the history of both.
    :param name: The name of the new gap; empty for that of its most central question.
    :return: The number of the new gap, which is in state "new".
    :raises GapRefused: If there is no such gap, it does not hold the questions, or nothing would be left in it.
    """
    _hold(connection)
    row, held = _arranged(connection, gap_id), _held(connection, gap_id)
    chosen = _chosen(gap_id, keys, held)
    if len(chosen) == len(held):
        raise GapRefused(f"These are all questions of gap {gap_id}, so nothing would be left in it. Leave one out.")
    values = {"state": GapState.NEW.value, "created_at": by.at, "updated_at": by.at, "is_arranged": True}
    made = connection.execute(sa.insert(gaps).values(name=name, is_named=bool(name), **values))
    new = int(made.inserted_primary_key[0])  # type: ignore[index]
    _carry(connection, dict.fromkeys(chosen, 0), new)
    many = _count(chosen)
    _note(connection, row, by, f"{many} split off into gap {new}")
    store.write_history(
        connection, new, by.at, by.who, "", GapState.NEW.value, _said(f"split off from gap {gap_id}", by)
    )
    _settle(connection, [gap_id, new])
    return new


def move(connection: sa.Connection, gap_id: int, keys: Sequence[str], into: int, by: By) -> None:
    """Move some questions of a gap into another one; moving all of them merges the gap into the other.

    :param connection: In a transaction that writes.
    :param gap_id: The gap that has them.
    :param keys: The questions' keys.
    :param into: The gap that gets them.
    :param by: For the history of both.
    :raises GapRefused: If there is no such gap, it does not hold the questions, or both are the same.
    """
    _hold(connection)
    row, held = _arranged(connection, gap_id), _held(connection, gap_id)
    chosen = _chosen(gap_id, keys, held)
    if len(chosen) == len(held):
        _merge(connection, row, into, by)
        return
    other = _other(connection, gap_id, into)
    part = _next_part(connection, into)
    _carry(connection, dict.fromkeys(chosen, part), into)
    many = _count(chosen)
    _note(connection, row, by, f"{many} moved to gap {into}")
    _note(connection, other, by, f"{many} moved here from gap {gap_id}")
    _settle(connection, [gap_id, into])


def merge(connection: sa.Connection, gap_id: int, into: int, by: By) -> None:
    """Put all questions of a gap into another one, which keeps its number, state and owner.

    :param connection: In a transaction that writes.
    :param gap_id: The gap that ends.
    :param into: The gap that goes on.
    :param by: For the history of both.
    :raises GapRefused: If there is no such gap, or both are the same.
    """
    _hold(connection)
    _merge(connection, _arranged(connection, gap_id), into, by)


def rename(connection: sa.Connection, gap_id: int, name: str, by: By) -> None:
    """Give a gap a name, which grouping then leaves alone.

    :param connection: In a transaction that writes.
    :param gap_id: The gap.
    :param name: The name.
    :param by: For the history.
    :raises GapRefused: If there is no such gap, or the name is empty.
    """
    _hold(connection)
    row = _arranged(connection, gap_id)
    if not name:
        raise GapRefused("A gap needs a name. Write what its questions have in common.")
    connection.execute(sa.update(gaps).where(gaps.c.gap_id == gap_id).values(name=name, is_named=True))
    store.write_history(connection, gap_id, by.at, by.who, row.state, row.state, _said(f"named “{name}”", by))


# -------------------------------------------------------------------------------------------------- parts


def _hold(connection: sa.Connection) -> None:
    """Wait until nobody else groups, arranges or replays, and count that gaps were arranged."""
    hold_progress(connection, Reader.GROUPING)
    connection.execute(insert_once(connection, rollup_state).values(name=_MARK, value=0))
    mine = rollup_state.c.name == _MARK
    connection.execute(sa.update(rollup_state).where(mine).values(value=rollup_state.c.value + 1))


def _arranged(connection: sa.Connection, gap_id: int) -> Any:
    """Return the row of a gap that may be arranged."""
    row = store.find(connection, gap_id)
    if row.state == GapState.MERGED:
        raise GapRefused(
            f"Gap {gap_id} was merged into gap {row.merged_into}, which goes on: kb gaps show {row.merged_into}"
        )
    return row


def _other(connection: sa.Connection, gap_id: int, into: int) -> Any:
    if into == gap_id:
        raise GapRefused(f"Gap {gap_id} is the same gap. Choose another one.")
    return _arranged(connection, into)


def _held(connection: sa.Connection, gap_id: int) -> dict[str, int]:
    """Return the questions of a gap, each with its part."""
    table = gap_questions.c
    found = connection.execute(sa.select(table.question_key, table.part).where(table.gap_id == gap_id))
    return {row.question_key: int(row.part) for row in found}


def _chosen(gap_id: int, keys: Sequence[str], held: dict[str, int]) -> list[str]:
    """Return the keys that were chosen, each once; refused if the gap does not hold all of them."""
    chosen = list(dict.fromkeys(keys))
    if not chosen:
        raise GapRefused("No question is chosen. Choose at least one.")
    gone = [key for key in chosen if key not in held]
    if gone:
        raise GapRefused(
            f"{_count(gone)} of those chosen {'is' if len(gone) == 1 else 'are'} not in gap {gap_id}: another user may "
            f"have moved it. Nothing was changed. Look at it again: kb gaps show {gap_id}"
        )
    return chosen


def _merge(connection: sa.Connection, row: Any, into: int, by: By) -> None:
    other = _other(connection, row.gap_id, into)
    held = _held(connection, row.gap_id)
    first = _next_part(connection, into)
    _carry(connection, {key: first + part for key, part in held.items()}, into)
    # Every text of a customer goes with the questions; the name was one.
    values = {"name": f"Merged into gap {into}", "state": GapState.MERGED.value, "merged_into": into, "is_named": False}
    mine = sa.and_(gaps.c.gap_id == row.gap_id, gaps.c.state == row.state)
    ended = sa.update(gaps).where(mine).values(updated_at=by.at, **values, **store.NO_PROPOSAL, **store.NOT_CLOSED)
    if not connection.execute(ended).rowcount:
        raise GapRefused(f"Another user has just moved gap {row.gap_id}. Look at it again: kb gaps show {row.gap_id}")
    connection.execute(sa.update(gaps).where(gaps.c.merged_into == row.gap_id).values(merged_into=into))
    note = _said(f"{_count(list(held))} merged into gap {into}", by)
    store.write_history(connection, row.gap_id, by.at, by.who, row.state, GapState.MERGED.value, note)
    _note(connection, other, by, f"gap {row.gap_id} was merged into this one ({_count(list(held))})")
    summarise(connection, [row.gap_id])
    _settle(connection, [into])


def _next_part(connection: sa.Connection, gap_id: int) -> int:
    """Return a number that no part of a gap has."""
    table = gap_questions.c
    return int(connection.scalar(sa.select(sa.func.max(table.part)).where(table.gap_id == gap_id)) or 0) + 1


def _carry(connection: sa.Connection, part_of: dict[str, int], into: int) -> None:
    """Put questions into a gap, each in its part, with all times that they were asked."""
    moved = sa.update(gap_questions).where(gap_questions.c.question_key == sa.bindparam("moved_key"))
    rows = [{"moved_key": key, "of_part": part} for key, part in part_of.items()]
    if rows:
        connection.execute(moved.values(gap_id=into, part=sa.bindparam("of_part")), rows)
    for some in in_chunks(list(part_of)):
        mine = gap_members.c.question_key.in_(some)
        connection.execute(sa.update(gap_members).where(mine).values(gap_id=into))


def _note(connection: sa.Connection, row: Any, by: By, what: str) -> None:
    """Write what happened into a gap's history; what was proved of other questions is no longer proposed."""
    values = {"is_arranged": True, "updated_at": by.at, **store.NO_PROPOSAL}
    connection.execute(sa.update(gaps).where(gaps.c.gap_id == row.gap_id).values(**values))
    note = _said(what, by)
    if row.proposed_article:
        note = f"{note}; no longer proposed for closing until the next replay"
    store.write_history(connection, row.gap_id, by.at, by.who, row.state, row.state, note)


def _said(what: str, by: By) -> str:
    return f"{what}: {by.note}" if by.note else what


def _count(keys: Sequence[str]) -> str:
    return "1 question" if len(keys) == 1 else f"{len(keys)} questions"


def _settle(connection: sa.Connection, gap_ids: Sequence[int]) -> None:
    """Put the questions of gaps in order again, name the gaps that nobody named, and sum up."""
    for gap_id in gap_ids:
        questions = _questions(connection, gap_id)
        if not questions:  # they were purged from a gap that is worked on
            continue
        group = described(questions)
        places = [{"key": key, "place": n} for n, key in enumerate(group.keys)]
        at = sa.update(gap_questions).where(gap_questions.c.question_key == sa.bindparam("key"))
        connection.execute(at.values(central=sa.bindparam("place")), places)
        row = store.find(connection, gap_id)
        if not row.is_named and (row.state == GapState.NEW or not _has_name(connection, row)):
            connection.execute(sa.update(gaps).where(gaps.c.gap_id == gap_id).values(name=group.name))
    summarise(connection, gap_ids)


def _has_name(connection: sa.Connection, row: Any) -> bool:
    """Return whether a gap still has the question that it is named after."""
    found = connection.execute(sa.select(gap_questions.c.text).where(gap_questions.c.gap_id == row.gap_id)).scalars()
    return row.name in {" ".join(text.split()) for text in found}


def _questions(connection: sa.Connection, gap_id: int) -> list[Question]:
    table, member = gap_questions.c, gap_members.c
    counted = sa.select(member.question_key, sa.func.count()).where(member.gap_id == gap_id)
    asked: dict[str, int] = dict(connection.execute(counted.group_by(member.question_key)).all())
    rows = connection.execute(sa.select(gap_questions).where(table.gap_id == gap_id).order_by(table.central)).all()
    # Vectors of another encoder, which the next grouping replaces, cannot be compared with these.
    lengths = {len(row.vector) for row in rows}
    hits = [tuple((str(a), float(s)) for a, s in row.before.get("hits", ())) for row in rows]
    return [
        Question(
            row.question_key,
            row.text,
            read_vector(row.vector if len(lengths) == 1 else _ALIKE),
            hits[n],
            asked.get(row.question_key, 1),
        )
        for n, row in enumerate(rows)
    ]


_ALIKE: Final = bytes([0, 60])
"""The vector (1.0), which makes all questions alike."""
