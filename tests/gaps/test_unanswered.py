"""Which questions count as unanswered."""

from __future__ import annotations

import pytest

from kb.gaps.unanswered import MEANINGS, Unanswered, answer_threshold, low_confidence_below, why_unanswered

LOW = low_confidence_below(0.7)


@pytest.mark.parametrize(
    ("outcome", "confidence", "events", "wanted"),
    [
        ("no_answer", 0.1, [], ["no_answer"]),
        ("no_answer", 0.1, ["opened"], ["no_answer"]),
        ("no_answer", 0.1, ["contacted"], ["no_answer", "contacted"]),
        ("no_answer", 0.1, ["opened", "helpful"], []),
        ("clarify", 0.5, [], ["low_confidence"]),
        ("clarify", 0.5, ["chose"], []),
        ("clarify", 0.5, ["none_of_these"], ["none_of_these"]),
        ("clarify", 0.5, ["none_of_these", "opened"], []),
        ("no_answer", 0.5, ["none_of_these"], ["no_answer"]),
        ("answered", 0.99, ["contact_opened"], ["contact_opened"]),
        ("answered", 0.99, ["helpful", "contact_opened"], []),
        ("no_answer", 0.1, ["contact_opened"], ["no_answer", "contact_opened"]),
        ("answered", 0.75, [], ["low_confidence"]),
        ("answered", 0.75, ["contact_shown"], ["low_confidence"]),
        ("answered", 0.75, ["opened"], []),
        ("answered", 0.75, ["expanded"], []),
        ("answered", 0.81, [], []),
        ("answered", 0.99, ["not_helpful"], ["not_helpful"]),
        ("answered", 0.99, ["opened", "contacted"], ["contacted"]),
        ("answered", 0.75, ["not_helpful", "contacted"], ["low_confidence", "not_helpful", "contacted"]),
    ],
)
def test_why_a_question_counts(outcome: str, confidence: float, events: list[str], wanted: list[str]) -> None:
    """Each reason by itself, in one order."""
    assert [r.value for r in why_unanswered(outcome, confidence, events, low_below=LOW)] == wanted


@pytest.mark.parametrize(
    ("reason", "events", "wanted"),
    [
        ("elsewhere", [], ["elsewhere"]),
        ("elsewhere", ["contacted"], ["elsewhere", "contacted"]),
        ("elsewhere", ["helpful"], []),
        ("below_threshold", [], ["no_answer"]),
        ("agent", [], []),
        ("agent", ["contact_shown", "contacted"], []),
    ],
)
def test_why_there_is_no_answer_decides(reason: str, events: list[str], wanted: list[str]) -> None:
    """Something else is a reason of its own; no article needs to answer a customer who asks for a person."""
    assert [r.value for r in why_unanswered("no_answer", 0.1, events, low_below=LOW, reason=reason)] == wanted


def test_low_is_the_lowest_third_above_the_threshold() -> None:
    """0.7 gives 0.8; without a threshold, that of an index too small to learn one."""
    assert pytest.approx(0.8) == LOW
    assert low_confidence_below(None) == pytest.approx(0.9 + 0.1 / 3)


def test_the_threshold_comes_from_the_manifest() -> None:
    """Missing, it is not known."""
    assert answer_threshold({"calibration": {"answer_at": 0.5}}) == 0.5
    assert answer_threshold({"calibration": {}}) is None
    assert answer_threshold(None) is None


def test_every_reason_is_explained() -> None:
    """Every reason has an explanation."""
    assert set(MEANINGS) == set(Unanswered)
