"""The journal's writer: what is recorded, what is committed, and what its metrics say."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
import sqlalchemy as sa

from kb.database import engine as database
from kb.database.tables.journal import events, queries
from kb.errors import JournalUnavailable, QueryUnknown
from kb.journal import writer
from kb.journal.encode import MOST_TEXT, event_row, query_id, query_row
from kb.journal.writer import Store, open_store
from kb.types import Answered, Clarify, Elsewhere, EventKind, NoAnswer, NoAnswerReason, Passage, QuerySource, Traffic
from tests.journal.recording import NOW, VISIT, answer, failing, is_up, record, rows_of, sample
from tests.support import make_hits, wait_until

CARD = "4111 1111 1111 1111"


# ------------------------------------------------------------------------------------------------ questions


def test_a_question_is_written_whole(journal):
    """Every column, in UTC."""
    asked = journal.record_query(answer(), source=QuerySource.API, visit=VISIT, traffic=Traffic.BOT)
    journal.flush()
    with database.reading(journal.engine) as connection:
        (row,) = connection.execute(sa.select(queries)).mappings()
    assert {**row, "seq": 1} == {
        "seq": 1,
        "query_id": asked,
        "visit": VISIT,
        "source": "api",
        "traffic": "bot",
        "asked_at": NOW,
        "text": "why is my bill higher",
        "language": "en",
        "outcome": "answered",
        "reason": None,
        "confidence": 0.9,
        "hits": [["why-bill-went-up", 1.0], ["late-fee", 0.5]],
        "choices": [],
        "index_version": "v1",
        "took_ms": 2.5,
        "article_id": "why-bill-went-up",
        "anchor": "",
        "heading": "",
    }


def test_the_part_that_was_shown_is_written(journal):
    """Cut to length, without what a database cannot hold; nothing where no part was shown."""
    shown = Passage("fee#1", "fee", "How to waive it" + "é\x00" * 300, "waive-it", "Call.", "Call.")
    hits = (replace(make_hits("fee")[0], passage=shown), *make_hits("late-fee"))
    record(journal, "waive", outcome=Answered(hits[0], hits[1:]))
    record(journal, "late", outcome=Clarify(hits))
    record(journal, "weather", outcome=NoAnswer(NoAnswerReason.OUT_OF_SCOPE, hits))
    heading = f"How to waive it{'é ' * 300}"[:300]
    assert rows_of(journal, queries, "article_id", "anchor", "heading") == [
        ("fee", "waive-it", heading),
        ("", None, ""),
        ("", None, ""),
    ]


def test_choices_and_reasons_are_written(journal):
    """What was offered, and why there was no answer."""
    hits = make_hits("late-fee", "late-payment")
    record(journal, "late", outcome=Clarify(hits))
    record(journal, "weather", outcome=NoAnswer(NoAnswerReason.OUT_OF_SCOPE, hits))
    record(journal, "netflix", outcome=NoAnswer(NoAnswerReason.ELSEWHERE, hits, Elsewhere(None, ("Netflix",))))
    record(journal, "person", outcome=NoAnswer(NoAnswerReason.AGENT, hits))
    assert rows_of(journal, queries, "outcome", "choices", "reason") == [
        ("clarify", ["late-fee", "late-payment"], None),
        ("no_answer", [], "out_of_scope"),
        ("no_answer", [], "elsewhere"),
        ("no_answer", [], "agent"),
    ]


def test_the_same_question_of_a_visit_is_one(journal):
    """In another case or process, or with the same answer from another index; another visit, text or answer is not."""
    first = record(journal)
    assert record(journal, " Why is my BILL higher ") == first
    other = Store(database.open_engine(str(journal.engine.url.render_as_string(hide_password=False))))
    assert record(other) == first
    other.close()
    assert record(journal, version="v2") == first
    fee = Answered(make_hits("late-fee")[0], ())
    others = [record(journal, visit="f" * 32), record(journal, outcome=fee), record(journal, "late fee")]
    assert [row[0] for row in rows_of(journal, queries, "query_id")] == [first, *others]
    assert len({first, *others}) == 4


def test_a_question_searched_as_typed_is_another_one(journal):
    """Its answer may differ from that to the corrected words, so both are rows."""
    corrected = answer("paperles bill")
    exact = replace(corrected, query=replace(corrected.query, exact=True))
    ids = [journal.record_query(asked, source=QuerySource.PAGE, visit=VISIT) for asked in (corrected, exact, exact)]
    assert [row[0] for row in rows_of(journal, queries, "query_id")] == ids[:2]
    assert ids[1] == ids[2]


def test_an_empty_question_is_none(journal):
    """It has an id, and no row."""
    asked = record(journal, " ", outcome=NoAnswer(NoAnswerReason.EMPTY_QUERY, ()))
    assert len(asked) == 32
    assert rows_of(journal, queries, "text") == []
    assert journal.knows(asked) is False


def test_nothing_personal_is_written(journal):
    """Neither in a question nor in an event, nor does an id tell one number from another."""
    asked = record(journal, f"card {CARD} was charged twice")
    assert record(journal, "card 5500 0055 5555 5559 was charged twice") == asked
    journal.record_event(asked, EventKind.NOT_HELPFUL, reason=f"other {CARD}", text=f"call me, {CARD}")
    assert rows_of(journal, queries, "text") == [("card [card number] was charged twice",)]
    assert rows_of(journal, events, "reason", "text") == [("other [card number]", "call me, [card number]")]


def test_what_a_database_cannot_hold_is_put_right(journal):
    """NUL, half a surrogate pair, and a text without end."""
    record(journal, "a\x00b \ud800 c")
    record(journal, "word " * 5000)
    texts = [row[0] for row in rows_of(journal, queries, "text")]
    assert texts[0] == "a b ? c"
    assert len(texts[1]) == MOST_TEXT


def test_an_id_tells_its_parts_apart():
    """Visit, words and what was shown do not run into each other."""
    row = query_row(answer(), source=QuerySource.PAGE, visit=VISIT, traffic=Traffic.CUSTOMER, at=NOW)

    def named(**changed: object) -> str:
        return query_id({**row, **changed})

    assert row["query_id"] == named() == named(text=f" {row['text'].upper()} ", index_version="v2", confidence=0.1)
    moved = {"visit": VISIT[:-1], "text": f"{VISIT[-1]}{row['text']}"}
    parts = ({}, moved, {"anchor": None}, {"heading": "x"}, {"anchor": "x"}, {"article_id": "x"}, {"choices": ["x"]})
    assert len({named(**changed) for changed in (*parts, {"outcome": "x"}, {"reason": "x"})}) == len(parts) + 2


# --------------------------------------------------------------------------------------------------- events


def test_an_event_is_committed_before_it_is_confirmed(journal):
    """An event is stored with its question, which may still be waiting."""
    for number, kind in enumerate(sorted(writer.COMMITTED)):
        asked = record(journal, f"question {number}")
        journal.record_event(asked, kind, article_id="late-fee", reason="unclear", text="which day?")
        with database.reading(journal.engine) as connection:
            found = connection.execute(sa.select(events).where(events.c.query_id == asked)).mappings().one()
        row = event_row(asked, kind, article_id="late-fee", reason="unclear", text="which day?", visit="", at=NOW)
        assert {**found} == {**row, "seq": found["seq"]}


def test_the_same_event_of_a_question_is_one(journal):
    """Two identical clicks are one event, and a question judges an article once each way, with its first reason."""
    asked = record(journal)
    for n, reason in enumerate(("unclear", "unclear", "wrong")):
        journal.record_event(asked, EventKind.NOT_HELPFUL, reason=reason, text=f"no {n}")
    journal.record_event(asked, EventKind.HELPFUL)
    for _ in range(2):
        journal.record_event(asked, EventKind.OPENED, article_id="late-fee")
    assert rows_of(journal, events, "kind", "reason", "article_id") == [
        ("not_helpful", "unclear", ""),
        ("helpful", "", ""),
        ("opened", "", "late-fee"),
    ]


def test_an_event_of_no_question_is_refused(journal):
    """Said where it is to be committed; otherwise left out. The others of its batch are written."""
    with pytest.raises(QueryUnknown, match=r"There is no question 'ffff': it was never recorded\."):
        journal.record_event("ffff", EventKind.HELPFUL)
    journal.record_event("ffff", EventKind.OPENED)
    asked = record(journal)
    journal.record_event(asked, EventKind.OPENED)
    assert rows_of(journal, events, "query_id", "kind") == [(asked, "opened")]


def test_an_article_may_be_judged_without_a_question(journal):
    """The event names its visit instead; each visit may say the same once."""
    for visit in (VISIT, VISIT, "f" * 32):
        journal.record_event("", EventKind.HELPFUL, article_id="late-fee", visit=visit)
    assert rows_of(journal, events, "query_id", "visit", "kind", "article_id") == [
        (None, VISIT, "helpful", "late-fee"),
        (None, "f" * 32, "helpful", "late-fee"),
    ]


def test_a_question_is_known(journal):
    """At once, and to another process once it is written."""
    asked = record(journal)
    assert journal.knows(asked) is True
    journal.flush()
    other = Store(database.open_engine(str(journal.engine.url.render_as_string(hide_password=False))))
    assert (other.knows(asked), other.knows("0" * 32)) == (True, False)
    other.close()


# -------------------------------------------------------------------------------------------------- writers


def test_twenty_writers_at_once_lose_nothing(url):
    """Four processes' worth of stores on one database, five threads each: every question and event, once."""
    stores = [open_store(url) for _ in range(4)]
    failures: list[BaseException] = []

    def write(number: int) -> None:
        try:
            for n in range(25):
                asked = record(stores[number % 4], f"question {n} of {number}", visit=f"{number:032x}")
                if n % 5 == 0:
                    stores[number % 4].record_event(asked, EventKind.HELPFUL)
        except BaseException as error:  # noqa: BLE001 - told by the assertion
            failures.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for opened in stores:
        opened.close()
    assert failures == []
    engine = database.open_engine(url)
    with database.reading(engine) as connection:
        texts = connection.execute(sa.select(queries.c.text)).scalars().all()
        helped = connection.execute(sa.select(queries.c.text).join(events)).scalars().all()
    assert sorted(texts) == sorted(f"question {n} of {number}" for number in range(20) for n in range(25))
    assert sorted(helped) == sorted(f"question {n} of {number}" for number in range(20) for n in range(0, 25, 5))
    engine.dispose()


