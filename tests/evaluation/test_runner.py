from dataclasses import replace

import pytest

from kb import types
from kb.errors import QueryFileError
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import run, run_lines
from kb.types import NoAnswer, NoAnswerReason
from tests.evaluation.fakes import ANSWERED, CLARIFY, NO_ANSWER, FakeAnswerer, result
from tests.support import make_article

JUDGED = [Judged("q1", "one", {"a": 1}), Judged("q2", "two", {"b": 1}), Judged("q3", "three"), Judged("q4", "four")]
TABLE = {"one": (ANSWERED, 0.9, "abc"), "two": (CLARIFY, 0.5, "cba"), "three": (NO_ANSWER, 0.1, "ab")}


def test_every_question_stays_in_the_run():
    """Answered, asked to choose, handed over and failed: each has its result, in order."""
    found = run(FakeAnswerer(TABLE, broken=["four"]), JUDGED, k=2)
    assert [(r.ranking, r.outcome, r.confidence, r.choices, r.error) for r in found] == [
        (("a", "b"), ANSWERED, 0.9, (), ""),
        (("c", "b"), CLARIFY, 0.5, ("c", "b"), ""),
        (("a", "b"), NO_ANSWER, 0.1, (), ""),
        ((), NO_ANSWER, 0.0, (), "the index fell over"),
    ]
    assert [r.judged.query_id for r in found.failed] == ["q4"]
    assert (len(found), found.k, found.index_version) == (4, 2, "v1-fake")


def test_what_is_right():
    """The first article, a choice and the rank are compared with the judgments."""
    first, second, third, _ = run(FakeAnswerer(TABLE), JUDGED).results
    assert (first.is_first_right, first.is_choice_right, first.right_rank) == (True, False, 1)
    assert (second.is_first_right, second.is_choice_right, second.right_rank) == (False, True, 2)
    assert (third.is_first_right, third.is_choice_right, third.right_rank) == (False, False, None)


def test_the_signpost_that_the_customer_reads():
    """A hand-over names it, or only a company; other outcomes have none."""

    class Elsewhere(FakeAnswerer):
        def ask(self, text, k=5):
            about = types.Elsewhere(make_article("power-cut") if text == "one" else None, ("Acme",))
            return replace(super().ask(text, k), outcome=NoAnswer(NoAnswerReason.ELSEWHERE, (), about))

    assert [r.signpost for r in run(Elsewhere(TABLE), JUDGED[:2])] == ["power-cut", ""]
    assert [r.signpost for r in run(FakeAnswerer(TABLE), JUDGED)] == [""] * 4


def test_progress_is_told():
    """Progress counts every question."""
    told = []
    run(FakeAnswerer(TABLE), JUDGED, progress=lambda *step: told.append(step))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_bug_stops_the_run():
    """Only errors raised on purpose are kept as failures."""

    class Buggy(FakeAnswerer):
        def ask(self, text, k=5):
            raise AttributeError("a bug")

    with pytest.raises(AttributeError, match="a bug"):
        run(Buggy({}), JUDGED)


def test_run_in_trec_form():
    """A run is written with six columns, and scores that fall strictly even where ours are equal."""
    tied = result({"a": 1}, "abc", query_id="q1")
    object.__setattr__(tied, "scores", (0.5, 0.5, 0.4999999))
    assert list(run_lines([tied, result(query_id="q2")], tag="t")) == [
        "q1 Q0 a 1 0.500000 t",
        "q1 Q0 b 2 0.499999 t",
        "q1 Q0 c 3 0.499998 t",
    ]
    with pytest.raises(QueryFileError, match="has a space in it"):
        list(run_lines([result({}, "a", query_id="q 1")]))
