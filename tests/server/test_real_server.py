"""The server as it is started by ``kb serve``: its output, its log, and an index that comes later."""

from __future__ import annotations

import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from kb.database.engine import open_engine, reading
from kb.database.tables.journal import queries
from kb.settings.settings import Settings
from tests.server.process import start_server

_DEADLINE_SECONDS = 30.0


@pytest.mark.slow
def test_an_index_that_comes_later_is_picked_up_without_a_restart(built_index: Settings, tmp_path: Path) -> None:
    """First 503 with the remedy, then answers, from the same process."""
    index = tmp_path / "index"
    index.mkdir()
    with start_server(replace(built_index, index=index), tmp_path) as server:
        assert server.get("/healthz")[0] == 200
        status, text = server.get("/readyz")
        assert status == 503
        assert "kb build" in text
        shutil.copytree(built_index.index / "versions", index / "versions")
        shutil.copy(built_index.index / "CURRENT", index / "new")
        (index / "new").replace(index / "CURRENT")
        deadline, pause = time.monotonic() + _DEADLINE_SECONDS, threading.Event()
        while server.get("/readyz")[0] != 200:
            assert time.monotonic() < deadline, "the index was not picked up"
            pause.wait(0.05)
        assert '"outcome":"answered"' in server.get("/api/ask?text=why+did+my+bill+go+up")[1]
        assert server.process.poll() is None


def test_no_question_is_written_to_the_log(built_index: Settings, tmp_path: Path) -> None:
    """Not of the API and not of the pages; nothing else is worth a line either."""
    with start_server(built_index, tmp_path) as server:
        for path in ("/api/ask?text=zebrastripe", "/?q=zebrastripe", "/nope?q=zebrastripe"):
            server.get(path)
        process, log = server.process, server.log
    assert process.returncode in {0, -15}
    assert "zebrastripe" not in log.read_text()
    assert "Traceback" not in log.read_text()


def test_stopping_writes_what_was_asked(built_index: Settings, tmp_path: Path) -> None:
    """SIGTERM right after the last answer: every question is in the journal, redacted; the file is the server's own."""
    with start_server(built_index, tmp_path) as server:
        for n in range(20):
            assert server.get(f"/api/ask?text=card+4111+1111+1111+1111+was+charged+{n}+times")[0] == 200
        figures = server.get("/metrics")[1]
        server.process.terminate()
        server.process.wait(timeout=20)
        assert server.log.read_text() == ""
    engine = open_engine(f"sqlite:///{tmp_path / 'data' / 'journal.db'}")
    with reading(engine) as connection:
        texts = connection.execute(sa.select(queries.c.text).order_by(queries.c.seq)).scalars().all()
    engine.dispose()
    assert texts == [f"card [card number] was charged {n} times" for n in range(20)]
    assert "kb_journal_up 1.0" in figures


def test_answers_go_on_without_a_database(built_index: Settings, tmp_path: Path) -> None:
    """An unreachable database is reported once in the log and in the metrics, and answers continue."""
    with start_server(built_index, tmp_path, KB_DATABASE_URL="postgresql://kb:hidden@127.0.0.1:1/help") as server:
        for n in range(5):
            assert '"outcome":"answered"' in server.get(f"/api/ask?text=why+did+my+bill+go+up&k={n + 1}")[1]
        figures = server.get("/metrics")[1]
        log = server.log.read_text()
    assert "kb_journal_up 0.0" in figures
    assert "kb_journal_waiting 5.0" in figures
    assert log.count("Questions are answered; what is asked is kept in memory, up to 10000 entries.") == 1
    assert "hidden" not in log


def test_a_wrong_address_of_the_database_stops_the_start(built_index: Settings, tmp_path: Path) -> None:
    """One sentence, before anything is served."""
    with pytest.raises(AssertionError, match="The journal cannot be kept in 'mysql'"):
        start_server(built_index, tmp_path, KB_DATABASE_URL="mysql://h/n").__enter__()
