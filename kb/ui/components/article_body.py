"""An article: the whole of it, or the part that answers a question."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import lru_cache

import streamlit as st

from kb.content.markdown import render
from kb.html.words import Language, words
from kb.types import Article, ArticleKind, Library, Passage, Source
from kb.ui import checklist, links, marks
from kb.ui.components import cards
from kb.ui.formatting import UNKNOWN_DATE, date_words, day_words, escape
from kb.ui.links import Addresses
from kb.ui.marks import Wanted

_CONTENTS_FROM = 4
"""Headings from which on an article has a table of contents."""


@lru_cache(maxsize=512)
def _rendered(article_id: str, text: str, to: Addresses) -> str:
    return render.render(text, links.within(article_id, to.article))


def prose(article: Article, text: str, to: Addresses = links.PAGES) -> str:
    """Return Markdown of an article as safe HTML.

    :param article: The article it belongs to.
    :param text: All or part of its body.
    :param to: Where its links lead.
    :return: HTML.
    """
    html = _rendered(article.id, text, to)
    if article.kind is ArticleKind.TUTORIAL:
        html = checklist.with_boxes(html)
    return f'<div class="kb-prose"{words().articles_lang}>{html}</div>'


def passage_prose(
    article: Article, passage: Passage, wanted: Wanted = marks.NOTHING, to: Addresses = links.PAGES
) -> str:
    """Return the part of an article that answers a question, as safe HTML.

    :param article: The article.
    :param passage: The part of it that was found.
    :param wanted: The question's words that are marked in it.
    :param to: Where its links lead.
    :return: HTML.
    """
    return marks.marked(prose(article, shown_markdown(article, passage), to), wanted)


def excerpt(article: Article, passage: Passage, wanted: Wanted = marks.NOTHING, to: Addresses = links.PAGES) -> str:
    """Return the very part of an article that was found, as safe HTML to be read and not to be ticked off.

    :param article: The article.
    :param passage: The part of it that was found.
    :param wanted: The question's words that are marked in it.
    :param to: Where its links lead.
    :return: HTML.
    """
    html = _rendered(article.id, passage.markdown, to)
    return f'<div class="kb-prose"{words().articles_lang}>{marks.marked(html, wanted)}</div>'


def shown_markdown(article: Article, passage: Passage) -> str:
    """Return what is shown of an article for a passage.

    Of a tutorial all its steps, never half of them, and below its first words the steps that they are about.
    """
    if article.kind is not ArticleKind.TUTORIAL:
        return passage.markdown
    section = next((s for s in article.sections if s.anchor == passage.anchor), None)
    if section and render.steps(section.markdown):
        return section.markdown
    following = next((s for s in article.sections if render.steps(s.markdown)), None)
    if passage.anchor or following is None:
        return passage.markdown
    return f"{passage.markdown}\n\n### {following.heading}\n\n{following.markdown}"


def html(article: Article, library: Library) -> str:
    """Return the whole article for its page in the application."""
    return (
        f'<article class="kb-article" data-article="{escape(article.id)}">'
        f"{breadcrumb(article, library)}<h1{words().articles_lang}>{escape(article.title)}</h1>"
        f"{language_note()}{review_note(article)}{contents(article)}"
        f"{prose(article, article.body)}</article>{sources(article)}{tools(article)}"
    )


def show(article: Article, library: Library) -> None:
    """Draw the whole article."""
    st.html(html(article, library))


def show_related(article: Article, library: Library) -> None:
    """Draw the related articles, where there are any."""
    found = related(article, library)
    if found:
        st.html(found)


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
