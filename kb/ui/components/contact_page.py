"""The contact page: every channel, and the articles that help before and after a call."""

from __future__ import annotations

import streamlit as st

from kb.config import Channel, Site
from kb.types import Library
from kb.ui import words
from kb.ui.components import cards, contact_panel
from kb.ui.formatting import escape

CATEGORY = "contact-and-escalation"


def show(site: Site) -> None:
    """Draw the channels, those for businesses and of the regulator apart."""
    st.html(
        f"<h1>{escape(words.CONTACT_TITLE)}</h1><p class='kb-intro'>{escape(words.CONTACT_LEAD)}</p>"
        f"{contact_panel.html(site, level=2)}"
        f"{_more(words.CONTACT_REGULATOR, site.shown_channels('regulator'))}"
        f"{_more(words.CONTACT_BUSINESS, site.shown_channels('business'))}"
    )


def show_articles(library: Library) -> None:
    """Draw the articles about contacting an agent, where there are any."""
    articles = library.in_category(CATEGORY)
    if articles:
        heading = escape(words.CONTACT_ARTICLES)
        st.html(f'<section class="kb-more"><h2>{heading}</h2>{cards.article_list(articles)}</section>')


def _more(title: str, channels: list[Channel]) -> str:
    if not channels:
        return ""
    return f'<section class="kb-more"><h2>{escape(title)}</h2>{contact_panel.channel_list(channels)}</section>'
