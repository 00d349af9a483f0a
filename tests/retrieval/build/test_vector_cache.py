"""Vectors kept between builds: what is stored is found, whatever is damaged is not."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

from kb.retrieval.build import vector_cache
from kb.retrieval.build.vector_cache import FILE, VectorCache, key_of
from tests.support import ROOT


def vector(seed: int, dim: int = 8) -> np.ndarray:
    """Return the same vector for the same number."""
    return np.random.default_rng(seed).standard_normal(dim).astype(np.float32)


def filled(folder: Path, n: int = 20) -> tuple[VectorCache, dict[bytes, np.ndarray]]:
    """Return a cache with some vectors, and the vectors by key."""
    vectors = {key_of(b"encoder", f"text {i}"): vector(i) for i in range(n)}
    cache = VectorCache(folder)
    cache.store(vectors)
    return cache, vectors


def test_what_was_stored_comes_back_to_the_last_bit(tmp_path):
    """Every vector by its key, more than one statement asks for; unknown keys are left out."""
    cache, vectors = filled(tmp_path, 1200)
    found = VectorCache(tmp_path).load([key_of(b"encoder", "unknown"), *vectors])
    assert list(found) != []
    assert found.keys() == vectors.keys()
    assert all(found[key].tobytes() == vectors[key].tobytes() for key in vectors)
    assert cache.load([]) == {}


def test_a_key_is_of_encoder_and_text():
    """Another encoder or another text is another key; no text runs over into the encoder."""
    assert len({key_of(b"a", "text"), key_of(b"b", "text"), key_of(b"a", "texts"), key_of(b"at", "ext")}) == 4
    assert key_of(b"a", "lone \ud800") != key_of(b"a", "lone \ud801")


def test_nothing_stored_makes_nothing(tmp_path):
    """Looking into a cache that is not there leaves no file."""
    assert VectorCache(tmp_path / "none").load([b"key"]) == {}
    assert not (tmp_path / "none").exists()


def test_a_row_whose_bytes_changed_is_dropped(tmp_path):
    """One damaged vector is not given back, is gone from the file, and the others are there."""
    cache, vectors = filled(tmp_path)
    bad, *good = vectors
    with sqlite3.connect(tmp_path / FILE) as database:
        database.execute("UPDATE vector_1 SET vector = ? WHERE key = ?", (vector(99).tobytes(), bad))
    assert cache.load(list(vectors)).keys() == set(good)
    with sqlite3.connect(tmp_path / FILE) as database:
        assert database.execute("SELECT COUNT(*) FROM vector_1").fetchone() == (len(good),)


@pytest.mark.parametrize("harm", ["rubbish", "cut", "holes"])
def test_a_damaged_file_is_made_again(tmp_path, harm):
    """A file that is not a database, or half of one, gives nothing wrong, and later vectors are stored and found."""
    cache, vectors = filled(tmp_path, 500)
    data = bytearray((tmp_path / FILE).read_bytes())
    if harm == "rubbish":
        data = bytearray(b"rubbish" * 1000)
    elif harm == "cut":
        data = data[: len(data) // 2]
    else:
        data[4096::512] = bytes(len(data[4096::512]))
    (tmp_path / FILE).write_bytes(data)
    found = cache.load(list(vectors))
    assert all(found[key].tobytes() == vectors[key].tobytes() for key in found)
    cache.store(vectors)
    again = cache.load(list(vectors))
    assert {key: row.tobytes() for key, row in again.items()} == {key: row.tobytes() for key, row in vectors.items()}


def test_a_cache_that_cannot_be_used_is_done_without(tmp_path, caplog):
    """If a folder is in the file's place, nothing is found or raised, and the problem is logged."""
    (tmp_path / FILE).mkdir()
    cache = VectorCache(tmp_path)
    cache.store({b"key": vector(1)})
    assert cache.load([b"key"]) == {}
    assert "is not used" in caplog.text


def test_what_was_used_longest_ago_is_dropped(tmp_path, monkeypatch):
    """Beyond its size the cache drops the rows of the earliest days; looking at a row is using it."""
    monkeypatch.setattr(vector_cache, "_today", lambda: 1)
    cache = VectorCache(tmp_path, max_bytes=10 * 32)
    old = {key_of(b"e", f"old {i}"): vector(i) for i in range(8)}
    cache.store(old)
    monkeypatch.setattr(vector_cache, "_today", lambda: 2)
    used = list(old)[:2]
    cache.load(used)
    new = {key_of(b"e", f"new {i}"): vector(i) for i in range(6)}
    cache.store(new)
    assert cache.load([*old, *new]).keys() == {*used, list(old)[-1], *new}


def test_two_threads_and_a_process_at_once(tmp_path):
    """All that each of them stored is there."""
    program = (
        "import sys; from pathlib import Path; import numpy as np\n"
        "from kb.retrieval.build.vector_cache import VectorCache, key_of\n"
        "for i in range(20): VectorCache(Path(sys.argv[1])).store({key_of(b'p', str(i)): np.full(4, i, np.float32)})\n"
    )
    other = subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], cwd=ROOT)

    def store(name: bytes) -> None:
        for i in range(20):
            VectorCache(tmp_path).store({key_of(name, str(i)): np.full(4, i, np.float32)})

    threads = [threading.Thread(target=store, args=(name,)) for name in (b"t", b"u")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert other.wait() == 0
    keys = {key_of(name, str(i)): i for name in (b"p", b"t", b"u") for i in range(20)}
    found = VectorCache(tmp_path).load(list(keys))
    assert {key: row.tolist() for key, row in found.items()} == {key: [float(i)] * 4 for key, i in keys.items()}


def test_loading_is_quick(tmp_path):
    """Ten thousand long vectors take less than a second of processor."""
    rows = {key_of(b"e", str(i)): row for i, row in enumerate(np.ones((10_000, 1152), np.float32))}
    VectorCache(tmp_path).store(rows)
    started = time.process_time()
    assert len(VectorCache(tmp_path).load(list(rows))) == 10_000
    assert time.process_time() - started < 1.0
