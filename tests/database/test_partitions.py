"""The journal by month on PostgreSQL: partitions ahead, what happens without one, and a journal that was kept whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from kb.database import partitions
from kb.database.engine import open_engine, reading, upgrade, writing
from kb.database.statements import insert_all_once
from kb.database.tables.journal import events, queries
from kb.database.tables.review import asked_questions, judgments, lessons
from kb.errors import JournalUnavailable
from kb.journal.batch import Entry, MonthsAhead, commit
from kb.retention.months import drop_months
from kb.retention.purge import Erased, purge
from tests.database.test_engine import query_row
from tests.postgres import Server

MARCH = datetime(2026, 3, 10, 12, tzinfo=UTC)
APRIL = MARCH + timedelta(days=31)
BY_MONTH = ("queries", "events", "asked_questions")


@pytest.fixture
def engine(postgres_server: Server, postgres_with_tables: str) -> Iterator[sa.Engine]:
    """A database with all tables, on PostgreSQL alone."""
    address = postgres_server.new_database(like=postgres_with_tables)
    opened = open_engine(address)
    yield opened
    opened.dispose()
    postgres_server.drop(address)


def ask(engine: sa.Engine, name: str, at: datetime, kind: str = "") -> None:
    """Write a question as the journal's writer does, with an event a minute later."""
    row = query_row(name, asked_at=at) | {"traffic": "customer", "article_id": "late-fee"}
    event = {"event_id": f"{name} {kind}", "query_id": name, "kind": kind, "at": at + timedelta(minutes=1)}
    entries = [Entry(queries, row), *([Entry(events, event | {"visit": "", "article_id": ""})] if kind else [])]
    commit(engine, entries)


def places(engine: sa.Engine, table: str = "queries", column: str = "query_id") -> dict[str, list[str]]:
    """Return what is in which partition."""
    found: dict[str, list[str]] = {}
    with reading(engine) as connection:
        listed = f"SELECT tableoid::regclass::text, {column} FROM {table} ORDER BY 2"
        for place, name in connection.execute(sa.text(listed)):
            found.setdefault(place, []).append(name)
    return found


def test_this_month_and_the_next_are_there(engine: sa.Engine) -> None:
    """From the start; more are made once, by several at a time as well."""
    now = datetime.now(UTC)
    with reading(engine) as connection:
        first, second = partitions.months(connection)
    # The tables were made earlier in this run, which the end of a month may have interrupted.
    assert first in {partitions.month_of(now), partitions.month_of(now - timedelta(hours=2))}
    assert second == partitions.following(first)
    assert partitions.make_months_ahead(engine, datetime(*first, 1, tzinfo=UTC)) == ()
    assert partitions.make_months_ahead(engine, datetime(2031, 12, 5, tzinfo=UTC)) == ((2031, 12), (2032, 1))


def test_a_month_without_a_partition_refuses_nothing(engine: sa.Engine) -> None:
    """Its rows are in the default partition, found and told apart there too, and move when the month is made."""
    for _ in range(2):
        ask(engine, "march", MARCH, "helpful")
    ask(engine, "april", APRIL, "opened")
    assert places(engine) == {"queries_default": ["april", "march"]}
    assert partitions.make_months(engine, [(2026, 3), (2026, 4)]) == ((2026, 3), (2026, 4))
    assert places(engine) == {"queries_2026_03": ["march"], "queries_2026_04": ["april"]}
    assert places(engine, "events", "kind") == {"events_2026_03": ["helpful"], "events_2026_04": ["opened"]}
    ask(engine, "march", MARCH, "helpful")
    assert len(places(engine)["queries_2026_03"]) == 1


def test_the_writer_makes_a_missing_month(engine: sa.Engine, monkeypatch, caplog) -> None:
    """Before its first rows. Where it cannot, it says so, writes them all the same, and tries again later."""
    months = MonthsAhead(engine)

    def refuse(*_: object) -> None:
        raise JournalUnavailable("permission denied for schema public.")

    with monkeypatch.context() as patch:
        patch.setattr(partitions, "_make", refuse)
        months.see_to([MARCH])
        ask(engine, "first", MARCH)
    months.see_to([MARCH + timedelta(minutes=5)])
    assert places(engine) == {"queries_default": ["first"]}
    assert "The journal's partition of 2026-03 is missing and could not be made: permission denied" in caplog.text
    months.see_to([MARCH + timedelta(minutes=10)])
    assert places(engine) == {"queries_2026_03": ["first"]}


