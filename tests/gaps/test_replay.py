"""The effect of a new index on a gap's questions."""

from __future__ import annotations

import pytest

from kb.gaps.replay import (
    RecordedAnswer,
    ReplayQuestion,
    article_digest,
    repeated_in,
    replay_questions,
)
from kb.types import NotFor
from tests.support import make_article, make_library

LOW = 0.8


def result(outcome: str, article: str = "late-fee", confidence: float = 0.9, digest: str = "") -> RecordedAnswer:
    """Return what an index made of a question; two hits."""
    return RecordedAnswer(outcome, confidence, ((article, 0.5), ("paper-bill", 0.3)), digest)


def asked(text: str, before: RecordedAnswer, times: int = 1, *reasons: str) -> ReplayQuestion:
    """Return a question of a gap, unanswered by default."""
    return ReplayQuestion(text, text, times, frozenset(reasons or ("no_answer",)), before)


NOTHING = result("no_answer", confidence=0.2)
NOW = result("answered")


def verdict(questions, after, apart=()):
    """Replay against an index that gives each question the same result, or one by text; ``apart`` without copies."""
    find = after.__getitem__ if isinstance(after, dict) else lambda _: after
    return replay_questions(questions, find, ask_apart=dict(apart).get, low_below=LOW)


def test_what_is_answered_now_is_proposed_with_its_article() -> None:
    """Two thirds of the times it was asked are enough, and the article that answers most is named."""
    questions = [asked("a", NOTHING, 3), asked("b", NOTHING, 1), asked("c", NOTHING, 2)]
    now = {"a": NOW, "b": result("answered", "paper-bill"), "c": NOTHING}
    found = verdict(questions, now)
    assert (found.article_id, found.counted, found.served, found.closes) == ("late-fee", 6, 4, True)
    now["b"] = NOTHING
    assert (verdict(questions, now).served, verdict(questions, now).closes) == (3, False)


def test_a_question_that_is_repeated_counts_only_without_what_repeats_it() -> None:
    """The same article has to answer it there as well; customers are served all the same."""
    questions = [asked("copied", NOTHING, 9), asked("own words", NOTHING)]
    now = {"copied": NOW, "own words": NOTHING}
    by_heart = verdict(questions, now, {"copied": NOTHING})
    assert (by_heart.counted, by_heart.served, by_heart.answered, by_heart.closes) == (10, 0, 9, False)
    other = verdict(questions, now, {"copied": result("answered", "paper-bill")})
    assert (other.served, other.answered) == (0, 9)
    proved = verdict(questions, now, {"copied": NOW})
    assert (proved.served, proved.article_id, proved.closes) == (9, "late-fee", True)
    elsewhere = verdict(questions[:1], NOTHING, {"copied": NOW})
    assert (elsewhere.served, elsewhere.closes) == (0, False)


@pytest.mark.parametrize(
    ("before", "reasons", "after", "served"),
    [
        (NOTHING, ["no_answer"], NOW, True),
        (NOTHING, ["no_answer"], result("clarify"), False),
        (result("clarify"), ["low_confidence"], NOW, True),
        (result("answered", digest="one"), ["not_helpful"], result("answered", digest="one"), False),
        (result("answered", digest="one"), ["not_helpful"], result("answered", digest="two"), True),
        (result("answered", digest="one"), ["not_helpful"], result("answered", "paper-bill", digest="one"), True),
        (result("answered"), ["contacted"], result("answered", confidence=0.99), False),
        (result("answered", confidence=0.7), ["low_confidence"], result("answered", confidence=0.75), False),
        (result("answered", confidence=0.7), ["low_confidence"], result("answered", confidence=0.85), True),
        (result("answered", confidence=0.7), ["low_confidence", "contacted"], result("answered"), False),
    ],
)
def test_the_answer_that_did_not_serve_is_no_cure(before, reasons, after, served) -> None:
    """Unless another article answers, its text has changed, or only the confidence was wrong and no longer is."""
    assert verdict([asked("a", before, 1, *reasons)], after).questions[0].served is served


def test_a_closed_gap_reopens_below_half() -> None:
    """Between half and two thirds nothing happens either way; what customers get decides, not what is proved."""
    half = verdict([asked("a", NOTHING), asked("b", NOTHING)], {"a": NOW, "b": NOTHING})
    assert (half.share, half.closes, half.reopens()) == (0.5, False, False)
    assert verdict([asked("a", NOTHING)], NOTHING).reopens()
    assert not verdict([asked("a", NOTHING)], NOW, {"a": NOTHING}).reopens()
    assert not verdict([], NOTHING).reopens()


def test_what_was_excused_is_not_held_against_a_gap() -> None:
    """Until it is asked again, or what was answered no longer is."""
    questions = [asked("a", NOTHING, 3), asked("b", NOTHING, 1)]
    assert not verdict(questions, NOTHING).reopens({"a": 3, "b": 1})
    assert verdict(questions, NOTHING).reopens({"a": 2, "b": 1})
    assert verdict(questions, NOTHING).reopens({"a": 3})
    assert not verdict(questions, {"a": NOTHING, "b": NOW}).reopens({"a": 3})


def test_before_and_after_are_kept() -> None:
    """Outcome, confidence, and rank and score of the article that closes the gap."""
    before = RecordedAnswer("no_answer", 0.2, (("paper-bill", 0.31), ("late-fee", 0.305)))
    found = verdict([asked("a", before, 2)], NOW)
    assert found.questions[0].as_json(found.article_id) == {
        "key": "a",
        "asked": 2,
        "served": True,
        "answered": True,
        "repeated": False,
        "before": {"outcome": "no_answer", "confidence": 0.2, "leading": "paper-bill", "rank": 2, "score": 0.305},
        "after": {"outcome": "answered", "confidence": 0.9, "leading": "late-fee", "rank": 1, "score": 0.5},
    }
    twice = verdict([asked("a", before, 2)], NOW, {"a": NOTHING}).questions[0].as_json("late-fee")
    assert (twice["served"], twice["answered"], twice["repeated"]) == (False, True, True)
    assert (twice["apart"]["outcome"], twice["apart"]["rank"]) == ("no_answer", 1)
    assert RecordedAnswer.from_json(before.as_json()) == before
    assert before.place("gone") == (None, None)


def test_what_repeats_a_question_is_found_by_its_words() -> None:
    """Titles, examples, and questions that belong to the article, or nearly one of them; a test is in no index."""
    article = make_article(
        "late-fee", title="What is the late fee?", examples=("why was i charged a late fee",), tests=("pénalty why",)
    )
    other = make_article(
        "other", title="Other", not_for=(NotFor("fee for paying late", "late-fee"), NotFor("a", "gone"))
    )
    repeated = repeated_in(make_library(article, other))
    assert repeated("what is the late FEE") == ("What is the late fee?",)
    for text in ("why was I charged a late fee?!", "why was i charge a late fee"):
        assert repeated(text) == ("why was i charged a late fee",)
    assert repeated("Fee for paying late") == ("fee for paying late",)
    assert [repeated(text) for text in ("penalty, why", "how much do i pay for being late", "a")] == [()] * 3


def test_a_changed_article_has_another_digest() -> None:
    """Title and body decide."""
    one, other = make_article(body="One.\n"), make_article(body="Two.\n")
    assert article_digest(one) == article_digest(make_article(body="One.\n"))
    assert article_digest(one) != article_digest(other)
    assert article_digest(None) == ""
