"""How to reach an agent, when, and what to do when that does not solve it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from markupsafe import Markup

from kb.contact.channels import open_state, weekly
from kb.contact.escalation import DatedStep, dated_steps
from kb.html import links
from kb.html.format import UNKNOWN_DATE, date_words, day_words, sentence
from kb.html.parts import cards
from kb.html.words import words
from kb.settings.channels import Channel
from kb.settings.hours import DAY_MINUTES, OpeningHours, Span
from kb.settings.ladder import LadderStep
from kb.settings.site import Site
from kb.types import CONTACT_CATEGORY, Library


def heading() -> Markup:
    """Return the contact page's heading."""
    return Markup("<div class=\"kb-contact-top\"><h1>{}</h1><p class='kb-intro'>{}</p></div>").format(
        words().contact.title, words().contact.lead
    )


def ready_heading() -> Markup:
    """Return the heading of what to have ready."""
    return Markup("<h2>{}</h2>").format(words().contact.ready)


def further(site: Site, library: Library | None, contacted: date | None, promised_by: date | None, zone: str) -> Markup:
    """Return the content below the case sheet: the ladder, channels for other customers, and articles.

    :param site: The operator's words.
    :param library: The articles; None leaves them out.
    :param contacted: The day of the first contact; None: no step has a day.
    :param promised_by: A day on which something was promised.
    :param zone: The customer's IANA time zone; empty for unknown.
    :return: HTML.
    """
    parts = [ladder(site, library, contacted, promised_by)]
    for title, audience in ((words().contact.regulator, "regulator"), (words().contact.business, "business")):
        channels = site.shown_channels(audience)
        if channels:
            parts.append(_more(title, channel_list(channels, zone)))
    articles = library.in_category(CONTACT_CATEGORY) if library is not None else []
    if articles:
        parts.append(_more(words().contact.articles, cards.article_list(articles)))
    return Markup().join(parts)


def _more(title: str, content: Markup) -> Markup:
    return Markup('<section class="kb-more"><h2>{}</h2>{}</section>').format(title, content)


# ------------------------------------------------------------------------------------------------- channels


def panel(site: Site, level: int = 3, *, with_ready: bool = True, zone: str = "") -> Markup:
    """Return every way to an agent, and what to have ready: the same wherever it is shown.

    :param site: The operator's words.
    :param level: The level of its two headings.
    :param with_ready: Whether it says what to have ready; the contact page has that as a checklist.
    :param zone: The customer's IANA time zone; empty for unknown.
    :return: HTML.
    """
    shown = site.shown_channels()
    ways = channel_list(shown, zone) if shown else Markup("<p>{}</p>").format(words().contact.no_channels)
    ready = _have_ready(site, level) if with_ready and site.have_ready_in(words().language) else Markup()
    return Markup(
        '<div class="kb-contact{alone}"><section class="kb-ways"><h{level}>{title}</h{level}>{ways}</section>'
        "{ready}</div>"
    ).format(alone="" if ready else " kb-alone", level=level, title=words().contact.ways, ways=ways, ready=ready)


def _have_ready(site: Site, level: int) -> Markup:
    return Markup('<section class="kb-ready"><h{level}>{title}</h{level}><ul{lang}>{items}</ul></section>').format(
        level=level,
        title=words().contact.ready,
        lang="" if site.have_ready_es else words().articles_lang,
        items=Markup().join(Markup("<li>{}</li>").format(item) for item in site.have_ready_in(words().language)),
    )


def channel_list(channels: Sequence[Channel], zone: str = "") -> Markup:
    """Return channels, each with what its source says and how old that is, and its hours by the customer's clock."""
    now = datetime.now(UTC)
    return Markup('<ul class="kb-channels">{}</ul>').format(Markup().join(_channel(c, now, zone) for c in channels))


def way(channel: Channel) -> Markup:
    """Return a channel in a line: a number to call, a link to its page, or its words."""
    number = links.telephone(channel.text) if channel.kind == "phone" else ""
    text = channel.in_language(words().language).text
    if number:
        return Markup('<a class="kb-number" href="{}">{}</a>').format(number, text)
    text = text[:1].upper() + text[1:]
    if channel.url:
        return Markup('<a class="kb-way" href="{}" rel="noopener noreferrer">{}</a>').format(channel.url, text)
    return Markup.escape(text)


def source(address: str, dated: str) -> Markup:
    """Return where something comes from, with the source's own date."""
    host = links.web_host(address)
    shown: str = address
    if host:
        shown = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, host)
    if dated == UNKNOWN_DATE:
        return sentence(words().contact.source_undated, host=shown)
    return sentence(words().contact.source_dated, host=shown, date=date_words(dated))


def _channel(channel: Channel, now: datetime, zone: str) -> Markup:
    said, lang = channel.in_language(words().language), Markup() if channel.spanish else words().articles_lang
    hours = Markup()
    if channel.hours:
        hours = Markup("<p>{}</p>").format(words().contact.hours.format(hours=_hours(channel)))
    return Markup(
        "<li><p{lang}><strong>{label}</strong></p><p{lang}>{way}</p>{opening}{note}{hours}"
        '<p class="kb-source">{source}</p></li>'
    ).format(
        lang=lang,
        label=said.label,
        way=way(channel),
        opening=opening(channel, now, zone),
        note=Markup("<p{}>{}</p>").format(lang, said.note) if said.note else "",
        hours=hours,
        source=source(channel.source, channel.dated),
    )


