"""Sealed case sheets: the page that wrote one can open it, and nobody else."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb.contact.sealed import FORGOTTEN, SealedSheets
from kb.database.engine import reading, writing
from kb.database.tables.sheets import sealed_sheets

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
SHEET = {"case": {"happened": "They charged me zebrastripe twice", "wanted": ""}, "read_articles": ["late-fee"]}


def rows(engine: Engine) -> list[tuple[str, bytes]]:
    """Return what is in the database."""
    with reading(engine) as connection:
        return [(row.id, row.sealed) for row in connection.execute(sa.select(sealed_sheets))]


def test_another_process_opens_it_with_the_pages_session_and_with_nothing_else(engine: Engine) -> None:
    """What is stored has neither a word of it nor the session; the last one that was kept counts."""
    session = str(uuid.uuid4())
    here, there = SealedSheets(engine), SealedSheets(engine)
    here.keep(session, {"case": {}})
    here.keep(session, SHEET)
    assert there.read(session) == SHEET
    assert there.read(str(uuid.uuid4())) == {}
    ((name, sealed),) = rows(engine)
    assert session not in name
    assert b"zebrastripe" not in sealed
    assert len(sealed) % 1024 == 12 + 16
    there.remove(session)
    assert here.read(session) == {}
    assert rows(engine) == []


def test_a_row_that_was_changed_or_exchanged_opens_nothing(engine: Engine) -> None:
    """A flipped bit, and another sheet under the same name."""
    sheets, mine, other = SealedSheets(engine), str(uuid.uuid4()), str(uuid.uuid4())
    sheets.keep(mine, SHEET)
    name, sealed = rows(engine)[0]
    sheets.keep(other, SHEET)
    (theirs,) = (row[1] for row in rows(engine) if row[0] != name)
    for changed in (sealed[:-1] + bytes((sealed[-1] ^ 1,)), theirs):
        with writing(engine) as connection:
            connection.execute(sa.update(sealed_sheets).where(sealed_sheets.c.id == name).values(sealed=changed))
        assert sheets.read(mine) == {}


def test_no_secret_keeps_nothing(engine: Engine) -> None:
    """Outside of a page there is no session, or a word of a test's."""
    sheets = SealedSheets(engine)
    for session in ("", "test session id"):
        sheets.keep(session, SHEET)
        sheets.remove(session)
        assert sheets.read(session) == {}
    assert rows(engine) == []


def test_what_was_left_is_removed_after_a_day(engine: Engine) -> None:
    """With the next sheet that is kept."""
    moment = [NOON]
    sheets, old, young = SealedSheets(engine, lambda: moment[0]), str(uuid.uuid4()), str(uuid.uuid4())
    sheets.keep(old, SHEET)
    moment[0] += FORGOTTEN + timedelta(seconds=1)
    sheets.keep(young, SHEET)
    assert (sheets.read(old), sheets.read(young)) == ({}, SHEET)
