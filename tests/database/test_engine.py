"""The database: its address, its tables and their changes, on SQLite and PostgreSQL."""

from __future__ import annotations

import stat
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.script import ScriptDirectory

from kb.database import engine as database
from kb.database.engine import ALL_TABLES, alembic_config, open_engine, reading, shown, upgrade, writing
from kb.database.partitions import is_partition
from kb.database.tables.journal import audit, events, outbox, queries, users
from kb.errors import ConfigError, JournalDamaged, JournalNewer, JournalUnavailable

NOW = datetime(2026, 11, 25, 14, 30, tzinfo=UTC)


def query_row(query_id: str, **fields):
    """Return a row of queries; what is not given is plain."""
    plain = {
        "visit": "v",
        "source": "page",
        "asked_at": NOW,
        "text": "why is my bill higher",
        "language": "en",
        "outcome": "answered",
        "confidence": 0.5,
        "hits": [["late-fee", 0.5]],
        "choices": [],
        "index_version": "1",
        "took_ms": 1.5,
    }
    return {"query_id": query_id, **plain, **fields}


def revisions() -> list[str]:
    """Return the revisions, oldest first."""
    engine = sa.create_engine("sqlite://")
    with engine.connect() as connection:
        scripts = ScriptDirectory.from_config(alembic_config(connection))
        return [script.revision for script in scripts.walk_revisions()][::-1]


def test_what_is_up_to_date_needs_no_alembic(engine, monkeypatch):
    """Its import would take a quarter of a second of each start; the files are named after their revisions."""
    assert revisions() == sorted(file.name[:4] for file in (database._FOLDER / "versions").glob("[0-9]*.py"))
    monkeypatch.setitem(sys.modules, "alembic", None)
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    with pytest.raises(ImportError):
        upgrade(engine)


def test_the_revisions_make_the_tables_of_the_code(engine):
    """No drift: Alembic finds nothing to change."""
    with engine.connect() as connection:
        command.check(alembic_config(connection))


def test_every_table_is_there(engine):
    """Those of the code, and Alembic's own."""
    with engine.connect() as connection:
        found = {name for name in sa.inspect(connection).get_table_names() if not is_partition(name)}
    assert found == {*ALL_TABLES.tables, "alembic_version"}
    assert {"queries", "events", "users", "sessions", "audit", "outbox"} <= found


@pytest.mark.parametrize("earlier", revisions())
def test_an_earlier_database_is_brought_up_to_date(url, earlier):
    """From each revision on, with its data kept and nothing cut off from what it belongs to."""
    engine = open_engine(url)
    upgrade(engine, earlier)
    with writing(engine) as connection:
        found = sa.MetaData()
        found.reflect(connection, only=["queries", "events"])
        at = NOW.replace(tzinfo=None) if engine.dialect.name == "sqlite" else NOW
        connection.execute(found.tables["queries"].insert(), [query_row("a", asked_at=at), query_row("b", asked_at=at)])
        connection.execute(found.tables["events"].insert(), {"query_id": "a", "kind": "helpful", "at": at})
    upgrade(engine)
    with reading(engine) as connection:
        rows = connection.execute(sa.select(queries.c.query_id, queries.c.asked_at, queries.c.hits)).all()
        kinds = connection.execute(sa.select(events.c.query_id, events.c.kind)).all()
        command.check(alembic_config(connection))
    assert rows == [("a", NOW, [["late-fee", 0.5]]), ("b", NOW, [["late-fee", 0.5]])]
    assert kinds == [("a", "helpful")]
    engine.dispose()


def test_many_may_bring_it_up_to_date_at_once(url):
    """Eight at the same moment: one does it, seven find it done."""
    engines = [open_engine(url) for _ in range(8)]
    failures: list[BaseException] = []
    start = threading.Barrier(8)

    def run(engine: sa.Engine) -> None:
        start.wait()
        try:
            upgrade(engine)
        except BaseException as error:  # noqa: BLE001 - told by the assertion
            failures.append(error)

    threads = [threading.Thread(target=run, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with reading(engines[0]) as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(queries)).scalar_one() == 0
    for engine in engines:
        engine.dispose()


def test_a_newer_database_is_left_alone(engine):
    """Its revision is named, and what to do."""
    with writing(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(JournalNewer, match=r"newer version of this program \(revision 9999\)\. Install that version"):
        upgrade(engine)


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("no address:secret", r"The address of the database \(KB_DATABASE_URL\) cannot be read\. Write sqlite:///data"),
        (
            "mysql://u:secret@h/n",
            r"cannot be kept in 'mysql' \(KB_DATABASE_URL\)\. Write sqlite:///data/journal\.db or",
        ),
        ("sqlite://", r"needs a file, not SQLite's memory"),
        ("sqlite:///:memory:", r"needs a file, not SQLite's memory"),
        (
            "sqlite:////dev/null/x/journal.db",
            r"The file /dev/null/x/journal.db for the journal cannot be created or written: Not a directory",
        ),
    ],
)
def test_a_wrong_address_is_said(url, wanted):
    """What is wrong and what to write; never a password."""
    with pytest.raises(ConfigError, match=wanted) as raised:
        open_engine(url)
    assert "secret" not in str(raised.value)


