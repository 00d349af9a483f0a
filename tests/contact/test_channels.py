"""Whether a channel is open, and until when: by the center's wall clock, correct when clocks change."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.contact.channels import open_state, weekly
from kb.settings.hours import OpeningHours, Span

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = Span(8 * 60, 21 * 60)
SATURDAY = Span(9 * 60, 17 * 60)
WEEK = ((OFFICE,),) * 5 + ((SATURDAY,), ())
HOURS = OpeningHours("America/New_York", WEEK, ((date(2026, 11, 26), ()), (date(2026, 11, 27), (Span(600, 840),))))


def at(text: str, zone: ZoneInfo = NEW_YORK, fold: int = 0) -> datetime:
    """Return a moment by the clock of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold)


@pytest.mark.parametrize(
    ("now", "is_open", "changes"),
    [
        ("2026-11-23T07:59", False, "2026-11-23T08:00"),
        ("2026-11-23T08:00", True, "2026-11-23T21:00"),
        ("2026-11-23T20:59", True, "2026-11-23T21:00"),
        ("2026-11-23T21:00", False, "2026-11-24T08:00"),
        ("2026-11-21T18:00", False, "2026-11-23T08:00"),  # Saturday evening: Sunday is closed
        ("2026-11-26T12:00", False, "2026-11-27T10:00"),  # a holiday, then a short day
        ("2026-11-27T13:59", True, "2026-11-27T14:00"),
    ],
)
def test_open_now_and_until_when(now: str, *, is_open: bool, changes: str) -> None:
    """Opening minutes count as open, closing minutes as closed; holidays take precedence over weekdays."""
    state = open_state(HOURS, at(now))
    assert state.is_open is is_open
    assert state.changes == at(changes)


def test_a_customer_elsewhere_gets_the_same_answer() -> None:
    """A moment is a moment, whatever clock it is read from."""
    now = at("2026-11-23T05:30", ZoneInfo("America/Los_Angeles"))
    state = open_state(HOURS, now)
    assert state.is_open
    assert state.changes is not None
    assert state.changes.astimezone(now.tzinfo) == at("2026-11-23T18:00", ZoneInfo("America/Los_Angeles"))


@pytest.mark.parametrize(("day", "length"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-03-15", 24)])
def test_days_on_which_the_clock_changes_keep_their_wall_times(day: str, length: int) -> None:
    """Noon is noon: from midnight to the opening at noon is an hour less in spring, one more in autumn."""
    hours = OpeningHours("America/New_York", ((Span(12 * 60, 13 * 60),),) * 7)
    midnight = at(f"{day}T00:00")
    opens = open_state(hours, midnight).changes
    assert opens is not None
    assert (opens.hour, opens.minute) == (12, 0)
    assert opens.astimezone(UTC) - midnight.astimezone(UTC) == timedelta(hours=12 + length - 24)


def test_an_hour_that_is_skipped_opens_at_the_jump() -> None:
    """From 2:30 on a day that goes from 2:00 to 3:00: open from 3:00 on."""
    hours = OpeningHours("America/New_York", ((Span(150, 240),),) * 7)
    state = open_state(hours, at("2026-03-08T01:59"))
    assert (state.is_open, state.changes) == (False, at("2026-03-08T03:00"))
    assert open_state(hours, at("2026-03-08T03:00")).is_open


def test_hours_that_are_skipped_whole_are_no_hours() -> None:
    """From 2:15 to 2:45 does not exist on that day; the next one is tomorrow."""
    hours = OpeningHours("America/New_York", ((Span(135, 165),),) * 7)
    assert open_state(hours, at("2026-03-08T01:59")).changes == at("2026-03-09T02:15")


def test_an_hour_that_comes_twice_opens_with_the_first_and_closes_with_the_second() -> None:
    """From 1:15 to 1:45 on the day that goes from 2:00 back to 1:00: an hour and a half."""
    hours = OpeningHours("America/New_York", ((Span(75, 105),),) * 7)
    first, second = at("2026-11-01T01:30", fold=0), at("2026-11-01T01:30", fold=1)
    assert open_state(hours, first).is_open
    assert open_state(hours, second).is_open
    closes = open_state(hours, first).changes
    assert closes is not None
    assert closes.astimezone(UTC) == at("2026-11-01T01:45", fold=1).astimezone(UTC)


def test_a_night_reaches_into_the_next_day() -> None:
    """From 20:00 to 2:00 on Friday alone."""
    week = ((),) * 4 + ((Span(1200, 1440 + 120),), (), ())
    hours = OpeningHours("America/New_York", week)
    assert open_state(hours, at("2026-11-28T01:59")).changes == at("2026-11-28T02:00")
    assert open_state(hours, at("2026-11-28T02:00")).changes == at("2026-12-04T20:00")


def test_around_the_clock_never_changes_and_never_open_has_no_next() -> None:
    """24 hours on all days; no hours on any."""
    always = OpeningHours("UTC", ((Span(0, 1440),),) * 7)
    assert open_state(always, at("2026-11-28T00:00")) == open_state(always, at("2026-12-28T23:59"))
    assert (open_state(always, at("2026-11-28T00:00")).is_open, open_state(always, at("2026-11-28T00:00")).changes) == (
        True,
        None,
    )
    never = open_state(OpeningHours("UTC", ((),) * 7), at("2026-11-28T12:00"))
    assert (never.is_open, never.changes) == (False, None)


def test_two_days_of_24_hours_are_one_stretch() -> None:
    """Saturday and Sunday around the clock: on Saturday it closes on Sunday's midnight."""
    week = ((),) * 5 + ((Span(0, 1440),), (Span(0, 1440),))
    assert open_state(OpeningHours("America/New_York", week), at("2026-11-28T12:00")).changes == at("2026-11-30T00:00")


def test_a_moment_needs_a_zone() -> None:
    """A time without a zone is refused."""
    with pytest.raises(ValueError, match="needs its time zone"):
        open_state(HOURS, datetime(2026, 11, 23, 12))  # noqa: DTZ001


@given(
    zone=st.sampled_from(["America/New_York", "Europe/Berlin", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    moment=st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    opens=st.integers(0, 1439),
    length=st.integers(1, 1440),
)
def test_the_state_holds_until_it_changes(zone: str, moment: datetime, opens: int, length: int) -> None:
    """A second before the change all is as now; at the change it is the opposite."""
    hours = OpeningHours(zone, ((Span(opens, opens + length),),) * 7)
    state = open_state(hours, moment)
    if state.changes is None:
        assert length == 1440
        return
    change = state.changes.astimezone(UTC)
    assert change > moment
    assert open_state(hours, max(moment, change - timedelta(seconds=1))).is_open is state.is_open
    assert open_state(hours, change).is_open is not state.is_open


def test_the_week_in_runs() -> None:
    """Days with the same hours are grouped."""
    assert weekly(HOURS) == [(0, 4, (OFFICE,)), (5, 5, (SATURDAY,)), (6, 6, ())]
