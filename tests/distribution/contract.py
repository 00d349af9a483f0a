"""What every place of releases has to do, whatever it is made of; called by the tests of each."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from kb.distribution.release import file_path
from kb.distribution.store import Source, Target
from kb.distribution.tidying import Tidied, tidy
from kb.errors import ReleaseConflict
from kb.retrieval.index.versions import current_name, read_version
from tests.distribution.conftest import LARGE, Machines


def a_release_arrives(machines: Machines, source: Source) -> None:
    """Every byte, and from the second release on only what is missing, both ways."""
    first = machines.release(1)
    assert (first.release.number, first.sent_files) == (1, 2)  # two of the three files are the same
    pulled = machines.pull(source)
    assert (pulled.is_new, pulled.fetched_files, pulled.fetched_bytes) == (True, 2, len(LARGE) + 1)
    assert current_name(machines.replica) == current_name(machines.builder)
    assert read_version(machines.replica, pulled.release.version) == replace(
        read_version(machines.builder, pulled.release.version)
    )
    assert machines.pull(source).is_new is False
    second = machines.release(2)
    assert (second.release.number, second.sent_files, second.sent_bytes) == (2, 1, 1)
    pulled = machines.pull(source)
    assert (pulled.release.number, pulled.fetched_files, pulled.fetched_bytes) == (2, 1, 1)
    assert machines.proved == [first.release.version, second.release.version]


def publishing_the_same_again_changes_nothing(machines: Machines) -> None:
    """Neither a number nor a byte; with ``send_all`` every file is sent, as after damage."""
    first = machines.release(1)
    again = machines.publish()
    assert (again.is_new, again.sent_files, again.release) == (False, 0, first.release)
    assert machines.publish(send_all=True).sent_files == 2


def of_two_publishers_one_wins(machines: Machines) -> None:
    """Both looked before either switched: one release is there, whole, and the other publisher is told."""
    machines.release(1)
    other = machines.folder / "other-builder"
    machines.build(2)
    machines.build(3, other)
    both = threading.Barrier(2)
    results: dict[str, object] = {}

    def run(name: str, index: Path) -> None:
        try:
            results[name] = machines.publish(index, _Together(machines.target(), both)).release
        except ReleaseConflict as error:
            results[name] = error

    threads = [threading.Thread(target=run, args=(i.name, i)) for i in (machines.builder, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    refused = [result for result in results.values() if isinstance(result, ReleaseConflict)]
    won = [result for result in results.values() if not isinstance(result, ReleaseConflict)]
    assert len(refused) == len(won) == 1, results
    assert str(refused[0]).startswith(f"Another publisher was first: {machines.target().address} offers release 2")
    assert machines.pull().release == won[0]


def a_lost_confirmation_is_no_conflict(machines: Machines) -> None:
    """The switch was made and its answer got lost; the next attempt finds its own release there."""
    machines.build(1)
    assert machines.publish(target=_Forgetful(machines.target())).release.number == 1
    machines.pull()


def a_file_is_continued(machines: Machines) -> None:
    """From any byte on."""
    machines.release(1)
    path = file_path(
        read_version(machines.builder, current_name(machines.builder)).manifest["files"]["graph.onnx"]["sha256"]
    )
    with machines.source().open(path, 1000) as opened:
        assert opened is not None
        assert opened.offset == 1000
        assert b"".join(opened.chunks) == LARGE[1000:]
    with machines.source().open("files/00/nothing") as opened:
        assert opened is None


def what_nobody_needs_is_removed(machines: Machines) -> None:
    """Versions beyond those that stay and files of theirs alone, once they are a day old; never the one offered."""
    for n in (1, 2, 3):
        machines.release(n)
    target, moment = machines.target(), datetime.now(UTC)
    release = machines.publish().release
    assert tidy(target, release, machines.keys, 1, moment, machines.patience) == Tidied(0, 0)
    later = moment + timedelta(days=2)
    assert tidy(target, release, machines.keys, 2, later, machines.patience) == Tidied(1, 1)
    assert len(list(target.names("versions"))) == 2
    assert len(list(target.names("files"))) == 3
    assert machines.pull().release.number == 3
    assert tidy(target, release, machines.keys, 1, later, machines.patience) == Tidied(1, 1)
    machines.build(1)  # what was removed is sent again
    assert machines.publish().sent_files == 1
    assert machines.pull().release.number == 4


class _Wrapped:
    """A place that passes everything on."""

    def __init__(self, target: Target) -> None:
        """Wrap a place."""
        self._target = target
        self.address = target.address
        self.open, self.prepare = target.open, target.prepare
        self.size, self.write, self.switch = target.size, target.write, target.switch
        self.names, self.remove = target.names, target.remove


class _Together(_Wrapped):
    """A place whose switch waits until another publisher is there as well."""

    def __init__(self, target: Target, both: threading.Barrier) -> None:
        super().__init__(target)
        self._both: threading.Barrier | None = both
        self.switch = self._switched

    def _switched(self, path: str, content: bytes, tag: str | None) -> bool:
        both, self._both = self._both, None
        if both is not None:  # another attempt does not wait again
            both.wait(60)
        return self._target.switch(path, content, tag)


class _Forgetful(_Wrapped):
    """A place that switches, and then says that another was first."""

    def __init__(self, target: Target) -> None:
        super().__init__(target)
        self.switch = lambda *given: target.switch(*given) and False
