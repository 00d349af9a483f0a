"""What is kept of a visit: the note next to every question field, and the page that says it all."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kb.html.addresses import Page
from kb.html.format import counted, escape
from kb.html.words import words

_VISIT: Final = re.compile(r"[0-9A-Za-z_\-]{8,64}")


def page(days: int, visit: str) -> str:
    """Return the page's content.

    :param days: How long the journal is kept.
    :param visit: The random number of this visit, as the browser sent it; what cannot be one is not shown.
    :return: HTML.
    """
    told = escape(words().privacy.no_visit)
    if _VISIT.fullmatch(visit):
        told = escape(words().privacy.visit).format(visit=f"<code>{visit}</code>")
    return (
        f"<h1>{escape(words().privacy.title)}</h1><p class='kb-intro'>{escape(words().privacy.lead)}</p>"
        '<div class="kb-prose">'
        f"{_part(words().privacy.kept_title, _list(words().privacy.kept))}"
        f"{_part(words().privacy.removed_title, _text(words().privacy.removed_lead), _list(words().privacy.removed))}"
        f'<div class="admonition note"><p>{escape(words().privacy.missed)}</p></div>'
        f"{_part(words().privacy.never_title, _list(words().privacy.never))}"
        f"{_part(words().privacy.agent_title, _text(words().privacy.agent))}"
        f"{_part(words().privacy.why_title, _text(words().privacy.why))}"
        f"{_part(words().privacy.days_title, _text(counted(words().privacy.days, days)))}"
        f"{_part(words().privacy.cookies_title, _text(words().privacy.cookies))}"
        f"{_part(words().privacy.erase_title, _text(words().privacy.erase), f'<p>{told}</p>')}"
        "</div>"
    )


def _part(title: str, *content: str) -> str:
    return f"<h2>{escape(title)}</h2>{''.join(content)}"


def _text(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"


def note() -> str:
    """Return the note, one short line with its link."""
    link = f'<a href="{Page.PRIVACY}">{escape(words().privacy.note_link)}</a>'
    return f'<p class="kb-privacy-note">{escape(words().privacy.note).format(link=link)}</p>'
