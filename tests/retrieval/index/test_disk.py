"""Disks that fail while a version is written or read, processes that are killed, and clocks that are set back."""

from __future__ import annotations

import errno
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from kb.common import files as files_module
from kb.errors import IndexDamaged, KbIndexError
from kb.retrieval.index import versions
from kb.retrieval.index.versions import current_name, read_version, readable_versions, version_names
from tests.retrieval.index.killed import bring_out
from tests.support import ROOT


@contextmanager
def disk_of(room: int) -> Iterator[list[int]]:
    """Have a disk that takes so many bytes; yield the number it has taken, in a list of one."""
    taken = [0]
    real = files_module.write_flushed

    def write(path: Path, data: bytes) -> None:
        fits = data[: max(0, room - taken[0])]
        taken[0] += len(fits)
        real(path, fits)
        if len(fits) < len(data):
            raise OSError(errno.ENOSPC, "No space left on device", str(path))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(versions, "write_flushed", write)
        patch.setattr(files_module, "write_flushed", write)
        yield taken


def test_a_disk_that_is_full_at_any_byte_leaves_what_serves(tmp_path: Path) -> None:
    """Nothing of the new version is left, and with room it is published; so it is for CURRENT's own few bytes."""
    old = bring_out(tmp_path, 1)
    with disk_of(10**6) as needed:
        bring_out(tmp_path / "elsewhere", 2)
    tried = [*range(0, needed[0], 29), *range(needed[0] - 22, needed[0])]  # the last ones: CURRENT
    for room in tried:
        with disk_of(room), pytest.raises(KbIndexError, match=r"cannot be written .*No space left.*goes on serving"):
            bring_out(tmp_path, 2)
        assert current_name(tmp_path) == old
        for whole in set(version_names(tmp_path)) - {old}:  # only CURRENT was missing
            shutil.rmtree(tmp_path / "versions" / whole)
        assert not [*(tmp_path / "versions").glob(".*"), *tmp_path.glob(".CURRENT*")], f"{room} bytes"
        assert next(readable_versions(tmp_path, pytest.fail)).name == old
    with disk_of(needed[0]):
        assert bring_out(tmp_path, 2) == current_name(tmp_path) != old


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a byte is written; what serves goes on."""
    old = bring_out(tmp_path, 1)

    def refuse(path: Path, *_: object, **__: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "mkdir", refuse)
        with pytest.raises(KbIndexError, match="versions: Read-only file system"):
            bring_out(tmp_path, 2)
    assert current_name(tmp_path) == old


def test_an_old_version_that_cannot_be_removed_undoes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The new one is published, the log says what stays, and the next build removes it."""
    old = bring_out(tmp_path, 1)

    def fail(path: Path, **_: object) -> None:
        raise OSError(errno.EIO, "Input/output error", str(path))

    with monkeypatch.context() as patch:
        patch.setattr(versions.shutil, "rmtree", fail)
        new = bring_out(tmp_path, 2, keep=1)
    assert current_name(tmp_path) == new
    assert f"The old index version {tmp_path / 'versions' / old} cannot be removed: Input/output error." in caplog.text
    newest = bring_out(tmp_path, 3, keep=1)
    assert version_names(tmp_path) == [newest]


@pytest.mark.parametrize("name", ["manifest.json", "a.bin"])
def test_a_disk_that_cannot_read_a_file_makes_way_for_the_version_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Refused by version and file with the system's words; the version before is read."""
    old, new = bring_out(tmp_path, 1), bring_out(tmp_path, 2)
    real = Path.read_bytes

    def read(path: Path) -> bytes:
        if path.parent.name == new and path.name == name:
            raise OSError(errno.EIO, "Input/output error", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", read)
    with pytest.raises(IndexDamaged, match=rf"version {new} is refused: {name} is damaged \(Input/output error\)"):
        read_version(tmp_path, new)
    said: list[str] = []
    assert next(readable_versions(tmp_path, said.append)).name == old
    assert len(said) == 1


def test_a_clock_that_was_set_back_changes_no_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is published last is the last published, which stays longest and is fallen back to first."""
    first = bring_out(tmp_path, 1)
    monkeypatch.setattr(versions.time, "time_ns", lambda: 1_000_000_000_000_000_000)  # in the year 2001
    second, third = bring_out(tmp_path, 2), bring_out(tmp_path, 3)
    assert version_names(tmp_path) == [third, second, first]
    (tmp_path / "CURRENT").unlink()
    assert next(readable_versions(tmp_path, [].append)).name == third
    fourth = bring_out(tmp_path, 4, keep=2)
    assert version_names(tmp_path) == [fourth, third]


# ------------------------------------------------------------------------------------------------- killed


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="there is no such signal")
def test_killed_before_every_step_a_published_version_serves(tmp_path: Path) -> None:
    """SIGKILL while a version is written, published, and the oldest removed: one serves, the next build works."""
    source, work = tmp_path / "index", tmp_path / "killed"
    bring_out(source, 1)
    old = bring_out(source, 2)
    command = [sys.executable, "-m", "tests.retrieval.index.killed", str(source), str(work)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    steps = int(done.stdout)
    new = current_name(work / str(steps + 1))
    served = []
    for n in range(1, steps + 1):
        torn = work / str(n)
        served.append(next(readable_versions(torn, pytest.fail)).name)
        assert bring_out(torn, 9, keep=2) == new
        assert version_names(torn) == [new, old]
        assert sorted(path.name for path in torn.iterdir()) == ["CURRENT", "versions"]
        assert not list((torn / "versions").glob(".*"))
    assert served == sorted(served, key=[old, new].index)
    assert set(served) == {old, new}
    assert steps >= 15
