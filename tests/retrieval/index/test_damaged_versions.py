"""Damaged, missing and foreign versions: what is noticed, and what serves instead."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from kb.common.files import canonical_json, sha256
from kb.errors import IndexDamaged, IndexMissing, IndexStale
from kb.retrieval.answering.live import load_newest
from kb.retrieval.index import versions
from kb.retrieval.index.versions import current_name, publish, read_version, readable_versions
from kb.settings.settings import Settings
from tests.retrieval.index.conftest import flip, zero
from tests.support import copy_index


def files_of(settings: Settings, name: str) -> list[str]:
    """Return the files of a version, the manifest included."""
    return sorted(p.name for p in (settings.index / "versions" / name).iterdir())


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
        ({"files": {"a": {"size": 1}}}, "'a' is missing"),
        ({"files": {"../a": {"size": 1, "sha256": ""}}}, "'../a' is not"),
        ({"files": {"/etc/hosts": {}}}, "'/etc/hosts' is not"), ({"files": {"\0": {}}}, "is not the name of a file"),
    ],
)  # fmt: skip
def test_a_manifest_of_another_make_is_refused(tmp_path, written, said):
    """Its name proves that it is as it was written, but not who wrote it; no file outside of the version is read."""
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
