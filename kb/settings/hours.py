"""Opening hours of a contact channel, as site.yaml gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kb.common.yaml_file import Located
from kb.errors import ConfigError
from kb.settings.site_reader import fail

DAY_MINUTES: Final = 24 * 60
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A span of one day during which a call center is open, in its local time."""

    opens: int
    """Minutes after midnight, 0 to 1439."""
    closes: int
    """Minutes after the same midnight, later than ``opens``; beyond 1440 on the next day."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The weekly hours of a call center, in its own time zone."""

    zone: str
    """IANA name, such as ``America/New_York``."""
    week: tuple[tuple[Span, ...], ...]
    """Seven days from Monday on; an empty one is closed."""
    holidays: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    """Dates whose hours differ from those of their weekday."""

    def spans(self, day: date) -> tuple[Span, ...]:
        """Return the hours of one day."""
        return dict(self.holidays).get(day, self.week[day.weekday()])


def read_hours(path: Path, hours: Located, holidays: Located | None, zone: Located | None) -> OpeningHours:
    """Read a channel's opening hours.

    :param path: The operator's file.
    :param hours: Days and their times.
    :param holidays: Dates and their times.
    :param zone: The time zone.
    :return: The hours.
    :raises ConfigError: Naming line and remedy.
    """
    if zone is None or not isinstance(zone.value, str):
        raise fail(path, hours, "opening hours need a time zone", "Add 'time_zone: America/New_York' or another one.")
    try:
        ZoneInfo(zone.value)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise fail(
            path, zone, f"there is no time zone {zone.value!r}", "Use an IANA name: America/New_York."
        ) from error
    week: list[tuple[Span, ...] | None] = [None] * len(DAYS)
    for key, node in hours.value.items():
        for day in _days(path, hours, key):
            if week[day] is not None:
                raise _at_key(path, hours, key, f"{DAYS[day]!r} has hours twice", "Name each day once.")
            week[day] = _spans(path, node)
    special = _holidays(path, holidays) if holidays is not None else ()
    return OpeningHours(zone.value, tuple(spans or () for spans in week), special)


def _at_key(path: Path, node: Located, key: str, message: str, fix: str) -> ConfigError:
    line, column = (node.keys or {}).get(key, (node.line, node.column))
    return fail(path, Located(key, line, column), message, fix)


def _days(path: Path, node: Located, key: str) -> list[int]:
    """Return the days that a key such as ``mon-fri`` or ``sat, sun`` names; Monday is 0."""
    found: list[int] = []
    for part in key.lower().split(","):
        first, _, last = (name.strip() for name in part.partition("-"))
        if first not in DAYS or (last or first) not in DAYS:
            fix = f"Use {', '.join(DAYS)}, a range such as mon-fri, or several: sat, sun."
            raise _at_key(path, node, key, f"{key!r} does not name a day", fix)
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [(start + n) % 7 for n in range((end - start) % 7 + 1)]
    return found


def _spans(path: Path, node: Located) -> tuple[Span, ...]:
    words = node.text.strip().lower()
    if words == "closed":
        return ()
    if words == "24 hours":
        return (Span(0, DAY_MINUTES),)
    spans = []
    for part in words.split(","):
        match = _TIMES.fullmatch(part.strip())
        opens = int(match[1]) * 60 + int(match[2]) if match else DAY_MINUTES
        closes = int(match[3]) * 60 + int(match[4]) if match else 0
        if match is None or opens >= DAY_MINUTES or closes > DAY_MINUTES:
            fix = "Write 08:00-21:00, 08:00-12:00, 13:00-17:00, '24 hours' or closed."
            raise fail(path, node, f"{node.text!r} is not an opening time", fix)
        spans.append(Span(opens, closes if closes > opens else closes + DAY_MINUTES))
    spans.sort()
    if any(a.closes > b.opens for a, b in pairwise(spans)):
        raise fail(path, node, f"the times of {node.text!r} overlap", "Write each span once.")
    return tuple(spans)


def _holidays(path: Path, node: Located) -> tuple[tuple[date, tuple[Span, ...]], ...]:
    if not isinstance(node.value, dict):
        raise fail(path, node, "'holidays' must be dates with times", "Write '2026-12-25: closed'.")
    found = []
    for key, times in node.value.items():
        try:
            day = date.fromisoformat(key)
        except ValueError as error:
            raise _at_key(path, node, key, f"{key!r} is not a date", "Write 2026-12-25: closed.") from error
        found.append((day, _spans(path, times)))
    return tuple(sorted(found))
