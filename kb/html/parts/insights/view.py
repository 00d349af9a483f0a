"""The view of /insights, kept entirely in the address, so that Back and bookmarks work."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from urllib.parse import urlencode

from kb.gaps.states import GapState
from kb.html.addresses import Page, Param
from kb.reports.figures import Period

CHOICES: Final = (7, 30, 90)
"""Days of the periods offered."""
_USUAL: Final = 30
_LONGEST_DAYS: Final = 3660
_EARLIEST: Final = date(2000, 1, 1)
"""Room enough for the period before the longest one."""
OPEN: Final = "open"
ALL: Final = "all"
STATES: Final = (OPEN, *(state.value for state in GapState), ALL)
"""The choices that the list of gaps may be narrowed to."""


@dataclass(frozen=True, slots=True)
class View:
    """A period, a kind of gaps, and perhaps one gap."""

    period: Period
    days: int | None = _USUAL
    """The offered period that is chosen; None for a custom one."""
    state: str = OPEN
    gap: int | None = None
    whole: bool = False
    """Whether lists are shown to their end."""

    @classmethod
    def of_address(cls, params: Mapping[str, str], today: date) -> View:
        """Read an address; what cannot be read is ignored.

        :param params: The address's parameters.
        :param today: UTC.
        :return: The view.
        """
        first, last = _day(params.get(Param.FROM, "")), _day(params.get(Param.TO, ""))
        state = params.get(Param.STATE, OPEN)
        view = cls(
            period=Period.last_days(_USUAL, today),
            state=state if state in STATES else OPEN,
            gap=_number(params.get(Param.GAP, "")),
            whole=params.get(Param.WHOLE) == "1",
        )
        if first is not None and last is not None and first >= _EARLIEST and 0 <= (last - first).days < _LONGEST_DAYS:
            return replace(view, period=Period(first, last), days=None)
        days = _number(params.get(Param.DAYS, ""))
        if days in CHOICES:
            return replace(view, period=Period.last_days(days, today), days=days)
        return view

    @property
    def states(self) -> tuple[GapState, ...]:
        """The states that are listed; empty for all."""
        if self.state == OPEN:
            return tuple(state for state in GapState if state.is_open)
        return () if self.state == ALL else (GapState(self.state),)

    def address(self, **changes: object) -> str:
        r"""Return the address of this view with some of it changed.

        :param \**changes: Fields of the view; ``days`` alone chooses a period.
        :return: A path with its query.
        """
        view = replace(self, **changes)  # type: ignore[arg-type]
        params: dict[str, str] = {}
        if view.days is None:
            params |= {Param.FROM.value: view.period.first.isoformat(), Param.TO.value: view.period.last.isoformat()}
        elif view.days != _USUAL:
            params[Param.DAYS.value] = str(view.days)
        if view.state != OPEN:
            params[Param.STATE.value] = view.state
        if view.whole:
            params[Param.WHOLE.value] = "1"
        if view.gap is not None:
            params[Param.GAP.value] = str(view.gap)
        return f"{Page.INSIGHTS}?{urlencode(params)}" if params else str(Page.INSIGHTS)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None  # noqa: PLR2004 — a number of ours
