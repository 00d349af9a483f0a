"""What site.yaml says about reaching people: opening hours, the ladder of escalation, the hand-over to a help desk."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from itertools import pairwise
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kb.common.hosts import is_loopback, is_protected_url
from kb.common.yaml_file import Located
from kb.errors import ConfigError
from kb.settings.site_reader import choice, fail, mapping, number, text

DAY_MINUTES: Final = 24 * 60
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIMES = re.compile(r"([01]?\d|2[0-4]):([0-5]\d)\s*[-–]\s*([01]?\d|2[0-4]):([0-5]\d)")
_LONGEST_WAIT: Final = 600
_LONGEST_DAYS: Final = 365


# ------------------------------------------------------------------------------------------------ hours


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of one day on which a centre is open, by the clock on its wall."""

    opens: int
    """Minutes after midnight, 0 to 1439."""
    closes: int
    """Minutes after the same midnight, later than ``opens``; beyond 1440 on the next day."""


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """The weekly hours of a centre, in its own time zone."""

    zone: str
    """IANA name, such as ``America/New_York``."""
    week: tuple[tuple[Span, ...], ...]
    """Seven days from Monday on; an empty one is closed."""
    holidays: tuple[tuple[date, tuple[Span, ...]], ...] = ()
    """Days that differ from their weekday, with their own hours."""

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
    """Return the days that a key such as ``mon-fri`` or ``sat, sun`` means, Monday as 0."""
    found: list[int] = []
    for part in key.lower().split(","):
        first, _, last = (name.strip() for name in part.partition("-"))
        if first not in DAYS or (last or first) not in DAYS:
            fix = f"Use {', '.join(DAYS)}, a range such as mon-fri, or several: sat, sun."
            raise _at_key(path, node, key, f"{key!r} names no day", fix)
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
            raise fail(path, node, f"{node.text!r} is no opening time", fix)
        spans.append(Span(opens, closes if closes > opens else closes + DAY_MINUTES))
    spans.sort()
    if any(a.closes > b.opens for a, b in pairwise(spans)):
        raise fail(path, node, f"the times of {node.text!r} overlap", "Write each stretch once.")
    return tuple(spans)


def _holidays(path: Path, node: Located) -> tuple[tuple[date, tuple[Span, ...]], ...]:
    if not isinstance(node.value, dict):
        raise fail(path, node, "'holidays' must be dates with times", "Write '2026-12-25: closed'.")
    found = []
    for key, times in node.value.items():
        try:
            day = date.fromisoformat(key)
        except ValueError as error:
            raise _at_key(path, node, key, f"{key!r} is no date", "Write 2026-12-25: closed.") from error
        found.append((day, _spans(path, times)))
    return tuple(sorted(found))


def read_wait(path: Path, fields: dict[str, Located]) -> int | None:
    """Return a channel's usual wait in minutes, where the operator knows it."""
    return number(path, fields, "wait_minutes", 0, _LONGEST_WAIT)


@dataclass(frozen=True, slots=True)
class ChannelWords:
    """What is said of a channel in one language."""

    label: str
    text: str
    note: str = ""


def read_channel_words(path: Path, node: Located | None, otherwise: ChannelWords) -> ChannelWords | None:
    """Read a channel's words in another language.

    :param path: The operator's file.
    :param node: The words; None where there are none.
    :param otherwise: The channel's own words, for those that need no translation, such as a number.
    :return: The words, or None.
    :raises ConfigError: Naming line and remedy.
    """
    if node is None:
        return None
    fields = mapping(path, node, ("label", "text", "note"))
    values = {key: text(path, fields, key) or getattr(otherwise, key) for key in ("label", "text", "note")}
    return ChannelWords(**values)


# ------------------------------------------------------------------------------------------- escalation


@dataclass(frozen=True, slots=True)
class LadderWords:
    """A step of the ladder in one language."""

    title: str
    text: str = ""
    say: str = ""
    """A sentence to say or write, word for word."""


@dataclass(frozen=True, slots=True)
class LadderStep:
    """One step of the way up when a problem is not solved."""

    words: LadderWords
    spanish: LadderWords | None = None
    article: str = ""
    """Id of the article that explains it; checked by ``kb check``."""
    channel: str = ""
    """Name of the channel to use."""
    after_days: int = 0
    """Days after the step before at which this one makes sense; 0: right then."""
    answer_days: int | None = None
    """Days within which an answer is due, where a source says so."""
    source: str = ""
    """Address of the page that says so."""
    dated: str = ""
    """That source's own date, or ``unknown``."""
    line: int = 1
    column: int = 1
    """Where the article's id stands in site.yaml."""

    def said(self, language: str) -> LadderWords:
        """Return the words in a language: ``es``, or English for any other."""
        return self.spanish if language == "es" and self.spanish is not None else self.words


