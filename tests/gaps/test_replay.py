"""The effect of a new index on a gap's questions."""

from __future__ import annotations

import pytest

from kb.gaps.replay import (
    RecordedAnswer,
    ReplayQuestion,
    article_digest,
    known_questions,
    reopened_by,
    replay_questions,
)
from kb.gaps.states import GapState
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


def verdict(questions, after, known=()):
    """Replay questions against an index that gives each the same result, or one by text."""
    find = after.__getitem__ if isinstance(after, dict) else lambda _: after
    return replay_questions(questions, find, is_known=lambda text: text in known, low_below=LOW)


def test_what_is_answered_now_is_proposed_with_its_article() -> None:
    """Two thirds of the times it was asked are enough, and the article that answers most is named."""
    questions = [asked("a", NOTHING, 3), asked("b", NOTHING, 1), asked("c", NOTHING, 2)]
    now = {"a": NOW, "b": result("answered", "paper-bill"), "c": NOTHING}
    found = verdict(questions, now)
    assert (found.article_id, found.counted, found.served, found.closes) == ("late-fee", 6, 4, True)
    now["b"] = NOTHING
    assert (verdict(questions, now).served, verdict(questions, now).closes) == (3, False)


def test_an_example_of_an_article_proves_nothing() -> None:
    """Questions copied into the articles do not count, and with no others nothing can be verified."""
    questions = [asked("copied", NOTHING, 9), asked("own words", NOTHING)]
    now = {"copied": NOW, "own words": NOTHING}
    found = verdict(questions, now, known=["copied"])
    assert (found.counted, found.served, found.closes, found.reopens) == (1, 0, False, True)
    alone = verdict(questions[:1], NOW, known=["copied"])
    assert (alone.share, alone.closes, alone.reopens) == (None, False, False)


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
    """Between half and two thirds nothing happens either way; a dismissed one stays."""
    half = verdict([asked("a", NOTHING), asked("b", NOTHING)], {"a": NOW, "b": NOTHING})
    assert (half.share, half.closes, half.reopens) == (0.5, False, False)
    none = verdict([asked("a", NOTHING)], NOTHING)
    assert reopened_by(none, GapState.VERIFIED)
    assert not reopened_by(none, GapState.DISMISSED)
    assert not reopened_by(none, GapState.CLAIMED)
    assert not reopened_by(half, GapState.VERIFIED)


def test_before_and_after_are_kept() -> None:
    """Outcome, confidence, and rank and score of the article that closes the gap."""
    before = RecordedAnswer("no_answer", 0.2, (("paper-bill", 0.31), ("late-fee", 0.305)))
    found = verdict([asked("a", before, 2)], NOW)
    assert found.questions[0].as_json(found.article_id) == {
        "key": "a",
        "asked": 2,
        "counts": True,
        "served": True,
        "before": {"outcome": "no_answer", "confidence": 0.2, "leading": "paper-bill", "rank": 2, "score": 0.305},
        "after": {"outcome": "answered", "confidence": 0.9, "leading": "late-fee", "rank": 1, "score": 0.5},
    }
    assert RecordedAnswer.from_json(before.as_json()) == before
    assert before.place("gone") == (None, None)


def test_known_questions_are_found_by_their_words() -> None:
    """Titles, examples and tests, or nearly one of them."""
    article = make_article(
        "late-fee", title="What is the late fee?", examples=("why was i charged a late fee",), tests=("pénalty why",)
    )
    is_known = known_questions(make_library(article))
    known = ["what is the late FEE", "why was I charged a late fee?!", "why was i charge a late fee", "penalty, why"]
    assert [text for text in known if not is_known(text)] == []
    assert not is_known("how much do i pay for being late")


def test_a_changed_article_has_another_digest() -> None:
    """Title and body decide."""
    one, other = make_article(body="One.\n"), make_article(body="Two.\n")
    assert article_digest(one) == article_digest(make_article(body="One.\n"))
    assert article_digest(one) != article_digest(other)
    assert article_digest(None) == ""
