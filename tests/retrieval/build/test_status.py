"""How far a build is: the file next to the index, its figures, and when it is not believed."""

from __future__ import annotations

import json
import os

import pytest

from kb.retrieval.build.status import FILE, BuildStage, StatusWriter, build_status, read_status


class Clock:
    """Seconds that a test moves on."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


def test_a_build_says_how_far_it_is(tmp_path):
    """Stage, encoder, share and the seconds that are left at the rate so far."""
    clock = Clock()
    writer = StatusWriter(tmp_path, "best", is_first=True, clock=clock)
    writer.enter(BuildStage.ENCODING, "quick")
    clock.now += 10
    writer.advance(25, 100)
    status = read_status(tmp_path)
    assert (status.stage, status.encoder, status.goal, status.is_first) == (BuildStage.ENCODING, "quick", "best", True)
    assert (status.done, status.total, status.share, status.seconds_left) == (25, 100, 0.25, 30.0)


def test_the_file_is_not_written_at_every_step(tmp_path):
    """A step within half a second of the last one is left out, the last step never."""
    clock = Clock()
    writer = StatusWriter(tmp_path, "best", clock=clock)
    writer.enter(BuildStage.LEARNING)
    writer.advance(1, 3)
    assert read_status(tmp_path).done == 0
    clock.now += 1
    writer.advance(2, 3)
    assert read_status(tmp_path).done == 2
    writer.advance(3, 3)
    assert read_status(tmp_path).done == 3


def test_a_new_stage_begins_at_nothing(tmp_path):
    """Counts and time start again, and no remaining time is shown."""
    writer = StatusWriter(tmp_path, "best", clock=Clock())
    writer.enter(BuildStage.ENCODING)
    writer.advance(5, 5)
    writer.enter(BuildStage.WRITING)
    status = read_status(tmp_path)
    assert (status.stage, status.done, status.total, status.seconds_left) == (BuildStage.WRITING, 0, 0, None)


def test_progress_is_passed_on(tmp_path):
    """A terminal's bar moves as before."""
    seen = []
    StatusWriter(tmp_path, "best").also(lambda done, total: seen.append((done, total)))(1, 2)
    assert seen == [(1, 2)]


def test_the_file_goes_with_the_build(tmp_path):
    """There while it runs, gone when it ends, also by an error."""
    found = []

    def fail() -> None:
        with build_status(tmp_path, "best"):
            found.append(read_status(tmp_path).stage)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert found == [BuildStage.PREPARING]
    assert read_status(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"stage": "none"}', b"\xff"])
def test_a_file_that_is_no_status_is_none(tmp_path, data):
    """Half a file, or one of another program."""
    (tmp_path / FILE).write_bytes(data)
    assert read_status(tmp_path) is None


def test_a_build_that_was_killed_is_not_believed(tmp_path):
    """Two minutes without a sign of life, also where the clock was set back since."""
    StatusWriter(tmp_path, "best").enter(BuildStage.ENCODING)
    assert json.loads((tmp_path / FILE).read_bytes())["goal"] == "best"
    written = (tmp_path / FILE).stat().st_mtime
    for at in (written - 121, written + 86_400):
        os.utime(tmp_path / FILE, (at, at))
        assert read_status(tmp_path) is None


def test_a_folder_that_cannot_be_written_stops_nothing(tmp_path):
    """The status is for others; the build itself says what is wrong with the folder."""
    StatusWriter(tmp_path / "missing", "best").enter(BuildStage.ENCODING)
    assert read_status(tmp_path / "missing") is None
