"""Lists of articles as links: other articles, with the part that was found; choices; related topics."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from kb.html import highlight, links, prose
from kb.html.format import article_count, escape
from kb.html.links import Addresses
from kb.html.words import words
from kb.types import Article, Category, Hit, Library, Query

_ANCHOR = re.compile(r"(<h[1-6]) id=\"[^\"]*\"")
"""Parts of several articles on one page may have headings of the same name; nothing leads to these."""


def hit_list(
    hits: Iterable[Hit], library: Library, to: Addresses = links.PAGES, below: Callable[[Hit], str] = lambda _: ""
) -> str:
    """Return hits as a list of titles with their articles' summaries.

    :param hits: In the order shown.
    :param library: Where the summaries are.
    :param to: Where its links lead.
    :param below: Safe HTML that stands below a summary.
    :return: HTML.
    """
    return f'<ul class="kb-list">{"".join(_hit_item(hit, library, to, below(hit)) for hit in hits)}</ul>'


def article_list(articles: Iterable[Article], *, with_kind: bool = False, to: Addresses = links.PAGES) -> str:
    """Return articles as a list of titles with summaries.

    :param articles: In the order shown.
    :param with_kind: Whether each says what kind of article it is.
    :param to: Where its links lead.
    :return: HTML.
    """
    items = "".join(_item(to.article(a.id, ""), a.title, a.summary, _kind(a) if with_kind else "") for a in articles)
    return f'<ul class="kb-list">{items}</ul>'


def choice_cards(hits: Iterable[Hit], library: Library, to: Addresses = links.PAGES) -> str:
    """Return the cards of which the customer chooses one; each leads to the part of the article that was found."""
    return f'<ul class="kb-cards kb-choices">{"".join(_choice(hit, library, to) for hit in hits)}</ul>'


def category_cards(library: Library) -> str:
    """Return the categories with what they are about and how many articles each has."""
    cards = "".join(_category(c, len(library.in_category(c.id))) for c in library.categories)
    return f'<ul class="kb-cards">{cards}</ul>'


def category_links(library: Library, to: Addresses = links.PAGES) -> str:
    """Return the categories by name and count alone: for below the question field."""
    items = "".join(
        f'<li><a href="{escape(to.category(c.id))}"{words().articles_lang}>{escape(c.title)}</a>'
        f'<p class="kb-count">{article_count(len(library.in_category(c.id)))}</p></li>'
        for c in library.categories
    )
    return f'<ul class="kb-cards kb-topics">{items}</ul>'


def _hit_item(hit: Hit, library: Library, to: Addresses, below: str) -> str:
    article = library.resolve(hit.article_id)
    return _item(to.article(hit.article_id, ""), hit.title, article.summary if article else "", below=below)


def _item(href: str, title: str, summary: str, badge: str = "", below: str = "") -> str:
    lang = words().articles_lang
    text = f"<p{lang}>{escape(summary)}</p>" if summary else ""
    return f'<li><a href="{escape(href)}"{lang}>{escape(title)}</a>{badge}{text}{below}</li>'


def _kind(article: Article) -> str:
    return f' <span class="kb-kind">{escape(words().article.kinds[article.kind.value])}</span>'


def _choice(hit: Hit, library: Library, to: Addresses) -> str:
    article = library.resolve(hit.article_id)
    lang = words().articles_lang
    summary = f"<p{lang}>{escape(article.summary)}</p>" if article and article.summary else ""
    href = escape(to.article(hit.article_id, hit.passage.anchor))
    return f'<li><h3><a href="{href}"{lang}>{escape(hit.title)}</a></h3>{summary}</li>'


def _category(category: Category, count: int) -> str:
    lang = words().articles_lang
    text = f"<p{lang}>{escape(_first_sentence(category.text))}</p>" if category.text else ""
    return (
        f'<li><h2><a href="{escape(links.category(category.id))}"{lang}>{escape(category.title)}</a></h2>'
        f'{text}<p class="kb-count">{article_count(count)}</p></li>'
    )


def _first_sentence(text: str) -> str:
    end = text.find(". ")
    return text if end < 0 else text[: end + 1]


def peek(hit: Hit, query: Query, library: Library, to: Addresses = links.PAGES) -> str:
    """Return the part that was found, folded; its first unfolding is told by ``journal.js``.

    :param hit: The article and its part.
    :param query: What was asked, for the words that are marked.
    :param library: The articles.
    :param to: Where its links lead.
    :return: HTML; nothing for an article that is gone, whose title leads nowhere either.
    """
    article = library.resolve(hit.article_id)
    if article is None:
        return ""
    lang = words().articles_lang
    found = prose.excerpt(article, hit.passage, highlight.wanted(query, library), to)
    part = _ANCHOR.sub(r"\1", found)
    heading = hit.passage.heading
    title = f'<p class="kb-peek-part"{lang}>{escape(heading)}</p>' if heading not in ("", hit.title) else ""
    # The name says of which article, for whoever hears the summaries one after the other.
    label = f'{escape(words().ask.peek)}<span class="kb-heard">: <span{lang}>{escape(hit.title)}</span></span>'
    return (
        f'<details class="kb-peek" data-expand="{escape(hit.article_id)}"><summary>{label}</summary>'
        f'<div class="kb-peek-text">{title}{part}</div></details>'
    )
