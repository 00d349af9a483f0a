"""Run by Alembic: compares and changes the tables on the connection that ``kb.database.engine`` hands in."""

from __future__ import annotations

from alembic import context

from kb.database.engine import ALL_TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ALL_TABLES,
    render_as_batch=True,  # SQLite changes a table by making it anew
    transactional_ddl=True,  # a change that was interrupted leaves nothing behind, on SQLite too
)
with context.begin_transaction():
    context.run_migrations()
