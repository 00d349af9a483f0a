"""Asking: the start page's heading and topics, the question field of all other pages, and recent questions."""

from __future__ import annotations

from kb.html import links
from kb.html.addresses import Page, Param
from kb.html.format import LONGEST_QUERY, escape, shortened
from kb.html.parts import cards, privacy
from kb.html.words import words
from kb.types import Library

_MOST_SHOWN = 5


def search_form(*, plain: bool = False, query: str = "") -> str:
    """Return the form.

    :param plain: Whether it posts, so that the question is in no address, and is answered by a plain page.
    :param query: What stands in it.
    :return: HTML.
    """
    target = f'action="{Page.PLAIN_ASK}" method="post"' if plain else f'action="{Page.ASK}" method="get"'
    value = f' value="{escape(query)}"' if query else ""
    return (
        f'<form class="kb-search" role="search" {target}>'
        f'<label for="kb-search-field">{escape(words().ask.label)}</label>'
        '<div class="kb-search-row">'
        '<div class="kb-search-field">'
        f'<input id="kb-search-field" name="{Param.QUERY}" type="search" autocomplete="off" '
        f'maxlength="{LONGEST_QUERY}" placeholder="{escape(words().ask.placeholder)}"{value}></div>'
        f'<button type="submit">{escape(words().ask.submit)}</button></div>{privacy.note()}</form>'
    )


def heading(*, compact: bool) -> str:
    """Return the page's heading.

    :param compact: Whether an answer follows, which then is what the page is about.
    :return: HTML.
    """
    if compact:
        return f'<h1 class="kb-hero kb-compact">{escape(words().ask.title)}</h1>'
    return f'<div class="kb-hero"><h1>{escape(words().ask.title)}</h1><p>{escape(words().ask.lead)}</p></div>'


def topics(library: Library) -> str:
    """Return the categories, for the start page."""
    heading = escape(words().browse.by_topic)
    return f'<section class="kb-by-topic"><h2>{heading}</h2>{cards.category_links(library)}</section>'


def recent(queries: list[str], current: str = "") -> str:
    """Return questions as links to their answers.

    :param queries: Newest first.
    :param current: The one whose answer is shown, left out.
    :return: HTML; nothing without another question.
    """
    shown = [query for query in queries if query != current][:_MOST_SHOWN]
    if not shown:
        return ""
    items = "".join(f'<li><a href="{escape(links.ask(query))}">{escape(shortened(query))}</a></li>' for query in shown)
    return f'<section class="kb-recent"><h2>{escape(words().ask.recent_title)}</h2><ul>{items}</ul></section>'


def query_mark(query_id: str) -> str:
    """Return the mark: nothing to be seen."""
    return f'<span data-query-id="{escape(query_id)}" hidden></span>' if query_id else ""
