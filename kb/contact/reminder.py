"""The follow-up reminder: a calendar file (RFC 5545) for the day on which something was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from icalendar import Alarm, Calendar, Event, vDuration

_PRODUCT: Final = "-//Billing Help//Follow-up//EN"
_AT: Final = time(9, 0)
_LASTS: Final = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Reminder:
    """The content of the calendar entry."""

    uid: str
    """Globally unique and without meaning; the same for the same case, so that a later file replaces an earlier one."""
    day: date
    title: str
    text: str = ""
    zone: str = ""
    """The customer's IANA time zone; without one, the local time of the device that reads the file."""
    revision: int = 0
    """A number that grows with each file for the same ``uid``."""


def as_calendar(reminder: Reminder, now: datetime) -> bytes:
    """Return the calendar file.

    :param reminder: The content.
    :param now: The moment, aware.
    :return: UTF-8 with CRLF line ends, lines folded at 75 bytes: one event at nine in the morning, with an alarm then
        and one the day before.
    """
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add_component(_event(reminder, now.astimezone(UTC)))
    calendar.add_missing_timezones(
        first_date=reminder.day - timedelta(days=366), last_date=reminder.day + timedelta(days=366)
    )
    return bytes(calendar.to_ical())


def _event(reminder: Reminder, now: datetime) -> Event:
    event = Event()
    event.add("uid", f"{reminder.uid}@billing-help.invalid")
    event.add("dtstamp", now.replace(microsecond=0))
    event.add("sequence", reminder.revision)
    start = datetime.combine(reminder.day, _AT, tzinfo=_zone(reminder.zone))
    event.add("dtstart", start)
    event.add("dtend", start + _LASTS)
    event.add("summary", reminder.title)
    if reminder.text:
        event.add("description", reminder.text)
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    for before in (timedelta(0), timedelta(days=1)):
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", reminder.title)
        alarm.add("trigger", vDuration(-before))
        event.add_component(alarm)
    return event


def _zone(name: str) -> ZoneInfo | None:
    """Return a time zone; None for an unknown one, which makes the time a floating one."""
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
