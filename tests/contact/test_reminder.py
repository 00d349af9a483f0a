"""The calendar file, read by our own strict parser and by the library that wrote it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from kb.contact.reminder import Reminder, as_calendar
from tests.contact import strict_ics

NOW = datetime(2026, 11, 25, 16, 30, 5, 999, tzinfo=UTC)
REMINDER = Reminder(
    uid="0123456789abcdef0123456789abcdef",
    day=date(2026, 12, 2),
    title="Follow up: case A-555-0101",
    text="Robin promised: a credit, $10; on the next bill.\nCall (555) 010-0199, “politely but firmly”. " + "ñ" * 80,
    zone="America/New_York",
)


def test_a_strict_parser_reads_what_was_written() -> None:
    """Every property the standard asks for, folded at 75 bytes with CRLF, texts escaped."""
    calendar = strict_ics.parse(as_calendar(REMINDER, NOW))
    (event,) = calendar.all("VEVENT")
    assert event.one("UID")[1] == "0123456789abcdef0123456789abcdef@billing-help.invalid"
    assert event.one("DTSTAMP")[1] == "20261125T163005Z"
    assert event.one("DTSTART") == ({"TZID": "America/New_York"}, "20261202T090000")
    assert event.one("DTEND") == ({"TZID": "America/New_York"}, "20261202T091500")
    assert strict_ics.plain(event.one("SUMMARY")[1]) == REMINDER.title
    assert strict_ics.plain(event.one("DESCRIPTION")[1]) == REMINDER.text
    assert [alarm.one("TRIGGER")[1] for alarm in event.all("VALARM")] == ["P0D", "-P1D"]
    assert [zone.one("TZID")[1] for zone in calendar.all("VTIMEZONE")] == ["America/New_York"]


@pytest.mark.parametrize(
    ("zone", "day", "utc_hour"),
    [
        ("America/New_York", date(2026, 12, 2), 14),
        ("America/New_York", date(2027, 3, 15), 13),
        ("America/Phoenix", date(2026, 7, 1), 16),
        ("Pacific/Honolulu", date(2026, 12, 2), 19),
    ],
)
def test_nine_in_the_morning_is_nine_where_the_customer_is(zone: str, day: date, utc_hour: int) -> None:
    """Read back by the library, in winter and in summer time; the zone's own rules in the file say the same."""
    data = as_calendar(Reminder("u", day, "t", zone=zone), NOW)
    (event,) = Calendar.from_ical(data).walk("VEVENT")
    assert event.decoded("dtstart").astimezone(UTC) == datetime(day.year, day.month, day.day, utc_hour, tzinfo=UTC)
    (own_zone,) = Calendar.from_ical(data).timezones
    read = datetime(day.year, day.month, day.day, 9, tzinfo=own_zone.to_tz(lookup_tzid=False))
    assert read.utcoffset() == datetime(day.year, day.month, day.day, 9, tzinfo=ZoneInfo(zone)).utcoffset()


@pytest.mark.parametrize("zone", ["", "Mars/Olympus", "../../etc/passwd"])
def test_an_unknown_zone_makes_a_floating_time(zone: str) -> None:
    """The reminder is at nine in any time zone; the file names none."""
    calendar = strict_ics.parse(as_calendar(Reminder("u", date(2026, 12, 2), "t", zone=zone), NOW))
    assert calendar.all("VEVENT")[0].one("DTSTART") == ({}, "20261202T090000")
    assert calendar.all("VTIMEZONE") == []


def test_a_later_file_replaces_the_earlier_one() -> None:
    """The same UID, a higher sequence."""
    first, second = (
        strict_ics.parse(as_calendar(Reminder("u", date(2026, 12, 2), "t", revision=n), NOW)).all("VEVENT")[0]
        for n in (0, 1)
    )
    assert first.one("UID") == second.one("UID")
    assert (first.one("SEQUENCE")[1], second.one("SEQUENCE")[1]) == ("0", "1")


@given(
    title=st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"]), max_size=120),
    text=st.text(
        st.characters(codec="utf-8", exclude_categories=["Cc", "Zl", "Zp"], include_characters="\n"), max_size=300
    ),
    days=st.integers(0, 800),
)
def test_any_text_survives_the_round_trip(title: str, text: str, days: int) -> None:
    """Whatever is typed: the file is strict, and says the same when it is read back."""
    day = date(2026, 11, 25) + timedelta(days=days)
    data = as_calendar(Reminder("u", day, title, text), NOW)
    (event,) = strict_ics.parse(data).all("VEVENT")
    assert strict_ics.plain(event.one("SUMMARY")[1]) == title
    (read,) = Calendar.from_ical(data).walk("VEVENT")
    assert str(read["summary"]) == title
    assert str(read.get("description", "")) == text
