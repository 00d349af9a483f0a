"""Versions on disk: what is written is verified, damage is detected, and a crash leaves the published version."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from kb.common.files import canonical_json, replace_file, sha256, sha256_of_file
from kb.errors import IndexBusy, IndexDamaged, IndexMissing, IndexStale, KbIndexError
from kb.retrieval.answering.live import load_newest
from kb.retrieval.index import versions
from kb.retrieval.index.versions import (
    build_lock,
    current_name,
    publish,
    read_version,
    readable_versions,
    version_names,
    write_version,
)
from kb.settings.settings import Settings
from tests.support import ROOT, build, copy_index, write_article

FILES = {"a.bin": b"first", "b.bin": b"second \x00\xff"}


def write(index: Path, n: int = 0) -> str:
    """Write a version that differs by a number."""
    return write_version(index, FILES, {"n": n})


def flip(path: Path, at: int) -> None:
    """Change one bit of one byte."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


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


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path, monkeypatch):
    """A crash before the rename leaves the old bytes."""
    path = tmp_path / "CURRENT"
    replace_file(path, b"old")
    monkeypatch.setattr(os, "replace", crash)
    with pytest.raises(Crash):
        replace_file(path, b"new")
    assert path.read_bytes() == b"old"


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


# ------------------------------------------------------------------------------------------------ damage


@pytest.fixture
def two(settings: Settings) -> tuple[Settings, str, str]:
    """Settings with an older and a newer good version, and their names."""
    old = build(settings).version
    write_article(settings.articles, "modem-rent", "The modem costs money every month.\n")
    return settings, old, build(settings).version


def files_of(settings: Settings, name: str) -> list[str]:
    """Return the files of a version, the manifest included."""
    return sorted(p.name for p in (settings.index / "versions" / name).iterdir())


def zero(path: Path) -> None:
    """Keep a file's length and lose its bytes."""
    path.write_bytes(b"\x00" * path.stat().st_size)


