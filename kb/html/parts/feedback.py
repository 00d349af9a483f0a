"""Was this helpful? The question as forms that work without JavaScript, and what Streamlit's fields stand between."""

from __future__ import annotations

from markupsafe import Markup

from kb.html.addresses import Page
from kb.html.words import words
from kb.types import EventKind

LONGEST_TEXT = 1000
"""Characters of the customer's own words."""


def form(article_id: str, query_id: str = "") -> Markup:
    """Return the question as a form that works without JavaScript.

    :param article_id: Of the article that is judged.
    :param query_id: Of the question it answers, if any.
    :return: HTML.
    """
    return Markup(
        '<form class="kb-feedback" action="{action}" method="post">{hidden}{question}'
        '<button name="event" value="{helpful}">{yes}</button>'
        '<button name="event" value="{not_helpful}">{no}</button></form>'
    ).format(
        action=Page.PLAIN_FEEDBACK,
        hidden=_hidden(article_id, query_id),
        question=question(),
        helpful=EventKind.HELPFUL,
        yes=words().feedback.yes,
        not_helpful=EventKind.NOT_HELPFUL,
        no=words().feedback.no,
    )


def why_form(article_id: str, query_id: str = "") -> Markup:
    """Return the reasons and the field for one's own words, as a form that works without JavaScript."""
    reasons = Markup().join(
        Markup('<label><input type="radio" name="reason" value="{}"> {}</label>').format(code, text)
        for code, text in words().feedback.reasons.items()
    )
    return Markup(
        '<form class="kb-why" action="{action}" method="post">{hidden}'
        '<input type="hidden" name="event" value="{event}"><input type="hidden" name="sent" value="1">'
        "<fieldset><legend>{why}</legend>{reasons}</fieldset>"
        '<label>{text}<textarea name="text" rows="4" maxlength="{longest}"></textarea></label>'
        "<p>{private}</p><button>{send}</button></form>"
    ).format(
        action=Page.PLAIN_FEEDBACK,
        hidden=_hidden(article_id, query_id),
        event=EventKind.NOT_HELPFUL,
        why=words().feedback.why,
        reasons=reasons,
        text=words().feedback.text,
        longest=LONGEST_TEXT,
        private=words().feedback.private,
        send=words().feedback.send,
    )


def question() -> Markup:
    """Return whether it was helpful, as a question."""
    return Markup('<p class="kb-helpful">{}</p>').format(words().feedback.question)


def sorry() -> Markup:
    """Return what is above the reasons; the focus goes there."""
    return Markup('<p class="kb-helpful" data-focus>{}</p>').format(words().feedback.sorry)


def private() -> Markup:
    """Return what to leave out of one's own words."""
    return Markup('<p class="kb-small">{}</p>').format(words().feedback.private)


def said(text: str) -> Markup:
    """Return what a press has led to, which is read aloud."""
    return Markup('<p class="kb-helpful" data-focus data-say="{text}">{text}</p>').format(text=text)


def _hidden(article_id: str, query_id: str) -> Markup:
    return Markup(
        '<input type="hidden" name="article_id" value="{}"><input type="hidden" name="query_id" value="{}">'
    ).format(article_id, query_id)
