"""Files that are replaced in one step."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.common import files
from kb.common.files import delete_file, replace_file, sha256, sha256_of_file, unfinished


def test_a_file_is_replaced_with_its_permissions(tmp_path: Path) -> None:
    """New bytes, the old mode, and nothing else in the folder."""
    path = tmp_path / "a.md"
    replace_file(path, b"one")
    path.chmod(0o640)
    replace_file(path, b"two")
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o640)
    assert list(tmp_path.iterdir()) == [path]
    assert sha256_of_file(path) == sha256(b"two")


def test_an_interrupted_replacement_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was written so far has a hidden name, and the next replacement overwrites it."""
    path = tmp_path / ".journal.json"
    replace_file(path, b"old")

    def killed(_: Path, __: Path) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(files.Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            replace_file(path, b"new")
    assert path.read_bytes() == b"old"
    assert unfinished(path) == tmp_path / ".journal.json.kb-new"
    assert unfinished(path).read_bytes() == b"new"
    replace_file(path, b"newer")
    assert not unfinished(path).exists()


def test_a_file_that_is_gone_may_be_deleted(tmp_path: Path) -> None:
    """Deleting twice is harmless."""
    path = tmp_path / "a"
    path.write_bytes(b"")
    delete_file(path)
    delete_file(path)
    assert not path.exists()
