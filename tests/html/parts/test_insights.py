"""The filters of /insights, to and from the address; and formatted numbers."""

from __future__ import annotations

from datetime import date

import pytest

from kb.gaps.states import GapState
from kb.html.parts.insights.asked import Asked
from kb.html.parts.insights.pieces import number, signed
from kb.html.parts.insights.view import Tab, View
from kb.reports.figures import FigureUnit, Period
from kb.types import NoAnswerReason, OutcomeKind
from tests.ui.test_insights_page import gap_row

TODAY = date(2026, 11, 25)
MONTH = Period(date(2026, 10, 27), TODAY)


@pytest.mark.parametrize(
    ("params", "period", "days"),
    [
        ({}, MONTH, 30),
        ({"days": "7"}, Period(date(2026, 11, 19), TODAY), 7),
        ({"days": "90"}, Period(date(2026, 8, 28), TODAY), 90),
        ({"days": "8"}, MONTH, 30),
        ({"days": "-7"}, MONTH, 30),
        ({"days": "٧"}, MONTH, 30),
        ({"from": "2026-01-01", "to": "2026-01-31"}, Period(date(2026, 1, 1), date(2026, 1, 31)), None),
        ({"from": "2026-01-31", "to": "2026-01-01"}, MONTH, 30),
        ({"from": "0001-01-01", "to": "9999-12-31"}, MONTH, 30),
        ({"from": "0001-01-02", "to": "0001-01-03"}, MONTH, 30),
        ({"from": "yesterday", "to": "2026-01-01"}, MONTH, 30),
    ],
)
def test_a_period_is_read_from_the_address(params, period, days):
    """What cannot be read, or would have nothing before it, is as if it were not there."""
    view = View.of_address(params, TODAY)
    assert (view.period, view.days) == (period, days)


@pytest.mark.parametrize(
    "address",
    [
        {},
        {"days": "7"},
        {"view": "gaps", "days": "90", "state": "all", "all": "1"},
        {"from": "2026-01-01", "to": "2026-01-31", "state": "dismissed", "gap": "12"},
    ],
)
def test_an_address_is_that_of_its_view(address):
    """There and back; with changes, only those."""
    view = View.of_address(address, TODAY)
    query = view.address().partition("?")[2]
    assert dict(part.split("=") for part in query.split("&") if part) == address
    assert view.address(gap=3).endswith("gap=3")


QUESTION = "00112233445566778899aabbccddeeff"


@pytest.mark.parametrize(
    "address",
    [
        {"view": "questions", "q": "late fee", "outcome": "clarify", "followed": "asked_again", "language": "es"},
        {"view": "questions", "days": "7", "outcome": "elsewhere", "judged": "wrong", "order": "least_sure"},
        {"view": "questions", "article": "late-fee", "part": ".", "after": "2026-11-20T12:00:00+00:00~7"},
        {"view": "question", "q": "late", "article": "late-fee", "part": "how-much", "id": QUESTION},
    ],
)
def test_an_address_holds_all_of_a_filter(address):
    """There and back, with a question opened from it."""
    view = View.of_address(address, TODAY)
    assert view.tab is Tab.QUESTIONS
    assert view.params() == address


def test_what_an_address_cannot_mean_is_ignored():
    """Unknown choices, a part of no article, an id of something else; texts are cut and have no control characters."""
    params = {"outcome": "x", "followed": "x", "judged": "x", "order": "x", "language": "de", "part": "y", "id": "../x"}
    assert View.of_address({"view": "question", **params}, TODAY).params() == {"view": "questions"}
    assert View.of_address({"view": "gaps", "id": QUESTION}, TODAY).question == ""
    asked = Asked.of_address({"q": "a\x00b " + "c" * 300})
    assert (asked.text[:4], len(asked.text)) == ("a b ", 200)


def test_a_filter_is_that_of_its_book():
    """A reason narrows the hand-overs; the empty anchor is the direct answer, none is every part."""
    wanted = Asked.of_address({"outcome": "agent", "article": "late-fee", "part": "."}).wanted(MONTH)
    assert (wanted.outcome, wanted.reason, wanted.anchor) == (OutcomeKind.NO_ANSWER, NoAnswerReason.AGENT, "")
    assert (wanted.first, wanted.last) == (MONTH.first, MONTH.last)
    assert Asked.of_address({"article": "late-fee"}).wanted(MONTH).anchor is None
    assert not Asked.of_address({"order": "least_sure", "after": "x"}).is_narrowed


def test_another_tab_keeps_the_period_only():
    """An address from before there were tabs leads to what it showed; an unknown tab is the overview."""
    view = View.of_address({"view": "gaps", "days": "7", "state": "all"}, TODAY)
    assert [view.opened(tab).removeprefix("/insights?") for tab in Tab] == [
        "days=7", "view=questions&days=7", "view=gaps&days=7", "view=sample&days=7"
    ]  # fmt: skip
    assert [View.of_address(p, TODAY).tab for p in ({"state": "all"}, {"gap": "7"}, {"view": "nonsense"})] == [
        Tab.GAPS, Tab.GAPS, Tab.OVERVIEW
    ]  # fmt: skip


def test_open_is_what_is_not_closed():
    """Every state once; an unknown one is as if none was given."""
    assert View.of_address({"state": "nonsense"}, TODAY).states == tuple(s for s in GapState if s.is_open)
    assert View.of_address({"state": "verified"}, TODAY).states == (GapState.VERIFIED,)
    assert View.of_address({"gap": "x"}, TODAY).gap is None
    every = View.of_address({"state": "all"}, TODAY)
    assert every.states == tuple(s for s in GapState if s is not GapState.MERGED)


def test_mine_are_the_open_ones_that_i_own():
    """An owner who was typed by hand before there was a list may have capitals."""
    mine = View.of_address({"state": "mine"}, TODAY)
    rows = [gap_row(1, owner="Kim"), gap_row(2, owner="kim lee"), gap_row(3, owner="kim", state=GapState.VERIFIED)]
    assert [row.id for row in rows if mine.lists(row, "kim")] == [1]
    assert mine.address(gap=None) == "/insights?view=gaps&state=mine"


def test_numbers_are_written_for_reading():
    """Null is not zero; differences have a sign."""
    assert [number(v) for v in (None, 0.0, 1234567.0)] == ["–", "0", "1,234,567"]
    assert number(0.0512, FigureUnit.SHARE) == "5.1%"
    assert [signed(n) for n in (3, 0, -1200)] == ["+3", "±0", "−1,200"]
