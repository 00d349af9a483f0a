"""A cache of vectors between builds, so that no text is encoded twice. Build time only.

One SQLite file in the cache folder serves every encoder and every process. A row is found by a digest of the encoder
and the text, and has a digest of itself, so that bytes that changed on disk are never taken for a vector. A file that
SQLite refuses is removed and created again; if the file cannot be used (a full or read-only disk, another process that
locks it for long), the build works without it. Whatever happens to the cache, a build gives the same bytes.
"""

from __future__ import annotations

import hashlib
import logging
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TypeAlias, TypeVar

import numpy as np

from kb.types import Vector

FILE = "vectors.sqlite"
MAX_BYTES = 1_000_000_000
"""Bytes of vectors, some 200,000 of 1,152 dimensions. Beyond it, the least recently used rows are dropped."""

Key: TypeAlias = bytes
"""A digest of the encoder and the text."""

_KEPT_SHARE = 0.9
"""Share that is left after dropping, so that not every build drops a few."""
_AT_ONCE = 500
"""Keys per statement; every SQLite accepts 999."""
_PATIENCE_S = 10.0
_DAY_S = 86_400
_CHECK_BYTES = 8

_log = logging.getLogger(__name__)
_Result = TypeVar("_Result")


def key_of(encoder: bytes, text: str) -> Key:
    """Return the key of a vector.

    :param encoder: A digest of everything that determines the encoder's vectors.
    :param text: The text that is encoded.
    :return: 16 bytes.
    """
    return hashlib.sha256(encoder + b"\0" + text.encode("utf-8", "surrogatepass")).digest()[:16]


class VectorCache:
    """Vectors on disk by key; safe to share between threads and between processes."""

    def __init__(self, folder: Path, max_bytes: int = MAX_BYTES) -> None:
        """Use a folder; nothing is created before something is stored.

        :param folder: The folder of the file.
        :param max_bytes: The greatest size of all vectors.
        """
        self._path = folder / FILE
        self._max_bytes = max_bytes

    def load(self, keys: Sequence[Key]) -> dict[Key, Vector]:
        """Return the cached vectors.

        :param keys: Any number.
        :return: float32 vectors by key, each proven by its digest; without those that are unknown or damaged.
        """
        if not keys or not self._path.exists():
            return {}
        return self._guarded(lambda database: _load(database, keys), {})

    def store(self, vectors: Mapping[Key, Vector]) -> None:
        """Save vectors, and drop the least recently used if there are too many.

        :param vectors: float32, by key.
        """
        if vectors:
            self._guarded(lambda database: _store(database, vectors, self._max_bytes), None)

    def remove(self) -> None:
        """Remove the file with all vectors."""
        for suffix in ("", "-journal", "-wal", "-shm"):
            self._path.with_name(self._path.name + suffix).unlink(missing_ok=True)

    def _guarded(self, action: Callable[[sqlite3.Connection], _Result], otherwise: _Result) -> _Result:
        """Return an action's result; a damaged file is created again once, an unusable one is ignored."""
        for _ in range(2):
            try:
                return self._run(action)
            except (sqlite3.OperationalError, OSError) as error:
                _log.warning("the vector cache %s is not used: %s", self._path, error)
                return otherwise
            except sqlite3.DatabaseError as error:
                _log.warning("the vector cache %s is damaged (%s) and is created again", self._path, error)
                self.remove()
        return otherwise

    def _run(self, action: Callable[[sqlite3.Connection], _Result]) -> _Result:
        # A new connection each time, so that threads and processes need no coordination.
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_PATIENCE_S)) as database, database:
            # A crash may damage the file, which is noticed and costs time once; waiting for the disk costs time always.
            database.execute("PRAGMA synchronous = OFF")
            database.execute(
                "CREATE TABLE IF NOT EXISTS vector_1"
                " (key BLOB PRIMARY KEY, day INTEGER NOT NULL, proof BLOB NOT NULL, vector BLOB NOT NULL)"
            )
            return action(database)


def _load(database: sqlite3.Connection, keys: Sequence[Key]) -> dict[Key, Vector]:
    found: dict[Key, Vector] = {}
    old, bad = [], []
    today = _today()
    for some in _portions(keys):
        marks = ",".join("?" * len(some))
        statement = f"SELECT key, day, proof, vector FROM vector_1 WHERE key IN ({marks})"  # noqa: S608 — marks alone
        for key, day, proof, data in database.execute(statement, some):
            if not isinstance(data, bytes) or proof != _proof(key, data):
                bad.append((key,))
                continue
            found[key] = np.frombuffer(data, np.float32)
            if day != today:
                old.append((today, key))
    # Written once a day and row at most, so that most builds only read.
    database.executemany("UPDATE vector_1 SET day = ? WHERE key = ?", old)
    database.executemany("DELETE FROM vector_1 WHERE key = ?", bad)
    return found


def _store(database: sqlite3.Connection, vectors: Mapping[Key, Vector], max_bytes: int) -> None:
    today = _today()
    rows = ((key, np.ascontiguousarray(vector, np.float32).tobytes()) for key, vector in vectors.items())
    database.executemany(
        "INSERT OR REPLACE INTO vector_1 VALUES (?, ?, ?, ?)", ((k, today, _proof(k, data), data) for k, data in rows)
    )
    (total,) = database.execute("SELECT COALESCE(SUM(LENGTH(vector)), 0) FROM vector_1").fetchone()
    if total > max_bytes:
        _drop(database, total - int(max_bytes * _KEPT_SHARE))


def _drop(database: sqlite3.Connection, too_many: int) -> None:
    """Drop rows until so many bytes are freed: the least recently used, and within a day those stored first."""
    for rowid, size in database.execute("SELECT rowid, LENGTH(vector) FROM vector_1 ORDER BY day, rowid").fetchall():
        if too_many <= 0:
            return
        database.execute("DELETE FROM vector_1 WHERE rowid = ?", (rowid,))
        too_many -= size


def _proof(key: Key, data: bytes) -> bytes:
    return hashlib.sha256(key + data).digest()[:_CHECK_BYTES]


def _portions(keys: Sequence[Key]) -> Iterator[Sequence[Key]]:
    for start in range(0, len(keys), _AT_ONCE):
        yield keys[start : start + _AT_ONCE]


def _today() -> int:
    return int(time.time()) // _DAY_S
