"""The contact page: every channel, what to have ready, the case sheet, and what to do when it is not solved."""

from __future__ import annotations

import streamlit as st

from kb.contact.casesheet import CaseSheet
from kb.settings.channels import Channel
from kb.settings.site import Site
from kb.types import Library
from kb.ui import words
from kb.ui.components import cards, case_sheet, contact_panel, handover_form, ladder
from kb.ui.formatting import escape
from kb.ui.keys import Key

CATEGORY = "contact-and-escalation"


def show(site: Site, library: Library | None) -> None:
    """Draw the page.

    :param site: The operator's words.
    :param library: The articles; None where no index serves, and then the page stands without them.
    """
    st.html(
        f'<div class="kb-contact-top"><h1>{escape(words.CONTACT_TITLE)}</h1>'
        f"<p class='kb-intro'>{escape(words.CONTACT_LEAD)}</p></div>"
    )
    with st.container(key="contact_ways"):
        st.html(contact_panel.html(site, level=2, with_ready=False))
        _checklist(site)
    sheet = case_sheet.show(site, library)
    handover_form.show(site)
    _below(site, library, sheet)


def show_folded(site: Site, library: Library | None) -> None:
    """Draw the case sheet closed, for below a hand-over: one press opens it, with the question filled in."""
    with st.container(key="case_folded"), st.expander(words.CASE_OPEN):
        case_sheet.show(site, library, level=3)


def _checklist(site: Site) -> None:
    if not site.have_ready:
        return
    with st.container(key="contact_ready"):
        st.html(f"<h2>{escape(words.CONTACT_READY)}</h2>")
        for number, item in enumerate(site.have_ready_in(words.language())):
            st.checkbox(item, key=f"{Key.CASE_READY}{number}")


def _below(site: Site, library: Library | None, sheet: CaseSheet) -> None:
    articles = library.in_category(CATEGORY) if library is not None else []
    heading = escape(words.CONTACT_ARTICLES)
    more = f'<section class="kb-more"><h2>{heading}</h2>{cards.article_list(articles)}</section>' if articles else ""
    below = (
        f"{ladder.html(site, library, sheet.contacted, sheet.promised_by)}"
        f"{_more(words.CONTACT_REGULATOR, site.shown_channels('regulator'))}"
        f"{_more(words.CONTACT_BUSINESS, site.shown_channels('business'))}{more}"
    )
    if below:
        st.html(below)


def _more(title: str, channels: list[Channel]) -> str:
    if not channels:
        return ""
    return f'<section class="kb-more"><h2>{escape(title)}</h2>{contact_panel.channel_list(channels)}</section>'