_STEP_KEYS: Final = (
    "title",
    "text",
    "say",
    "es",
    "article",
    "channel",
    "after_days",
    "answer_days",
    "source",
    "dated",
)


def read_ladder(path: Path, node: Located, channels: frozenset[str]) -> tuple[LadderStep, ...]:
    """Read the ladder of escalation.

    :param path: The operator's file.
    :param node: The list of steps.
    :param channels: Names of the channels there are.
    :return: The steps, lowest first.
    :raises ConfigError: Naming line and remedy.
    """
    if not isinstance(node.value, list):
        raise fail(path, node, "'escalation' must be a list of steps", "Write each step as '- title: …'.")
    return tuple(_step(path, item, channels) for item in node.value)


def _step(path: Path, node: Located, channels: frozenset[str]) -> LadderStep:
    fields = mapping(path, node, _STEP_KEYS)
    words = _ladder_words(path, node, fields)
    channel = text(path, fields, "channel")
    if channel and channel not in channels:
        known = ", ".join(sorted(channels)) or "none is defined"
        raise fail(path, fields["channel"], f"there is no channel {channel!r}", f"Use one of: {known}.")
    answer_days = number(path, fields, "answer_days", 1, _LONGEST_DAYS)
    source, dated = text(path, fields, "source"), text(path, fields, "dated")
    if answer_days is not None and not (source and dated):
        fix = "Add 'source' and 'dated' (the source's own date, or unknown)."
        raise fail(path, fields["answer_days"], "a time within which an answer is due needs its source", fix)
    at = fields.get("article", node)
    return LadderStep(
        words=words,
        spanish=_ladder_words(path, fields["es"], mapping(path, fields["es"], ("title", "text", "say")))
        if "es" in fields
        else None,
        article=text(path, fields, "article"),
        channel=channel,
        after_days=number(path, fields, "after_days", 0, _LONGEST_DAYS) or 0,
        answer_days=answer_days,
        source=source,
        dated=dated,
        line=at.line,
        column=at.column,
    )


def _ladder_words(path: Path, node: Located, fields: dict[str, Located]) -> LadderWords:
    title = text(path, fields, "title")
    if not title:
        raise fail(path, node, "a step of the escalation lacks 'title'", "Add it.")
    return LadderWords(title, text(path, fields, "text"), text(path, fields, "say"))


# -------------------------------------------------------------------------------------------- hand-over


class Delivery(StrEnum):
    """How a request reaches the help desk."""

    SMTP = "smtp"
    WEBHOOK = "webhook"


class Security(StrEnum):
    """How the way to a mail server is protected; ``none`` is for the same machine only."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HandOver:
    """Where requests of customers go; secrets are never part of it, they come by environment variables."""

    deliver: Delivery
    to: str = ""
    """Mail address of the help desk."""
    sender: str = ""
    host: str = ""
    port: int = 587
    security: Security = Security.STARTTLS
    url: str = ""
    """Address that takes the webhook."""
    promise: str = ""
    """What customers are told about when they hear back."""


_HANDOVER_KEYS: Final = ("deliver", "to", "sender", "host", "port", "security", "url", "promise")


def read_handover(path: Path, node: Located) -> HandOver | None:
    """Read the hand-over.

    :param path: The operator's file.
    :param node: The section.
    :return: Where requests go; None for an empty section: there is no form then.
    :raises ConfigError: Naming line and remedy.
    """
    fields = mapping(path, node, _HANDOVER_KEYS)
    if not fields:
        return None
    deliver = Delivery(
        choice(path, fields, "deliver", tuple(Delivery), "") if "deliver" in fields else _none(path, node)
    )
    values = {key: text(path, fields, key) for key in ("to", "sender", "host", "url", "promise")}
    security = Security(choice(path, fields, "security", tuple(Security), Security.STARTTLS))
    needed = ("to", "sender", "host") if deliver is Delivery.SMTP else ("url",)
    for key in needed:
        if not values[key]:
            raise fail(path, node, f"the hand-over by {deliver} lacks {key!r}", "Add it.")
    if deliver is Delivery.SMTP:
        for key in ("to", "sender"):
            if not re.fullmatch(r"[^@\s<>,;:]+@[^@\s<>,;:]+", values[key]):
                raise fail(path, fields[key], f"{values[key]!r} is no mail address", "Write help@example.com.")
        if security is Security.NONE and not is_loopback(values["host"]):
            raise fail(path, fields["security"], "mail would travel unprotected", "Use starttls or tls.")
    elif not is_protected_url(values["url"]):
        raise fail(path, fields["url"], f"{values['url']!r} is no protected address", "Use one with https://.")
    port = number(path, fields, "port", 1, 65535)
    default = 465 if security is Security.TLS else 587
    return HandOver(deliver=deliver, security=security, port=port or default, **values)


def _none(path: Path, node: Located) -> str:
    raise fail(path, node, "the hand-over lacks 'deliver'", f"Use one of: {', '.join(Delivery)}.")
