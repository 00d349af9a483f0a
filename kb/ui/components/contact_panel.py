"""How to reach an agent, and what to have ready: the same panel wherever it is shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from kb.config import Channel, Site
from kb.ui import links, words
from kb.ui.formatting import UNKNOWN_DATE, date_words, escape


def html(site: Site, level: int = 3) -> str:
    """Return the panel.

    :param site: The operator's words.
    :param level: The level of its two headings.
    :return: HTML.
    """
    shown = site.shown_channels()
    ways = channel_list(shown) if shown else f"<p>{escape(words.CONTACT_NO_CHANNELS)}</p>"
    ready = "".join(f"<li>{escape(item)}</li>" for item in site.have_ready)
    have_ready = (
        f'<section class="kb-ready"><h{level}>{escape(words.CONTACT_READY)}</h{level}><ul>{ready}</ul></section>'
        if ready
        else ""
    )
    return (
        '<div class="kb-contact">'
        f'<section class="kb-ways"><h{level}>{escape(words.CONTACT_WAYS)}</h{level}>{ways}</section>'
        f"{have_ready}</div>"
    )


def show(site: Site, level: int = 2) -> None:
    """Draw the panel."""
    st.html(html(site, level))


def channel_list(channels: Sequence[Channel]) -> str:
    """Return channels, each with what its source says and how old that source is."""
    return f'<ul class="kb-channels">{"".join(_channel(c) for c in channels)}</ul>'


def _channel(channel: Channel) -> str:
    number = links.telephone(channel.text) if channel.kind == "phone" else ""
    text = escape(channel.text)
    way = f'<a class="kb-number" href="{number}">{text}</a>' if number else _capital(text)
    note = f"<p>{escape(channel.note)}</p>" if channel.note else ""
    hours = f"<p>{escape(words.HOURS.format(hours=_hours(channel)))}</p>" if channel.hours else ""
    return (
        f"<li><p><strong>{escape(channel.label)}</strong></p><p>{way}</p>{note}{hours}"
        f'<p class="kb-source">{_source(channel)}</p></li>'
    )


def _hours(channel: Channel) -> str:
    return f"{channel.hours} ({channel.time_zone})" if channel.time_zone else channel.hours


def _source(channel: Channel) -> str:
    host = links.web_host(channel.source)
    shown = escape(host or channel.source)
    if host:
        shown = f'<a href="{escape(channel.source)}" rel="noopener noreferrer">{shown}</a>'
    if channel.dated == UNKNOWN_DATE:
        return escape(words.SOURCE_UNDATED).format(host=shown)
    return escape(words.SOURCE_DATED).format(host=shown, date=escape(date_words(channel.dated)))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
