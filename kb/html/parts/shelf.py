"""The shelves of the help center: all categories, one with its articles, or the index from A to Z."""

from __future__ import annotations

from collections.abc import Sequence

from kb.html import links
from kb.html.addresses import Page
from kb.html.az import OTHERS, Index, index_of
from kb.html.format import article_count, escape
from kb.html.links import Addresses
from kb.html.parts import article_body, cards
from kb.html.words import words
from kb.types import Article, Category, Library


def topics(library: Library, most_read: Sequence[str] = (), *, unknown: bool = False) -> str:
    """Return what is read most, every category, and the letters of the index.

    :param library: The articles.
    :param most_read: Ids of articles, the most read first.
    :param unknown: Whether a category was asked for that does not exist.
    :return: HTML.
    """
    note = f'<p class="kb-hint">{escape(words().browse.unknown)}</p>' if unknown else ""
    return (
        f"<h1>{escape(words().browse.title)}</h1>{note}{read_most(most_read, library)}"
        f"{cards.category_cards(library)}{letters(library)}"
    )


def read_most(article_ids: Sequence[str], library: Library) -> str:
    """Return the articles that are read most; nothing where none is, or none is there any more."""
    found = [a for a in map(library.resolve, article_ids) if a is not None]
    if not found:
        return ""
    items = "".join(f'<li><a href="{escape(links.article(a.id))}">{escape(a.title)}</a></li>' for a in found)
    heading, lang = escape(words().browse.most_read), words().articles_lang
    return f'<section class="kb-most-read"><h2>{heading}</h2><ol{lang}>{items}</ol></section>'


def category_list(category: Category, library: Library, to: Addresses = links.PAGES) -> str:
    """Return one category with its introduction and its articles.

    :param category: The category.
    :param library: The articles.
    :param to: Where its links lead.
    :return: HTML.
    """
    articles = library.in_category(category.id)
    lang = words().articles_lang
    text = f'<p class="kb-intro"{lang}>{escape(category.text)}</p>' if category.text else ""
    return (
        f"{article_body.trail(((words().browse.all, Page.BROWSE),))}<h1{lang}>{escape(category.title)}</h1>{text}"
        f'<p class="kb-count">{article_count(len(articles))}</p>'
        f"{cards.article_list(articles, with_kind=True, to=to)}"
    )


def letters(library: Library, current: str = "") -> str:
    """Return the letters of the index as links.

    :param library: The articles.
    :param current: The letter that is shown.
    :return: HTML.
    """
    items = "".join(_letter_link(letter, current) for letter in index_of(library).letters)
    heading = f"<h2>{escape(words().browse.az)}</h2>" if not current else ""
    return f'<nav class="kb-letters" aria-label="{escape(words().browse.az)}">{heading}<ul>{items}</ul></nav>'


def letter(wanted: str, library: Library) -> str:
    """Return the words of a letter, each with its articles."""
    return (
        f"{article_body.trail(((words().browse.all, Page.BROWSE),))}"
        f"<h1>{escape(words().browse.az)}</h1>{letters(library, wanted)}{_terms(wanted, index_of(library))}"
    )


def _letter_link(letter: str, current: str) -> str:
    here = ' aria-current="page"' if letter == current else ""
    return f'<li><a href="{escape(links.letter(letter))}"{here}>{escape(_name(letter))}</a></li>'


def _terms(letter: str, index: Index) -> str:
    """Return the words of a letter; a word's only article is its link, several stand below it."""
    lang = words().articles_lang
    items = "".join(f"<li>{_term(term, articles)}</li>" for term, articles in index.terms(letter))
    return f'<h2 class="kb-letter">{escape(_name(letter))}</h2><ul class="kb-terms"{lang}>{items}</ul>'


def _term(term: str, articles: list[Article]) -> str:
    found = "".join(f'<li><a href="{escape(links.article(a.id))}">{escape(a.title)}</a></li>' for a in articles)
    return f"<span>{escape(term)}</span><ul>{found}</ul>"


def _name(letter: str) -> str:
    return words().browse.others if letter == OTHERS else letter
