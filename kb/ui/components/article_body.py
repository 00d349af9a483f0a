"""An article: the whole of it, or the part that answers a question."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import streamlit as st

from kb.content import markdown
from kb.content.checks_fields import due_date
from kb.types import Article, ArticleKind, Library, Passage, Source
from kb.ui import links, words
from kb.ui.components import cards
from kb.ui.formatting import UNKNOWN_DATE, date_words, day_words, escape


@lru_cache(maxsize=512)
def _rendered(article_id: str, text: str, *, plain: bool) -> str:
    address = links.plain_article if plain else links.article
    return markdown.render(text, links.within(article_id, address))


def prose(article: Article, text: str, *, plain: bool = False) -> str:
    """Return Markdown of an article as safe HTML.

    :param article: The article it belongs to.
    :param text: All or part of its body.
    :param plain: Whether links lead to plain articles rather than to the application's pages.
    :return: HTML.
    """
    return f'<div class="kb-prose">{_rendered(article.id, text, plain=plain)}</div>'


def passage_prose(article: Article, passage: Passage) -> str:
    """Return the part of an article that answers a question, as safe HTML."""
    return prose(article, shown_markdown(article, passage))


def shown_markdown(article: Article, passage: Passage) -> str:
    """Return what is shown of an article for a passage: of a tutorial all its steps, never half of them."""
    if article.kind is not ArticleKind.TUTORIAL:
        return passage.markdown
    section = next((s for s in article.sections if s.anchor == passage.anchor), None)
    return section.markdown if section and markdown.steps(section.markdown) else passage.markdown


def html(article: Article, library: Library) -> str:
    """Return the whole article for its page in the application."""
    return (
        f'<article class="kb-article" data-article="{escape(article.id)}">'
        f"{breadcrumb(article, library)}<h1>{escape(article.title)}</h1>"
        f"{review_note(article)}{prose(article, article.body)}</article>"
        f"{related(article, library)}{sources(article)}"
    )


def show(article: Article, library: Library) -> None:
    """Draw the whole article."""
    st.html(html(article, library))


def review_note(article: Article, today: date | None = None) -> str:
    """Return what a customer is told of an article that is overdue for review; nothing of any other.

    :param article: The article.
    :param today: The day its review date is held against; None for today.
    :return: HTML.
    """
    due = due_date(article)
    if article.reviewed is None or due is None or due >= (today or date.today()):  # noqa: DTZ011 — plain days
        return ""
    return f'<p class="kb-overdue">{escape(words.ARTICLE_OVERDUE.format(date=day_words(article.reviewed)))}</p>'


def breadcrumb(article: Article, library: Library) -> str:
    """Return the way from all topics to the article's category."""
    title = next((c.title for c in library.categories if c.id == article.category), article.category)
    return trail(((str(words.BROWSE_ALL), "/browse"), (title, links.category(article.category))))


def trail(steps: tuple[tuple[str, str], ...]) -> str:
    """Return a breadcrumb.

    :param steps: (words, address) from the outermost on.
    :return: HTML.
    """
    items = "".join(f'<li><a href="{escape(href)}">{escape(label)}</a></li>' for label, href in steps)
    return f'<nav class="kb-trail" aria-label="{escape(words.BREADCRUMB_LABEL)}"><ol>{items}</ol></nav>'


def related(article: Article, library: Library) -> str:
    """Return the related articles that are published; nothing if there are none."""
    found = [a for a in map(library.resolve, article.related) if a is not None and a.id != article.id]
    if not found:
        return ""
    heading = escape(words.ARTICLE_RELATED)
    return f'<section class="kb-related"><h2>{heading}</h2>{cards.article_list(found)}</section>'


def sources(article: Article) -> str:
    """Return where the article's facts come from, with the sources' own dates, and when it was reviewed."""
    items = "".join(f"<li>{source_words(source)}</li>" for source in article.sources)
    listed = f"<ul>{items}</ul>" if items else ""
    reviewed = ""
    if article.reviewed is not None:
        reviewed = f"<p>{escape(words.ARTICLE_REVIEWED.format(date=day_words(article.reviewed)))}</p>"
    if not listed and not reviewed:
        return ""
    heading = f"<h2>{escape(words.ARTICLE_SOURCES)}</h2>" if listed else ""
    return f'<section class="kb-sources">{heading}{listed}{reviewed}</section>'


def source_words(source: Source) -> str:
    """Return a source with its own date and when it was read; never that anything was checked."""
    read = date_words(source.read)
    if source.dated == UNKNOWN_DATE:
        dated = words.ARTICLE_SOURCE_UNDATED.format(read=read)
    else:
        dated = words.ARTICLE_SOURCE_DATED.format(date=date_words(source.dated), read=read)
    shown = escape(links.web_short(source.address) or source.address)
    if links.web_host(source.address):
        shown = f'<a href="{escape(source.address)}" rel="noopener noreferrer">{shown}</a>'
    return f"<span>{escape(dated)}:</span> {shown}"
