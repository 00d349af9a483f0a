"""Room on the disk: below the floor, questions are answered and not kept."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from kb.errors import QueryUnknown
from kb.journal.room import Room, free_bytes
from kb.journal.writer import Store
from kb.types import EventKind, QuerySource
from tests.journal.chaos import question

MB = 2**20


class Disk:
    """A disk and a clock."""

    def __init__(self, free_mb: int) -> None:
        self.free, self.now, self.looks = free_mb * MB, 0.0, 0

    def room(self, file: Path | None = Path("data/journal.db"), floor_mb: int = 200) -> Room:
        """Return the room on it."""
        return Room(file, floor_mb, free=self._look, clock=lambda: self.now)

    def _look(self, folder: Path) -> int:
        assert folder == Path("data")
        self.looks += 1
        return self.free


def test_a_full_disk_is_noticed_and_an_empty_one_too(caplog: pytest.LogCaptureFixture) -> None:
    """Within seconds, with one line each way, and without a look for every question."""
    disk = Disk(300)
    room = disk.room()
    with caplog.at_level(logging.WARNING):
        assert all(room.is_left() for _ in range(1000))
        disk.free = 100 * MB
        assert room.is_left()
        for disk.now in (10.0, 20.0, 30.0):
            assert not room.is_left()
        disk.free = 250 * MB
        disk.now = 40.0
        assert room.is_left()
    assert disk.looks == 5
    first, second = caplog.messages
    assert "less than 200 MB are free on the disk of data/journal.db" in first
    assert "Questions are kept again" in second


@pytest.mark.parametrize(("file", "floor_mb"), [(None, 200), (Path("data/journal.db"), 0)])
def test_nothing_is_looked_at_where_there_is_no_floor(file: Path | None, floor_mb: int) -> None:
    """A database server has a disk of its own."""
    disk = Disk(0)
    assert disk.room(file, floor_mb).is_left()
    assert disk.looks == 0


def test_a_folder_that_cannot_be_looked_at_is_no_full_disk() -> None:
    """Writing says what is wrong with it."""
    assert Room(Path("/nowhere/at/all/journal.db"), 200).is_left()
    assert free_bytes(Path("/")) > 0


def test_the_journal_keeps_no_question_without_room(engine) -> None:
    """It is counted, and a click on it is refused; an earlier question takes its clicks as before."""
    has_room = [True]
    store = Store(engine, has_room=lambda: has_room[0])
    try:
        kept = store.record_query(question("first"), source=QuerySource.API, visit="v")
        has_room[0] = False
        left_out = store.record_query(question("second"), source=QuerySource.API, visit="v")
        store.record_event(kept, EventKind.HELPFUL, article_id="late-fee")
        with pytest.raises(QueryUnknown):
            store.record_event(left_out, EventKind.HELPFUL, article_id="late-fee")
        assert store.metrics.registry.get_sample_value("kb_journal_left_out_total") == 1
    finally:
        store.close()
