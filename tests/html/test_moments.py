"""Moments in the reader's time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from kb.html.moments import local_day, moment_words, zone_name

LATE = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "said", "moment", "day"),
    [
        ("", "UTC", "2026-11-20 23:30", date(2026, 11, 20)),
        ("Europe/Berlin", "Europe/Berlin", "2026-11-21 00:30", date(2026, 11, 21)),
        ("America/New_York", "America/New_York", "2026-11-20 18:30", date(2026, 11, 20)),
        ("Mars/Olympus", "UTC", "2026-11-20 23:30", date(2026, 11, 20)),
        ("../etc/passwd", "UTC", "2026-11-20 23:30", date(2026, 11, 20)),
        ("Europe", "UTC", "2026-11-20 23:30", date(2026, 11, 20)),
    ],
)
def test_a_moment_is_told_by_the_readers_clock(zone: str, said: str, moment: str, day: date) -> None:
    """And which clock that is; a zone that nobody knows is UTC."""
    assert (zone_name(zone), moment_words(LATE, zone), local_day(LATE, zone)) == (said, moment, day)
