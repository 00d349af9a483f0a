"""The view of /insights, kept entirely in the address, so that Back and bookmarks work."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from kb.gaps.records import GapRow
from kb.gaps.states import GapState
from kb.html.addresses import Page, Param
from kb.html.parts.insights.asked import Asked
from kb.reports.figures import Period

CHOICES: Final = (7, 30, 90)
"""Days of the periods offered."""
_USUAL: Final = 30
_LONGEST_DAYS: Final = 3660
_EARLIEST: Final = date(2000, 1, 1)
"""Room enough for the period before the longest one."""
OPEN: Final = "open"
MINE: Final = "mine"
ALL: Final = "all"
STATES: Final = (OPEN, MINE, *(state.value for state in GapState), ALL)
"""The choices that the list of gaps may be narrowed to."""


_EVERY_QUESTION: Final = Asked()
_QUESTION: Final = "question"
"""The view of one question, which is in the tab of questions."""
_QUERY_ID: Final = re.compile(r"[0-9a-f]{32}")
_WEEK: Final = re.compile(r"(20\d\d)-W(\d\d)", re.ASCII)


class Tab(StrEnum):
    """The views of the page, in the order in which they are offered."""

    OVERVIEW = "overview"
    QUESTIONS = "questions"
    GAPS = "gaps"
    SAMPLE = "sample"


@dataclass(frozen=True, slots=True)
class View:
    """One of the tabs, a period, what is listed in it, and perhaps one question, gap or answer of a sample."""

    period: Period
    tab: Tab = Tab.OVERVIEW
    days: int | None = _USUAL
    """The offered period that is chosen; None for a custom one."""
    state: str = OPEN
    gap: int | None = None
    whole: bool = False
    """Whether lists are shown to their end."""
    asked: Asked = _EVERY_QUESTION
    """Which questions are listed."""
    question: str = ""
    """The id of the question that is open."""
    week: str = ""
    """The week of a sample, such as ``2026-W48``; empty for the latest."""
    place: int | None = None
    """The answer of the sample that is open, from 1."""

    @classmethod
    def of_address(cls, params: Mapping[str, str], today: date) -> View:
        """Read an address; what cannot be read is ignored.

        :param params: The address's parameters.
        :param today: UTC.
        :return: The view.
        """
        first, last = _day(params.get(Param.FROM, "")), _day(params.get(Param.TO, ""))
        state = params.get(Param.STATE, OPEN)
        gap = _number(params.get(Param.GAP, ""))
        view = cls(
            period=Period.last_days(_USUAL, today),
            tab=Tab.GAPS if gap is not None else _tab(params),
            state=state if state in STATES else OPEN,
            gap=gap,
            whole=params.get(Param.WHOLE) == "1",
            asked=Asked.of_address(params),
            question=_match(_QUERY_ID, params.get(Param.ARTICLE, "")) if params.get(Param.VIEW) == _QUESTION else "",
            week=_week(params.get(Param.WEEK, "")),
            place=_number(params.get(Param.PLACE, "")),
        )
        if first is not None and last is not None and first >= _EARLIEST and 0 <= (last - first).days < _LONGEST_DAYS:
            return replace(view, period=Period(first, last), days=None)
        days = _number(params.get(Param.DAYS, ""))
        if days in CHOICES:
            return replace(view, period=Period.last_days(days, today), days=days)
        return view

    @property
    def states(self) -> tuple[GapState, ...]:
        """The states that are listed; of those that are the user's own, the open ones."""
        if self.state in (OPEN, MINE):
            return tuple(state for state in GapState if state.is_open)
        if self.state == ALL:
            return tuple(state for state in GapState if state is not GapState.MERGED)
        return (GapState(self.state),)

    def lists(self, row: GapRow, user: str) -> bool:
        """Return whether a gap is in the list that is looked at.

        :param row: The gap.
        :param user: The name of the user who is signed in.
        :return: Whether it has one of the states, and is the user's own where only those are listed.
        """
        return row.state in self.states and (self.state != MINE or is_of(row, user))

    def address(self, **changes: object) -> str:
        r"""Return the address of this view with some of it changed.

        :param \**changes: Fields of the view; ``days`` alone chooses a period.
        :return: A path with its query.
        """
        params = replace(self, **changes).params()  # type: ignore[arg-type]
        return f"{Page.INSIGHTS}?{urlencode(params)}" if params else str(Page.INSIGHTS)

    def opened(self, tab: Tab) -> str:
        """Return the address of another tab: the period stays, everything else is as it is at first."""
        return View(self.period, tab, self.days).address()

    def params(self, *, with_period: bool = True) -> dict[str, str]:
        """Return the parameters of this view's address; what is usual is left out.

        :param with_period: Whether those of the period are among them.
        :return: Names and values, in the order of the address.
        """
        found = {
            Param.VIEW: self._name(),
            **(self._period_params() if with_period else {}),
            Param.STATE: self.state if self.state != OPEN else "",
            Param.WHOLE: "1" if self.whole else "",
            Param.GAP: "" if self.gap is None else str(self.gap),
            **self.asked.params(),
            Param.ARTICLE: self.question,
            Param.WEEK: self.week,
            Param.PLACE: "" if self.place is None else str(self.place),
        }
        return {name.value: value for name, value in found.items() if value}

    def _name(self) -> str:
        """Return the view's name in the address; a gap is in the tab of gaps without saying so."""
        if self.question:
            return _QUESTION
        return "" if self.tab is Tab.OVERVIEW or self.gap is not None else self.tab.value

    def _period_params(self) -> dict[Param, str]:
        if self.days is None:
            return {Param.FROM: self.period.first.isoformat(), Param.TO: self.period.last.isoformat()}
        return {Param.DAYS: str(self.days) if self.days != _USUAL else ""}


def is_of(row: GapRow, user: str) -> bool:
    """Return whether a user is the owner of a gap; owners typed by hand before may have capitals."""
    return row.owner.casefold() == user.casefold()


def _tab(params: Mapping[str, str]) -> Tab:
    """Return the tab that an address names; the state of gaps, in a bookmark from before there were tabs, is enough."""
    usual, named = Tab.GAPS if Param.STATE in params else Tab.OVERVIEW, params.get(Param.VIEW, "")
    return Tab.QUESTIONS if named == _QUESTION else next((tab for tab in Tab if tab.value == named), usual)


def _week(text: str) -> str:
    """Return an ISO week of this century as written; empty for anything else, such as a week that its year lacks."""
    found = _WEEK.fullmatch(text)
    if found is None:
        return ""
    try:
        date.fromisocalendar(int(found[1]), int(found[2]), 1)
    except ValueError:
        return ""
    return text


def _match(form: re.Pattern[str], text: str) -> str:
    return text if form.fullmatch(text) else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 — a number of ours
