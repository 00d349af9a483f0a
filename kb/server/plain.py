"""Pages that are plain HTML, for reading without JavaScript and for search engines."""

from __future__ import annotations

from kb.html import links, prose
from kb.html.addresses import Page
from kb.html.format import escape
from kb.html.parts import article_body, ask, bill, cards, contact, feedback, frame, message, shelf
from kb.html.words import words
from kb.server import structured
from kb.server.structured import social_head
from kb.settings.site import Site
from kb.types import Article, Category, Library

# Everything stands in an element of the class "stHtml", as on the application's pages: they share their styles.
_STYLES = "".join(
    f'<link rel="stylesheet" href="/assets/{name}.css">'
    for name in ("base", "pages", "reading", "contact", "bill", "privacy", "plain")
)


def page(
    site: Site,
    title: str,
    main: str,
    *,
    description: str = "",
    canonical: str = "",
    kind: str = "website",
    head: str = "",
    before: str = "",
) -> str:
    """Return a whole document around some content.

    :param site: The operator's words.
    :param title: What a browser's tab says, before the site's name.
    :param main: Safe HTML.
    :param description: For search engines.
    :param canonical: Absolute address; empty for none, and then search engines are told to leave the page out.
    :param kind: Of the page, as Open Graph names it.
    :param head: Safe HTML, added to the document's head.
    :param before: Safe HTML between the top and the content.
    :return: HTML.
    """
    described = f'<meta name="description" content="{escape(description)}">' if description else ""
    linked = (
        f'<link rel="canonical" href="{escape(canonical)}">' if canonical else '<meta name="robots" content="noindex">'
    )
    return (
        f'<!DOCTYPE html><html lang="{words().language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)} · {escape(site.name)}</title>{described}{linked}"
        f'<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">'
        '<link rel="preload" href="/assets/text.woff2" as="font" type="font/woff2" crossorigin>'
        f"{_STYLES}"
        f"{social_head(site, title, description, canonical, kind)}{head}</head>"
        f'<body><a class="kb-skip" href="#main">{words().frame.skip_to_main}</a><div class="kb-page stHtml">'
        f'<header>{frame.top(site, "")}</header>{before}<main id="main">{main}</main>{frame.footer(site)}'
        "</div></body></html>"
    )


def without_script(site: Site, main: str) -> str:
    """Return content for the noscript part of an application's page, with its frame and its styles.

    :param site: The operator's words.
    :param main: Safe HTML.
    :return: Safe HTML.
    """
    top, foot = frame.top(site, ""), frame.footer(site)
    return f'{_STYLES}<div class="kb-page stHtml"><header>{top}</header><main>{main}</main>{foot}</div>'


def article_page(site: Site, article: Article, library: Library, canonical: str) -> str:
    """Return an article as a page of its own."""
    head = structured.script(structured.article(article, canonical))
    main = article_main(article, library)
    return page(site, article.title, main, description=article.summary, canonical=canonical, kind="article", head=head)


def category_page(site: Site, category: Category, library: Library, canonical: str) -> str:
    """Return a category's list as a page of its own."""
    return page(site, category.title, category_main(category, library), description=category.text, canonical=canonical)


def category_main(category: Category, library: Library) -> str:
    """Return a category's list, and the field to ask from there."""
    return f"{shelf.category_list(category, library, links.PLAIN)}{ask.search_form(plain=True)}"


def ask_page(site: Site, query: str = "", answer: str = "") -> str:
    """Return the page that asks by a form and shows an answer, without any script.

    :param site: The operator's words.
    :param query: What was asked.
    :param answer: Safe HTML.
    :return: HTML.
    """
    lead = f'<p class="kb-intro">{escape(words().ask.lead)}</p>' if not answer else ""
    main = f"<h1>{escape(words().ask.title)}</h1>{lead}{ask.search_form(plain=True, query=query)}{answer}"
    return page(site, words().ask.title, main)


def article_main(article: Article, library: Library) -> str:
    """Return an article's content, and the field to ask from there."""
    judged = feedback.form(article.id)
    return f"{article_content(article, library, judged)}{ask.search_form(plain=True)}"


def article_content(article: Article, library: Library, judged: str = "") -> str:
    """Return an article's content, its related articles and its sources, with links to plain pages.

    :param article: The article.
    :param library: The articles around it.
    :param judged: Safe HTML below its sources: whether it was helpful.
    :return: HTML.
    """
    to = links.PLAIN
    return (
        f"<article>{article_body.breadcrumb(article, library, to)}"
        f"<h1{words().articles_lang}>{escape(article.title)}</h1>{article_body.language_note()}"
        f"{article_body.review_note(article)}{article_body.contents(article, to)}"
        f"{prose.body(article, article.body, to)}</article>"
        f"{article_body.sources(article)}{judged}{article_body.related(article, library, to)}"
    )


def feedback_page(site: Site, said: str, form: str, article: Article) -> str:
    """Return what is said to whoever judged an article, and the way back to it.

    :param site: The operator's words.
    :param said: The page's heading.
    :param form: Safe HTML; empty when nothing more is asked.
    :param article: The article that was judged.
    :return: HTML.
    """
    back = f'<p><a href="{escape(links.plain_article(article.id))}">{escape(words().feedback.back)}</a></p>'
    return page(site, said, f"<h1>{escape(said)}</h1>{form}{back}")


def not_found_page(site: Site, title: str = "", text: str = "") -> str:
    """Return the page for an address that leads nowhere."""
    title, text = title or words().frame.not_found_title, text or words().frame.not_found_text
    return page(site, title, message.message(title, text) + ask.search_form(plain=True))


def message_page(site: Site, main: str) -> str:
    """Return a page that only says why there is nothing to read."""
    return page(site, words().frame.unavailable_title, main)


def all_topics(library: Library) -> str:
    """Return the question form and every category: what start page and topics are without JavaScript."""
    return (
        f"<h1>{escape(words().ask.title)}</h1>{ask.search_form(plain=True)}"
        f"<h2>{escape(words().browse.title)}</h2>{cards.category_links(library, links.PLAIN)}"
        f'<p><a href="{Page.CONTACT}">{escape(words().contact.title)}</a></p>'
    )


def contact_main(site: Site, library: Library | None = None) -> str:
    """Return the ways to an agent and the ladder: what the contact page is without JavaScript."""
    return (
        f"<h1>{words().contact.title}</h1>{contact.panel(site, level=2)}"
        f"{contact.ladder(site, library, None, plain=True)}"
    )


def bill_main(library: Library, part: str) -> str:
    """Return the sample bill with one part open: what its page is without JavaScript.

    :param library: With the bill.
    :param part: Id of the part that is open.
    :return: HTML.
    """
    shown = bill.whole(library, part, plain=True) if library.bill else ""
    lead = words().bill.lead if library.bill else words().bill.none
    return f"<h1>{escape(words().bill.title)}</h1><p>{escape(lead)}</p>{shown}"
