"""Erase what lessons hold of questions that are erased."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb.database.tables.review import lesson_history, lessons
from kb.review.lesson_records import LessonState
from kb.types import LessonKind

if TYPE_CHECKING:
    from datetime import datetime

_IN_A_FILE = sa.and_(
    lessons.c.state == LessonState.ACCEPTED.value,
    lessons.c.kind.in_([kind.value for kind in LessonKind if kind.changes_file]),
)


def articles_with_examples(connection: sa.Connection, query_ids: sa.Select[tuple[str]]) -> tuple[str, ...]:
    """Return the articles and signposts that have an example made from one of the questions that are selected."""
    table = lessons.c
    found = sa.select(table.article_id).where(table.query_id.in_(query_ids), _IN_A_FILE, table.question != "")
    return tuple(sorted(connection.execute(found.distinct()).scalars()))


def forget_lessons_of(connection: sa.Connection, query_ids: sa.Select[tuple[str]]) -> None:
    """Erase the words of lessons about questions that are about to be erased.

    An accepted lesson stays without its words, since it says who changed which article; every other one is erased.

    :param connection: In a transaction that writes.
    :param query_ids: Selects the ids of the questions.
    """
    _forget(connection, lessons.c.query_id.in_(query_ids))


def forget_old_lessons(connection: sa.Connection, before: datetime) -> None:
    """Erase the words of lessons that were decided before a moment, whether or not they name a question."""
    _forget(connection, lessons.c.created_at < before)


def _forget(connection: sa.Connection, which: sa.ColumnElement[bool]) -> None:
    connection.execute(sa.delete(lessons).where(which, sa.not_(_IN_A_FILE)))
    taken = sa.select(lessons.c.lesson_id).where(which, _IN_A_FILE)
    connection.execute(sa.update(lesson_history).where(lesson_history.c.lesson_id.in_(taken)).values(note=""))
    words = {"question": "", "question_key": "", "standing": None, "note": "", "query_id": None}
    connection.execute(sa.update(lessons).where(which, _IN_A_FILE).values(**words))
