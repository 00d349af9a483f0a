"""Gaps with their questions, history and replays; daily counts."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "daily_counts",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("article_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("detail", sa.String(length=64), server_default="", nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("day", "name", "article_id", "detail", name=op.f("pk_daily_counts")),
    )
    op.create_table(
        "gaps",
        sa.Column("gap_id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("owner", sa.String(length=200), nullable=True),
        sa.Column("article_id", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("proposed_article", sa.String(length=200), nullable=True),
        sa.Column("proposed_version", sa.String(length=100), nullable=True),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("nearest", sa.String(length=200), server_default="", nullable=False),
        sa.Column("why_not", sa.String(length=32), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("gap_id", name=op.f("pk_gaps")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("gaps", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gaps_state"), ["state"], unique=False)

    op.create_table(
        "rollup_state",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_rollup_state")),
    )
    op.create_table(
        "gap_history",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("who", sa.String(length=200), nullable=False),
        sa.Column("old_state", sa.String(length=16), nullable=False),
        sa.Column("new_state", sa.String(length=16), nullable=False),
        sa.Column("note", sa.Text(), server_default="", nullable=False),
        sa.Column("article_id", sa.String(length=200), nullable=True),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.gap_id"], name=op.f("fk_gap_history_gap_id_gaps")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_gap_history")),
    )
    with op.batch_alter_table("gap_history", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_history_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gap_history_gap_id"), ["gap_id"], unique=False)

    op.create_table(
        "gap_members",
        sa.Column("query_id", sa.String(length=32), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("reasons", sa.String(length=100), nullable=False),
        sa.Column("visit", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("nearest", sa.String(length=200), server_default="", nullable=False),
        sa.Column("why_not", sa.String(length=32), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.gap_id"], name=op.f("fk_gap_members_gap_id_gaps")),
        sa.PrimaryKeyConstraint("query_id", name=op.f("pk_gap_members")),
    )
    with op.batch_alter_table("gap_members", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_members_gap_id_asked_at"), ["gap_id", "asked_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_gap_members_question_key"), ["question_key"], unique=False)

    op.create_table(
        "gap_questions",
        sa.Column("question_key", sa.String(length=64), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("encoder", sa.String(length=200), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("central", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.gap_id"], name=op.f("fk_gap_questions_gap_id_gaps")),
        sa.PrimaryKeyConstraint("question_key", name=op.f("pk_gap_questions")),
    )
    with op.batch_alter_table("gap_questions", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_questions_gap_id"), ["gap_id"], unique=False)

    op.create_table(
        "gap_replays",
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("gap_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("index_version", sa.String(length=100), nullable=False),
        sa.Column("counted", sa.Integer(), nullable=False),
        sa.Column("served", sa.Integer(), nullable=False),
        sa.Column("article_id", sa.String(length=200), server_default="", nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["gap_id"], ["gaps.gap_id"], name=op.f("fk_gap_replays_gap_id_gaps")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_gap_replays")),
    )
    with op.batch_alter_table("gap_replays", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_gap_replays_gap_id"), ["gap_id"], unique=False)
