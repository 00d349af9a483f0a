"""The gaps of an empty journal."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kb.gaps.book import GapBook
from tests.journal_rows import NOON

if TYPE_CHECKING:
    import sqlalchemy as sa


@pytest.fixture
def book(engine: sa.Engine) -> GapBook:
    """Return the gaps of an empty journal, at a fixed time."""
    return GapBook(engine, clock=lambda: NOON + timedelta(hours=1))