def test_a_question_counts_once_where_a_month_ends_in_between(engine: sa.Engine) -> None:
    """Asked again after midnight by another process, and the same click as well."""
    midnight = datetime(2026, 4, 1, tzinfo=UTC)
    partitions.make_months(engine, [(2026, 3), (2026, 4)])
    for seconds in (-90, 90):
        ask(engine, "late", midnight + timedelta(seconds=seconds), "helpful")
    assert places(engine) == {"queries_2026_03": ["late"]}
    assert places(engine, "events", "kind") == {"events_2026_03": ["helpful"]}


def test_retention_drops_months_and_erases_rows_at_the_edge(engine: sa.Engine) -> None:
    """Also what came after a question in the next month; what a clock dated wrongly stays with its question."""
    partitions.make_months(engine, [(2026, 3), (2026, 4)])
    ask(engine, "old", MARCH, "helpful")
    ask(engine, "last", datetime(2026, 3, 31, 23, 59, 30, tzinfo=UTC), "opened")
    ask(engine, "edge", APRIL, "opened")
    ask(engine, "young", APRIL + timedelta(days=3), "helpful")
    with writing(engine) as connection:
        connection.execute(judgments.insert(), {"query_id": "old", "article_right": True, "who": "kim", "at": MARCH})
        connection.execute(events.insert(), {"query_id": "young", "kind": "expanded", "at": MARCH})
    assert purge(engine, APRIL + timedelta(days=1)) == Erased(3, 3)
    assert places(engine) == {"queries_2026_04": ["young"]}
    assert places(engine, "events", "kind") == {"events_2026_03": ["expanded"], "events_2026_04": ["helpful"]}
    with reading(engine) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(judgments)) == 0
        assert (2026, 3) not in partitions.months(connection)
        assert (2026, 3) not in partitions.months(connection, "asked_questions")


def test_a_month_that_is_in_use_is_erased_row_by_row(engine: sa.Engine, monkeypatch, caplog) -> None:
    """A reader that does not end keeps the partition, not the questions."""
    partitions.make_months(engine, [(2026, 3)])
    ask(engine, "old", MARCH, "helpful")
    monkeypatch.setattr(partitions, "_LOCK_SECONDS", 0.01)
    with reading(engine) as connection:
        connection.execute(sa.select(queries.c.seq)).all()
        drop_months(engine, APRIL, lambda: None)
    assert "The partition of 2026-03 could not be dropped, so its rows are erased one by one" in caplog.text
    assert purge(engine, APRIL) == Erased(1, 1)


def earlier(server: Server) -> sa.Engine:
    """Return a journal as it was before, with questions of two months, and what refers to them."""
    engine = open_engine(server.new_database())
    upgrade(engine, "0011")
    with writing(engine) as connection:
        for name, at in (("march", MARCH), ("april", APRIL), ("gone", APRIL)):
            asked = query_row(name, asked_at=at)
            connection.execute(queries.insert(), asked)
            connection.execute(events.insert(), {"query_id": name, "event_id": name, "kind": "helpful", "at": at})
            listed = {key: asked[key] for key in ("query_id", "asked_at", "language", "outcome", "confidence")}
            connection.execute(
                asked_questions.insert(), listed | {"seq": len(name), "words": "why"} | {"seq": ord(name[0])}
            )
    return engine


