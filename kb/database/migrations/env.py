"""Run the migrations on the connection that :mod:`kb.database.engine` passes in; Alembic runs this file."""

from __future__ import annotations

from alembic import context

from kb.database.engine import ALL_TABLES
from kb.database.partitions import is_compared

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=ALL_TABLES,
    render_as_batch=True,  # SQLite changes a table by recreating it
    transactional_ddl=True,  # an interrupted change leaves nothing behind, on SQLite too
    transaction_per_migration=True,  # one that copies a large journal keeps what it has copied when it is interrupted
    include_object=is_compared if context.config.attributes["connection"].dialect.name == "postgresql" else None,
)
with context.begin_transaction():
    context.run_migrations()
