"""Erasing: by age, or one visit, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kb.cli.main import main
from kb.journal import purge as purging
from kb.journal.database import open_engine, reading, upgrade, writing
from kb.journal.purge import Erased, erase_visit, purge
from kb.journal.tables import events, outbox, queries
from tests.journal.test_database import query_row

NOW = datetime(2026, 11, 25, tzinfo=UTC)
OLD = NOW - timedelta(days=181)


def fill(engine, now: datetime = NOW) -> None:
    """Write two old questions and two new ones of two visits, each with an event, and two events alone."""
    old = now - timedelta(days=181)
    with writing(engine) as connection:
        for name, visit, at in (("a", "v1", old), ("b", "v2", old), ("c", "v1", now), ("d", "v2", now)):
            connection.execute(queries.insert(), query_row(name, visit=visit, asked_at=at, text=f"secret of {name}"))
            connection.execute(events.insert(), {"query_id": name, "kind": "opened", "at": now})
        for visit, at in (("v1", now), ("v2", old)):
            connection.execute(events.insert(), {"visit": visit, "kind": "helpful", "article_id": "late-fee", "at": at})
        request = {"kind": "callback", "state": "waiting", "created_at": now, "next_attempt_at": now}
        connection.execute(
            outbox.insert(), [{"id": "1", "query_id": "a", **request}, {"id": "2", "query_id": "c", **request}]
        )


def left(engine) -> tuple[list, list, list]:
    """Return what is there: questions, events and the questions of requests."""
    with reading(engine) as connection:
        return (
            list(connection.execute(sa.select(queries.c.query_id).order_by(queries.c.query_id)).scalars()),
            [tuple(r) for r in connection.execute(sa.select(events.c.query_id, events.c.visit).order_by(events.c.seq))],
            list(connection.execute(sa.select(outbox.c.query_id).order_by(outbox.c.id)).scalars()),
        )


def test_old_questions_go_with_their_events(engine, monkeypatch):
    """In portions; what is newer stays, and so does a request to an agent, no longer tied to a question."""
    monkeypatch.setattr(purging, "_PORTION", 1)
    fill(engine)
    assert purge(engine, NOW - timedelta(days=180), dry_run=True) == Erased(2, 3)
    assert left(engine)[0] == ["a", "b", "c", "d"]
    assert purge(engine, NOW - timedelta(days=180)) == Erased(2, 3)
    assert left(engine) == (["c", "d"], [("c", ""), ("d", ""), (None, "v1")], [None, "c"])
    assert purge(engine, NOW - timedelta(days=180)) == Erased(0, 0)


def test_a_visit_is_erased(engine):
    """All of it, however new, and nothing of another."""
    fill(engine)
    assert erase_visit(engine, "v1", dry_run=True) == Erased(2, 3)
    assert erase_visit(engine, "v1") == Erased(2, 3)
    assert left(engine) == (["b", "d"], [("b", ""), ("d", ""), (None, "v2")], [None, None])
    assert erase_visit(engine, "v3") == Erased(0, 0)


def test_nothing_of_it_stays_in_the_files(tmp_path: Path):
    """SQLite's pages and its log are overwritten."""
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(engine)
    fill(engine)
    erase_visit(engine, "v1")
    held = b"".join(p.read_bytes() for p in tmp_path.glob("journal.db*"))
    assert b"secret of b" in held
    assert b"secret of a" not in held
    assert b"secret of c" not in held
    engine.dispose()


def test_the_command(tmp_path: Path, capsys):
    """By age with the setting's days or others, one visit, a trial, and JSON."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    engine = open_engine(url)
    upgrade(engine)
    fill(engine, datetime.now(UTC))
    runs = (
        (["--dry-run"], "Would erase 2 questions and 3 events older than 180 days."),
        (["--days", "200"], "Erased 0 questions and 0 events older than 200 days."),
        ([], "Erased 2 questions and 3 events older than 180 days."),
        (["--visit", "v1"], "Erased 1 questions and 2 events of that visit."),
    )
    for options, said in runs:
        assert main(["purge", "--database", url, *options]) == 0
        assert capsys.readouterr().out == f"{said}\n"
    assert main(["purge", "--database", url, "--visit", "v2", "--dry-run", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"questions": 1, "events": 1, "dry_run": True}
    assert left(engine)[0] == ["d"]
    engine.dispose()


@pytest.mark.parametrize("options", [["--days", "3", "--visit", "v"], ["--visit", " "], ["--days", "0"]])
def test_what_cannot_be_meant_is_refused(options, tmp_path, capsys):
    """Two ways at once, no key, no days."""
    assert main(["purge", "--database", f"sqlite:///{tmp_path / 'journal.db'}", *options]) == 2
    capsys.readouterr()


def test_a_wrong_database_is_said(tmp_path, capsys):
    """One line, status 1."""
    assert main(["purge", "--database", "mysql://h/n"]) == 1
    assert capsys.readouterr().err.startswith("kb: The journal cannot be kept in 'mysql' (KB_DATABASE_URL).")
