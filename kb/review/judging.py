"""What leads say about answers: one judgment per question, the latest, and in the weekly sample the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb.database.tables.journal import queries
from kb.database.tables.review import judgments, sample_items
from kb.review.lesson_records import Judgments
from kb.types import LessonKind, OutcomeKind

if TYPE_CHECKING:
    from datetime import datetime


def store_judgment(
    connection: sa.Connection, query_id: str, *, article_right: bool, part_right: bool | None, who: str, at: datetime
) -> None:
    """Store what a lead says about an answer, in place of what was said before.

    :param connection: In a transaction that writes.
    :param query_id: The question, which is in the journal.
    :param article_right: Whether the article answers; for a question without an answer, whether that was right.
    :param part_right: Whether the part shown answers; None where it is not judged.
    :param who: The lead.
    :param at: The moment, UTC.
    """
    values = {"article_right": article_right, "part_right": part_right, "who": who, "at": at}
    mine = judgments.c.query_id == query_id
    if not connection.execute(sa.update(judgments).where(mine).values(**values)).rowcount:
        connection.execute(sa.insert(judgments).values(query_id=query_id, **values))
    connection.execute(sa.update(sample_items).where(sample_items.c.query_id == query_id).values(**values))


def judge_by(
    connection: sa.Connection,
    kind: LessonKind,
    query_id: str,
    *,
    article_id: str,
    anchor: str | None,
    who: str,
    at: datetime,
) -> None:
    """Store the judgment that a decision implies; none if it is about another article than the one that answered.

    :param connection: In a transaction that writes.
    :param kind: The decision.
    :param query_id: The question, which is in the journal.
    :param article_id: The article named by the decision.
    :param anchor: The section named by it; None for none.
    :param who: The lead.
    :param at: The moment, UTC.
    """
    columns = (queries.c.outcome, queries.c.article_id, queries.c.anchor)
    shown = connection.execute(sa.select(*columns).where(queries.c.query_id == query_id)).one()
    is_answer = shown.outcome == OutcomeKind.ANSWERED
    if kind is LessonKind.NOT_FOR and is_answer and article_id != shown.article_id:
        return
    names_answer = kind in (LessonKind.BELONGS, LessonKind.PART) and is_answer and article_id == shown.article_id
    article_right = kind is LessonKind.RIGHT or names_answer
    part_right: bool | None = None
    if kind is LessonKind.RIGHT and is_answer:
        part_right = True
    elif names_answer and anchor is not None:
        part_right = anchor == shown.anchor
    store_judgment(connection, query_id, article_right=article_right, part_right=part_right, who=who, at=at)


def count_judgments(connection: sa.Connection) -> Judgments:
    """Return how many answers leads have judged, and how; questions without an answer do not count."""
    joined = sa.select(judgments.c.article_right, judgments.c.part_right).join(
        queries, queries.c.query_id == judgments.c.query_id
    )
    rows = connection.execute(joined.where(queries.c.outcome == OutcomeKind.ANSWERED.value)).all()
    articles = sum(not row.article_right for row in rows)
    parts = sum(row.article_right and row.part_right is False for row in rows)
    return Judgments(len(rows) - articles - parts, articles, parts)
