"""The page that says what is kept of a visit, for how long, and how to have it erased."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from kb.ui import words
from kb.ui.formatting import counted, escape

_VISIT: Final = re.compile(r"[0-9A-Za-z_\-]{8,64}")


def html(days: int, visit: str) -> str:
    """Return the page's content.

    :param days: How long the journal is kept.
    :param visit: The random number of this visit, as the browser sent it; what cannot be one is not shown.
    :return: HTML.
    """
    told = escape(words.PRIVACY_NO_VISIT)
    if _VISIT.fullmatch(visit):
        told = escape(words.PRIVACY_VISIT).format(visit=f"<code>{visit}</code>")
    return (
        f"<h1>{escape(words.PRIVACY_TITLE)}</h1><p class='kb-intro'>{escape(words.PRIVACY_LEAD)}</p>"
        '<div class="kb-prose">'
        f"{_part(words.PRIVACY_KEPT_TITLE, _list(words.PRIVACY_KEPT))}"
        f"{_part(words.PRIVACY_REMOVED_TITLE, _text(words.PRIVACY_REMOVED_LEAD), _list(words.PRIVACY_REMOVED))}"
        f'<div class="admonition note"><p>{escape(words.PRIVACY_MISSED)}</p></div>'
        f"{_part(words.PRIVACY_NEVER_TITLE, _list(words.PRIVACY_NEVER))}"
        f"{_part(words.PRIVACY_AGENT_TITLE, _text(words.PRIVACY_AGENT))}"
        f"{_part(words.PRIVACY_WHY_TITLE, _text(words.PRIVACY_WHY))}"
        f"{_part(words.PRIVACY_DAYS_TITLE, _text(counted(words.PRIVACY_DAYS, days)))}"
        f"{_part(words.PRIVACY_COOKIES_TITLE, _text(words.PRIVACY_COOKIES))}"
        f"{_part(words.PRIVACY_ERASE_TITLE, _text(words.PRIVACY_ERASE), f'<p>{told}</p>')}"
        "</div>"
    )


def _part(title: str, *content: str) -> str:
    return f"<h2>{escape(title)}</h2>{''.join(content)}"


def _text(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _list(texts: Iterable[str]) -> str:
    return f"<ul>{''.join(f'<li>{escape(text)}</li>' for text in texts)}</ul>"
