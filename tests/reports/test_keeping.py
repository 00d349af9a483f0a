"""Daily counts that are kept while the journal is written: whatever happens, they are those of a recount."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from kb.database.engine import open_engine, reading, writing
from kb.database.tables.gaps import daily_counts, rollup_state
from kb.database.tables.journal import events, queries
from kb.journal.batch import Entry, commit
from kb.journal.encode import event_row
from kb.reports import keeping
from kb.reports.keeping import counted
from kb.reports.rollup import roll_up, settled_day
from kb.reports.tally import count_of_day
from kb.retention.purge import erase_visit, purge
from kb.types import EventKind
from tests.journal_rows import NOON, put_query

DAYS = [NOON.date() - timedelta(days=n) for n in range(3)]
ARTICLES = ("late-fee", "paper-bill")
KINDS = [EventKind.HELPFUL, EventKind.NOT_HELPFUL, EventKind.OPENED, EventKind.CONTACTED, EventKind.CONTACT_OPENED,
         EventKind.NONE_OF_THESE]  # fmt: skip

visits = st.sampled_from(["v1", "v2"])
days = st.integers(0, len(DAYS) - 1)
asking = st.tuples(
    st.just("ask"),
    st.integers(1, 6),  # the question's number: asked twice, it is written once
    visits,
    days,
    st.sampled_from(["answered", "clarify", "no_answer"]),
    st.sampled_from(["customer", "customer", "bot"]),
    st.sampled_from(["en", "es"]),
)
following = st.tuples(st.just("follow"), st.integers(1, 6), st.sampled_from(KINDS), st.sampled_from(["", *ARTICLES]))
alone = st.tuples(st.just("alone"), visits, st.sampled_from(KINDS), days)
batch = st.tuples(st.just("batch"), st.lists(st.one_of(asking, following, alone), min_size=1, max_size=5))
by_others = st.tuples(st.just("raw"), st.integers(7, 8), visits, days)
erasing = st.tuples(st.just("erase"), visits)
purging = st.tuples(st.just("purge"), days)
counting = st.tuples(st.just("count"))
steps = st.lists(st.one_of(batch, batch, batch, by_others, erasing, purging, counting), min_size=1, max_size=8)


def entry(step: tuple[Any, ...]) -> Entry:
    """Return what one step of a batch writes."""
    if step[0] == "ask":
        _, number, visit, day, outcome, traffic, language = step
        row = {
            "query_id": f"{number:032x}",
            "visit": f"{visit}",
            "source": "page",
            "traffic": traffic,
            "asked_at": NOON - timedelta(days=day),
            "text": "why",
            "language": language,
            "outcome": outcome,
            "reason": None,
            "confidence": 0.5,
            "hits": [[ARTICLES[number % 2], 0.5]],
            "index_version": "v1",
            "choices": [*ARTICLES] if outcome == "clarify" else [],
            "took_ms": 1.0,
            "article_id": "",
        }
        return Entry(queries, row)
    of, at = ("", NOON - timedelta(days=step[3])) if step[0] == "alone" else (f"{step[1]:032x}", NOON)
    article, visit = ("late-fee", step[1]) if step[0] == "alone" else (step[3], "")
    return Entry(events, event_row(of, step[2], article_id=article, reason="wrong", text="", visit=visit, at=at))


def stored(engine: sa.Engine) -> dict[date, Counter[tuple[str, str, str]]]:
    """Return the daily counts as they are."""
    found: dict[date, Counter[tuple[str, str, str]]] = {day: Counter() for day in DAYS}
    with reading(engine) as connection:
        for row in connection.execute(sa.select(daily_counts)):
            found[row.day][row.name, row.article_id, row.detail] = row.value
    return found


def recounted(engine: sa.Engine) -> dict[date, Counter[tuple[str, str, str]]]:
    """Count all rows."""
    with reading(engine) as connection:
        return {day: count_of_day(connection, day) for day in DAYS}


def settled(engine: sa.Engine) -> int:
    """Return the last day whose counts are final."""
    with reading(engine) as connection:
        return settled_day(connection)


def empty(engine: sa.Engine) -> None:
    """Remove everything."""
    with writing(engine) as connection:
        for table in (events, queries, daily_counts, rollup_state):
            connection.execute(sa.delete(table))


def take(engine: sa.Engine, step: tuple[Any, ...], final: dict[date, Counter[tuple[str, str, str]]]) -> None:
    """Take a step; a purge makes the counts of its days final."""
    match step:
        case ("batch", entries):
            commit(engine, [entry(each) for each in entries], counted)
        case ("raw", number, visit, day):
            if not exists(engine, number):
                put_query(engine, number, visit=visit, days_ago=day, outcome="answered")
        case ("erase", visit):
            erase_visit(engine, visit)
        case ("purge", day):
            before = recounted(engine)
            purge(engine, NOON - timedelta(days=day))
            for of in DAYS:
                if of <= DAYS[day] and of not in final:
                    final[of] = before[of]
        case ("count",):
            roll_up(engine)


def exists(engine: sa.Engine, number: int) -> bool:
    """Return whether a question is in the journal."""
    with reading(engine) as connection:
        found = sa.select(queries.c.seq).where(queries.c.query_id == f"{number:032x}")
        return connection.scalar(found) is not None


def test_kept_counts_are_those_of_a_recount(sqlite_with_tables, tmp_path) -> None:
    """Whatever is asked, clicked, erased and purged, in whatever order, by this program and by others."""
    file = tmp_path / "journal.db"
    file.write_bytes(sqlite_with_tables.read_bytes())
    engine = open_engine(f"sqlite:///{file}")
    sa.event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))

    @settings(max_examples=40)
    @given(steps)
    def check(taken: list[tuple[Any, ...]]) -> None:
        empty(engine)
        final: dict[date, Counter[tuple[str, str, str]]] = {}
        for step in taken:
            take(engine, step, final)
        again = roll_up(engine)
        assert not again or any(step[0] == "raw" for step in taken)  # what this program writes is counted at once
        assert stored(engine) == {day: final.get(day, counts) for day, counts in recounted(engine).items()}

    check()
    engine.dispose()


def test_a_life_of_a_journal_is_counted_on_each_database(engine: sa.Engine) -> None:
    """A fixed sequence: a question asked twice, a contact that takes an assumption back, and an erased visit."""
    commit(engine, [entry(("ask", 1, "v1", 1, "answered", "customer", "en"))], counted)
    commit(engine, [entry(("follow", 1, EventKind.OPENED, "late-fee"))], counted)
    commit(engine, [entry(("ask", n, "v1", 0, "no_answer", "customer", "es")) for n in (1, 2)], counted)
    assert stored(engine)[DAYS[1]]["assumed", "", ""] == 1
    commit(engine, [entry(("alone", "v1", EventKind.CONTACTED, 0))], counted)
    commit(engine, [entry(("ask", 3, "v2", 0, "clarify", "customer", "en"))], counted)
    assert stored(engine) == recounted(engine)
    assert (stored(engine)[DAYS[1]]["assumed", "", ""], stored(engine)[DAYS[1]]["not_solved", "", ""]) == (0, 1)
    erase_visit(engine, "v1")
    assert stored(engine) == recounted(engine)
    assert (stored(engine)[DAYS[1]], stored(engine)[DAYS[0]]["visits", "", ""]) == (Counter(), 1)
    assert roll_up(engine) == ()


@pytest.mark.parametrize("most", [0, 5_000])
def test_a_visit_of_thousands_of_questions_is_left_to_the_reader(engine: sa.Engine, monkeypatch, most: int) -> None:
    """So that no batch takes longer than the one before; the figures are the same."""
    monkeypatch.setattr(keeping, "MOST_READ", most)
    for number in (1, 2):
        commit(engine, [entry(("ask", number, "v1", 0, "answered", "customer", "en"))], counted)
    assert bool(roll_up(engine)) is (most == 0)
    assert stored(engine) == recounted(engine)


def test_what_cannot_be_counted_is_written(engine: sa.Engine) -> None:
    """A fault of the counts costs no question: it is written, and counted by the next reader."""
    from kb.journal.writer import Store
    from tests.journal.recording import record

    def broken(*_: object) -> None:
        raise ZeroDivisionError

    journal = Store(engine, clock=lambda: NOON, counted=broken)
    record(journal, "kept")
    journal.flush()
    assert journal.lost == 0
    assert roll_up(engine) == (DAYS[0],)
    journal.close()