def _hours(channel: Channel) -> str:
    return f"{channel.hours} ({channel.time_zone})" if channel.time_zone else channel.hours


# ---------------------------------------------------------------------------------------------------- hours


def opening(channel: Channel, now: datetime, zone: str = "") -> Markup:
    """Return whether a channel is open, and its week; nothing where its hours are unknown.

    :param channel: The channel.
    :param now: The moment, with its time zone.
    :param zone: The customer's IANA time zone; empty for unknown, and then only the center's time is given.
    :return: HTML.
    """
    if channel.opening is None:
        return Markup()
    hours, state = channel.opening, open_state(channel.opening, now)
    if state.changes is None:
        detail = words().hours.open_always if state.is_open else ""
    else:
        wording = words().hours.open_until if state.is_open else words().hours.opens_at
        detail = wording.format(time=_both_times(state.changes, now, hours, zone))
    wait = Markup()
    if state.is_open and channel.wait_minutes is not None:
        wait = Markup("<p>{}</p>").format(words().hours.wait.format(count=channel.wait_minutes))
    return Markup('<p class="kb-open kb-is-{}"><strong>{}</strong>{}{}</p>{}{}').format(
        "open" if state.is_open else "closed",
        words().hours.open_now if state.is_open else words().hours.closed_now,
        ", " if detail else "",
        detail,
        wait,
        _week(hours),
    )


def time_words(moment: datetime) -> str:
    """Return a time of day as it is read, such as ``9:00 PM``."""
    wording = words().hours.time_am if moment.hour < 12 else words().hours.time_pm  # noqa: PLR2004 - noon
    return wording.format(hour=moment.hour % 12 or 12, minute=f"{moment.minute:02d}")


def _both_times(moment: datetime, now: datetime, hours: OpeningHours, zone: str) -> str:
    """Return a moment by the customer's clock and, where it differs, by the center's."""
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


def _week(hours: OpeningHours) -> Markup:
    rows = Markup().join(
        Markup("<div><dt>{}</dt><dd>{}</dd></div>").format(_weekdays(first, last), _spans(spans))
        for first, last, spans in weekly(hours)
    )
    return Markup('<details class="kb-week"><summary>{}</summary><dl>{}</dl></details>').format(
        words().hours.week_hours, rows
    )


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


# --------------------------------------------------------------------------------------------------- ladder


def ladder(
    site: Site, library: Library | None, contacted: date | None, promised_by: date | None = None, *, plain: bool = False
) -> Markup:
    """Return the ladder of escalation: what to do when a problem is not solved, with the days of each step.

    :param site: The operator's words.
    :param library: The articles that explain the steps; None leaves the links out.
    :param contacted: The day of the first contact; None: no step has a day.
    :param promised_by: A day on which something was promised.
    :param plain: Whether links lead to plain articles.
    :return: HTML; empty where the operator gives no ladder.
    """
    if not site.escalation:
        return Markup()
    if contacted is None:
        steps = [_step(site, library, step, _answer_rule(step), plain=plain) for step in site.escalation]
    else:
        dated = dated_steps(site.escalation, contacted, promised_by)
        steps = [_step(site, library, d.step, step_days(d), plain=plain) for d in dated]
    return Markup('<section class="kb-ladder"><h2>{}</h2><p>{}</p><ol>{}</ol></section>').format(
        words().ladder.title, words().ladder.lead, Markup().join(steps)
    )


def step_days(dated: DatedStep) -> Sequence[str]:
    """Return the days of a step in words: from when, and by when an answer is due."""
    said = [words().ladder.from_day.format(day=day_words(dated.starts))]
    if dated.answer_by is not None:
        said.append(words().ladder.answer.format(day=day_words(dated.answer_by), count=dated.step.answer_days))
    return said


def _answer_rule(step: LadderStep) -> Sequence[str]:
    return [words().ladder.answer_days.format(count=step.answer_days)] if step.answer_days else []


def _step(site: Site, library: Library | None, step: LadderStep, when: Sequence[str], *, plain: bool) -> Markup:
    own = step.in_language(words().language)
    say = origin = Markup()
    if own.say:
        say = Markup('<div class="kb-say"><h4>{}</h4><blockquote>{}</blockquote></div>').format(
            words().ladder.say, own.say
        )
    if step.source:
        origin = Markup("<p class=kb-source>{}</p>").format(source(step.source, step.dated))
    return Markup(
        '<li><h3>{title}</h3><div class="kb-when">{when}</div>{text}{say}'
        '<p class="kb-step-links">{links}</p>{origin}</li>'
    ).format(
        title=own.title,
        when=Markup().join(Markup("<p>{}</p>").format(line) for line in when),
        text=Markup("<p>{}</p>").format(own.text) if own.text else "",
        say=say,
        links=_step_links(site, library, step, plain=plain),
        origin=origin,
    )


def _step_links(site: Site, library: Library | None, step: LadderStep, *, plain: bool) -> Markup:
    parts = []
    article = library.resolve(step.article) if library is not None and step.article else None
    if article is not None:
        address = links.plain_article(article.id) if plain else links.article(article.id)
        title = Markup("<span{}>{}</span>").format(words().marked(article.language), article.title)
        parts.append(Markup('<a href="{}">{}: {}</a>').format(address, words().ladder.article, title))
    channel = site.channel(step.channel)
    if channel is not None and channel.is_sourced:
        parts.append(way(channel))
    return Markup(" ").join(Markup("<span>{}</span>").format(part) for part in parts)
