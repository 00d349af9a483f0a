"""The journal on a database that is held, full or gone, a disk that takes nothing, and a memory that is used up."""

from __future__ import annotations

import errno
import re
import resource
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kb.database import engine as database
from kb.database.engine import open_engine
from kb.database.tables.journal import queries
from kb.errors import JournalUnavailable
from kb.journal.writer import Store, open_store
from kb.types import EventKind
from tests.journal.recording import is_up, record, rows_of
from tests.support import ROOT, wait_until

TEXTS = [("before",), ("meanwhile",), ("after",)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The journal's file, in a folder of its own."""
    (tmp_path / "data").mkdir()
    return tmp_path / "data" / "journal.db"


@pytest.fixture
def journal(path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A journal on SQLite that waits a moment for other writers, with one question in it."""
    monkeypatch.setattr(database, "BUSY_MS", 50)
    opened = Store(open_engine(f"sqlite:///{path}"), backlog=50)
    record(opened, "before")
    opened.flush()
    yield opened
    opened.close()


def texts(path: Path) -> list[tuple[str, ...]]:
    """Return the questions that another process finds."""
    with closing(Store(open_engine(f"sqlite:///{path}"))) as other:
        other.prepare()
        return rows_of(other, queries, "text")


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the database as another writer does."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield
        other.execute("ROLLBACK")


@contextmanager
def full(journal: Store) -> Iterator[None]:
    """Let SQLite have no further page, as on a full disk: its own words for it."""

    def limit(connection: sa.Connection) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    sa.event.listen(journal.engine, "begin", limit)
    yield
    sa.event.remove(journal.engine, "begin", limit)
    journal.engine.dispose()  # the limit is a connection's


@contextmanager
def unwritable(path: Path) -> Iterator[None]:
    """Have the system refuse every byte beyond the files' sizes: a real error of writing."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (path.with_name("journal.db-wal").stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@contextmanager
def folder_gone(path: Path) -> Iterator[None]:
    """Put a file in the place of the journal's folder."""
    path.parent.rename(path.parent.with_name("aside"))
    path.parent.write_text("not a folder")
    yield
    path.parent.unlink()
    path.parent.with_name("aside").rename(path.parent)


@contextmanager
def no_memory(_: Path) -> Iterator[None]:
    """Have no memory left for a transaction."""

    def fail(*_: object) -> None:
        raise MemoryError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("kb.journal.batch.recorded", fail)
        yield


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (held, "database is locked"),
        (unwritable, "disk I/O error"),
        (folder_gone, "cannot be created or written: File exists"),
        (no_memory, "The journal cannot be written: MemoryError"),
    ],
    ids=["held by another writer", "input/output error", "folder gone", "no memory"],
)
def test_what_is_asked_during_a_fault_is_kept_and_written_afterward(
    journal: Store,
    path: Path,
    caplog: pytest.LogCaptureFixture,
    fault: Callable[[Path], object],
    said: str,
) -> None:
    """A click is refused at once and in words; the log says what fails, once, and when it is over; nothing is lost."""
    asked = record(journal, "before")
    with fault(path):  # type: ignore[attr-defined] # a context manager
        record(journal, "meanwhile")
        wait_until(lambda: not is_up(journal))
        with pytest.raises(JournalUnavailable, match=said):
            journal.record_event(asked, EventKind.HELPFUL)
        assert (journal.waiting, journal.lost) == (1, 0)
    journal.record_event(record(journal, "after"), EventKind.HELPFUL)
    assert is_up(journal)
    journal.close()
    assert texts(path) == TEXTS
    told = [r.getMessage() for r in caplog.records if r.name == "kb.journal.writer"]
    assert [said in message for message in told] == [True, False]
    assert told[1] == "The journal's database can be written again; 0 entries were lost."


def test_a_full_database_takes_what_fits_and_the_rest_later(journal: Store, path: Path) -> None:
    """SQLite says that it is full; no question that was taken is missing, and the file is whole."""
    long = [f"question {n} " + "about a bill " * 100 for n in range(30)]
    with full(journal):
        for text in long:
            record(journal, text)
        wait_until(lambda: not is_up(journal))
        with pytest.raises(JournalUnavailable, match="database or disk is full"):
            journal.record_event(record(journal, long[0]), EventKind.HELPFUL)
        assert journal.lost == 0
    journal.record_event(record(journal, "after"), EventKind.HELPFUL)
    journal.close()
    assert len(texts(path)) == 32
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_clock_that_was_set_back_loses_and_doubles_nothing(path: Path) -> None:
    """Questions keep the order in which they came, and each keeps the time that the clock showed."""
    now = [datetime(2026, 11, 30, 12, tzinfo=UTC)]
    with closing(Store(open_engine(f"sqlite:///{path}"), clock=lambda: now[0])) as store:
        first = record(store, "before")
        store.flush()
        now[0] -= timedelta(days=365)
        store.record_event(record(store, "before"), EventKind.HELPFUL)
        record(store, "after")
        rows = rows_of(store, queries, "text", "asked_at")
        assert rows == [("before", now[0] + timedelta(days=365)), ("after", now[0])]
        assert store.knows(first)


def test_a_disk_that_is_read_only_at_the_start_is_taken_later(
    path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """As after a power cut: the server starts and answers, and what was asked is written once the disk can be."""

    def refuse(touched: Path, **_: object) -> None:
        raise OSError(errno.EROFS, "Read-only file system", str(touched))

    with monkeypatch.context() as patch:
        patch.setattr(Path, "touch", refuse)
        store = open_store(f"sqlite:///{path}")
        record(store, "meanwhile")
        wait_until(lambda: not is_up(store))
        assert f"{path} for the journal cannot be created or written: Read-only file system" in caplog.text
    store.record_event(record(store, "after"), EventKind.HELPFUL)
    store.close()
    assert texts(path) == [("meanwhile",), ("after",)]


_AS_ANOTHER = """
import os, sys
from kb.errors import KbError
from kb.journal.writer import open_store
from kb.types import EventKind
os.geteuid() or os.setuid(65534)  # root is refused nothing
try:
    open_store(sys.argv[1]).record_event("", EventKind.HELPFUL, article_id="late-fee", visit="0" * 32)
except KbError as error:
    print(error)
"""


def test_a_journal_that_may_only_be_read_is_said(journal: Store, path: Path) -> None:
    """Real permissions, and an account that is not the owner: a click is refused in words, and nothing changes."""
    journal.close()
    folders = [folder for folder in path.parents if folder.stat().st_mode & 0o077 == 0]
    for place, mode in [(path, 0o444), (path.parent, 0o555), *((folder, 0o711) for folder in folders)]:
        place.chmod(mode)
    command = [sys.executable, "-c", _AS_ANOTHER, f"sqlite:///{path}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    for place, mode in [(path, 0o600), (path.parent, 0o755), *((folder, 0o700) for folder in folders)]:
        place.chmod(mode)
    assert re.search("cannot be created or written: Permission denied.*Check", done.stdout), done.stderr
    assert texts(path) == [("before",)]
