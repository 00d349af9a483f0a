"""Privacy: the note next to every question field, and the page on what is kept of a visit."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from kb.html.addresses import Page
from kb.html.format import counted, sentence
from kb.html.words import words

_VISIT: Final = re.compile(r"[0-9A-Za-z_\-]{8,64}")


def note() -> Markup:
    """Return the note next to every question field: what to leave out, with a link to the privacy page."""
    link = Markup('<a href="{}">{}</a>').format(Page.PRIVACY, words().privacy.note_link)
    return Markup('<p class="kb-privacy-note">{}</p>').format(sentence(words().privacy.note, link=link))


def page(days: int, visit: str) -> Markup:
    """Return the content of the page on what is kept of a visit, for how long, and how to have it erased.

    :param days: How long the journal is kept.
    :param visit: The visit's random key, as the browser sent it; an invalid one is not shown.
    :return: HTML.
    """
    own = words().privacy
    visited = own.no_visit
    if _VISIT.fullmatch(visit):
        visited = sentence(own.visit, visit=Markup("<code>{}</code>").format(visit))
    parts = (
        _part(own.kept_title, _list(own.kept)),
        _part(own.removed_title, _text(own.removed_lead), _list(own.removed)),
        Markup('<div class="admonition note">{}</div>').format(_text(own.missed)),
        _part(own.never_title, _list(own.never)),
        _part(own.agent_title, _text(own.agent)),
        _part(own.why_title, _text(own.why)),
        _part(own.days_title, _text(counted(own.days, days))),
        _part(own.cookies_title, _text(own.cookies)),
        _part(own.erase_title, _text(own.erase), _text(visited)),
    )
    return Markup("<h1>{}</h1><p class='kb-intro'>{}</p><div class=\"kb-prose\">{}</div>").format(
        own.title, own.lead, Markup().join(parts)
    )


def _part(title: str, *content: Markup) -> Markup:
    return Markup("<h2>{}</h2>{}").format(title, Markup().join(content))


def _text(text: str) -> Markup:
    return Markup("<p>{}</p>").format(text)


def _list(texts: Iterable[str]) -> Markup:
    return Markup("<ul>{}</ul>").format(Markup().join(Markup("<li>{}</li>").format(text) for text in texts))
