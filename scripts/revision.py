"""Write the next revision of the journal's tables: ``python scripts/revision.py "what changes"``.

It compares the tables that the code declares with those that the existing revisions create. Review the file, and write
``sa.DateTime(timezone=True)`` for points in time.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command
from alembic.script import ScriptDirectory

from kb.database.engine import alembic_config, open_engine, upgrade


def main() -> None:
    """Write the file and print its path."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder, 'empty.db')}")
        upgrade(engine)
        with engine.connect() as connection:
            config = alembic_config(connection)
            number = len(list(ScriptDirectory.from_config(config).walk_revisions())) + 1
            command.revision(config, message=sys.argv[1], rev_id=f"{number:04}", autogenerate=True)
        engine.dispose()


if __name__ == "__main__":
    main()
