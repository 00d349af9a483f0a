"""The case sheet on paper: one page with everything, and lines to write on where nothing was typed yet."""

from __future__ import annotations

import streamlit as st

from kb.contact.casesheet import CaseSheet, Entry
from kb.contact.escalation import dated_steps
from kb.settings.site import Site
from kb.ui import words
from kb.ui.components import contact_panel, ladder
from kb.ui.formatting import day_words, escape

_LINES = {Entry.HAPPENED: 3, Entry.PROMISED: 2, Entry.AMOUNTS: 2}
_LEFT = (Entry.QUESTION, Entry.ARTICLES, Entry.HAPPENED, Entry.AMOUNTS, Entry.WANTED)
_RIGHT = (Entry.CONTACTED, Entry.REPRESENTATIVE, Entry.CASE_NUMBER, Entry.PROMISED, Entry.PROMISED_BY)


def html(site: Site, sheet: CaseSheet) -> str:
    """Return what is printed in place of the page; on a screen it is not shown.

    :param site: The operator's words.
    :param sheet: The sheet.
    :return: HTML.
    """
    return (
        f'<section class="kb-print" aria-hidden="true"><p class="kb-print-title">{escape(words.CASE_TITLE)}</p>'
        f'<div class="kb-print-columns"><div>{_entries(sheet, _LEFT)}</div><div>{_entries(sheet, _RIGHT)}'
        f"{_channels(site)}</div></div>{_ladder(site, sheet)}"
        f'<p class="kb-print-foot">{escape(site.name)}. {escape(site.notice_in(words.language())[0])}</p></section>'
    )


def show(site: Site, sheet: CaseSheet) -> None:
    """Draw it; print CSS hides everything else when paper is meant."""
    st.html(html(site, sheet))


def _entries(sheet: CaseSheet, chosen: tuple[Entry, ...]) -> str:
    return "".join(_entry(entry, getattr(sheet, entry)) for entry in chosen)


def _entry(entry: Entry, value: object) -> str:
    label = f'<p class="kb-print-label">{escape(words.CASE_LABELS[entry.value])}</p>'
    if not value:
        if entry is Entry.ARTICLES:
            return ""
        return label + '<p class="kb-print-line"></p>' * _LINES.get(entry, 1)
    if isinstance(value, tuple):
        return label + "".join(f"<p>– {escape(title)}</p>" for title in value)
    text = value if isinstance(value, str) else day_words(value)  # type: ignore[arg-type] # a day, else a text
    return label + "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


def _channels(site: Site) -> str:
    shown = "".join(
        f"<p>{escape(c.in_language(words.language()).label)}: <strong>{contact_panel.way(c)}</strong></p>"
        for c in site.shown_channels()
        if c.kind in ("phone", "chat")
    )
    return f'<p class="kb-print-label">{escape(words.CONTACT_WAYS)}</p>{shown}' if shown else ""


def _ladder(site: Site, sheet: CaseSheet) -> str:
    if not site.escalation or sheet.contacted is None:
        return ""
    language = words.language()
    steps = "".join(
        f"<li><strong>{escape(d.step.in_language(language).title)}</strong> – {escape('. '.join(ladder.days(d)))}</li>"
        for d in dated_steps(site.escalation, sheet.contacted, sheet.promised_by)
    )
    return f'<p class="kb-print-label">{escape(words.LADDER_TITLE)}</p><ol>{steps}</ol>'
