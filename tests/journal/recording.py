"""What tests record in a journal, and what they read back."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb.database import engine as database
from kb.errors import JournalUnavailable
from kb.journal.writer import Store
from kb.types import Answer, Answered, Query, QuerySource
from tests.support import make_hits

if TYPE_CHECKING:
    import pytest

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)
VISIT = "0123456789abcdef" * 2


def answer(text: str = "why is my bill higher", outcome=None, version: str = "v1", confidence: float = 0.9) -> Answer:
    """Return an answer with two hits."""
    hits = make_hits("why-bill-went-up", "late-fee")
    outcome = outcome or Answered(hits[0], hits[1:])
    return Answer(Query(text, text.lower()), outcome, confidence, hits, version, 2.5)


def record(journal: Store, text: str = "why is my bill higher", visit: str = VISIT, **fields) -> str:
    """Record a question from a page."""
    return journal.record_query(answer(text, **fields), source=QuerySource.PAGE, visit=visit)


def rows_of(journal: Store, table: sa.Table, *columns: str) -> list[tuple]:
    """Return some columns of a table in the order written."""
    journal.flush()
    with database.reading(journal.engine) as connection:
        chosen = sa.select(*(table.c[name] for name in columns)).order_by(table.c.seq)
        return [tuple(row) for row in connection.execute(chosen)]


def sample(journal: Store, name: str, **labels: str) -> float | None:
    """Return a value of the journal's metrics."""
    return journal.metrics.registry.get_sample_value(name, labels)


def is_up(journal: Store) -> bool:
    """Return whether the last attempt to write went well."""
    return sample(journal, "kb_journal_up") == 1


@contextmanager
def failing(monkeypatch: pytest.MonkeyPatch, message: str = "it is gone"):
    """Let the database refuse to write, as one does that was stopped."""

    @contextmanager
    def refuse(_engine):
        raise JournalUnavailable(message)
        yield

    with monkeypatch.context() as patch:
        patch.setattr(database, "writing", refuse)
        yield
