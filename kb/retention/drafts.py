"""What is erased of writing in the browser: drafts that are done, customers' questions, and what git keeps, too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from kb.content.editing.scaffold import without_asked
from kb.database.tables.drafts import draft_versions, drafts, publications
from kb.database.tables.journal import queries

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.engine import Connection

_OVER: Final = ("published", "discarded")


def forget_old_drafts(connection: Connection, before: datetime) -> None:
    """Erase what nobody needs any more of drafts and publications.

    A draft that is published or discarded goes with its versions and pictures. One that is still open loses the
    customers' questions that it was begun for, also as comments in its texts. A publication goes if git has its text,
    or if it failed; a kept copy is an article's history, and stays.

    :param connection: In a transaction that writes.
    :param before: The moment, aware.
    """
    is_over = drafts.c.state.in_(_OVER)
    connection.execute(drafts.delete().where(is_over, drafts.c.updated_at < before))
    begun = sa.select(drafts.c.draft_id, drafts.c.questions).where(drafts.c.created_at < before)
    for row in connection.execute(begun).all():
        if row.questions:
            _forget_questions(connection, row.draft_id, row.questions, row.questions)
    is_in_git = sa.and_(publications.c.state == "done", publications.c.revision != "")
    gone = sa.or_(is_in_git, publications.c.state == "failed")
    connection.execute(publications.delete().where(gone, publications.c.updated_at < before))


def forget_asked(connection: Connection, erased: sa.Select[tuple[str]]) -> None:
    """Erase questions from drafts, also as comments in their texts, that are erased from the journal.

    :param connection: In a transaction that writes; the questions are still there.
    :param erased: The ids of the questions.
    """
    held = [row for row in connection.execute(sa.select(drafts.c.draft_id, drafts.c.questions)).all() if row.questions]
    if not held:  # nearly always
        return
    texts = set(connection.execute(sa.select(queries.c.text).where(queries.c.query_id.in_(erased))).scalars())
    for row in held:
        theirs = [text for text in row.questions if text in texts]
        if theirs:
            _forget_questions(connection, row.draft_id, row.questions, theirs)


def _forget_questions(connection: Connection, draft_id: int, held: Sequence[str], asked: Sequence[str]) -> None:
    table = draft_versions.c
    versions = connection.execute(sa.select(table.number, table.text).where(table.draft_id == draft_id)).all()
    for version in versions:
        this = sa.and_(table.draft_id == draft_id, table.number == version.number)
        text = without_asked(version.text, asked)
        connection.execute(draft_versions.update().where(this).values(text=text))
    connection.execute(
        drafts.update().where(drafts.c.draft_id == draft_id).values(questions=[t for t in held if t not in asked])
    )
