"""The case sheet: the HTML around its fields, and its page in print, with lines to write on; the hand-over's form."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from kb.contact.casesheet import CaseSheet, Entry
from kb.contact.escalation import dated_steps
from kb.errors import KbError, TooBusy
from kb.html.format import day_words
from kb.html.parts import contact
from kb.html.words import words
from kb.settings.site import Site
from kb.types import Article

_LINES = {Entry.HAPPENED: 3, Entry.PROMISED: 2, Entry.AMOUNTS: 2}
_LEFT = (Entry.QUESTION, Entry.ARTICLES, Entry.HAPPENED, Entry.AMOUNTS, Entry.WANTED)
_RIGHT = (Entry.CONTACTED, Entry.REPRESENTATIVE, Entry.CASE_NUMBER, Entry.PROMISED, Entry.PROMISED_BY)


def heading(level: int = 2) -> Markup:
    """Return the sheet's heading."""
    return Markup(
        '<section class="kb-case"><h{level} id="case-sheet">{title}</h{level}><p>{lead}</p></section>'
    ).format(level=level, title=words().case.title, lead=words().case.lead)


def hint(text: str) -> Markup:
    """Return a hint above fields."""
    return Markup('<p class="kb-case-hint">{}</p>').format(text)


def read_articles(articles: Sequence[Article]) -> Markup:
    """Return the titles of the articles that were read in this visit."""
    items = Markup().join(Markup("<li{}>{}</li>").format(words().marked(a.language), a.title) for a in articles)
    return Markup('<div class="kb-case-read"><p>{}</p><ul>{}</ul></div>').format(_label(Entry.ARTICLES), items)


def text_with_actions(text: str) -> Markup:
    """Return the whole sheet as text, with the buttons to copy and print it."""
    own = words().case
    return Markup(
        '<p class="kb-case-actions">'
        '<button type="button" data-kb-copy="kb-case-text" data-kb-done="{}">{}</button>'
        '<button type="button" data-kb-print="1">{}</button></p>'
        '<pre class="kb-case-text" id="kb-case-text" tabindex="0" aria-label="{}">{}</pre>'
    ).format(own.copied, own.copy, own.print, own.title, text)


def printed(site: Site, sheet: CaseSheet) -> Markup:
    """Return what is printed in place of the page: on a screen it is not shown, and print CSS hides everything else.

    :param site: The operator's words.
    :param sheet: The sheet.
    :return: HTML.
    """
    return Markup(
        '<section class="kb-print" aria-hidden="true"><p class="kb-print-title">{title}</p>'
        '<div class="kb-print-columns"><div>{left}</div><div>{right}{channels}</div></div>{ladder}'
        '<p class="kb-print-foot">{name}. {notice}</p></section>'
    ).format(
        title=words().case.title,
        left=_entries(sheet, _LEFT),
        right=_entries(sheet, _RIGHT),
        channels=_channels(site),
        ladder=_ladder(site, sheet),
        name=site.name,
        notice=site.notice_in(words().language)[0],
    )


def _label(entry: Entry) -> str:
    return words().case.labels[entry.value]


def _printed_label(text: str) -> Markup:
    return Markup('<p class="kb-print-label">{}</p>').format(text)


def _entries(sheet: CaseSheet, chosen: tuple[Entry, ...]) -> Markup:
    return Markup().join(_entry(entry, getattr(sheet, entry)) for entry in chosen)


def _entry(entry: Entry, value: object) -> Markup:
    label = _printed_label(_label(entry))
    if not value:
        lines = Markup('<p class="kb-print-line"></p>') * _LINES.get(entry, 1)
        return label + lines if entry is not Entry.ARTICLES else Markup()
    if isinstance(value, tuple):
        return label + Markup().join(Markup("<p>– {}</p>").format(title) for title in value)
    text = value if isinstance(value, str) else day_words(value)  # type: ignore[arg-type] # a day, else a text
    return label + Markup().join(Markup("<p>{}</p>").format(line) for line in text.split("\n") if line.strip())


def _channels(site: Site) -> Markup:
    shown = [
        Markup("<p>{}: <strong>{}</strong></p>").format(c.in_language(words().language).label, contact.way(c))
        for c in site.shown_channels()
        if c.kind in ("phone", "chat")
    ]
    return Markup().join((_printed_label(words().contact.ways), *shown)) if shown else Markup()


def _ladder(site: Site, sheet: CaseSheet) -> Markup:
    if not site.escalation or sheet.contacted is None:
        return Markup()
    steps = Markup().join(
        Markup("<li><strong>{}</strong> – {}</li>").format(
            d.step.in_language(words().language).title, ". ".join(contact.step_days(d))
        )
        for d in dated_steps(site.escalation, sheet.contacted, sheet.promised_by)
    )
    return Markup("{}<ol>{}</ol>").format(_printed_label(words().ladder.title), steps)


# ------------------------------------------------------------------------------------- the form for a callback


def handover_heading(promise: str) -> Markup:
    """Return what is above the form for a callback or an answer, with the operator's promise if there is one."""
    return Markup('<section class="kb-handover-top"><h2 id="handover">{}</h2><p>{}</p>{}</section>').format(
        words().handover.title,
        words().handover.lead,
        Markup("<p{}>{}</p>").format(words().articles_lang, promise) if promise else "",
    )


def handover_problems(problems: Sequence[str]) -> Markup:
    """Return what is missing or wrong in the form."""
    missing = words().handover.missing
    return Markup('<section class="kb-handover-problems" data-announce="{}"><h3>{}</h3><ul>{}</ul></section>').format(
        " ".join((missing, *problems)),
        missing,
        Markup().join(Markup("<li>{}</li>").format(problem) for problem in problems),
    )


def handover_refused(error: KbError) -> Markup:
    """Return that a request could not be kept, or that this visitor has sent enough of them."""
    said = words().handover.too_many if isinstance(error, TooBusy) else words().handover.failed
    return Markup('<p class="kb-handover-problems" data-announce="{said}">{said}</p>').format(said=said)


def handover_done(reference: str) -> Markup:
    """Return that a request was taken, with the reference by which the operator finds it."""
    return Markup(
        '<section class="kb-handover-done" data-announce="{title}"><h3>{title}</h3><p>{text}</p></section>'
    ).format(title=words().handover.done_title, text=words().handover.done.format(reference=reference))
