"""Lists of articles as links: other articles, with the part that was found; choices; related topics."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable

from markupsafe import Markup

from kb.html import highlight, links, prose
from kb.html.format import article_count
from kb.html.links import Addresses
from kb.html.words import words
from kb.types import Article, Category, Hit, Library, Query

_CHOICE_BEGINS = 140
"""Characters of the part that was found on the card of a choice."""
_LIST = Markup('<ul class="kb-list">{}</ul>')


def hit_list(
    hits: Iterable[Hit],
    library: Library,
    to: Addresses = links.PAGES,
    below: Callable[[Hit], Markup] = lambda _: Markup(),
) -> Markup:
    """Return hits as a list of titles with their articles' summaries.

    :param hits: In the order shown.
    :param library: Where the summaries are.
    :param to: Where its links lead.
    :param below: HTML below a summary.
    :return: HTML.
    """
    return _LIST.format(Markup().join(_hit_item(hit, library, to, below(hit)) for hit in hits))


def article_list(articles: Iterable[Article], *, with_kind: bool = False, to: Addresses = links.PAGES) -> Markup:
    """Return articles as a list of titles with summaries, and perhaps with what kind of article each is."""
    return _LIST.format(
        Markup().join(
            _item(to.article(a.id, ""), a.title, a.summary, a.language, badge=_kind(a) if with_kind else "")
            for a in articles
        )
    )


def choice_cards(hits: Iterable[Hit], library: Library, to: Addresses = links.PAGES) -> Markup:
    """Return the cards of which the customer chooses one; each leads to the part of the article that was found."""
    choices = Markup().join(_choice(hit, library, to) for hit in hits)
    return Markup('<ul class="kb-cards kb-choices">{}</ul>').format(choices)


def category_cards(library: Library) -> Markup:
    """Return the categories with what they are about and how many articles each has."""
    cards = Markup().join(_category(c, len(library.in_category(c.id))) for c in library.categories)
    return Markup('<ul class="kb-cards">{}</ul>').format(cards)


def category_links(library: Library, to: Addresses = links.PAGES) -> Markup:
    """Return the categories by name and count alone: for below the question field."""
    items = Markup().join(
        Markup('<li><a href="{}"{}>{}</a><p class="kb-count">{}</p></li>').format(
            to.category(c.id), words().marked(c.language), c.title, article_count(len(library.in_category(c.id)))
        )
        for c in library.categories
    )
    return Markup('<ul class="kb-cards kb-topics">{}</ul>').format(items)


def peek(hit: Hit, query: Query, library: Library, to: Addresses = links.PAGES) -> Markup:
    """Return the part that was found, folded; ``journal.js`` reports when it is first unfolded.

    :param hit: The article and its part.
    :param query: What was asked, for the words that are marked.
    :param library: The articles.
    :param to: Where its links lead.
    :return: HTML; nothing for an article that is gone, whose title leads nowhere either.
    """
    article = prose.article_of(hit, library)
    if article is None:
        return Markup()
    lang = words().marked(hit.passage.language)
    heading, title = hit.passage.heading, Markup()
    if heading not in ("", hit.title):
        title = Markup('<p class="kb-peek-part"{}>{}</p>').format(lang, heading)
    # The label names the article for screen readers, which read the summaries in sequence.
    return Markup(
        '<details class="kb-peek" data-expand="{id}">'
        '<summary>{label}<span class="kb-heard">: <span{lang}>{article}</span></span></summary>'
        '<div class="kb-peek-text">{title}{found}</div></details>'
    ).format(
        id=hit.article_id,
        label=words().ask.peek,
        lang=lang,
        article=hit.title,
        title=title,
        found=prose.excerpt(article, hit.passage, highlight.wanted(query, library), to),
    )


def _hit_item(hit: Hit, library: Library, to: Addresses, below: Markup) -> Markup:
    article, language = prose.article_of(hit, library), hit.passage.language
    return _item(to.article(hit.article_id, ""), hit.title, article.summary if article else "", language, below=below)


def _item(href: str, title: str, summary: str, language: str, badge: str = "", below: str = "") -> Markup:
    return Markup('<li><a href="{}"{}>{}</a>{}{}{}</li>').format(
        href, words().marked(language), title, badge, _text(summary, language), below
    )


def _text(text: str, language: str) -> Markup:
    """Return words of an article as a paragraph; nothing where there are none."""
    return Markup("<p{}>{}</p>").format(words().marked(language), text) if text else Markup()


def _kind(article: Article) -> Markup:
    return Markup(' <span class="kb-kind">{}</span>').format(words().article.kinds[article.kind.value])


def _choice(hit: Hit, library: Library, to: Addresses) -> Markup:
    """Return a card with what tells its article from the others: the heading and the beginning of the part found."""
    article, language = prose.article_of(hit, library), hit.passage.language
    heading = Markup()
    if hit.passage.heading not in ("", hit.title):
        lang = words().marked(language)
        heading = Markup('<p class="kb-choice-part"{}>{}</p>').format(lang, hit.passage.heading)
    begins = textwrap.shorten(hit.passage.text, _CHOICE_BEGINS, placeholder="…").replace(".…", ".")
    return Markup('<li><h3><a href="{}"{}>{}</a></h3>{}{}</li>').format(
        to.article(hit.article_id, hit.passage.anchor),
        words().marked(language),
        hit.title,
        heading,
        _text(begins or (article.summary if article else ""), language),
    )


def _category(category: Category, count: int) -> Markup:
    return Markup('<li><h2><a href="{}"{}>{}</a></h2>{}<p class="kb-count">{}</p></li>').format(
        links.category(category.id),
        words().marked(category.language),
        category.title,
        _text(_first_sentence(category.text), category.language),
        article_count(count),
    )


def _first_sentence(text: str) -> str:
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]
