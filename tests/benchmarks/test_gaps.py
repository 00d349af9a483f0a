"""The benchmarks of grouping and of the figures, in small."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks import gaps, insights
from kb.database.engine import open_engine
from kb.gaps.clustering import Group, Question, question_key
from kb.gaps.collect import Grouper
from tests.gaps.needs import Index
from tests.support import FakeEncoder

if TYPE_CHECKING:
    import pytest

ENCODER = FakeEncoder()


def question(text: str) -> Question:
    """Return a question that one article comes near to."""
    return Question(question_key(text), text, ENCODER.encode_query(text), (("late-fee", 0.5),))


def test_agreement_with_judgments() -> None:
    """Two groups of which one mixes two needs."""
    groups = [Group(None, ("a", "b"), "a"), Group(None, ("c", "d"), "c")]
    said = gaps.measured(groups, {"a": "x", "b": "x", "c": "y", "d": "z"})
    assert "4 judged: purity 0.750" in said
    assert "B-cubed precision 0.750 recall 1.000 F 0.857" in said


def test_day_by_day_loses_no_question() -> None:
    """Each question is in one group, whatever day it was asked."""
    asked = [question(f"{thing} {what}") for thing in ("late fee", "modem", "refund") for what in ("now", "why", "how")]
    found = gaps.day_by_day(asked, 4, seed=1)
    assert sorted(key for group in found for key in group.keys) == sorted(q.key for q in asked)
    assert len({group.gap_id for group in found}) == len(found)


def test_only_what_is_unanswered_or_judged_is_read(tmp_path: Path) -> None:
    """Answered messages are left out, repeated ones counted, judgments kept that judges were sure of."""
    rows = [{"text": "one fee", "best": "late-fee", "sure": 3}, {"text": "two bills", "best": "late-fee", "sure": 1}]
    (tmp_path / "judged.jsonl").write_text("\n".join(json.dumps(row) for row in rows))
    (tmp_path / "unjudged.jsonl").write_text("\n".join(json.dumps({"text": t}) for t in ("one fee", "known", "new")))
    found, labels = gaps.read(tmp_path, Index(answers={"known": "late-fee"}), Grouper(ENCODER, "fake", 0.8))
    assert [(q.text, q.asked) for q in found] == [("one fee", 2), ("two bills", 1), ("new", 1)]
    assert labels == {question_key("one fee"): "late-fee"}


def test_the_figures_are_timed_over_a_filled_journal(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every step is there, and counts what was written."""
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    insights.measure(engine, 400)
    engine.dispose()
    said = capsys.readouterr().out
    assert "figures of 90 days: " in said
    assert "grouping with ten new questions: " in said
    assert "list of gaps: " in said
