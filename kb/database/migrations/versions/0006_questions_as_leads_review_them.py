"""The part shown with each answer; questions as leads review them, judgments, lessons and weekly samples."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change, and note which article gave each answer; the part shown was not recorded before."""
    with op.batch_alter_table("queries", schema=None) as batch_op:
        batch_op.add_column(sa.Column("article_id", sa.String(length=200), server_default="", nullable=False))
        batch_op.add_column(sa.Column("anchor", sa.String(length=200), nullable=True))
        batch_op.add_column(sa.Column("heading", sa.String(length=300), server_default="", nullable=False))
    first = "hits->0->>0" if op.get_bind().dialect.name == "postgresql" else "json_extract(hits, '$[0][0]')"
    op.execute(f"UPDATE queries SET article_id = COALESCE({first}, '') WHERE outcome = 'answered'")  # noqa: S608

    op.create_table(
        "samples",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("drawn_by", sa.String(length=200), nullable=False),
        sa.PrimaryKeyConstraint("week", name=op.f("pk_samples")),
    )
    op.create_table(
        "asked_questions",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False),
        sa.Column("query_id", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=8), nullable=False),
        sa.Column("outcome", sa.String(length=16), nullable=False),
        sa.Column("reason", sa.String(length=32), server_default="", nullable=False),
        sa.Column("article_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("anchor", sa.String(length=200), nullable=True),
        sa.Column("confidence", sa.Double(), nullable=False),
        sa.Column("followed", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.query_id"], name=op.f("fk_asked_questions_query_id_queries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_asked_questions")),
        sa.UniqueConstraint("query_id", name=op.f("uq_asked_questions_query_id")),
    )
    with op.batch_alter_table("asked_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_asked_questions_asked_at_seq"), ["asked_at", "seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_asked_questions_confidence_seq"), ["confidence", "seq"], unique=False)

    op.create_table(
        "judgments",
        sa.Column("query_id", sa.String(length=32), nullable=False),
        sa.Column("article_right", sa.Boolean(), nullable=False),
        sa.Column("part_right", sa.Boolean(), nullable=True),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.query_id"], name=op.f("fk_judgments_query_id_queries"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("query_id", name=op.f("pk_judgments")),
    )
    op.create_table(
        "lessons",
        sa.Column("lesson_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("standing", sa.String(length=64), nullable=True),
        sa.Column("article_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("anchor", sa.String(length=200), nullable=True),
        sa.Column("belongs", sa.String(length=200), server_default="", nullable=False),
        sa.Column("base", sa.String(length=64), server_default="", nullable=False),
        sa.Column("query_id", sa.String(length=32), nullable=True),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.query_id"], name=op.f("fk_lessons_query_id_queries"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("lesson_id", name=op.f("pk_lessons")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("lessons", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lessons_query_id"), ["query_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_lessons_question_key"), ["question_key"], unique=False)
        batch_op.create_index(batch_op.f("ix_lessons_standing"), ["standing"], unique=True)
        batch_op.create_index(batch_op.f("ix_lessons_state"), ["state"], unique=False)

    op.create_table(
        "sample_items",
        sa.Column("week", sa.String(length=8), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("query_id", sa.String(length=32), nullable=True),
        sa.Column("index_version", sa.String(length=64), nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=False),
        sa.Column("anchor", sa.String(length=200), nullable=True),
        sa.Column("article_right", sa.Boolean(), nullable=True),
        sa.Column("part_right", sa.Boolean(), nullable=True),
        sa.Column("who", sa.String(length=200), server_default="", nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["query_id"], ["queries.query_id"], name=op.f("fk_sample_items_query_id_queries"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["week"], ["samples.week"], name=op.f("fk_sample_items_week_samples")),
        sa.PrimaryKeyConstraint("week", "place", name=op.f("pk_sample_items")),
    )
    with op.batch_alter_table("sample_items", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sample_items_query_id"), ["query_id"], unique=False)

    op.create_table(
        "lesson_history",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("old_state", sa.String(length=16), nullable=False),
        sa.Column("new_state", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["lesson_id"], ["lessons.lesson_id"], name=op.f("fk_lesson_history_lesson_id_lessons"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_lesson_history")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("lesson_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_lesson_history_lesson_id"), ["lesson_id"], unique=False)