HARM: dict[str, Callable[[Path], object]] = {
    "first byte flipped": lambda p: flip(p, 0),
    "middle byte flipped": lambda p: flip(p, p.stat().st_size // 2),
    "last byte flipped": lambda p: flip(p, -1),
    "truncated": lambda p: os.truncate(p, p.stat().st_size - 1),
    "emptied": lambda p: p.write_bytes(b""),
    "zeroed": zero,
    "longer": lambda p: p.write_bytes(p.read_bytes() + b"\n"),
    "missing": lambda p: p.unlink(),
    "a folder": lambda p: (p.unlink(), p.mkdir()),
}


@pytest.mark.parametrize("harm", HARM.values(), ids=HARM.keys())
def test_harm_to_any_file_is_noticed_and_the_older_version_serves(two, tmp_path, harm):
    """Every file in turn, the manifest included: refused by version and file, and the one before answers."""
    settings, old, new = two
    for file in files_of(settings, new):
        harmed = copy_index(settings, tmp_path / "harmed")
        harm(harmed.index / "versions" / new / file)
        with pytest.raises(IndexDamaged, match=rf"version {new} is refused: {file} is damaged"):
            read_version(harmed.index, new)
        said: list[str] = []
        assert load_newest(harmed, said.append).version == old, file
        assert len(said) == 1
        assert new in said[0]
        assert file in said[0]
        assert said[0].endswith("Build again: kb build")
        shutil.rmtree(harmed.index)


def test_with_no_good_version_left_it_says_so(tiny_index, tmp_path):
    """A single version that is damaged leaves nothing to serve: an error, each refusal told."""
    harmed = copy_index(tiny_index, tmp_path / "harmed")
    name = current_name(harmed.index)
    flip(harmed.index / "versions" / name / "manifest.json", 3)
    said: list[str] = []
    with pytest.raises(IndexDamaged, match=r"No version of the index in .* is good\. Build again: kb build --full"):
        load_newest(harmed, said.append)
    assert len(said) == 1


def test_a_flipped_byte_of_current_is_noticed_by_name(two, tmp_path):
    """Whichever byte of CURRENT changes, CURRENT is named and the last published version serves."""
    settings, _, new = two
    for at in range(len(new) + 1):
        harmed = copy_index(settings, tmp_path / "harmed")
        flip(harmed.index / "CURRENT", at)
        said: list[str] = []
        assert load_newest(harmed, said.append).version == new
        assert len(said) == 1
        assert "CURRENT is damaged" in said[0]
        shutil.rmtree(harmed.index)


@pytest.mark.parametrize(
    "content", [b"", b"\n", b"../../etc\n", b"\xff\xfe\n", b"a b\n", b".new-x\n", "vé-1\n".encode()]
)
def test_a_current_that_holds_no_name_is_damaged(two, content):
    """Nothing but a version's name is followed, least of all a path."""
    settings, _, new = two
    (settings.index / "CURRENT").write_bytes(content)
    with pytest.raises(IndexDamaged, match="CURRENT is damaged"):
        current_name(settings.index)
    assert load_newest(settings, [].append).version == new


def test_a_current_that_is_a_folder_is_damaged(tmp_path):
    """What cannot be read is named with its reason."""
    (tmp_path / "CURRENT").mkdir()
    with pytest.raises(IndexDamaged, match="CURRENT cannot be read: Is a directory"):
        current_name(tmp_path)


def test_a_missing_current_falls_back_to_the_last_published(two):
    """Without CURRENT, the last published version serves, and this is reported."""
    settings, _, new = two
    (settings.index / "CURRENT").unlink()
    said: list[str] = []
    assert load_newest(settings, said.append).version == new
    assert said == [
        f"{settings.index / 'CURRENT'} is missing; the last version that was published is used. Build again: kb build"
    ]


def test_no_index_at_all_is_missing(tmp_path):
    """Nothing built: one sentence with the remedy."""
    with pytest.raises(IndexMissing, match=r"There is no index in .*nowhere\. Build one: kb build"):
        list(readable_versions(tmp_path / "nowhere", [].append))


def rewrite_manifest(index: Path, **changes: object) -> str:
    """Publish the current version again, with its manifest changed and its digests recomputed."""
    folder = index / "versions" / current_name(index)
    data = canonical_json({**json.loads((folder / "manifest.json").read_bytes()), **changes})
    name = f"v{versions.FORMAT}-{sha256(data)[:16]}"
    shutil.copytree(folder, index / "versions" / name)
    (index / "versions" / name / "manifest.json").write_bytes(data)
    publish(index, name, keep=9)
    return name


@pytest.mark.parametrize("other", [versions.FORMAT + 1, None, "1"])
def test_another_format_is_stale(tiny_index, tmp_path, other):
    """A version of another program is refused with both formats, and the older one serves."""
    mine = copy_index(tiny_index, tmp_path / "index")
    old = current_name(mine.index)
    name = rewrite_manifest(mine.index, format=other)
    wanted = f"{name} in .* has format {other!r}, this program reads {versions.FORMAT}. Build again: kb build"
    with pytest.raises(IndexStale, match=wanted):
        read_version(mine.index, name)
    said: list[str] = []
    assert load_newest(mine, said.append).version == old
    assert len(said) == 1


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (b"{", "not JSON"), (b"[" * 100_000, "not JSON"), (b"\xff", "not JSON"), (b"[]", "not a JSON object"),
        ({}, "lists no files"), ({"files": []}, "lists no files"), ({"files": {"a": None}}, "'a' is missing"),
        ({"files": {"a": {"size": 1}}}, "'a' is missing"), ({"files": {"../a": {"size": 1, "sha256": ""}}}, "'../a' is not"),
        ({"files": {"/etc/hosts": {}}}, "'/etc/hosts' is not"), ({"files": {"\0": {}}}, "is not the name of a file"),
    ],
)  # fmt: skip
def test_a_manifest_of_another_make_is_refused(tmp_path, written, said):
    """Its name proves that it is as it was written, but not who wrote it, and no file outside of the version is read."""
    data = written if isinstance(written, bytes) else canonical_json({"format": versions.FORMAT, **written})
    folder = tmp_path / "versions" / versions.version_name(data)
    folder.mkdir(parents=True)
    (folder / versions.MANIFEST).write_bytes(data)
    with pytest.raises(IndexDamaged, match=said):
        read_version(tmp_path, folder.name)


def test_a_version_that_lacks_a_part_is_stale(tiny_index, tmp_path):
    """A version whose bytes are proved but whose parts are not those this program reads is refused, not a crash."""
    mine = copy_index(tiny_index, tmp_path / "index")
    old = current_name(mine.index)
    listed = json.loads((mine.index / "versions" / old / "manifest.json").read_bytes())["files"]
    for left_out in sorted(n for n in listed if not n.startswith("head")):  # small libraries have no head
        name = rewrite_manifest(mine.index, files={k: v for k, v in listed.items() if k != left_out})
        said: list[str] = []
        assert load_newest(mine, said.append).version == old
        assert len(said) == 1
        assert name in said[0]
        assert said[0].endswith("Build again: kb build --full")
        publish(mine.index, old, keep=1)