def test_closing_writes_what_is_left(url):
    """Nothing recorded before is lost; nothing is taken after."""
    opened = open_store(url)
    asked = [record(opened, f"question {n}") for n in range(700)]
    opened.close()
    engine = database.open_engine(url)
    with database.reading(engine) as connection:
        assert connection.execute(sa.select(queries.c.query_id).order_by(queries.c.seq)).scalars().all() == asked
    with pytest.raises(JournalUnavailable, match="the program ends"):
        opened.record_event(asked[0], EventKind.HELPFUL)
    record(opened, "too late")
    assert opened.lost == 1
    engine.dispose()


# -------------------------------------------------------------------------------------------------- metrics


def test_questions_are_counted_once(journal):
    """Metrics count questions by outcome and source, with their time, and events by kind."""
    asked = record(journal)
    record(journal)
    record(journal, "late", outcome=Clarify(make_hits("late-fee", "late-payment")))
    journal.record_event(asked, EventKind.OPENED)
    journal.flush()
    assert sample(journal, "kb_questions_total", outcome="answered", source="page") == 1
    assert sample(journal, "kb_questions_total", outcome="clarify", source="page") == 1
    assert sample(journal, "kb_events_total", event="opened") == 1
    buckets = [sample(journal, "kb_question_seconds_bucket", le=bound) for bound in ("0.001", "0.0025", "+Inf")]
    assert buckets == [0, 2, 2]
    assert sample(journal, "kb_question_seconds_sum") == pytest.approx(0.005)
    for name, value in (("waiting", 0), ("lost_total", 0), ("failures_total", 0), ("up", 1)):
        assert sample(journal, f"kb_journal_{name}") == value


def test_the_metrics_say_what_the_journal_knows(journal, monkeypatch):
    """What waits, what was given up, and that the database fails: one truth for the log and for /metrics."""
    with failing(monkeypatch):
        record(journal, "the first attempt")
        wait_until(lambda: not is_up(journal))
        for n in range(60):
            record(journal, f"question {n}")
        found = {name: sample(journal, f"kb_journal_{name}") for name in ("waiting", "lost_total", "up")}
        assert found == {"waiting": journal.waiting, "lost_total": journal.lost, "up": 0}
        assert journal.lost == 11
