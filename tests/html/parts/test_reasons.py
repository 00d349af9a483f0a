"""The page for writers says in words what was decided, and from which signals."""

from __future__ import annotations

import pytest

from kb.gaps.records import WHY_NOT, WhyNot
from kb.html.parts.writing import reasons
from kb.html.words import words
from kb.retrieval.answering.confidence import SIGNALS
from kb.types import Answer, NoAnswer, NoAnswerReason, Query


def test_every_reason_and_signal_has_words() -> None:
    """A new one without words would be shown as a code, or not at all."""
    assert set(words().writing.try_reasons) == set(NoAnswerReason)
    assert set(words().writing.try_signals) == set(SIGNALS)
    assert set(WHY_NOT) == set(WhyNot)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("elsewhere", 0.0, "<dt>Share of the likelihood of what is not answered here</dt><dd>50.0%</dd>"),
        ("share", 0.0, "<dd>50.0%</dd>"),
        ("stranger", 1.0, "<dt>Names a company that the first article does not mention</dt><dd>yes</dd>"),
        ("stranger", 0.0, "<dd>no</dd>"),
        ("best", 0.6, "<dt>Its nearest wording</dt><dd>0.600</dd>"),
        ("agreement", 3.0, "<dd>3</dd>"),
    ],
)
def test_a_signal_reads_as_what_it_is(name: str, value: float, shown: str) -> None:
    """Log-odds are a share, and what is so or not is yes or no."""
    outcome = NoAnswer(NoAnswerReason.ELSEWHERE, ())
    assert shown in reasons.html(Answer(Query("q", "q"), outcome, 0.1, (), "v1", 0.1, signals={name: value}))
