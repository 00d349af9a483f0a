"""What a customer saw: repeated by the version that gave the reply, put together from its record, or only told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from kb.app.seen import PastVersions, Repeated, agrees, repeat, seen
from kb.errors import IndexMissing
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.review.records import FollowUp, QuestionDetail, QuestionRow
from kb.settings.settings import Settings
from kb.types import Answer, Answered, Clarify, NoAnswer, OutcomeKind
from tests.support import build, write_article
from tests.ui.fakes import FakeAnswerer, FakeContainer

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
BILL = "Why did my bill go up?"


def _told(message: str) -> None:
    """Take what is said about versions that are refused."""
    raise AssertionError(message)


def detail_of(answer: Answer, **fields: Any) -> QuestionDetail:
    """Return a question as the journal would have it, some fields of its row changed."""
    outcome = answer.outcome
    passage = outcome.hit.passage if isinstance(outcome, Answered) else None
    row = QuestionRow(
        query_id="0" * 32,
        asked_at=NOON,
        text=answer.query.raw,
        language="en",
        outcome=outcome.kind,
        reason=outcome.reason.value if isinstance(outcome, NoAnswer) else "",
        confidence=0.77,
        article_id=passage.article_id if passage is not None else "",
        anchor=passage.anchor if passage is not None else None,
        heading=passage.heading if passage is not None else "",
        choices=tuple(hit.article_id for hit in outcome.choices) if isinstance(outcome, Clarify) else (),
        followed=(FollowUp.ABANDONED,),
        judgment=None,
    )
    hits = tuple((hit.article_id, hit.score) for hit in answer.hits)
    return QuestionDetail(replace(row, **fields), hits, answer.index_version, "page", 1.0, ())


@pytest.mark.parametrize("question", [BILL, "late", "my wifi crawls", "netflix charged me", "agent", "qqq"])
def test_a_reply_is_repeated(question: str) -> None:
    """Answers, choices and every kind of hand-over."""
    past = FakeAnswerer()
    how, reply = repeat(past, detail_of(past.ask(question)))  # type: ignore[arg-type]
    assert how is Repeated.EXACTLY
    assert reply is not None
    assert reply.answer.outcome == past.ask(question).outcome


def test_what_was_searched_as_typed_is_repeated() -> None:
    """Without its correction the question has another reply, which is the one that was recorded."""
    past = FakeAnswerer()
    asked = past.ask("my paperles bill", exact=True)
    how, reply = repeat(past, detail_of(asked))  # type: ignore[arg-type]
    assert (how, reply is not None and reply.answer.index_version) == (Repeated.EXACTLY, "fake-1")


def test_the_record_decides_where_the_words_do_not() -> None:
    """The part of then, the order of then and how sure it was; what is not in the version is left out."""
    past = FakeAnswerer()
    detail = detail_of(past.ask(BILL), anchor="when-to-call", heading="When to call")
    detail = replace(detail, hits=(("late-fee", 0.9), ("why-bill-went-up", 0.5), ("gone", 0.4), ("late-payment", 0.3)))
    how, reply = repeat(past, detail)  # type: ignore[arg-type]
    assert how is Repeated.FROM_RECORD
    assert reply is not None
    outcome = reply.answer.outcome
    assert isinstance(outcome, Answered)
    assert (outcome.hit.article_id, outcome.hit.passage.heading) == ("why-bill-went-up", "When to call")
    assert [hit.article_id for hit in outcome.others] == ["late-fee", "late-payment"]
    assert reply.answer.confidence == 0.77


def test_a_choice_and_a_hand_over_are_put_together() -> None:
    """What was offered stands apart from what was below it; a hand-over keeps its reason."""
    past = FakeAnswerer()
    offered = ("late-payment", "set-up-autopay")
    detail = detail_of(past.ask(BILL), outcome=OutcomeKind.CLARIFY, choices=offered, article_id="")
    _, reply = repeat(past, detail)  # type: ignore[arg-type]
    assert reply is not None
    assert isinstance(reply.answer.outcome, Clarify)
    assert {hit.article_id for hit in reply.answer.outcome.choices} == set(offered)
    handed = detail_of(past.ask(BILL), outcome=OutcomeKind.NO_ANSWER, reason="elsewhere", article_id="")
    _, reply = repeat(past, handed)  # type: ignore[arg-type]
    assert reply is not None
    assert isinstance(reply.answer.outcome, NoAnswer)
    assert (reply.answer.outcome.reason.value, reply.answer.outcome.elsewhere) == ("elsewhere", None)


def test_an_article_that_the_version_does_not_have_is_only_told() -> None:
    """Neither as the answer nor among the choices."""
    past = FakeAnswerer()
    answered = detail_of(past.ask(BILL), article_id="gone")
    offered = detail_of(past.ask(BILL), outcome=OutcomeKind.CLARIFY, choices=("gone",))
    assert [repeat(past, detail) for detail in (answered, offered)] == [(Repeated.NOT, None)] * 2  # type: ignore[arg-type]


def test_a_part_that_was_not_recorded_is_no_difference() -> None:
    """As of questions from before the journal kept parts."""
    answer = FakeAnswerer().ask(BILL)
    assert agrees(detail_of(answer, anchor=None, heading="").row, answer)
    assert not agrees(detail_of(answer, anchor="when-to-call", heading="When to call").row, answer)


def test_then_and_now(settings: Settings, container: FakeContainer) -> None:
    """The version of then lies in the index folder; when it is gone, the reply of now is there all the same."""
    build(settings)
    then = IndexAnswerer(load_newest(settings, _told))
    question = "why was i charged a late fee"
    detail = detail_of(then.ask(question))
    write_article(settings.articles, "late-fee", "Words of now.", title="What is the late fee?", category="fees")
    build(settings)
    serving = IndexAnswerer(load_newest(settings, _told))
    container.put(answerer=serving, past_versions=PastVersions(settings))
    found = seen(container, detail)
    assert (found.how, found.then is not None, found.now is not None) == (Repeated.EXACTLY, True, True)
    assert found.then is not None
    assert found.now is not None
    assert "Words of now" not in found.then.library.articles["late-fee"].body
    assert "Words of now" in found.now.library.articles["late-fee"].body
    assert container.past_versions.get(then.index_version, serving) is container.past_versions.get(
        then.index_version, None
    )
    same = seen(container, detail_of(serving.ask(question)))
    assert (same.how, same.now, same.is_changed) == (Repeated.EXACTLY, None, False)
    gone = seen(container, replace(detail, index_version="../versions"))
    assert (gone.how, gone.then, gone.now is not None) == (Repeated.NOT, None, True)


def test_a_damaged_version_is_as_good_as_gone(settings: Settings) -> None:
    """And so is one of another format; nothing is raised, nothing remembered."""
    build(settings)
    past = PastVersions(settings)
    name = load_newest(settings, _told).version
    (settings.index / "versions" / name / "decision.json").write_text("{}")
    assert past.get(name, None) is None


def test_few_versions_are_held(settings: Settings, tmp_path: Path) -> None:
    """The least recently looked at goes first."""
    names = []
    for words in ("one", "two", "three"):
        write_article(settings.articles, "late-fee", f"{words}.", title="What is the late fee?", category="fees")
        names.append(build(replace(settings, keep_versions=9)).version)
    past = PastVersions(settings)
    first = past.get(names[0], None)
    assert [past.get(name, None) is not None for name in names] == [True] * 3
    assert past.get(names[0], None) is not first
    del tmp_path


def test_without_an_index_only_the_record_is_there(container: FakeContainer, tmp_path: Path) -> None:
    """The page is drawn all the same."""
    container.put(answerer=IndexMissing("None yet."), past_versions=PastVersions(Settings(index=tmp_path)))
    found = seen(container, detail_of(FakeAnswerer().ask(BILL)))
    assert (found.how, found.then, found.now) == (Repeated.NOT, None, None)
