"""An article on its page: the way to it, its text, what is around it and where it comes from."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.html import links, prose
from kb.html.format import UNKNOWN_DATE, date_words, day_words, escape
from kb.html.links import Addresses
from kb.html.parts import cards
from kb.html.words import Language, words
from kb.types import Article, Library, Source

_CONTENTS_FROM = 4
"""Headings from which on an article has a table of contents."""


def whole(article: Article, library: Library) -> str:
    """Return the whole article for its page in the application."""
    return (
        f'<article class="kb-article" data-article="{escape(article.id)}">'
        f"{breadcrumb(article, library)}<h1{words().articles_lang}>{escape(article.title)}</h1>"
        f"{language_note()}{review_note(article)}{contents(article)}"
        f"{prose.body(article, article.body)}</article>{sources(article)}{tools(article)}"
    )


def language_note() -> str:
    """Return what readers of a page in another language are told: articles are in English."""
    if words().language is Language.ENGLISH:
        return ""
    return f'<p class="kb-hint">{escape(words().article.articles_are_english)}</p>'


def contents(article: Article, to: Addresses = links.PAGES) -> str:
    """Return links to an article's headings; nothing for a short one.

    :param article: The article.
    :param to: Where its links lead.
    :return: HTML.
    """
    headings = [s for s in article.sections if s.level == 2 and s.anchor]  # noqa: PLR2004 - of <h2>
    if len(headings) < _CONTENTS_FROM:
        return ""
    items = "".join(
        f'<li><a href="{escape(to.article(article.id, s.anchor))}">{escape(s.heading)}</a></li>' for s in headings
    )
    label = escape(words().article.contents)
    return f'<nav class="kb-contents" aria-label="{label}"><p>{label}</p><ol{words().articles_lang}>{items}</ol></nav>'


def tools(article: Article) -> str:
    """Return the buttons below an article: copy its address, print it. They need a script."""
    return (
        '<div class="kb-tools">'
        f'<button type="button" data-copy="{escape(links.plain_article(article.id))}" '
        f'data-copied="{escape(words().article.copied)}">{escape(words().article.copy)}</button>'
        f'<button type="button" data-print>{escape(words().article.print)}</button></div>'
    )


def review_note(article: Article, today: date | None = None) -> str:
    """Return what a customer is told of an article that is overdue for review; nothing of any other.

    :param article: The article.
    :param today: The day its review date is held against; None for today.
    :return: HTML.
    """
    due = article.review_due
    if article.reviewed is None or due is None or due >= (today or date.today()):  # noqa: DTZ011 — plain days
        return ""
    return f'<p class="kb-overdue">{escape(words().article.overdue.format(date=day_words(article.reviewed)))}</p>'


def breadcrumb(article: Article, library: Library, to: Addresses = links.PAGES) -> str:
    """Return the way from all topics to the article's category."""
    title = next((c.title for c in library.categories if c.id == article.category), article.category)
    return trail(((words().browse.all, "/browse"), (title, to.category(article.category))))


def trail(steps: tuple[tuple[str, str], ...]) -> str:
    """Return a breadcrumb.

    :param steps: (words, address) from the outermost on.
    :return: HTML.
    """
    items = "".join(f'<li><a href="{escape(href)}">{escape(label)}</a></li>' for label, href in steps)
    return f'<nav class="kb-trail" aria-label="{escape(words().frame.breadcrumb_label)}"><ol>{items}</ol></nav>'


def related(article: Article, library: Library, to: Addresses = links.PAGES) -> str:
    """Return the related articles that are published; nothing if there are none."""
    found = [a for a in map(library.resolve, article.related) if a is not None and a.id != article.id]
    if not found:
        return ""
    heading = escape(words().article.related)
    return f'<section class="kb-related"><h2>{heading}</h2>{cards.article_list(found, to=to)}</section>'


def age(sources: Sequence[Source]) -> str:
    """Return in a few words how old the facts of an article are; nothing if it names no source.

    :param sources: Of the article.
    :return: The dates that the sources bear themselves: "From sources dated 2021 to March 2024, and undated ones".
    """
    dated = sorted(source.dated for source in sources if source.dated != UNKNOWN_DATE)
    undated = len(sources) - len(dated)
    if not dated:
        return words().article.age_undated[undated > 1] if undated else ""
    if dated[0] == dated[-1]:
        said = words().article.age_dated[len(dated) > 1].format(date=date_words(dated[0]))
    else:
        said = words().article.age_range.format(oldest=date_words(dated[0]), newest=date_words(dated[-1]))
    return words().article.age_some_undated.format(dated=said) if undated else said


def sources(article: Article) -> str:
    """Return where the article's facts come from, with the sources' own dates, and when it was reviewed."""
    items = "".join(f"<li>{source_words(source)}</li>" for source in article.sources)
    listed = f"<ul>{items}</ul>" if items else ""
    reviewed = ""
    if article.reviewed is not None:
        reviewed = f"<p>{escape(words().article.reviewed.format(date=day_words(article.reviewed)))}</p>"
    if not listed and not reviewed:
        return ""
    heading = f"<h2>{escape(words().article.sources)}</h2>" if listed else ""
    return f'<section class="kb-sources">{heading}{listed}{reviewed}</section>'


def source_words(source: Source) -> str:
    """Return a source with its own date and when it was read; never that anything was checked."""
    read = date_words(source.read)
    if source.dated == UNKNOWN_DATE:
        dated = words().article.source_undated.format(read=read)
    else:
        dated = words().article.source_dated.format(date=date_words(source.dated), read=read)
    shown = escape(links.web_short(source.address) or source.address)
    if links.web_host(source.address):
        shown = f'<a href="{escape(source.address)}" rel="noopener noreferrer">{shown}</a>'
    return f"<span>{escape(dated)}:</span> {shown}"
