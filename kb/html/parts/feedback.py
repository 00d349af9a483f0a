"""Was this helpful? Forms that work without JavaScript."""

from __future__ import annotations

from kb.html.addresses import Page
from kb.html.format import escape
from kb.html.words import words
from kb.types import EventKind

LONGEST_TEXT = 1000
"""Characters of the customer's own words."""


def form(article_id: str, query_id: str = "") -> str:
    """Return the question as a form that works without JavaScript.

    :param article_id: Of the article that is judged.
    :param query_id: Of the question it answers, if any.
    :return: HTML.
    """
    return (
        f'<form class="kb-feedback" action="{Page.PLAIN_FEEDBACK}" method="post">{_hidden(article_id, query_id)}'
        f'<p class="kb-helpful">{escape(words().feedback.question)}</p>'
        f'<button name="event" value="{EventKind.HELPFUL}">{escape(words().feedback.yes)}</button>'
        f'<button name="event" value="{EventKind.NOT_HELPFUL}">{escape(words().feedback.no)}</button></form>'
    )


def why_form(article_id: str, query_id: str = "") -> str:
    """Return the reasons and the field for one's own words, as a form that works without JavaScript."""
    reasons = "".join(
        f'<label><input type="radio" name="reason" value="{code}"> {escape(text)}</label>'
        for code, text in words().feedback.reasons.items()
    )
    return (
        f'<form class="kb-why" action="{Page.PLAIN_FEEDBACK}" method="post">{_hidden(article_id, query_id)}'
        f'<input type="hidden" name="event" value="{EventKind.NOT_HELPFUL}"><input type="hidden" name="sent" value="1">'
        f"<fieldset><legend>{escape(words().feedback.why)}</legend>{reasons}</fieldset>"
        f"<label>{escape(words().feedback.text)}"
        f'<textarea name="text" rows="4" maxlength="{LONGEST_TEXT}"></textarea></label>'
        f"<p>{escape(words().feedback.private)}</p><button>{escape(words().feedback.send)}</button></form>"
    )


def _hidden(article_id: str, query_id: str) -> str:
    return (
        f'<input type="hidden" name="article_id" value="{escape(article_id)}">'
        f'<input type="hidden" name="query_id" value="{escape(query_id)}">'
    )
