"""Asking: the start page's heading and topics, the question field of all other pages, and recent questions."""

from __future__ import annotations

from markupsafe import Markup

from kb.html.addresses import Page, Param
from kb.html.format import LONGEST_QUERY
from kb.html.parts import cards, privacy
from kb.html.words import words
from kb.types import Library


def heading(*, compact: bool) -> Markup:
    """Return the ask page's heading, a compact one where an answer follows."""
    if compact:
        return Markup('<h1 class="kb-hero kb-compact">{}</h1>').format(words().ask.title)
    return Markup('<div class="kb-hero"><h1>{}</h1><p>{}</p></div>').format(words().ask.title, words().ask.lead)


def search_form(*, plain: bool = False, query: str = "") -> Markup:
    """Return the question field of all other pages: a form that leads to the ask page, with or without JavaScript.

    :param plain: Whether it posts, so that the question is in no address, and is answered by a plain page.
    :param query: The field's content.
    :return: HTML.
    """
    return Markup(
        '<form class="kb-search" role="search" action="{action}" method="{method}">'
        '<label for="kb-search-field">{label}</label><div class="kb-search-row"><div class="kb-search-field">'
        '<input id="kb-search-field" name="{name}" type="search" autocomplete="off" '
        'placeholder="{placeholder}"{limit}{value}></div>'
        '<button type="submit">{submit}</button></div>{note}</form>'
    ).format(
        action=Page.PLAIN_ASK if plain else Page.ASK,
        method="post" if plain else "get",
        label=words().ask.label,
        name=Param.QUERY,
        limit="" if plain else Markup(' maxlength="{}"').format(LONGEST_QUERY),
        placeholder=words().ask.placeholder,
        value=Markup(' value="{}"').format(query) if query else "",
        submit=words().ask.submit,
        note=privacy.note(),
    )


def only_first() -> Markup:
    """Return a word about a question that is too long to be read to its end."""
    return Markup('<p class="kb-hint kb-only-first">{}</p>').format(words().ask.only_first)


def topics(library: Library) -> Markup:
    """Return the categories, for the start page."""
    return Markup('<section class="kb-by-topic"><h2>{}</h2>{}</section>').format(
        words().browse.by_topic, cards.category_links(library)
    )


def recent(current: str = "") -> Markup:
    """Return the place for this tab's earlier questions, which only the browser has; a script fills it.

    :param current: The question that this page answers, which the browser remembers as the last; empty for none.
    :return: HTML, hidden until there is something in it.
    """
    return Markup(
        '<section class="kb-recent" data-recent data-asked="{asked}" hidden><h2>{title}</h2><ul></ul>'
        '<button type="button" data-forget="{forgotten}">{forget}</button></section>'
    ).format(asked=current, title=words().ask.recent_title, forget=words().ask.forget, forgotten=words().ask.forgotten)


def query_mark(query_id: str, index_version: str = "") -> Markup:
    """Return the question a page belongs to, unseen: a script tells the server when an agent was contacted.

    :param query_id: The question's id; empty for none.
    :param index_version: The version of the index that answered; empty where none did.
    :return: HTML; nothing without a question.
    """
    if not query_id:
        return Markup()
    version = Markup(' data-index-version="{}"').format(index_version) if index_version else Markup()
    return Markup('<span data-query-id="{}"{} hidden></span>').format(query_id, version)
