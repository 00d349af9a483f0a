"""The shelves of the help center: all categories, one with its articles, or the index from A to Z."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from kb.html import links
from kb.html.addresses import Page
from kb.html.az import OTHERS, LetterIndex, index_of
from kb.html.format import article_count
from kb.html.links import Addresses
from kb.html.parts import article_body, cards
from kb.html.words import words
from kb.types import Article, Category, Library


def topics(library: Library, most_read: Sequence[str] = (), *, unknown: bool = False) -> Markup:
    """Return what is read most, every category and the letters, below a note if the category asked for is unknown."""
    return Markup("<h1>{}</h1>{}{}{}{}").format(
        words().browse.title,
        Markup('<p class="kb-hint">{}</p>').format(words().browse.unknown) if unknown else "",
        read_most(most_read, library),
        cards.category_cards(library),
        letters(library),
    )


def read_most(article_ids: Sequence[str], library: Library) -> Markup:
    """Return the most-read articles; nothing if there are none, or none of them exists any more."""
    found = [a for a in map(library.resolve, article_ids) if a is not None]
    if not found:
        return Markup()
    return Markup('<section class="kb-most-read"><h2>{}</h2><ol>{}</ol></section>').format(
        words().browse.most_read, _article_links(found)
    )


def category_list(category: Category, library: Library, to: Addresses = links.PAGES) -> Markup:
    """Return one category with its introduction and its articles."""
    articles, lang = library.in_category(category.id), words().marked(category.language)
    return Markup('{trail}<h1{lang}>{title}</h1>{text}<p class="kb-count">{count}</p>{articles}').format(
        trail=_trail(),
        lang=lang,
        title=category.title,
        text=Markup('<p class="kb-intro"{}>{}</p>').format(lang, category.text) if category.text else "",
        count=article_count(len(articles)),
        articles=cards.article_list(articles, with_kind=True, to=to),
    )


def letters(library: Library, current: str = "") -> Markup:
    """Return the letters of the index as links, with the current one marked."""
    title = words().browse.az
    return Markup('<nav class="kb-letters" aria-label="{}">{}<ul>{}</ul></nav>').format(
        title,
        Markup("<h2>{}</h2>").format(title) if not current else "",
        Markup().join(_letter_link(letter, current) for letter in index_of(library).letters),
    )


def letter(wanted: str, library: Library) -> Markup:
    """Return the words of a letter, each with its articles."""
    return Markup("{}<h1>{}</h1>{}{}").format(
        _trail(), words().browse.az, letters(library, wanted), _terms(wanted, index_of(library))
    )


def _trail() -> Markup:
    return article_body.trail(((words().browse.all, Page.BROWSE),))


def _article_links(articles: Sequence[Article]) -> Markup:
    return Markup().join(
        Markup('<li><a href="{}"{}>{}</a></li>').format(links.article(a.id), words().marked(a.language), a.title)
        for a in articles
    )


def _letter_link(letter: str, current: str) -> Markup:
    here = Markup(' aria-current="page"') if letter == current else Markup()
    return Markup('<li><a href="{}"{}>{}</a></li>').format(links.letter(letter), here, _name(letter))


def _terms(letter: str, index: LetterIndex) -> Markup:
    """Return the words of a letter, each with links to its articles."""
    items = Markup().join(
        Markup("<li><span{}>{}</span><ul>{}</ul></li>").format(
            words().marked(articles[0].language), term, _article_links(articles)
        )
        for term, articles in index.terms(letter)
    )
    return Markup('<h2 class="kb-letter">{}</h2><ul class="kb-terms">{}</ul>').format(_name(letter), items)


def _name(letter: str) -> str:
    return words().browse.others if letter == OTHERS else letter
