"""Publishing: only what is missing travels, one of two publishers wins, and a reader never sees a release in part."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from kb.distribution.release import CURRENT
from kb.distribution.store import Target
from kb.errors import ConfigError, IndexDamaged, ReleaseUntrusted, SourceUnavailable
from kb.retrieval.index.versions import current_name
from tests.distribution import contract


def test_a_release_arrives_through_a_folder(machines):
    """Every byte, and then only what is missing."""
    contract.a_release_arrives(machines, machines.source())


def test_a_release_arrives_over_the_web(machines, web):
    """The same folder behind a web server."""
    source, faults = web
    contract.a_release_arrives(machines, source)
    assert sum(path.startswith("/files/") for path, _ in faults.asked) == 3


def test_publishing_the_same_again_changes_nothing(machines):
    """Neither a number nor a byte."""
    contract.publishing_the_same_again_changes_nothing(machines)


def test_of_two_publishers_one_wins(machines):
    """The other is told which release is there now."""
    contract.of_two_publishers_one_wins(machines)


def test_a_lost_confirmation_is_no_conflict(machines):
    """An attempt whose answer got lost has switched."""
    contract.a_lost_confirmation_is_no_conflict(machines)


def test_what_nobody_needs_is_removed(machines):
    """Versions beyond those that stay, and files of theirs alone."""
    contract.what_nobody_needs_is_removed(machines)


def test_a_file_that_another_has_tidied_away_is_sent_again(machines):
    """Between the look and the switch: a file that was there is gone, and the release is whole all the same."""

    class Tidying(contract._Wrapped):
        def __init__(self, target: Target) -> None:
            super().__init__(target)
            self.switch = self._switched

        def _switched(self, *given: Any) -> bool:
            for name in list(self._target.names("files")):
                self._target.remove(name.path)
            return self._target.switch(*given)

    machines.release(1)
    machines.build(2)
    assert machines.publish(target=Tidying(machines.target())).sent_files == 1
    assert machines.pull().fetched_files == 2


def test_a_file_is_continued(machines):
    """From any byte on."""
    contract.a_file_is_continued(machines)


class Stopping(contract._Wrapped):
    """A place that fails at one of the steps that change it."""

    def __init__(self, target: Target, at: int) -> None:
        super().__init__(target)
        self._at, self._steps = at, 0
        self.write, self.switch = self._counted(target.write), self._counted(target.switch)

    def _counted(self, do: Any) -> Any:
        def counted(*given: Any) -> Any:
            self._steps += 1
            if self._steps > self._at:
                raise SourceUnavailable("The power is gone. Wait.", may_pass=False)
            return do(*given)

        return counted


def test_a_publisher_that_is_stopped_at_any_step_leaves_the_release_before(machines):
    """Two files, the manifest, the switch: before the last, others pull what they have; the next run completes it."""
    machines.release(1)
    machines.pull()
    machines.build(2)
    for at in range(4):
        with pytest.raises(SourceUnavailable, match="power"):
            machines.publish(target=Stopping(machines.target(), at), send_all=True)
        assert machines.pull().release.number == 1
    assert machines.publish().release.number == 2
    assert machines.pull().is_new


def test_a_number_is_never_given_twice(machines, tmp_path):
    """Not by a place that was emptied, nor by a clock that was set back."""
    first = machines.release(1).release
    machines.pull()
    shutil.rmtree(machines.address)
    machines.build(2)
    second = machines.publish(clock=lambda: first.published_at.replace(year=2001)).release
    assert (second.number, second.published_at) == (2, first.published_at)
    assert machines.pull().release == second


def test_what_a_stranger_put_there_is_not_replaced(machines, other_key):
    """The publisher is told who signed it, and nothing is sent."""
    machines.build(1)
    machines.publish(key=other_key)
    machines.build(2)
    with pytest.raises(ReleaseUntrusted, match=f"is signed by {other_key.id}, and none of the trusted keys"):
        machines.publish()


def test_a_damaged_version_is_not_published(machines):
    """Every byte is verified before the first one is sent."""
    name = machines.build(1)
    (machines.builder / "versions" / name / "text.json").write_bytes(b"2")
    with pytest.raises(IndexDamaged, match=r"text\.json"):
        machines.publish()
    assert not Path(machines.address, CURRENT).exists()


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://files.example.com/index", "can only be read"),
        ("ftp://files.example.com/index", "not a place for releases"),
        ("s3://UPPER/x", "not the address of a bucket"),
        ("s3://bucket/../other", "not the address of a bucket"),
    ],
)
def test_a_place_that_cannot_be_one_is_refused(machines, address, said):
    """Before anything is connected to."""
    machines.address = address
    with pytest.raises(ConfigError, match=said):
        machines.target()


def test_an_older_version_is_published_under_a_new_number(machines):
    """The way back: replicas take it like any other release."""
    old = machines.release(1).release.version
    machines.release(2)
    machines.pull()
    machines.build(1)
    assert machines.publish().release.number == 3
    assert machines.pull().is_new
    assert current_name(machines.replica) == old


def test_a_machine_does_not_pull_what_it_has_published(machines):
    """It has it, and may have built something newer since."""
    machines.release(1)
    machines.build(2)
    machines.builder.rename(machines.replica)
    assert machines.pull().is_new is False
