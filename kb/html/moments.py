"""Moments as staff read them: in the time zone of their own browser, and said which."""

from __future__ import annotations

from datetime import UTC, date, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError


def zone_name(zone: str) -> str:
    """Return the time zone that moments are shown in.

    :param zone: The IANA name that a browser gives; empty, or unknown here, for none.
    :return: That name, or UTC.
    """
    return zone if _zone(zone) is not UTC else "UTC"


def moment_words(at: datetime, zone: str) -> str:
    """Return a moment by the clock of a time zone, such as ``2026-11-22 14:05``; see :func:`zone_name`."""
    return f"{at.astimezone(_zone(zone)):%Y-%m-%d %H:%M}"


def local_day(at: datetime, zone: str) -> date:
    """Return the day of a moment in a time zone; see :func:`zone_name`."""
    return at.astimezone(_zone(zone)).date()


def _zone(zone: str) -> tzinfo:
    if not zone:
        return UTC
    try:
        return ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # an odd name, or one that is a folder of zones
        return UTC
