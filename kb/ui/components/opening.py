"""Whether a channel is open now, in the customer's and in the centre's time, and its week."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kb.contact.channels import open_state, weekly
from kb.settings.channels import Channel
from kb.settings.hours import DAY_MINUTES, OpeningHours, Span
from kb.ui import words
from kb.ui.formatting import escape


def html(channel: Channel, now: datetime, zone: str = "") -> str:
    """Return what is known of a channel's hours; nothing where nothing is.

    :param channel: The channel.
    :param now: The moment, with its time zone.
    :param zone: The customer's IANA time zone; empty for unknown, and then only the centre's time is said.
    :return: HTML.
    """
    if channel.opening is None:
        return ""
    hours, state = channel.opening, open_state(channel.opening, now)
    if state.changes is None:
        detail = words.OPEN_ALWAYS if state.is_open else ""
    else:
        wording = words.OPEN_UNTIL if state.is_open else words.OPENS_AT
        detail = wording.format(time=_both_times(state.changes, now, hours, zone))
    kind, word = ("open", words.OPEN_NOW) if state.is_open else ("closed", words.CLOSED_NOW)
    comma = ", " if detail else ""
    wait = ""
    if state.is_open and channel.wait_minutes is not None:
        wait = f"<p>{escape(words.WAIT.format(count=channel.wait_minutes))}</p>"
    said = f'<p class="kb-open kb-is-{kind}"><strong>{escape(word)}</strong>{comma}{escape(detail)}</p>'
    return f"{said}{wait}{_week(hours)}"


def time_words(moment: datetime) -> str:
    """Return a time of day as it is read, such as ``9:00 PM``."""
    wording = words.TIME_AM if moment.hour < 12 else words.TIME_PM  # noqa: PLR2004 - noon
    return wording.format(hour=moment.hour % 12 or 12, minute=f"{moment.minute:02d}")


def _both_times(moment: datetime, now: datetime, hours: OpeningHours, zone: str) -> str:
    """Return a moment by the customer's clock and, where it differs, by the centre's."""
    center = ZoneInfo(hours.zone)
    theirs = _time(moment.astimezone(center), now.astimezone(center))
    try:
        customer = ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        customer = None
    if customer is None:
        return f"{theirs} {words.CENTER_TIME}"
    if moment.astimezone(customer).replace(tzinfo=None) == moment.astimezone(center).replace(tzinfo=None):
        return theirs
    yours = _time(moment.astimezone(customer), now.astimezone(customer))
    return f"{yours} {words.YOUR_TIME} ({theirs} {words.CENTER_TIME})"


def _time(moment: datetime, now: datetime) -> str:
    """Return a time of day, with its weekday unless it is today."""
    time = time_words(moment)
    if moment.date() == now.date():
        return time
    return words.DAY_AT.format(weekday=words.WEEKDAYS[moment.weekday()], time=time)


def _week(hours: OpeningHours) -> str:
    rows = "".join(
        f"<div><dt>{escape(_days(first, last))}</dt><dd>{escape(_spans(spans))}</dd></div>"
        for first, last, spans in weekly(hours)
    )
    return f'<details class="kb-week"><summary>{escape(words.WEEK_HOURS)}</summary><dl>{rows}</dl></details>'


def _days(first: int, last: int) -> str:
    return words.WEEKDAYS[first] if first == last else f"{words.WEEKDAYS[first]}–{words.WEEKDAYS[last]}"


def _spans(spans: tuple[Span, ...]) -> str:
    if not spans:
        return words.WEEK_CLOSED
    if spans == (Span(0, DAY_MINUTES),):
        return words.OPEN_ALWAYS
    return ", ".join(f"{_minutes(s.opens)}–{_minutes(s.closes)}" for s in spans)


def _minutes(minutes: int) -> str:
    hour, minute = divmod(minutes % DAY_MINUTES, 60)
    return time_words(datetime(2000, 1, 1, hour, minute))  # noqa: DTZ001 - only its hour and minute are read
