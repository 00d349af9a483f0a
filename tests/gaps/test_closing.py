"""Why a gap cannot be closed, in words."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from kb.gaps.closing import excused, why_not_closed
from kb.gaps.records import GapDetail, GapQuestion, GapRow, StoredReplay
from kb.gaps.states import GapState
from kb.gaps.unanswered import Unanswered

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def side(key: str, *, served: bool = False, **more: Any) -> dict[str, Any]:
    """Return what a replay found of a question."""
    return {"key": key, "asked": 1, "served": served, **more}


def detail(
    *sides: dict[str, Any], state: GapState = GapState.CLAIMED, proposed: str = "", keys: str = "ab"
) -> GapDetail:
    """Return a gap with questions of these keys, replayed with these results."""
    row = GapRow(1, "x", state, 2, 1, NOON, NOON, "", "", "", "", (), 2, 0, proposed)
    questions = tuple(GapQuestion(key, key, 3, (Unanswered.NO_ANSWER,), NOON) for key in keys)
    served = sum(one["served"] for one in sides)
    replays = (StoredReplay(NOON, "v9", len(sides), served, "late-fee", sides),) if sides else ()
    return GapDetail(row, questions, (), replays, (), (), ())


@pytest.mark.parametrize("state", [GapState.VERIFIED, GapState.DISMISSED, GapState.MERGED])
def test_only_an_open_gap_needs_a_reason(state: GapState) -> None:
    """And none that is proposed."""
    assert why_not_closed(detail(state=state)) == ""
    assert why_not_closed(detail(side("a"), proposed="late-fee")) == ""


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (detail(), "It was not replayed yet. Build, or run: kb gaps replay"),
        (detail(keys=""), "no longer kept"),
        (detail(side("a"), side("gone")), "Its questions have changed since the last replay"),
        (detail(side("a", served=True), side("b", served=True)), "Its questions have changed since the last replay"),
        (
            detail(side("a", served=True), side("b")),
            "Of the 2 times that its questions were asked, the index v9 answers 1; two thirds are needed.",
        ),
        (
            detail(side("a", answered=True), keys="a"),
            "One question is answered only because a title or an example repeats the words: without it, the article",
        ),
        (
            detail(side("a", answered=True), side("b", answered=True)),
            "the index v9 answers 0; two thirds are needed. 2",
        ),
        (
            detail(side("a", counts=False)),
            "Some questions were left out because an article repeats them. Build, or run",
        ),
    ],
)
def test_the_reason_says_what_to_do(found: GapDetail, words: str) -> None:
    """Each by itself."""
    assert words in why_not_closed(found)


def test_what_is_not_answered_is_excused() -> None:
    """As often as it was asked until now; everything, if nothing was replayed."""
    assert excused(detail()) == {"a": 3, "b": 3}
    assert excused(detail(side("a", answered=True), side("b"))) == {"b": 3}
    assert excused(detail(side("a", served=True), side("b"))) == {"b": 3}
