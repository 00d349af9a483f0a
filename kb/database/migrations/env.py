"""Run the migrations on the connection that :mod:`kb.database.engine` passes in; Alembic runs this file."""

from __future__ import annotations

from alembic import context

from kb.database.engine import ALL_TABLES

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ALL_TABLES,
    render_as_batch=True,  # SQLite changes a table by recreating it
    transactional_ddl=True,  # an interrupted change leaves nothing behind, on SQLite too
)
with context.begin_transaction():
    context.run_migrations()
