"""The journal while its database fails, comes late, is replaced or restarted: what is kept, and what is said."""

from __future__ import annotations

import logging
from contextlib import closing

import pytest

from kb.database.engine import open_engine
from kb.database.tables.journal import events, queries
from kb.errors import JournalUnavailable
from kb.journal import writer
from kb.journal.encode import query_row
from kb.journal.writer import Store, open_store
from kb.types import EventKind, QuerySource, Traffic
from tests.journal.recording import NOW, VISIT, answer, failing, is_up, record, rows_of, sample
from tests.support import wait_until


def test_a_failing_database_keeps_nobody_from_an_answer(journal, monkeypatch, caplog):
    """Questions are kept and written later, said once in the log; a click that must be committed is told."""
    kept = record(journal, "before")
    journal.flush()
    with failing(monkeypatch):
        asked = [record(journal, f"question {n}") for n in range(5)]
        for _ in range(2):
            with pytest.raises(JournalUnavailable, match="it is gone"):
                journal.record_event(kept, EventKind.HELPFUL)
        assert (is_up(journal), journal.waiting, journal.lost) == (False, 5, 0)
        assert sample(journal, "kb_journal_failures_total") >= 2
    journal.record_event(kept, EventKind.CONTACTED)
    assert [row[0] for row in rows_of(journal, queries, "query_id")] == [kept, *asked]
    assert rows_of(journal, events, "query_id", "kind") == [(kept, "contacted")]
    assert is_up(journal)
    said = [r.getMessage() for r in caplog.records if r.name == "kb.journal.writer"]
    assert said == [
        "it is gone Questions are answered; what is asked is kept in memory, up to 50 entries.",
        "The journal's database can be written again; 0 entries were lost.",
    ]


def test_no_more_is_kept_than_the_bound(journal, monkeypatch, caplog):
    """The oldest entries are dropped, counted, and logged once."""
    with failing(monkeypatch):
        record(journal, "the first attempt")
        wait_until(lambda: not is_up(journal))
        for n in range(60):
            record(journal, f"question {n}")
        assert (journal.waiting, journal.lost) == (50, 11)
    journal.record_event(record(journal, "question 59"), EventKind.HELPFUL)
    texts = [row[0] for row in rows_of(journal, queries, "text")]
    assert texts == [f"question {n}" for n in range(10, 60)]
    assert [r.levelno for r in caplog.records if "gives entries up" in r.getMessage()] == [logging.ERROR]


def test_a_row_that_is_refused_takes_no_other_along(journal, caplog):
    """The rest of its batch is written."""
    record(journal, "one")
    with journal._changed:
        bad = query_row(answer("two"), source=QuerySource.PAGE, visit=VISIT, traffic=Traffic.CUSTOMER, at=NOW)
        journal._put(writer.Entry(queries, {**bad, "outcome": None}))
    record(journal, "three")
    assert rows_of(journal, queries, "text") == [("one",), ("three",)]
    assert journal.lost == 1
    assert "The journal refused an entry: IntegrityError." in caplog.text
    assert "two" not in caplog.text


def test_a_database_that_comes_late_is_taken(tmp_path, caplog):
    """The store starts without it; the tables are made when it is there."""
    file = tmp_path / "journal.db"
    file.write_bytes(b"not a database at all, just words " * 40)
    opened = open_store(f"sqlite:///{file}")
    assert not is_up(opened)
    record(opened)
    wait_until(lambda: sample(opened, "kb_journal_failures_total") >= 2)
    file.unlink()
    opened.engine.dispose()
    wait_until(lambda: is_up(opened))
    assert rows_of(opened, queries, "text") == [("why is my bill higher",)]
    opened.close()


@pytest.mark.parametrize("replaced", [False, True], ids=["removed", "replaced"])
def test_a_file_that_is_removed_or_replaced_is_noticed(tmp_path, caplog, replaced):
    """What is asked next is in the file that has the name then; nobody is told that something is kept which is not."""
    path = tmp_path / "journal.db"
    with closing(Store(open_engine(f"sqlite:///{path}"))) as journal:
        record(journal, "the first question")
        journal.flush()
        if replaced:
            with closing(Store(open_engine(f"sqlite:///{tmp_path / 'backup.db'}"))) as other:
                record(other, "a question of the backup")
        for file in tmp_path.glob("journal.db*"):
            file.unlink()
        if replaced:
            (tmp_path / "backup.db").rename(path)
        record(journal, "the second question")
    assert f"The journal's file {path} was removed or replaced" in caplog.text
    with closing(Store(open_engine(f"sqlite:///{path}"))) as later:
        later.prepare()
        texts = {text for (text,) in rows_of(later, queries, "text")}
    assert texts == {"the second question"} | ({"a question of the backup"} if replaced else set())


def test_the_end_is_told_where_something_is_lost(journal, monkeypatch, caplog):
    """A database that fails at the end: one last attempt, then the log says how many."""
    with failing(monkeypatch):
        record(journal)
        journal.close()
    assert "The program ends while the journal's database fails: 1 entries are lost." in caplog.text
    assert (journal.lost, journal.waiting) == (1, 0)


def test_postgresql_may_be_restarted(postgres_server):
    """A real stop: questions go on, and are written once it runs again."""
    opened = open_store(postgres_server.new_database())
    record(opened, "before")
    opened.flush()
    postgres_server.stop()
    try:
        record(opened, "meanwhile")
        wait_until(lambda: not is_up(opened))
        assert opened.waiting == 1
    finally:
        postgres_server.start()
    opened.record_event(record(opened, "after"), EventKind.HELPFUL)
    assert rows_of(opened, queries, "text") == [("before",), ("meanwhile",), ("after",)]
    opened.close()
