"""The desk over a real index: a draft goes live, questions are tried before, and the list says how articles fare."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest

from kb.errors import WritingRefused
from kb.evaluation.impact import Impact
from kb.retrieval.answering.live import LiveAnswerer
from kb.types import Answered, OutcomeKind, Severity
from kb.writing.records import Draft
from tests.support import build, wait_until, write_article
from tests.writing.conftest import KIM, LEE, Office, office_of


@pytest.fixture
def office_with_index(database, settings, clock) -> Iterator[Office]:
    """A desk whose index is built, with the small articles in it."""
    build(settings)
    answerer = LiveAnswerer(settings)
    office = office_of(database, settings, clock, answerer)

    def build_and_serve() -> None:
        build(settings, quick=True)
        answerer.refresh()

    office.build.do = build_and_serve
    yield office
    office.desk.close()


def test_a_published_draft_is_what_customers_read(office_with_index):
    """A question that nothing answered is answered by the new article, and by its former text after an undo."""
    office = office_with_index
    text = "---\ntitle: Statement mail\nkind: faq\ncategory: autopay\nexamples: [promotion receipt]\n---\n\nBy mail.\n"
    draft = office.desk.start_new(slug="by-mail", title="A", kind="faq", category="autopay", user=KIM)
    saved = office.desk.save(draft.id, text, KIM, draft.number)
    assert isinstance(saved, Draft)
    assert "by-mail" not in office.answerer.library.articles
    office.publish(saved)
    assert office.answerer.library.articles["by-mail"].body.strip() == "By mail."
    outcome = office.answerer.ask("promotion receipt").outcome
    assert isinstance(outcome, Answered)
    assert outcome.hit.article_id == "by-mail"
    again = office.desk.open("by-mail", LEE)
    changed = office.desk.save(again.id, text.replace("By mail.", "By the box."), LEE, again.number)
    assert isinstance(changed, Draft)
    office.desk.publish(changed.id, LEE, "", changed.number)
    assert office.publisher.publish_waiting()
    assert office.answerer.library.articles["by-mail"].body.strip() == "By the box."
    office.desk.undo("by-mail", office.desk.history("by-mail")[0].id, KIM)
    assert office.publisher.publish_waiting()
    assert office.answerer.library.articles["by-mail"].body.strip() == "By mail."


def test_questions_are_tried_before_anything_is_published(office_with_index):
    """Found or not, where, and with which part, by an index that nobody else sees."""
    office = office_with_index
    draft = office.desk.open("late-fee", KIM)
    text = draft.text.replace('["why was', '["box of old paper by mail", "why was')
    new = replace(draft, text=text)
    found, lost = office.desk.try_questions(new, ["box of old  paper by mail", "turn on automatic payments"])
    assert (found.question, found.is_found, found.rank) == ("box of old paper by mail", True, 1)
    assert (lost.is_found, lost.outcome) == (False, OutcomeKind.ANSWERED)
    assert office.desk.try_questions(new, ["", " "]) == ()
    before = office.answerer.ask("box of old paper by mail")
    assert before.index_version != found.answer.index_version
    with pytest.raises(WritingRefused, match="Correct the errors first; with them no index can be built"):
        office.desk.try_questions(replace(new, text=text.replace("title:", "titel:")), ["a"])


def test_impact_says_what_a_draft_wins_and_loses(office_with_index):
    """Over the tests of all articles, those that the draft changes included."""
    office = office_with_index
    draft = office.desk.open("late-fee", KIM)
    text = draft.text.replace('tests: ["zebra', 'tests: ["promotion receipt payments", "zebra')
    text = text.replace('["why was', '["promotion receipt payments", "why was')
    impact = office.desk.impact(replace(draft, text=text))
    assert isinstance(impact, Impact)
    assert impact.questions == 3
    assert [change.judged.text for change in impact.won] == ["promotion receipt payments"]


def test_the_list_has_every_article_and_every_new_one(office_with_index):
    """With its state, its review, its findings, its tests that are found, and who is writing at it."""
    office, articles = office_with_index, office_with_index.settings.articles
    write_article(articles, "broken", kind="howto")
    old = write_article(articles, "old", reviewed="2026-01-01", review_in_days=30, owner="kim")
    old.write_text(old.read_text("utf-8").replace('"2026-01-01"', "2026-01-01"), "utf-8")
    office.written("Mine.", KIM)
    office.written("Theirs.", LEE)
    office.desk.start_new(slug="gift-card", title="Gift cards", kind="faq", category="fees", user=LEE)
    rows = {row.article_id: row for row in office.desk.rows(KIM, date(2026, 2, 10))}
    assert {name: row.state for name, row in rows.items() if row.state != "published"} == {
        "broken": "broken", "gift-card": "new", "walrus-draft": "draft",
    }  # fmt: skip
    assert (rows["old"].owner, rows["old"].review_due, rows["old"].overdue_days) == ("kim", date(2026, 1, 31), 10)
    assert rows["broken"].findings[Severity.ERROR] == 1
    late = rows["late-fee"]
    assert late.draft is not None
    assert (late.draft.author, [draft.author for draft in late.others]) == ("kim", ["lee"])
    assert (rows["gift-card"].title, [draft.author for draft in rows["gift-card"].others]) == ("Gift cards", ["lee"])
    assert (late.tests_total, late.tests_found) == (1, None)
    wait_until(lambda: _asked(office))


def _asked(office: Office) -> bool:
    return any(row.tests_found is not None for row in office.desk.rows(KIM))
