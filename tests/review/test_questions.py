"""The book of questions on SQLite and PostgreSQL: what followed, filters, pages, one question, the export."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from kb.common.folding import plain_words
from kb.database.engine import writing
from kb.database.tables.journal import queries
from kb.database.tables.review import asked_questions
from kb.errors import QueryUnknown
from kb.journal.writer import open_store
from kb.reports.exports import csv_text
from kb.retention.purge import erase_visit
from kb.review import following
from kb.review.judging import store_judgment
from kb.review.questions import EXPORT_COLUMNS, QuestionsBook
from kb.review.records import FollowUp, QuestionFilter, QuestionOrder, Verdict
from kb.types import EventKind, NoAnswerReason, OutcomeKind, QuerySource
from tests.journal.recording import answer
from tests.journal_rows import NOON, put_event, put_query

ANSWERED = {
    "outcome": "answered",
    "confidence": 0.9,
    "article_id": "late-fee",
    "anchor": "waive",
    "heading": "Waive it",
}


@pytest.fixture
def book(engine: sa.Engine) -> QuestionsBook:
    """Return the questions of an empty journal."""
    return QuestionsBook(engine)


def ask(engine: sa.Engine, number: int, text: str = "why a late fee", minutes: float = 0, **fields) -> str:
    """Write a question of the visit "v", some minutes after noon."""
    return put_query(
        engine, number, text, **{"visit": "v", **ANSWERED, **fields}, asked_at=NOON + timedelta(minutes=minutes)
    )


def texts(book: QuestionsBook, **wanted) -> list[str]:
    """Return the texts of the questions that a filter lets through, after reading what is new."""
    book.refresh()
    return [row.text for row in book.list(QuestionFilter(**wanted)).rows]


def followed(book: QuestionsBook) -> dict[str, tuple[FollowUp, ...]]:
    """Return what followed each question, by its text."""
    book.refresh()
    return {row.text: row.followed for row in book.list().rows}


def test_what_followed_is_told(engine, book):
    """Each kind of event, and nothing."""
    for n, kind in enumerate(("not_helpful", "contacted", "helpful", "opened", "expanded", "chose", "contact_shown",
                             "contact_opened", "none_of_these")):  # fmt: skip
        put_query(engine, n, kind, visit=f"v{n}", events=[(kind,)])
    put_query(engine, 20, "both", visit="v20", events=[("opened",), ("not_helpful",)])
    assert followed(book) == {
        "not_helpful": (FollowUp.DISLIKED,),
        "contacted": (FollowUp.CONTACTED,),
        "helpful": (FollowUp.HELPFUL,),
        "opened": (FollowUp.OPENED,),
        "expanded": (FollowUp.OPENED,),
        "chose": (FollowUp.OPENED,),
        "contact_shown": (FollowUp.ABANDONED,),
        "contact_opened": (FollowUp.CONTACTED,),
        "none_of_these": (FollowUp.DISLIKED,),
        "both": (FollowUp.DISLIKED, FollowUp.OPENED),
    }


def test_asked_again_is_another_question_soon_after(engine, book):
    """Within 30 minutes and the visit, in other words; the same words again, as typed, are not another question."""
    ask(engine, 1, "first", 0)
    ask(engine, 2, "First?", 1)
    ask(engine, 3, "second", 30)
    ask(engine, 4, "third", 61)
    ask(engine, 5, "of another visit", 62, visit="w")
    again, nothing = (FollowUp.ASKED_AGAIN,), (FollowUp.ABANDONED,)
    assert followed(book) == {
        "first": again,
        "First?": again,
        "second": nothing,
        "third": nothing,
        "of another visit": nothing,
    }


def test_a_contact_elsewhere_follows_the_last_question(engine, book):
    """As from the page of contacts, which names the visit only."""
    ask(engine, 1, "first", 0)
    ask(engine, 2, "second", 40)
    put_event(engine, None, "contacted", at=NOON + timedelta(minutes=50), visit="v")
    assert followed(book) == {"first": (FollowUp.ABANDONED,), "second": (FollowUp.CONTACTED,)}


def test_what_is_new_changes_what_followed_earlier(engine, book):
    """A question read before is asked again, then disliked; reading twice changes nothing."""
    first = ask(engine, 1, "first", 0)
    assert followed(book) == {"first": (FollowUp.ABANDONED,)}
    ask(engine, 2, "second", 5)
    assert followed(book)["first"] == (FollowUp.ASKED_AGAIN,)
    put_event(engine, first, "not_helpful")
    assert followed(book)["first"] == (FollowUp.DISLIKED, FollowUp.ASKED_AGAIN)
    assert (book.refresh(), book.waiting()) == (0, 0)
    assert followed(book)["first"] == (FollowUp.DISLIKED, FollowUp.ASKED_AGAIN)


def test_a_long_journal_is_read_in_portions(engine, book, monkeypatch):
    """With a pause after each; what one run leaves, the next takes."""
    monkeypatch.setattr(following, "_AT_ONCE", 4)
    for n in range(10):
        put_query(engine, n, f"question {n}", events=[("opened",)])
    assert book.waiting() == 10

    class Enough(Exception):
        """Ends a run."""

    def stop() -> None:
        raise Enough

    with pytest.raises(Enough):
        book.refresh(stop)
    assert book.waiting() == 6
    breaths: list[int] = []
    assert book.refresh(lambda: breaths.append(1)) == 6
    assert len(breaths) == 2
    assert set(followed(book).values()) == {(FollowUp.OPENED,)}
    assert book.list().total == 10


def test_only_customers_count(engine, book):
    """Neither tests nor bots."""
    ask(engine, 1, "a customer's")
    ask(engine, 2, "a test's", traffic="test")
    ask(engine, 3, "a bot's", traffic="bot")
    assert book.waiting() == 1
    assert texts(book) == ["a customer's"]
    with pytest.raises(QueryUnknown, match="There is no question '0000"):
        book.show(f"{2:032x}")


def test_every_filter(engine, book):
    """Each field alone lets through what it names."""
    ask(engine, 1, "¿Cómo pago 100% de mi factura?", visit="a", language="es", confidence=0.95)
    ask(engine, 2, "late fee on my bill", visit="b", anchor="", confidence=0.85, events=[("not_helpful",)])
    ask(engine, 3, "which one", visit="c", outcome="clarify", article_id="", anchor=None, choices=["late-fee", "x"],
        confidence=0.5)  # fmt: skip
    ask(engine, 4, "weather", visit="d", outcome="no_answer", reason="out_of_scope", article_id="", anchor=None,
        confidence=0.1)  # fmt: skip
    ask(engine, 5, "yesterday's fee", -24 * 60, visit="e", article_id="paper-bill", confidence=0.9)
    es, fee, which = "¿Cómo pago 100% de mi factura?", "late fee on my bill", "which one"
    weather, yesterday = "weather", "yesterday's fee"
    assert texts(book) == [weather, which, fee, es, yesterday]
    assert texts(book, text="COMO fact") == [es]
    assert texts(book, text="factura pago") == [es]
    assert texts(book, text="%") == [weather, which, fee, es, yesterday]  # says no word
    assert texts(book, text="_") == []
    assert texts(book, text="late_fee") == []
    assert texts(book, text="fee") == [fee, yesterday]
    assert texts(book, outcome=OutcomeKind.CLARIFY) == [which]
    assert texts(book, reason=NoAnswerReason.OUT_OF_SCOPE) == [weather]
    assert texts(book, article="late-fee") == [fee, es]
    assert texts(book, article="late-fee", anchor="waive") == [es]
    assert texts(book, anchor="") == [fee]
    assert texts(book, language="es") == [es]
    assert texts(book, followed=FollowUp.DISLIKED) == [fee]
    assert texts(book, followed=FollowUp.ABANDONED) == [weather, which, es, yesterday]
    assert texts(book, first=NOON.date()) == [weather, which, fee, es]
    assert texts(book, last=NOON.date() - timedelta(days=1)) == [yesterday]
    assert texts(book, first=date(2026, 11, 19), last=date(2026, 11, 20)) == [weather, which, fee, es, yesterday]
    assert texts(book, least=0.85, most=0.9) == [fee, yesterday]
    assert texts(book, order=QuestionOrder.LEAST_SURE) == [weather, which, fee, yesterday, es]


def test_judged_or_not(engine, book):
    """Right, wrong in article or part, and not judged."""
    said = {"right": (True, True), "article": (False, None), "part": (True, False), "unsaid": (True, None)}
    for n, (text, (article, part)) in enumerate(said.items()):
        name = ask(engine, n, text, n, visit=text)
        with writing(engine) as connection:
            store_judgment(connection, name, article_right=article, part_right=part, who="lee", at=NOON)
    ask(engine, 9, "new", 9, visit="new")
    assert texts(book, judged=Verdict.RIGHT) == ["unsaid", "right"]
    assert texts(book, judged=Verdict.WRONG) == ["part", "article"]
    assert texts(book, judged=Verdict.JUDGED) == ["unsaid", "part", "article", "right"]
    assert texts(book, judged=Verdict.NOT_JUDGED) == ["new"]
    judgment = book.list(QuestionFilter(text="part")).rows[0].judgment
    assert judgment is not None
    assert (judgment.is_right, judgment.who, judgment.at) == (False, "lee", NOON)


@pytest.mark.parametrize("order", QuestionOrder)
def test_pages_follow_each_other(engine, book, order):
    """Every question once, in order, also when several are equal; what is new does not move the pages."""
    for n in range(23):
        ask(engine, n, f"q{n}", n // 4, visit=f"v{n}", confidence=0.5 + 0.1 * (n % 3))
    book.refresh()
    wanted, found, after = QuestionFilter(order=order), [], ""
    while True:
        page = book.list(wanted, after=after, limit=5)
        found += page.rows
        assert (page.total, page.is_capped) in ((23, False), (24, False))
        after = page.after
        if not after:
            break
        if len(found) == 5:
            put_query(engine, 99, "new", asked_at=NOON + timedelta(hours=1), confidence=0.1, visit="new")
            book.refresh()
    assert len(found) == len({row.query_id for row in found}) == 23
    keys = [(row.confidence, row.query_id) if order is QuestionOrder.LEAST_SURE else row.asked_at for row in found]
    assert keys == sorted(keys, reverse=order is QuestionOrder.NEWEST)
    other = QuestionOrder.NEWEST if order is QuestionOrder.LEAST_SURE else QuestionOrder.LEAST_SURE
    for nonsense in ("x", "~", "x~1", book.list(QuestionFilter(order=other), limit=1).after):
        assert book.list(wanted, after=nonsense, limit=3).rows == book.list(wanted, limit=3).rows


def test_more_than_can_be_counted_is_said(engine, book, monkeypatch):
    """A total above the bound is the bound, and says that there are more."""
    monkeypatch.setattr("kb.review.questions.COUNTED_AT_MOST", 3)
    for n in range(3):
        ask(engine, n, f"q{n}", visit=f"v{n}")
    book.refresh()
    assert (book.list().total, book.list().is_capped) == (3, False)
    ask(engine, 3, "q3", visit="v3")
    book.refresh()
    assert (book.list().total, book.list().is_capped) == (3, True)


def test_one_question_with_its_visit(engine, book):
    """What the customer saw, and what else happened in the visit."""
    first = ask(engine, 1, "first", 0, hits=[["late-fee", 0.9], ["paper-bill", 0.5]], index_version="v7")
    put_event(engine, first, "not_helpful", "late-fee", "wrong", at=NOON + timedelta(minutes=1))
    second = ask(
        engine, 2, "second", 2, outcome="no_answer", article_id="", anchor=None, heading="", reason="elsewhere"
    )
    put_event(engine, None, "contacted", at=NOON + timedelta(minutes=3), visit="v")
    ask(engine, 3, "of another visit", 2, visit="w")
    book.refresh()
    found = book.show(first)
    assert (found.row.article_id, found.row.anchor, found.row.heading) == ("late-fee", "waive", "Waive it")
    assert found.row.followed == (FollowUp.DISLIKED, FollowUp.ASKED_AGAIN)
    assert (found.hits, found.index_version, found.source) == ((("late-fee", 0.9), ("paper-bill", 0.5)), "v7", "page")
    steps = [(step.kind, step.query_id, step.text, step.article_id, step.reason, step.outcome) for step in found.steps]
    assert steps == [
        ("asked", first, "first", "late-fee", "", "answered"),
        ("not_helpful", first, "", "late-fee", "wrong", ""),
        ("asked", second, "second", "", "elsewhere", "no_answer"),
        ("contacted", "", "", "", "", ""),
    ]
    assert found.as_json()["visit"][0]["kind"] == "asked"
    assert "v" not in found.as_json().values()  # the key of a visit is nobody's business


def test_the_export_has_every_question(engine, book, monkeypatch):
    """In portions, each question once, with the columns of its headings."""
    monkeypatch.setattr("kb.review.questions._EXPORTED_AT_ONCE", 3)
    for n in range(7):
        ask(engine, n, f"q{n}", n, visit=f"v{n}", events=[("not_helpful",)] if n == 6 else [])
    with writing(engine) as connection:
        store_judgment(connection, f"{6:032x}", article_right=True, part_right=False, who="lee", at=NOON)
    book.refresh()
    rows = list(book.export())
    assert [row[1] for row in rows] == [f"q{n}" for n in reversed(range(7))]
    assert {len(row) for row in rows} == {len(EXPORT_COLUMNS)}
    assert rows[0] == (NOON + timedelta(minutes=6), "q6", "en", "answered", "", "late-fee", "waive", "Waive it", 0.9,
                       "disliked", "lee", "yes", "no")  # fmt: skip
    assert next(iter(book.export(QuestionFilter(text="q3"))))[1] == "q3"


def test_an_erased_visit_is_gone_here_too(engine, book):
    """Its questions leave the list, and so do their judgments."""
    name = ask(engine, 1, "first")
    ask(engine, 2, "of another visit", visit="w")
    book.refresh()
    with writing(engine) as connection:
        store_judgment(connection, name, article_right=True, part_right=True, who="lee", at=NOON)
    erase_visit(engine, "v")
    assert texts(book) == ["of another visit"]
    with engine.connect() as connection:
        left = connection.execute(sa.select(asked_questions.c.query_id)).scalars().all()
        assert left == connection.execute(sa.select(queries.c.query_id)).scalars().all()


def test_planted_data_is_in_no_list_and_no_export(url):
    """From the journal's writer to the file that a lead takes home, and in no column of the database."""
    secrets = ("4111 1111 1111 1111", "212-555-0142", "kim@example.com", "078-05-1120")
    journal = open_store(url)
    for n, secret in enumerate(secrets):
        given = answer(f"why was {secret} charged twice")
        asked = journal.record_query(given, source=QuerySource.PAGE, visit=f"v{n}")
        journal.record_event(asked, EventKind.NOT_HELPFUL, text=f"I am {secret}", reason=secret)
    journal.flush()
    book = QuestionsBook(journal.engine)
    book.refresh()
    found = [csv_text(EXPORT_COLUMNS, book.export()), repr(book.list())]
    found += [json.dumps(book.show(row.query_id).as_json()) for row in book.list().rows]
    with journal.engine.connect() as connection:
        found.append(repr(connection.execute(sa.select(asked_questions)).all()))
    assert len(book.list().rows) == len(secrets)
    bare = [secret for secret in secrets for text in found if secret in text or plain_words(secret) in text]
    assert bare == []
    journal.close()
