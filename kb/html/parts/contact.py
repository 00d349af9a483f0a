"""How to reach an agent, when, and what to do when that does not solve it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kb.contact.channels import open_state, weekly
from kb.contact.escalation import DatedStep, dated_steps
from kb.html import links
from kb.html.format import UNKNOWN_DATE, date_words, day_words, escape
from kb.html.parts import cards
from kb.html.words import words
from kb.settings.channels import Channel
from kb.settings.hours import DAY_MINUTES, OpeningHours, Span
from kb.settings.ladder import LadderStep
from kb.settings.site import Site
from kb.types import Library

CATEGORY: Final = "contact-and-escalation"
"""The category of the articles about reaching an agent."""


def heading() -> str:
    """Return the contact page's heading."""
    return (
        f'<div class="kb-contact-top"><h1>{escape(words().contact.title)}</h1>'
        f"<p class='kb-intro'>{escape(words().contact.lead)}</p></div>"
    )


def ready_heading() -> str:
    """Return the heading of what to have ready."""
    return f"<h2>{escape(words().contact.ready)}</h2>"


def further(site: Site, library: Library | None, contacted: date | None, promised_by: date | None, zone: str) -> str:
    """Return what is below the case sheet: the ladder, channels for other customers, and articles.

    :param site: The operator's words.
    :param library: The articles; None leaves them out.
    :param contacted: The day of the first contact; None: no step has a day.
    :param promised_by: A day on which something was promised.
    :param zone: The customer's IANA time zone; empty for unknown.
    :return: HTML.
    """
    articles = library.in_category(CATEGORY) if library is not None else []
    heading = escape(words().contact.articles)
    more = f'<section class="kb-more"><h2>{heading}</h2>{cards.article_list(articles)}</section>' if articles else ""
    return (
        f"{ladder(site, library, contacted, promised_by)}"
        f"{_more(words().contact.regulator, site.shown_channels('regulator'), zone)}"
        f"{_more(words().contact.business, site.shown_channels('business'), zone)}{more}"
    )


def _more(title: str, channels: list[Channel], zone: str) -> str:
    if not channels:
        return ""
    return f'<section class="kb-more"><h2>{escape(title)}</h2>{channel_list(channels, zone)}</section>'


def panel(site: Site, level: int = 3, *, with_ready: bool = True, zone: str = "") -> str:
    """Return the panel.

    :param site: The operator's words.
    :param level: The level of its two headings.
    :param with_ready: Whether what to have ready stands in it; the contact page has it as a checklist.
    :param zone: The customer's IANA time zone; empty for unknown.
    :return: HTML.
    """
    shown = site.shown_channels()
    ways = channel_list(shown, zone) if shown else f"<p>{escape(words().contact.no_channels)}</p>"
    ready = "".join(f"<li>{escape(item)}</li>" for item in site.have_ready_in(words().language)) if with_ready else ""
    have_ready = (
        f'<section class="kb-ready"><h{level}>{escape(words().contact.ready)}</h{level}>'
        f"<ul{'' if site.have_ready_es else words().articles_lang}>{ready}</ul></section>"
        if ready
        else ""
    )
    return (
        f'<div class="kb-contact{"" if ready else " kb-alone"}">'
        f'<section class="kb-ways"><h{level}>{escape(words().contact.ways)}</h{level}>{ways}</section>'
        f"{have_ready}</div>"
    )


def channel_list(channels: Sequence[Channel], zone: str = "") -> str:
    """Return channels, each with what its source says and how old that source is."""
    now = datetime.now(UTC)
    return f'<ul class="kb-channels">{"".join(_channel(c, now, zone) for c in channels)}</ul>'


def way(channel: Channel) -> str:
    """Return a channel in a line: a number to call, or its words."""
    number = links.telephone(channel.text) if channel.kind == "phone" else ""
    text = escape(channel.in_language(words().language).text)
    return f'<a class="kb-number" href="{number}">{text}</a>' if number else text[:1].upper() + text[1:]


def source(address: str, dated: str) -> str:
    """Return where something comes from, with the source's own date."""
    host = links.web_host(address)
    shown = escape(host or address)
    if host:
        shown = f'<a href="{escape(address)}" rel="noopener noreferrer">{shown}</a>'
    if dated == UNKNOWN_DATE:
        return escape(words().contact.source_undated).format(host=shown)
    return escape(words().contact.source_dated).format(host=shown, date=escape(date_words(dated)))


def _channel(channel: Channel, now: datetime, zone: str) -> str:
    said, lang = channel.in_language(words().language), "" if channel.spanish else words().articles_lang
    note = f"<p{lang}>{escape(said.note)}</p>" if said.note else ""
    hours = f"<p>{escape(words().contact.hours.format(hours=_hours(channel)))}</p>" if channel.hours else ""
    return (
        f"<li><p{lang}><strong>{escape(said.label)}</strong></p><p{lang}>{way(channel)}</p>"
        f"{opening(channel, now, zone)}{note}{hours}"
        f'<p class="kb-source">{source(channel.source, channel.dated)}</p></li>'
    )


def _hours(channel: Channel) -> str:
    return f"{channel.hours} ({channel.time_zone})" if channel.time_zone else channel.hours


def opening(channel: Channel, now: datetime, zone: str = "") -> str:
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
        detail = words().hours.open_always if state.is_open else ""
    else:
        wording = words().hours.open_until if state.is_open else words().hours.opens_at
        detail = wording.format(time=_both_times(state.changes, now, hours, zone))
    kind, word = ("open", words().hours.open_now) if state.is_open else ("closed", words().hours.closed_now)
    comma = ", " if detail else ""
    wait = ""
    if state.is_open and channel.wait_minutes is not None:
        wait = f"<p>{escape(words().hours.wait.format(count=channel.wait_minutes))}</p>"
    said = f'<p class="kb-open kb-is-{kind}"><strong>{escape(word)}</strong>{comma}{escape(detail)}</p>'
    return f"{said}{wait}{_week(hours)}"


