"""On PostgreSQL, the questions that new events name are looked up one by one, whatever the planner expects.

Joined with the new rows, a journal of some hundred thousand questions was read from end to end for each batch.
"""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_LOOKED_UP = """
CREATE OR REPLACE FUNCTION kb_names_a_question() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (SELECT count(*) FROM added WHERE query_id IS NOT NULL) <> (
        SELECT count(*) FROM added CROSS JOIN LATERAL (
            SELECT FROM queries WHERE queries.query_id = added.query_id LIMIT 1 FOR KEY SHARE
        ) AS there
    ) THEN
        RAISE foreign_key_violation USING MESSAGE = TG_TABLE_NAME || ' names a question that is not there';
    END IF;
    RETURN NULL;
END $$;
"""


def upgrade() -> None:
    """Make the change."""
    if op.get_bind().dialect.name == "postgresql":
        op.get_bind().exec_driver_sql(_LOOKED_UP)
