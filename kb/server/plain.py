"""Pages that are plain HTML, for reading without JavaScript and for search engines."""

from __future__ import annotations

from kb.config import Site
from kb.types import Article, Library
from kb.ui import links, words
from kb.ui.components import article_body, contact_panel, frame, message, search_form
from kb.ui.formatting import escape
from kb.ui.keys import Path


def page(
    site: Site,
    title: str,
    main: str,
    *,
    description: str = "",
    canonical: str = "",
    head: str = "",
    before: str = "",
) -> str:
    """Return a whole document around some content.

    :param site: The operator's words.
    :param title: What a browser's tab says, before the site's name.
    :param main: Safe HTML.
    :param description: For search engines.
    :param canonical: Absolute address; empty for none.
    :param head: Safe HTML, added to the document's head.
    :param before: Safe HTML between the top and the content.
    :return: HTML.
    """
    described = f'<meta name="description" content="{escape(description)}">' if description else ""
    linked = (
        f'<link rel="canonical" href="{escape(canonical)}">' if canonical else '<meta name="robots" content="noindex">'
    )
    return (
        f'<!DOCTYPE html><html lang="{words.language()}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {escape(site.name)}</title>{described}{linked}"
        '<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">'
        '<link rel="stylesheet" href="/assets/base.css"><link rel="stylesheet" href="/assets/plain.css">'
        f"{head}</head>"
        f'<body><a class="kb-skip" href="#main">{words.SKIP_TO_MAIN}</a><div class="kb-page">'
        f'<header>{frame.top_html(site, "")}</header>{before}<main id="main">{main}</main>{frame.footer_html(site)}'
        "</div></body></html>"
    )


def article_page(site: Site, article: Article, library: Library, canonical: str) -> str:
    """Return an article as a page of its own."""
    return page(site, article.title, article_main(article, library), description=article.summary, canonical=canonical)


def article_main(article: Article, library: Library) -> str:
    """Return an article's content, and the field to ask from there."""
    return f"{article_content(article, library)}{search_form.html()}"


def article_content(article: Article, library: Library) -> str:
    """Return an article's content, its related articles and its sources, with links to plain pages."""
    related = [a for a in map(library.resolve, article.related) if a is not None and a.id != article.id]
    items = "".join(f'<li><a href="{escape(links.plain_article(a.id))}">{escape(a.title)}</a></li>' for a in related)
    more = f'<section class="kb-related"><h2>{words.ARTICLE_RELATED}</h2><ul class="kb-list">{items}</ul></section>'
    return (
        f"<article>{article_body.breadcrumb(article, library)}<h1>{escape(article.title)}</h1>"
        f"{article_body.review_note(article)}{article_body.prose(article, article.body, plain=True)}</article>"
        f"{more if related else ''}{article_body.sources(article)}"
    )


def not_found_page(site: Site, title: str = "", text: str = "") -> str:
    """Return the page for an address that leads nowhere."""
    title, text = title or words.NOT_FOUND_TITLE, text or words.NOT_FOUND_TEXT
    return page(site, title, message.html(title, text) + search_form.html())


def message_page(site: Site, main: str) -> str:
    """Return a page that only says why there is nothing to read."""
    return page(site, words.UNAVAILABLE_TITLE, main)


def all_articles(library: Library) -> str:
    """Return links to every article by category: what the start page is without JavaScript."""
    parts = [f"<h1>{words.BROWSE_TITLE}</h1>"]
    for category in library.categories:
        items = "".join(
            f'<li><a href="{escape(links.plain_article(a.id))}">{escape(a.title)}</a></li>'
            for a in library.in_category(category.id)
        )
        parts.append(f"<h2>{escape(category.title)}</h2><ul>{items}</ul>")
    parts.append(f'<p><a href="{Path.CONTACT}">{words.CONTACT_TITLE}</a></p>')
    return "".join(parts)


def contact_main(site: Site) -> str:
    """Return the ways to an agent: what the contact page is without JavaScript."""
    return f"<h1>{words.CONTACT_TITLE}</h1>{contact_panel.html(site, level=2)}"