def time_words(moment: datetime) -> str:
    """Return a time of day as it is read, such as ``9:00 PM``."""
    wording = words().hours.time_am if moment.hour < 12 else words().hours.time_pm  # noqa: PLR2004 - noon
    return wording.format(hour=moment.hour % 12 or 12, minute=f"{moment.minute:02d}")


def _both_times(moment: datetime, now: datetime, hours: OpeningHours, zone: str) -> str:
    """Return a moment by the customer's clock and, where it differs, by the centre's."""
    center = ZoneInfo(hours.zone)
    theirs = _time_of_day(moment.astimezone(center), now.astimezone(center))
    try:
        customer = ZoneInfo(zone) if zone else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        customer = None
    if customer is None:
        return f"{theirs} {words().hours.center_time}"
    if moment.astimezone(customer).replace(tzinfo=None) == moment.astimezone(center).replace(tzinfo=None):
        return theirs
    yours = _time_of_day(moment.astimezone(customer), now.astimezone(customer))
    return f"{yours} {words().hours.your_time} ({theirs} {words().hours.center_time})"


def _time_of_day(moment: datetime, now: datetime) -> str:
    """Return a time of day, with its weekday unless it is today."""
    time = time_words(moment)
    if moment.date() == now.date():
        return time
    return words().hours.day_at.format(weekday=words().hours.weekdays[moment.weekday()], time=time)


def _week(hours: OpeningHours) -> str:
    rows = "".join(
        f"<div><dt>{escape(_weekdays(first, last))}</dt><dd>{escape(_spans(spans))}</dd></div>"
        for first, last, spans in weekly(hours)
    )
    return f'<details class="kb-week"><summary>{escape(words().hours.week_hours)}</summary><dl>{rows}</dl></details>'


def _weekdays(first: int, last: int) -> str:
    names = words().hours.weekdays
    return names[first] if first == last else f"{names[first]}–{names[last]}"


def _spans(spans: tuple[Span, ...]) -> str:
    if not spans:
        return words().hours.week_closed
    if spans == (Span(0, DAY_MINUTES),):
        return words().hours.open_always
    return ", ".join(f"{_minutes(s.opens)}–{_minutes(s.closes)}" for s in spans)


def _minutes(minutes: int) -> str:
    hour, minute = divmod(minutes % DAY_MINUTES, 60)
    return time_words(datetime(2000, 1, 1, hour, minute))  # noqa: DTZ001 - only its hour and minute are read


def ladder(
    site: Site, library: Library | None, contacted: date | None, promised_by: date | None = None, *, plain: bool = False
) -> str:
    """Return the ladder.

    :param site: The operator's words.
    :param library: The articles that explain the steps; None leaves the links out.
    :param contacted: The day of the first contact; None: no step has a day.
    :param promised_by: A day on which something was promised.
    :param plain: Whether links lead to plain articles.
    :return: HTML; empty where the operator gives no ladder.
    """
    if not site.escalation:
        return ""
    if contacted is None:
        items = "".join(_step(site, library, step, _answer_rule(step), plain=plain) for step in site.escalation)
    else:
        dated = dated_steps(site.escalation, contacted, promised_by)
        items = "".join(_step(site, library, d.step, step_days(d), plain=plain) for d in dated)
    return (
        f'<section class="kb-ladder"><h2>{escape(words().ladder.title)}</h2>'
        f"<p>{escape(words().ladder.lead)}</p><ol>{items}</ol></section>"
    )


def step_days(dated: DatedStep) -> Sequence[str]:
    """Return what is said of the days of a step: from when, and by when an answer is due."""
    said = [words().ladder.from_day.format(day=day_words(dated.starts))]
    if dated.answer_by is not None:
        said.append(words().ladder.answer.format(day=day_words(dated.answer_by), count=dated.step.answer_days))
    return said


def _answer_rule(step: LadderStep) -> Sequence[str]:
    return [words().ladder.answer_days.format(count=step.answer_days)] if step.answer_days else []


def _step(site: Site, library: Library | None, step: LadderStep, said: Sequence[str], *, plain: bool) -> str:
    own = step.in_language(words().language)
    text = f"<p>{escape(own.text)}</p>" if own.text else ""
    say = ""
    if own.say:
        heading = f"<h4>{escape(words().ladder.say)}</h4>"
        say = f'<div class="kb-say">{heading}<blockquote>{escape(own.say)}</blockquote></div>'
    when = "".join(f"<p>{escape(line)}</p>" for line in said)
    origin = source(step.source, step.dated) if step.source else ""
    return (
        f'<li><h3>{escape(own.title)}</h3><div class="kb-when">{when}</div>{text}{say}'
        f'<p class="kb-step-links">{_step_links(site, library, step, plain=plain)}</p>'
        f"{f'<p class=kb-source>{origin}</p>' if origin else ''}</li>"
    )


def _step_links(site: Site, library: Library | None, step: LadderStep, *, plain: bool) -> str:
    parts = []
    article = library.resolve(step.article) if library is not None and step.article else None
    if article is not None:
        address = links.plain_article(article.id) if plain else links.article(article.id)
        parts.append(f'<a href="{escape(address)}">{escape(words().ladder.article)}: {escape(article.title)}</a>')
    channel = site.channel(step.channel)
    if channel is not None and channel.is_sourced:
        parts.append(way(channel))
    return " ".join(f"<span>{part}</span>" for part in parts)
