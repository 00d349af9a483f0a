"""Opening hours: whether a center is open, and when that changes, also on the days on which clocks change.

Opening hours are local times of the center. Each is converted to a moment through its time zone, and only moments are
compared. A time that the clock skips in spring counts as the moment the clock jumps to; of a time that occurs twice in
autumn, the first opens and the second closes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from kb.settings.hours import DAY_MINUTES, OpeningHours, Span

_LOOK_AHEAD_DAYS: Final = 15
"""How far ahead the next opening is looked for; a center closed for longer is shown as closed."""


@dataclass(frozen=True, slots=True)
class OpenState:
    """The state of a center at a moment, and the moment it changes."""

    is_open: bool
    changes: datetime | None
    """When it closes, or opens next, in the center's time zone; None when it does not within two weeks."""


def open_state(hours: OpeningHours, now: datetime) -> OpenState:
    """Return whether a center is open.

    :param hours: Its opening hours.
    :param now: The moment, aware.
    :return: The state and its next change; stretches that touch, as at midnight between two days of 24 hours, are one.
    :raises ValueError: If ``now`` has no time zone.
    """
    if now.tzinfo is None:
        raise ValueError("a moment needs its time zone")
    zone = ZoneInfo(hours.zone)
    moment = now.astimezone(UTC)
    closes: datetime | None = None
    for opening, closing in _stretches(hours, moment.astimezone(zone).date()):
        if closes is None and closing <= moment:
            continue
        if closes is None and opening > moment:
            return OpenState(is_open=False, changes=opening.astimezone(zone))
        if closes is not None and opening > closes:
            break
        closes = closing
    if closes is None:
        return OpenState(is_open=False, changes=None)
    around_the_clock = closes - moment > timedelta(days=_LOOK_AHEAD_DAYS - 1)
    return OpenState(is_open=True, changes=None if around_the_clock else closes.astimezone(zone))


def _stretches(hours: OpeningHours, today: date) -> Iterator[tuple[datetime, datetime]]:
    """Yield opening and closing moments in UTC, in order, from yesterday on, whose night may reach into today."""
    zone = ZoneInfo(hours.zone)
    for n in range(-1, _LOOK_AHEAD_DAYS + 1):
        day = today + timedelta(days=n)
        for span in hours.spans(day):
            opening, closing = _moment(day, span.opens, zone, fold=0), _moment(day, span.closes, zone, fold=1)
            if closing > opening:  # the clock may skip all of it in spring
                yield opening, closing


def _moment(day: date, minutes: int, zone: ZoneInfo, *, fold: int) -> datetime:
    days, rest = divmod(minutes, DAY_MINUTES)
    wall = datetime.combine(day + timedelta(days=days), time(rest // 60, rest % 60), tzinfo=zone)
    before, after = wall.replace(fold=0), wall.replace(fold=1)
    if before.utcoffset() < after.utcoffset():  # type: ignore[operator] # a zone always knows its offset
        # The clock skips this time: the jump is where both readings cross.
        return _jump(before.astimezone(UTC), after.astimezone(UTC), zone)
    return (after if fold else before).astimezone(UTC)


def _jump(late: datetime, early: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which a zone's offset changes between two moments, to the second."""
    low, high = min(early, late), max(early, late)
    offset = low.astimezone(zone).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + (high - low) / 2
        if middle.astimezone(zone).utcoffset() == offset:
            low = middle
        else:
            high = middle
    return high.replace(microsecond=0)


def weekly(hours: OpeningHours) -> list[tuple[int, int, tuple[Span, ...]]]:
    """Return the week as runs of days with the same hours.

    :param hours: Opening hours.
    :return: (first day, last day, hours), Monday as 0, in the order of the week; closed days have none.
    """
    runs: list[tuple[int, int, tuple[Span, ...]]] = []
    for day, spans in enumerate(hours.week):
        if runs and runs[-1][2] == spans:
            runs[-1] = (runs[-1][0], day, spans)
        else:
            runs.append((day, day, spans))
    return runs
