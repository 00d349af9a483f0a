"""The case sheet: the HTML around its fields, and the page that is printed, with lines to write on."""

from __future__ import annotations

from collections.abc import Sequence

from kb.contact.casesheet import CaseSheet, Entry
from kb.contact.escalation import dated_steps
from kb.html.format import day_words, escape
from kb.html.parts import contact
from kb.html.words import words
from kb.settings.site import Site

_LINES = {Entry.HAPPENED: 3, Entry.PROMISED: 2, Entry.AMOUNTS: 2}
_LEFT = (Entry.QUESTION, Entry.ARTICLES, Entry.HAPPENED, Entry.AMOUNTS, Entry.WANTED)
_RIGHT = (Entry.CONTACTED, Entry.REPRESENTATIVE, Entry.CASE_NUMBER, Entry.PROMISED, Entry.PROMISED_BY)


def printed(site: Site, sheet: CaseSheet) -> str:
    """Return what is printed in place of the page; on a screen it is not shown.

    :param site: The operator's words.
    :param sheet: The sheet.
    :return: HTML.
    """
    return (
        f'<section class="kb-print" aria-hidden="true"><p class="kb-print-title">{escape(words().case.title)}</p>'
        f'<div class="kb-print-columns"><div>{_entries(sheet, _LEFT)}</div><div>{_entries(sheet, _RIGHT)}'
        f"{_channels(site)}</div></div>{_ladder(site, sheet)}"
        f'<p class="kb-print-foot">{escape(site.name)}. {escape(site.notice_in(words().language)[0])}</p></section>'
    )


def _entries(sheet: CaseSheet, chosen: tuple[Entry, ...]) -> str:
    return "".join(_entry(entry, getattr(sheet, entry)) for entry in chosen)


def _entry(entry: Entry, value: object) -> str:
    label = f'<p class="kb-print-label">{escape(words().case.labels[entry.value])}</p>'
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
        f"<p>{escape(c.in_language(words().language).label)}: <strong>{contact.way(c)}</strong></p>"
        for c in site.shown_channels()
        if c.kind in ("phone", "chat")
    )
    return f'<p class="kb-print-label">{escape(words().contact.ways)}</p>{shown}' if shown else ""


def _ladder(site: Site, sheet: CaseSheet) -> str:
    if not site.escalation or sheet.contacted is None:
        return ""
    steps = "".join(
        f"<li><strong>{escape(d.step.in_language(words().language).title)}</strong> – "
        f"{escape('. '.join(contact.step_days(d)))}</li>"
        for d in dated_steps(site.escalation, sheet.contacted, sheet.promised_by)
    )
    return f'<p class="kb-print-label">{escape(words().ladder.title)}</p><ol>{steps}</ol>'


def heading(level: int = 2) -> str:
    """Return the sheet's heading."""
    return (
        f'<section class="kb-case"><h{level} id="case-sheet">{escape(words().case.title)}</h{level}>'
        f"<p>{escape(words().case.lead)}</p></section>"
    )


def hint(text: str) -> str:
    """Return a hint above fields."""
    return f'<p class="kb-case-hint">{escape(text)}</p>'


def read_articles(titles: Sequence[str]) -> str:
    """Return the titles of the articles that were read in this visit."""
    items = "".join(f"<li{words().articles_lang}>{escape(title)}</li>" for title in titles)
    label = escape(words().case.labels[Entry.ARTICLES.value])
    return f'<div class="kb-case-read"><p>{label}</p><ul>{items}</ul></div>'


def text_with_actions(text: str) -> str:
    """Return the whole sheet as text, with the buttons to copy and print it."""
    return (
        '<p class="kb-case-actions">'
        f'<button type="button" data-kb-copy="kb-case-text" data-kb-done="{escape(words().case.copied)}">'
        f"{escape(words().case.copy)}</button>"
        f'<button type="button" data-kb-print="1">{escape(words().case.print)}</button></p>'
        f'<pre class="kb-case-text" id="kb-case-text" tabindex="0" aria-label="{escape(words().case.title)}">'
        f"{escape(text)}</pre>"
    )
