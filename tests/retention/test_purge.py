"""Erasing: by age, or one visit, on SQLite and PostgreSQL."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from kb.app.caretaker import Stopped
from kb.app.chores import chores
from kb.cli.main import main
from kb.content.editing.scaffold import draft
from kb.database.engine import open_engine, reading, upgrade, writing
from kb.database.tables.gaps import daily_counts
from kb.database.tables.journal import events, outbox, queries
from kb.retention import purge as purging
from kb.retention.purge import Erased, erase_visit, purge
from kb.settings.settings import Settings
from kb.types import ArticleKind
from kb.writing.draft_store import DraftStore
from tests.database.test_engine import query_row

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


def test_what_is_erased_was_counted_before(engine):
    """Daily counts hold the questions that a purge erases, but not those it only lists."""
    fill(engine)
    asked = sa.select(daily_counts.c.value).where(daily_counts.c.day == OLD.date(), daily_counts.c.name == "questions")
    purge(engine, NOW - timedelta(days=180), dry_run=True)
    with reading(engine) as connection:
        assert connection.execute(asked).scalar() is None
    purge(engine, NOW - timedelta(days=180))
    with reading(engine) as connection:
        assert connection.execute(asked).scalar_one() == 2


def test_what_is_just_as_old_as_allowed_stays(engine):
    """The limit itself is young enough, for questions and for events alone; an event goes when its question goes."""
    before = NOW - timedelta(days=180)
    with writing(engine) as connection:
        connection.execute(queries.insert(), query_row("limit", visit="v1", asked_at=before, text="x"))
        connection.execute(events.insert(), {"query_id": "limit", "kind": "opened", "at": OLD})
        connection.execute(events.insert(), {"visit": "v1", "kind": "helpful", "article_id": "late-fee", "at": before})
    assert purge(engine, before) == Erased(0, 0)
    assert left(engine)[:2] == (["limit"], [("limit", ""), (None, "v1")])


@pytest.mark.parametrize("name", ["question", "event"])
def test_a_server_logs_what_it_erased(engine, caplog, name):
    """Questions alone, or events alone, are enough for a line in the log."""
    caplog.set_level("INFO")
    with writing(engine) as connection:
        if name == "question":
            connection.execute(queries.insert(), query_row("a", visit="v1", asked_at=OLD, text="x"))
        else:
            connection.execute(events.insert(), {"visit": "v1", "kind": "helpful", "article_id": "a", "at": OLD})
    purging.keep_only(engine, 180, NOW, lambda: None)
    erased = "1 questions and 0 events" if name == "question" else "0 questions and 1 events"
    assert f"Erased {erased} older than 180 days." in caplog.text
    caplog.clear()
    purging.keep_only(engine, 180, NOW, lambda: None)
    assert "Erased" not in caplog.text


def test_a_server_keeps_only_what_is_young_enough(url, caplog):
    """Also in a database without tables; in portions, between which it may be told to stop, and goes on next time."""
    engine = open_engine(url)
    assert purging.keep_only(engine, 180, NOW, lambda: None) == Erased(0, 0)
    fill(engine)
    portions = []

    def stop() -> None:
        portions.append(left(engine)[0])
        if len(portions) == 1:
            raise Stopped

    with pytest.MonkeyPatch.context() as small:
        small.setattr(purging, "_PORTION", 1)
        with pytest.raises(Stopped):
            purging.keep_only(engine, 180, NOW, stop)
        assert purging.keep_only(engine, 182, NOW, stop) == Erased(0, 0)
        with caplog.at_level("INFO", "kb.retention.purge"):
            assert purging.keep_only(engine, 180, NOW, stop) == Erased(1, 2)
    assert portions == [["b", "c", "d"], ["c", "d"]]
    assert left(engine)[0] == ["c", "d"]
    assert [r.getMessage() for r in caplog.records] == ["Erased 1 questions and 2 events older than 180 days."]
    engine.dispose()


def test_two_processes_that_erase_at_once_do_no_harm(url):
    """Two processes with separate connections erase everything old and nothing new, and neither fails."""
    engines = [open_engine(url) for _ in range(4)]
    upgrade(engines[0])
    with writing(engines[0]) as connection:
        for n in range(200):
            at = OLD if n % 2 else NOW
            connection.execute(queries.insert(), query_row(f"q{n:03}", visit="v", asked_at=at, text="a question"))
            connection.execute(events.insert(), {"query_id": f"q{n:03}", "kind": "opened", "at": at})
    with pytest.MonkeyPatch.context() as small, ThreadPoolExecutor(4) as pool:
        small.setattr(purging, "_PORTION", 7)
        list(pool.map(lambda e: purging.keep_only(e, 180, NOW, lambda: None), engines))
    assert left(engines[0])[0] == [f"q{n:03}" for n in range(0, 200, 2)]
    for engine in engines:
        engine.dispose()


def test_the_server_does_it_by_itself(engine, container):
    """The caretaker purges once a day, with the days of the settings."""
    fill(engine, datetime.now(UTC))
    container.put(engine=engine)
    container.put(settings=Settings(retention_days=182))
    chore = chores(container)[0]
    chore.do(lambda: None)
    assert left(engine)[0] == ["a", "b", "c", "d"]
    container.put(settings=Settings(retention_days=180))
    chore = chores(container)[0]
    chore.do(lambda: None)
    assert left(engine)[0] == ["c", "d"]
    assert chore.every == timedelta(days=1)


def test_a_visit_is_erased(engine):
    """A purge of one visit removes all of it, however new, and nothing of another."""
    fill(engine)
    assert erase_visit(engine, "v1", dry_run=True) == Erased(2, 3)
    assert erase_visit(engine, "v1") == Erased(2, 3)
    assert left(engine) == (["b", "d"], [("b", ""), ("d", ""), (None, "v2")], [None, None])
    assert erase_visit(engine, "v3") == Erased(0, 0)


def test_a_draft_loses_what_a_visit_asked(engine):
    """The questions it was begun for, and their comments, in all its versions; what others asked stays."""
    fill(engine)
    store, asked = DraftStore(engine), ["secret of a", "secret of b"]
    text = draft("new", "A", ArticleKind.FAQ, "fees", asked=asked).decode()
    begun = store.begin("new", "fees/new.md", text, base="", author="kim", questions=asked)
    store.save(begun.id, f"{text}More.\n", who="kim", seen=1)
    erase_visit(engine, "v1")
    kept = store.get(begun.id)
    assert kept.questions == ("secret of b",)
    assert [version.text.count("secret of") for version in store.versions(begun.id)] == [1, 1]
    assert kept.text == f"{text}More.\n".replace("# TODO: secret of a\n", "")


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
    assert json.loads(capsys.readouterr().out) == {"questions": 1, "events": 1, "examples": [], "dry_run": True}
    assert left(engine)[0] == ["d"]
    engine.dispose()


@pytest.mark.parametrize("options", [["--days", "3", "--visit", "v"], ["--visit", " "], ["--days", "0"]])
def test_what_cannot_be_meant_is_refused(options, tmp_path, capsys):
    """Two ways at once, no key, no days."""
    assert main(["purge", "--database", f"sqlite:///{tmp_path / 'journal.db'}", *options]) == 2
    capsys.readouterr()


def test_a_wrong_database_is_said(tmp_path, capsys):
    """An error gives one line and status 1."""
    assert main(["purge", "--database", "mysql://h/n"]) == 1
    assert capsys.readouterr().err.startswith("kb: The journal cannot be kept in 'mysql' (KB_DATABASE_URL).")
