"""The reply to a question: an answer, a choice, or the way to an agent."""

from __future__ import annotations

import streamlit as st

from kb.config import Site
from kb.types import Answer, Answered, Clarify, Hit, Library, NoAnswer, NoAnswerReason
from kb.ui import links, words
from kb.ui.components import article_body, cards, contact_panel
from kb.ui.formatting import echo, escape
from kb.ui.keys import Path
from kb.ui.words import Language

_MOST_OTHERS = 4


def html(answer: Answer, library: Library, site: Site, *, refused: bool = False) -> str:
    """Return the reply.

    :param answer: What was found.
    :param library: The articles it was found in.
    :param site: The operator's words.
    :param refused: Whether the customer said that none of the choices was meant.
    :return: HTML.
    """
    outcome = answer.outcome
    if isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.EMPTY_QUERY:
        return empty_html()
    note = _language_note(answer)
    if isinstance(outcome, Answered):
        return note + _answered(outcome, library)
    if isinstance(outcome, Clarify) and not refused:
        return note + _clarify(answer.query.raw, outcome, library)
    if isinstance(outcome, Clarify):
        return note + _no_answer(answer.query.raw, outcome.choices, library, site, words.NONE_TITLE, words.NONE_TEXT)
    text = words.OUT_OF_SCOPE_TEXT if outcome.reason is NoAnswerReason.OUT_OF_SCOPE else words.NO_ANSWER_TEXT
    text = text.format(provider=site.provider or words.OUR_PROVIDER)
    return note + _no_answer(answer.query.raw, outcome.nearest, library, site, words.NO_ANSWER_TITLE, text)


def show(answer: Answer, library: Library, site: Site, *, refused: bool = False) -> None:
    """Draw the reply."""
    st.html(html(answer, library, site, refused=refused))


def empty_html() -> str:
    """Return the hint for an empty question."""
    return f'<p class="kb-hint" data-announce="{escape(words.ASK_EMPTY)}">{escape(words.ASK_EMPTY)}</p>'


def show_empty() -> None:
    """Draw the hint for an empty question."""
    st.html(empty_html())


def _language_note(answer: Answer) -> str:
    """Return a sentence in Spanish for a Spanish question or on a Spanish page: the articles are in English."""
    if answer.query.language != Language.SPANISH and words.language() is not Language.SPANISH:
        return ""
    return f'<p class="kb-hint" lang="{Language.SPANISH}">{escape(words.ARTICLES_IN_ENGLISH_ES)}</p>'


def _asked(query: str) -> str:
    return f'<p class="kb-asked">{escape(words.YOU_ASKED)}: <q>{echo(query)}</q></p>'


def _answered(outcome: Answered, library: Library) -> str:
    hit = outcome.hit
    title = escape(hit.title)
    href = escape(links.article(hit.article_id, hit.passage.anchor))
    article = library.resolve(hit.article_id)
    # The library may have been swapped since; then the passage still stands, as plain text.
    text = escape(hit.passage.text) if article is None else article_body.passage_prose(article, hit.passage)
    announce = escape(words.ANSWER_FOUND.format(title=hit.title))
    return (
        f'<section class="kb-answer" data-answer="{escape(hit.article_id)}" data-announce="{announce}">'
        f"<h2>{escape(hit.passage.heading or hit.title)}</h2>{text}"
        f'<p class="kb-from"><span>{escape(words.ANSWER_FROM)} <cite>{title}</cite></span> '
        f'<a href="{href}">{escape(words.ANSWER_WHOLE)}</a></p></section>'
        f"{_others(outcome.others, library)}{_not_it()}"
    )


def _others(others: tuple[Hit, ...], library: Library) -> str:
    if not others:
        return ""
    listed = cards.hit_list(others[:_MOST_OTHERS], library)
    return f'<section class="kb-others"><h2>{escape(words.OTHER_ARTICLES)}</h2>{listed}</section>'


def _not_it() -> str:
    text = escape(words.NOT_IT_TEXT).format(
        browse=f'<a href="{Path.BROWSE}">{escape(words.NOT_IT_BROWSE)}</a>',
        contact=f'<a href="{Path.CONTACT}">{escape(words.NOT_IT_CONTACT)}</a>',
    )
    return f'<section class="kb-not-it"><h2>{escape(words.NOT_IT_TITLE)}</h2><p>{text}</p></section>'


def _clarify(query: str, outcome: Clarify, library: Library) -> str:
    href = escape(links.ask(query, none_of_these=True))
    return (
        f'<section class="kb-clarify" data-announce="{escape(words.CLARIFY_TITLE)}">'
        f"<h2>{escape(words.CLARIFY_TITLE)}</h2>{cards.choice_cards(outcome.choices, library)}"
        f'<p class="kb-none"><a href="{href}">{escape(words.CLARIFY_NONE)}</a> '
        f"<span>{escape(words.CLARIFY_NONE_TEXT)}</span></p></section>"
    )


def _no_answer(query: str, nearest: tuple[Hit, ...], library: Library, site: Site, title: str, text: str) -> str:
    perhaps = (
        f'<section class="kb-perhaps"><h2>{escape(words.PERHAPS_RELATED)}</h2><p>{escape(words.PERHAPS_TEXT)}</p>'
        f"{cards.hit_list(nearest[:_MOST_OTHERS], library)}</section>"
        if nearest
        else ""
    )
    return (
        f'<section class="kb-handover" data-announce="{escape(title)}"><h2>{escape(title)}</h2>'
        f"{_asked(query)}<p>{escape(text)}</p>{contact_panel.html(site)}</section>{perhaps}"
    )
