"""An article on its page: its breadcrumb, text, related articles and sources."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from kb.html import language, links, prose
from kb.html.addresses import Page
from kb.html.format import UNKNOWN_DATE, date_words, day_words, sentence
from kb.html.links import Addresses
from kb.html.parts import cards, printed
from kb.html.words import Language, words
from kb.types import Article, Library, Source

_CONTENTS_FROM = 4
"""Headings from which on an article has a table of contents."""


def whole(article: Article, library: Library, site_address: str = "") -> Markup:
    """Return the whole article for its page in the application.

    :param article: The article.
    :param library: The articles around it.
    :param site_address: The help center's own address, for paper; empty where it is not known.
    :return: HTML.
    """
    return Markup(
        '<article class="kb-article" data-article="{id}">{breadcrumb}{printed}<h1{lang}>{title}</h1>'
        "{language}{review}{contents}{body}</article>{sources}{tools}"
    ).format(
        id=article.id,
        breadcrumb=breadcrumb(article, library),
        printed=printed.way_back(article.id, site_address),
        lang=words().marked(article.language),
        title=article.title,
        language=language_note(article),
        review=review_note(article),
        contents=contents(article),
        body=prose.body(article, article.body),
        sources=sources(article),
        tools=tools(article),
    )


def language_note(article: Article, to: Addresses = links.PAGES) -> Markup:
    """Return what readers of a page in another language are told of an article.

    :param article: In the language of the page, if it is translated.
    :param to: Where its links lead.
    :return: That it is in English, or that it is older than the English text; nothing of any other.
    """
    if article.language != words().language:
        return Markup('<p class="kb-hint">{}</p>').format(words().article.only_in_english)
    if not article.is_out_of_date:
        return Markup()
    address = language.in_language(to.article(article.id, ""), Language.ENGLISH)
    link = Markup('<a href="{}" hreflang="{}">{}</a>').format(address, Language.ENGLISH, words().article.in_english)
    return Markup('<p class="kb-hint">{}</p>').format(sentence(words().article.out_of_date, english=link))


def contents(article: Article, to: Addresses = links.PAGES) -> Markup:
    """Return links to an article's headings; nothing for a short one."""
    headings = [s for s in article.sections if s.level == 2 and s.anchor]  # noqa: PLR2004 - of <h2>
    if len(headings) < _CONTENTS_FROM:
        return Markup()
    items = Markup().join(
        Markup('<li><a href="{}">{}</a></li>').format(to.article(article.id, s.anchor), s.heading) for s in headings
    )
    return Markup('<nav class="kb-contents" aria-label="{label}"><p>{label}</p><ol{lang}>{items}</ol></nav>').format(
        label=words().article.contents, lang=words().marked(article.language), items=items
    )


def tools(article: Article) -> Markup:
    """Return the buttons below an article: copy its address, print it. They need a script."""
    return Markup(
        '<div class="kb-tools"><button type="button" data-copy="{}" data-copied="{}">{}</button>'
        '<button type="button" data-print>{}</button></div>'
    ).format(links.plain_article(article.id), words().article.copied, words().article.copy, words().article.print)


def review_note(article: Article, today: date | None = None) -> Markup:
    """Return what a customer is told of an article that is overdue for review; nothing of any other.

    :param article: The article.
    :param today: The day its review date is held against; None for today.
    :return: HTML.
    """
    due = article.review_due
    if article.reviewed is None or due is None or due >= (today or date.today()):  # noqa: DTZ011 — plain days
        return Markup()
    said = words().article.overdue.format(date=day_words(article.reviewed))
    return Markup('<p class="kb-overdue">{}</p>').format(said)


def breadcrumb(article: Article, library: Library, to: Addresses = links.PAGES) -> Markup:
    """Return the way from all topics to the article's category."""
    shelf = next((c for c in library.categories if c.id == article.category), None)
    title: str = article.category
    if shelf is not None:
        lang = words().marked(shelf.language)
        title = Markup("<span{}>{}</span>").format(lang, shelf.title) if lang else shelf.title
    return trail(((words().browse.all, Page.BROWSE), (title, to.category(article.category))))


def trail(steps: Sequence[tuple[str, str]]) -> Markup:
    """Return a breadcrumb of (words or HTML, address), from the outermost on."""
    items = Markup().join(Markup('<li><a href="{}">{}</a></li>').format(href, label) for label, href in steps)
    return Markup('<nav class="kb-trail" aria-label="{}"><ol>{}</ol></nav>').format(
        words().frame.breadcrumb_label, items
    )


def related(article: Article, library: Library, to: Addresses = links.PAGES) -> Markup:
    """Return the related articles that are published; nothing if there are none."""
    found = [a for a in map(library.resolve, article.related) if a is not None and a.id != article.id]
    if not found:
        return Markup()
    return Markup('<section class="kb-related"><h2>{}</h2>{}</section>').format(
        words().article.related, cards.article_list(found, to=to)
    )


def age(sources: Sequence[Source]) -> str:
    """Return in a few words how old the facts of an article are; nothing if it names no source.

    :param sources: The article's sources.
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


def sources(article: Article) -> Markup:
    """Return where the article's facts come from, with the sources' own dates, and when it was reviewed."""
    listed = reviewed = Markup()
    if article.sources:
        items = Markup().join(Markup("<li>{}</li>").format(source_words(source)) for source in article.sources)
        listed = Markup("<h2>{}</h2><ul>{}</ul>").format(words().article.sources, items)
    if article.reviewed is not None:
        reviewed = Markup("<p>{}</p>").format(words().article.reviewed.format(date=day_words(article.reviewed)))
    if not listed and not reviewed:
        return Markup()
    return Markup('<section class="kb-sources">{}{}</section>').format(listed, reviewed)


def source_words(source: Source) -> Markup:
    """Return a source with its own date and when it was read; never that anything was checked."""
    read = date_words(source.read)
    if source.dated == UNKNOWN_DATE:
        dated = words().article.source_undated.format(read=read)
    else:
        dated = words().article.source_dated.format(date=date_words(source.dated), read=read)
    shown: str = links.web_short(source.address) or source.address
    if links.web_host(source.address):
        shown = Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(source.address, shown)
    return Markup("<span>{}:</span> {}").format(dated, shown)
