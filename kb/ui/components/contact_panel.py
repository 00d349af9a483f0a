"""How to reach an agent, and what to have ready: the same panel wherever it is shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import streamlit as st

from kb.settings.channels import Channel
from kb.settings.site import Site
from kb.ui import case_state, links, words
from kb.ui.components import opening
from kb.ui.formatting import UNKNOWN_DATE, date_words, escape


def html(site: Site, level: int = 3, *, with_ready: bool = True) -> str:
    """Return the panel.

    :param site: The operator's words.
    :param level: The level of its two headings.
    :param with_ready: Whether what to have ready stands in it; the contact page has it as a checklist.
    :return: HTML.
    """
    shown = site.shown_channels()
    ways = channel_list(shown) if shown else f"<p>{escape(words.CONTACT_NO_CHANNELS)}</p>"
    ready = "".join(f"<li>{escape(item)}</li>" for item in site.have_ready_in(words.language())) if with_ready else ""
    have_ready = (
        f'<section class="kb-ready"><h{level}>{escape(words.CONTACT_READY)}</h{level}>'
        f"<ul{'' if site.have_ready_es else words.articles_lang()}>{ready}</ul></section>"
        if ready
        else ""
    )
    return (
        f'<div class="kb-contact{"" if ready else " kb-alone"}">'
        f'<section class="kb-ways"><h{level}>{escape(words.CONTACT_WAYS)}</h{level}>{ways}</section>'
        f"{have_ready}</div>"
    )


def show(site: Site, level: int = 2) -> None:
    """Draw the panel."""
    st.html(html(site, level))


def channel_list(channels: Sequence[Channel]) -> str:
    """Return channels, each with what its source says and how old that source is."""
    now = datetime.now(UTC)
    return f'<ul class="kb-channels">{"".join(_channel(c, now) for c in channels)}</ul>'


def way(channel: Channel) -> str:
    """Return a channel in a line: a number to call, or its words."""
    number = links.telephone(channel.text) if channel.kind == "phone" else ""
    text = escape(channel.in_language(words.language()).text)
    return f'<a class="kb-number" href="{number}">{text}</a>' if number else text[:1].upper() + text[1:]


def source(address: str, dated: str) -> str:
    """Return where something comes from, with the source's own date."""
    host = links.web_host(address)
    shown = escape(host or address)
    if host:
        shown = f'<a href="{escape(address)}" rel="noopener noreferrer">{shown}</a>'
    if dated == UNKNOWN_DATE:
        return escape(words.SOURCE_UNDATED).format(host=shown)
    return escape(words.SOURCE_DATED).format(host=shown, date=escape(date_words(dated)))


def _channel(channel: Channel, now: datetime) -> str:
    said, lang = channel.in_language(words.language()), "" if channel.spanish else words.articles_lang()
    note = f"<p{lang}>{escape(said.note)}</p>" if said.note else ""
    hours = f"<p>{escape(words.HOURS.format(hours=_hours(channel)))}</p>" if channel.hours else ""
    return (
        f"<li><p{lang}><strong>{escape(said.label)}</strong></p><p{lang}>{way(channel)}</p>"
        f"{opening.html(channel, now, case_state.customer_zone())}{note}{hours}"
        f'<p class="kb-source">{source(channel.source, channel.dated)}</p></li>'
    )


def _hours(channel: Channel) -> str:
    return f"{channel.hours} ({channel.time_zone})" if channel.time_zone else channel.hours
