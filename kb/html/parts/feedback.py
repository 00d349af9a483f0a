"""Was this helpful? The question as a form that works without JavaScript, and the HTML around Streamlit's fields."""

from __future__ import annotations

from markupsafe import Markup

from kb.html.addresses import Page
from kb.html.words import words
from kb.types import EventKind

LONGEST_TEXT = 1000
"""Characters of the customer's own words."""


def form(article_id: str, query_id: str = "") -> Markup:
    """Return the question about an article, and the customer's own if there was one, as a form without JavaScript."""
    button = Markup('<button name="event" value="{}">{}</button>')
    yes = button.format(EventKind.HELPFUL, words().feedback.yes)
    no = button.format(EventKind.NOT_HELPFUL, words().feedback.no)
    return Markup('<form class="kb-feedback" action="{}" method="post">{}{}{}{}</form>').format(
        Page.PLAIN_FEEDBACK, _hidden(article_id, query_id), question(), yes, no
    )


def why_form(article_id: str, query_id: str = "") -> Markup:
    """Return the reasons and the free-text field, as a form that works without JavaScript."""
    reasons = Markup().join(
        Markup('<label><input type="radio" name="reason" value="{}"> {}</label>').format(code, text)
        for code, text in words().feedback.reasons.items()
    )
    own = words().feedback
    fields = Markup(
        "<fieldset><legend>{}</legend>{}</fieldset>"
        '<label>{}<textarea name="text" rows="4" maxlength="{}"></textarea></label>'
    ).format(own.why, reasons, own.text, LONGEST_TEXT)
    return Markup(
        '<form class="kb-why" action="{}" method="post">{}<input type="hidden" name="event" value="{}">'
        '<input type="hidden" name="sent" value="1">{}<p>{}</p><button>{}</button></form>'
    ).format(Page.PLAIN_FEEDBACK, _hidden(article_id, query_id), EventKind.NOT_HELPFUL, fields, own.private, own.send)


def question() -> Markup:
    """Return whether it was helpful, as a question."""
    return Markup('<p class="kb-helpful">{}</p>').format(words().feedback.question)


def sorry() -> Markup:
    """Return what is above the reasons; the focus goes there."""
    return Markup('<p class="kb-helpful" data-focus>{}</p>').format(words().feedback.sorry)


def private() -> Markup:
    """Return the note on what to leave out of the free text."""
    return Markup('<p class="kb-small">{}</p>').format(words().feedback.private)


def said(text: str) -> Markup:
    """Return the result of a press, which is read aloud."""
    return Markup('<p class="kb-helpful" data-focus data-say="{text}">{text}</p>').format(text=text)


def _hidden(article_id: str, query_id: str) -> Markup:
    return Markup(
        '<input type="hidden" name="article_id" value="{}"><input type="hidden" name="query_id" value="{}">'
    ).format(article_id, query_id)