def test_a_journal_that_was_kept_whole_is_moved(postgres_server: Server) -> None:
    """Interrupted after a month, it goes on where it was; what was written and erased meanwhile is as it is."""
    engine = earlier(postgres_server)
    with writing(engine) as connection:
        connection.exec_driver_sql("CREATE TABLE queries_2026_04 (in_the_way int)")
    with pytest.raises(JournalUnavailable, match="queries_2026_04"):
        upgrade(engine)
    with writing(engine) as connection:
        kept = connection.scalar(sa.text("SELECT 'queries_2026_03'::regclass::oid"))
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == "0011"
        connection.exec_driver_sql("DROP TABLE queries_2026_04")
        connection.execute(queries.insert(), query_row("meanwhile", asked_at=MARCH))
        connection.execute(queries.delete().where(queries.c.query_id == "gone"))
    upgrade(engine)
    assert places(engine) == {"queries_2026_03": ["march", "meanwhile"], "queries_2026_04": ["april"]}
    assert places(engine, "events") == {"events_2026_03": ["march"], "events_2026_04": ["april"]}
    assert [*places(engine, "asked_questions")] == ["asked_questions_2026_04", "asked_questions_2026_03"]
    with writing(engine) as connection:
        assert connection.scalar(sa.text("SELECT 'queries_2026_03'::regclass::oid")) == kept
        before = connection.scalar(sa.select(sa.func.max(queries.c.seq)))
        connection.execute(queries.insert(), query_row("new", asked_at=APRIL))
        assert connection.scalar(sa.select(sa.func.max(queries.c.seq))) > before
    engine.dispose()


def test_triggers_keep_what_belongs_to_a_question(engine: sa.Engine) -> None:
    """What names a question that is not there is refused; what names an erased one goes, or names none any more."""
    ask(engine, "march", MARCH, "helpful")
    lesson = {"kind": "gap", "state": "open", "question": "", "question_key": "", "who": "kim"}
    moments = {"created_at": MARCH, "updated_at": MARCH}
    with writing(engine) as connection:
        connection.execute(lessons.insert(), {"query_id": "march", **lesson, **moments})
        connection.execute(judgments.insert(), {"query_id": "march", "article_right": True, "who": "kim", "at": MARCH})
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as connection:
        connection.execute(judgments.insert(), {"query_id": "none", "article_right": True, "who": "kim", "at": MARCH})
    with writing(engine) as connection:
        connection.execute(queries.delete())
        left = [connection.scalar(sa.select(sa.func.count()).select_from(table)) for table in (events, judgments)]
        assert left == [0, 0]
        assert connection.execute(sa.select(lessons.c.query_id)).scalars().all() == [None]


def rows_read_from_end_to_end(engine: sa.Engine) -> int:
    """Return how many rows of questions and events were read by reading whole partitions."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("SELECT pg_stat_force_next_flush()")
        connection.exec_driver_sql("SELECT pg_stat_clear_snapshot()")
        read = "SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname ~ '^(queries|events)_'"
        return int(connection.scalar(sa.text(read)) or 0)


@pytest.mark.parametrize("at", [MARCH, APRIL.replace(day=2)], ids=["mid-month", "a month has just ended"])
def test_the_writer_looks_rows_up(engine: sa.Engine, at: datetime) -> None:
    """A batch costs as much with a hundred questions in the journal as with millions: nothing is read end to end."""
    with engine.connect() as connection:
        if connection.dialect.server_version_info < (15,):  # type: ignore[operator] — PostgreSQL has one
            pytest.skip("PostgreSQL tells its statistics at once from version 15 on")
    partitions.make_months(engine, [(2026, 3), (2026, 4)])
    many = [query_row(f"{n:032x}", asked_at=at - timedelta(minutes=n)) for n in range(20_000)]
    with writing(engine) as connection:
        insert_all_once(connection, queries, many)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    before = rows_read_from_end_to_end(engine)
    for batch in range(8):  # from the sixth on, a plan is made for all
        new = [query_row(f"{batch}-{n}", asked_at=at) for n in range(100)]
        happened = [
            {"event_id": f"{batch}-{n}", "query_id": f"{batch}-{n}", "kind": "opened", "at": at} for n in range(100)
        ]
        commit(
            engine, [*(Entry(queries, row) for row in new), *(Entry(events, row | {"visit": ""}) for row in happened)]
        )
    assert rows_read_from_end_to_end(engine) - before < len(many) / 10