# ----------------------------------------------------------------------------------------------- crashes


class Crash(BaseException):
    """The machine goes down here: nothing may catch it."""


def crash(*_: object, **__: object) -> None:
    """Go down."""
    raise Crash


STEPS = ((os, "fsync"), (os, "rename"), (os, "replace"), (os, "utime"), (os, "mkdir"), (shutil, "rmtree"))


class CrashAt:
    """Every step that touches the disk is counted; one of them does not happen, and none after it."""

    def __init__(self, patch: pytest.MonkeyPatch, at: int) -> None:
        """Crash instead of step ``at``, counted from 1."""
        self.at, self.steps = at, 0
        for module, name in STEPS:
            patch.setattr(module, name, self._counted(getattr(module, name)))

    def _counted(self, real: Callable[..., object]) -> Callable[..., object]:
        def step(*args: object, **options: object) -> object:
            self.steps += 1
            if self.steps >= self.at:
                raise Crash
            return real(*args, **options)

        return step


EVERY_STEP = os.environ.get("KB_TEST_CRASHES") == "all"
"""``make test-crashes`` goes down at every step, ``make test`` at every fifth."""


def crash_points(settings: Settings, work: Path) -> Iterator[tuple[int, Settings]]:
    """Yield an index on which a build crashed at the first step, at a later one, and so on until one is done."""
    for at in range(1, 200, 1 if EVERY_STEP else 5):
        mine = copy_index(settings, work / str(at))
        with pytest.MonkeyPatch.context() as patch:
            CrashAt(patch, at)
            try:
                build(mine)
            except Crash:
                done = False
            else:
                done = True
        if done:
            return
        yield at, mine
    raise AssertionError("the build never ends")


def test_a_crash_at_any_step_leaves_a_published_version(settings, tmp_path):
    """Wherever a build goes down, the old version or the new one serves without complaint, and the next build works."""
    old = build(settings).version
    write_article(settings.articles, "modem-rent", "The modem costs money every month.\n")
    new = build(copy_index(settings, tmp_path / "wanted")).version
    seen = []
    for at, mine in crash_points(settings, tmp_path):
        said: list[str] = []
        served = load_newest(mine, said.append).version
        assert said == [], f"step {at}"
        seen.append(served)
        if EVERY_STEP and at % 3:
            continue  # the next build is tried after some
        assert build(mine).version == new
        assert sorted(p.name for p in mine.index.iterdir()) == [".lock", "CURRENT", "versions"], f"step {at}"
        assert set(version_names(mine.index)) == {old, new}
        assert not list((mine.index / "versions").glob(".*"))
    assert len(seen) > (10 if EVERY_STEP else 4)
    assert seen == sorted(seen, key=[old, new].index)  # never back from the new one to the old one
    assert seen[0] == old
    assert set(seen) == {old, new} or not EVERY_STEP  # the last steps, after CURRENT is replaced, may be skipped


def test_a_crash_while_mending_leaves_the_older_version(two, tmp_path):
    """If the published version is damaged and its repair crashes, the previous one or the repaired one serves."""
    settings, old, new = two
    flip(settings.index / "versions" / new / "units.json", 5)
    for at, mine in crash_points(settings, tmp_path):
        assert load_newest(mine, [].append).version in (old, new), f"step {at}"


def test_a_killed_build_leaves_the_published_version(settings, tmp_path):
    """SIGKILL just before CURRENT is replaced: the old version serves, the lock is free, the next build publishes."""
    old = build(settings).version
    write_article(settings.articles, "modem-rent", "The modem costs money every month.\n")
    code = (
        "import os, signal, sys\n"
        "from kb.retrieval.index import versions\n"
        "versions.replace_file = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from kb.cli.main import main\n"
        "main(['build'])\n"
    )
    environment = {
        **os.environ,
        "KB_ARTICLES": str(settings.articles),
        "KB_INDEX": str(settings.index),
        "KB_ENCODER": settings.encoder,
        "KB_CACHE": str(settings.cache),
        "PYTHONPATH": str(ROOT),
    }
    done = subprocess.run([sys.executable, "-c", code], check=False, env=environment, cwd=tmp_path, capture_output=True)
    assert done.returncode == -signal.SIGKILL
    assert load_newest(settings, [].append).version == old
    report = build(settings)
    assert current_name(settings.index) == report.version != old
