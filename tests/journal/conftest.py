"""A journal on an empty database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.database import engine as database
from kb.journal.writer import Store
from tests.journal.recording import NOW


@pytest.fixture
def journal(ready_url: str) -> Iterator[Store]:
    """A journal on an empty database, with a clock that does not move."""
    opened = Store(database.open_engine(ready_url), backlog=50, clock=lambda: NOW)
    opened.prepare()
    yield opened
    opened.close()