def test_a_database_that_is_not_there_is_said(tmp_path):
    """Its address without the password, the cause, and what to check."""
    engine = open_engine("postgresql://kb:secret@127.0.0.1:1/help")
    with pytest.raises(
        JournalUnavailable, match=r"postgresql\+psycopg://kb:\*\*\*@127\.0\.0\.1:1/help cannot be used"
    ) as e:
        upgrade(engine)
    assert "Connection refused" in str(e.value)
    assert "secret" not in str(e.value)
    (tmp_path / "journal.db").write_bytes(b"this is no database, but a text that somebody put here" * 40)
    said = r"is damaged: file is not a database\. Stop the server, .* 'kb restore', .* \.recover \| sqlite3 recovered"
    with pytest.raises(JournalDamaged, match=said):
        upgrade(open_engine(f"sqlite:///{tmp_path / 'journal.db'}"))
    assert shown("postgresql://kb:secret@h/n") == "postgresql://kb:***@h/n"
    assert shown(":") == "the address given"


def test_moments_come_back_in_utc(engine):
    """Whatever zone they were given in; without a zone they are refused."""
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    with writing(engine) as connection:
        connection.execute(audit.insert(), {"at": east, "who": "kim", "what": "sign-in"})
    with reading(engine) as connection:
        (found,) = connection.execute(sa.select(audit.c.at)).scalars()
    assert (found, found.tzinfo) == (NOW, UTC)
    with pytest.raises(sa.exc.StatementError, match="has no time zone"), writing(engine) as connection:
        connection.execute(audit.insert(), {"at": NOW.replace(tzinfo=None), "who": "kim", "what": "sign-in"})


def test_a_transaction_is_undone_when_it_raises(engine):
    """A failed transaction leaves nothing behind."""
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        [connection.execute(queries.insert(), query_row(name)) for name in ("a", "b", "a")]
    with reading(engine) as connection:
        assert connection.execute(sa.select(queries.c.query_id)).all() == []


def test_events_belong_to_a_question(engine):
    """One without is refused; those of an erased question go with it; its number is not given again."""
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(events.insert(), {"query_id": "none", "kind": "opened", "at": NOW})
    with writing(engine) as connection:
        connection.execute(queries.insert(), query_row("a"))
        connection.execute(events.insert(), {"query_id": "a", "kind": "opened", "at": NOW})
        first = connection.execute(sa.select(queries.c.seq)).scalar_one()
        connection.execute(queries.delete())
        assert connection.execute(sa.select(events.c.kind)).all() == []
        connection.execute(queries.insert(), query_row("b"))
        assert connection.execute(sa.select(queries.c.seq)).scalar_one() > first


def test_writers_wait_for_each_other(engine):
    """Twenty that read and then write lose nothing."""
    with writing(engine) as connection:
        connection.execute(users.insert(), {"name": "kim", "role": "lead", "password_hash": "", "created_at": NOW})
    failures: list[BaseException] = []

    def count_one() -> None:
        try:
            for _ in range(5):
                with writing(engine) as connection:
                    seen = connection.execute(sa.select(users.c.failed_attempts).with_for_update()).scalar_one()
                    connection.execute(users.update().values(failed_attempts=seen + 1))
        except BaseException as error:  # noqa: BLE001 - told by the assertion
            failures.append(error)

    threads = [threading.Thread(target=count_one) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with reading(engine) as connection:
        assert connection.execute(sa.select(users.c.failed_attempts)).scalar_one() == 100


def test_defaults_are_the_databases_own(engine):
    """A row that names only what it must gets the rest."""
    with writing(engine) as connection:
        connection.execute(
            outbox.insert(),
            {"id": "1", "kind": "callback", "state": "waiting", "created_at": NOW, "next_attempt_at": NOW},
        )
        connection.execute(queries.insert(), query_row("a"))
        assert connection.execute(sa.select(outbox.c.attempts, outbox.c.payload)).one() == (0, None)
        assert connection.execute(sa.select(queries.c.traffic, queries.c.reason)).one() == ("customer", None)


def test_the_files_of_sqlite_are_private(tmp_path: Path):
    """Other users of the machine cannot read the database files."""
    engine = open_engine(f"sqlite:///{tmp_path / 'new' / 'journal.db'}")
    upgrade(engine)
    with writing(engine) as connection:
        connection.execute(queries.insert(), query_row("a"))
    modes = {p.name: stat.S_IMODE(p.stat().st_mode) & 0o077 for p in (tmp_path / "new").glob("journal.db*")}
    assert {name: mode for name, mode in modes.items() if mode} == {}
    engine.dispose()
