"""Versions of the index: written, published, read, and swept up."""

from __future__ import annotations

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from kb.common.files import sha256, sha256_of_file
from kb.errors import IndexBusy, IndexDamaged, KbIndexError
from kb.retrieval.index import versions
from kb.retrieval.index.versions import build_lock, current_name, publish, read_version, version_names, write_version
from tests.retrieval.index.conftest import flip
from tests.support import ROOT, build, copy_index

FILES = {"a.bin": b"first", "b.bin": b"second \x00\xff"}


def write(index: Path, n: int = 0) -> str:
    """Write a version that differs by a number."""
    return write_version(index, FILES, {"n": n})


# --------------------------------------------------------------------------------- write, publish, read


def test_what_was_written_is_read(tmp_path):
    """A version gives back its files and its manifest, with format, sizes and digests added."""
    read = read_version(tmp_path, write(tmp_path, 7))
    assert read.files == FILES
    assert read.manifest["n"] == 7
    assert read.manifest["format"] == versions.FORMAT
    assert read.manifest["files"]["a.bin"] == {"sha256": sha256(b"first"), "size": 5}


def test_the_name_is_the_manifest_s_digest(tmp_path):
    """A version's id ends in the first 16 hex digits of its manifest's SHA-256."""
    name = write(tmp_path)
    assert name.split("-")[-1] == sha256_of_file(tmp_path / "versions" / name / "manifest.json")[:16]


def test_current_is_the_folder_s_name_and_a_newline(tmp_path):
    """CURRENT holds exactly the name and a newline."""
    name = write(tmp_path)
    publish(tmp_path, name, keep=3)
    assert (tmp_path / "CURRENT").read_bytes() == f"{name}\n".encode()
    assert current_name(tmp_path) == name


def test_a_version_written_but_not_published_does_not_serve(tmp_path):
    """Writing alone changes nothing for readers."""
    publish(tmp_path, old := write(tmp_path, 1), keep=3)
    write(tmp_path, 2)
    assert current_name(tmp_path) == old


def test_the_same_bytes_are_not_written_again(tmp_path):
    """The same files give the same name, and the folder is left alone."""
    name = write(tmp_path)
    before = {p.name: p.stat().st_mtime_ns for p in (tmp_path / "versions" / name).iterdir()}
    assert write(tmp_path) == name
    assert {p.name: p.stat().st_mtime_ns for p in (tmp_path / "versions" / name).iterdir()} == before


def test_a_damaged_version_is_written_again(tmp_path):
    """Building the same bytes repairs a damaged version under its old name."""
    name = write(tmp_path)
    flip(tmp_path / "versions" / name / "a.bin", 0)
    assert write(tmp_path) == name
    assert read_version(tmp_path, name).files == FILES


def test_a_disk_that_gives_back_other_bytes_is_noticed(tmp_path, monkeypatch):
    """What cannot be read back as written raises before anything is published."""
    honest = versions.write_flushed
    monkeypatch.setattr(versions, "write_flushed", lambda p, d: honest(p, d.replace(b"first", b"worst")))
    with pytest.raises(IndexDamaged, match=r"a\.bin is damaged"):
        write(tmp_path)


@pytest.mark.parametrize("keep", [1, 2, 3])
def test_publishing_keeps_the_last_published(tmp_path, keep):
    """The newest ``keep`` versions stay, in the order of publishing."""
    names = [write(tmp_path, n) for n in range(5)]
    for name in names:
        publish(tmp_path, name, keep=9)
    publish(tmp_path, names[1], keep=keep)  # published again: the newest now
    assert version_names(tmp_path) == [names[1], names[4], names[3]][:keep]


def test_a_full_disk_leaves_nothing_behind(tmp_path, monkeypatch):
    """The message says how much room is needed and where; the half-written version is gone, as are earlier ones."""
    left = tmp_path / "versions" / ".new-v3-0123456789abcdef"
    left.mkdir(parents=True)
    real, written = versions.write_flushed, []

    def full(path, data):
        if written:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(path)
        real(path, data)

    monkeypatch.setattr(versions, "write_flushed", full)
    with pytest.raises(KbIndexError, match=r"versions: No space left on device.*Make sure that 2 MB are free"):
        versions.write_version(tmp_path, {"a": b"x" * 1_000_000, "b": b"y" * 1_000_000}, {})
    assert written
    assert list((tmp_path / "versions").iterdir()) == []


def test_publishing_sweeps_up_what_a_crash_left(tmp_path):
    """Half a version of an earlier crash is removed."""
    left = tmp_path / "versions" / ".new-v1-0123"
    left.mkdir(parents=True)
    (left / "a.bin").write_bytes(b"half")
    publish(tmp_path, write(tmp_path), keep=1)
    assert not left.exists()


def test_a_stray_file_among_the_versions_is_no_version(tmp_path):
    """A stray file in the folder neither counts as a version nor stops a publication."""
    note = tmp_path / "versions" / "README"
    note.parent.mkdir(parents=True)
    note.write_text("do not touch")
    publish(tmp_path, name := write(tmp_path), keep=1)
    assert version_names(tmp_path) == [name]
    assert note.read_text() == "do not touch"


def test_a_second_build_is_told_to_wait(tmp_path):
    """While the lock is held, a build says who is busy and what to do."""
    with build_lock(tmp_path):
        code = (
            "import sys, pathlib\nfrom kb.errors import IndexBusy\nfrom kb.retrieval.index.versions import build_lock\n"
        )
        code += "try:\n    build_lock(pathlib.Path(sys.argv[1])).__enter__()\nexcept IndexBusy as e:\n    print(e)"
        done = subprocess.run(
            [sys.executable, "-c", code, tmp_path], check=False, capture_output=True, text=True, cwd=ROOT
        )
    assert done.stdout == f"Another build is writing to {tmp_path}. Wait until it is done, then build again.\n"


def test_a_build_under_another_lock_changes_nothing(tiny_index, tmp_path):
    """A build that comes second raises IndexBusy and leaves the index as it is."""
    mine = copy_index(tiny_index, tmp_path / "index")
    with build_lock(mine.index), pytest.raises(IndexBusy):
        build(mine, full=True)
    assert current_name(mine.index) == current_name(tiny_index.index)
