"""Pages that are plain HTML, for reading without JavaScript and for search engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from kb.html import links, prose
from kb.html.addresses import Page
from kb.html.documents import layout, structured
from kb.html.links import Addresses
from kb.html.parts import article_body, ask, bill, cards, contact, feedback, message, printed, shelf
from kb.html.words import words
from kb.settings.site import Site
from kb.types import Article, Category, Library

_NOTHING: Final = Markup()


def article_page(
    site: Site, article: Article, library: Library, canonical: str, alternates: Sequence[tuple[str, str]] = ()
) -> Markup:
    """Return an article as a whole page.

    :param site: The operator's words.
    :param article: In the language to be read.
    :param library: The articles around it, in that language.
    :param canonical: Its absolute address.
    :param alternates: The absolute addresses of the same article by language; none if it is in one alone.
    :return: HTML.
    """
    head = structured.script(structured.article(article, canonical))
    main = article_main(article, library, canonical)
    return layout.page(
        site,
        article.title,
        main,
        description=article.summary,
        canonical=canonical,
        kind="article",
        head=head,
        article_id=article.id,
        alternates=alternates,
    )


def category_page(
    site: Site, category: Category, library: Library, canonical: str, alternates: Sequence[tuple[str, str]] = ()
) -> Markup:
    """Return a category's list as a whole page; the parameters are those of :func:`article_page`."""
    main = category_main(category, library)
    return layout.page(
        site, category.title, main, description=category.text, canonical=canonical, alternates=alternates
    )


def category_main(category: Category, library: Library) -> Markup:
    """Return a category's list, and the field to ask from there."""
    return shelf.category_list(category, library, links.PLAIN) + ask.search_form(plain=True)


def ask_page(site: Site, query: str = "", answer: Markup = _NOTHING) -> Markup:
    """Return the page that asks by a form and shows an answer, without any script.

    :param site: The operator's words.
    :param query: What was asked.
    :param answer: What is shown below the form.
    :return: HTML.
    """
    labels = words().ask
    lead = "" if answer else Markup('<p class="kb-intro">{}</p>').format(labels.lead)
    main = Markup("<h1>{}</h1>{}{}{}").format(labels.title, lead, ask.search_form(plain=True, query=query), answer)
    return layout.page(site, labels.title, main)


def article_main(article: Article, library: Library, site_address: str = "") -> Markup:
    """Return an article's content, and the field to ask from there.

    :param article: The article.
    :param library: The articles around it.
    :param site_address: The help center's own address, for paper; empty where it is not known.
    :return: HTML.
    """
    on_paper = printed.way_back(article.id, site_address)
    content = article_content(article, library, feedback.form(article.id), on_paper=on_paper)
    return content + ask.search_form(plain=True)


def article_content(
    article: Article,
    library: Library,
    judged: Markup = _NOTHING,
    to: Addresses = links.PLAIN,
    *,
    on_paper: Markup = _NOTHING,
) -> Markup:
    """Return an article's content, its related articles and its sources, with links to plain pages.

    :param article: The article.
    :param library: The articles around it.
    :param judged: Shown below its sources: whether it was helpful.
    :param to: The destinations of its links.
    :param on_paper: The way back to it from paper.
    :return: HTML.
    """
    return Markup(
        "<article>{breadcrumb}{on_paper}<h1{lang}>{title}</h1>{language}{review}{contents}{body}</article>"
        "{sources}{judged}{related}"
    ).format(
        breadcrumb=article_body.breadcrumb(article, library, to),
        on_paper=on_paper,
        lang=words().marked(article.language),
        title=article.title,
        language=article_body.language_note(article, to),
        review=article_body.review_note(article),
        contents=article_body.contents(article, to),
        body=prose.body(article, article.body, to),
        sources=article_body.sources(article),
        judged=judged,
        related=article_body.related(article, library, to),
    )


def feedback_page(site: Site, title: str, form: Markup, article: Article) -> Markup:
    """Return the page after an article was judged, with the way back to it.

    :param site: The operator's words.
    :param title: The page's heading.
    :param form: What is asked next; empty for nothing.
    :param article: The article that was judged.
    :return: HTML.
    """
    main = Markup('<h1>{}</h1>{}<p><a href="{}">{}</a></p>').format(
        title, form, links.plain_article(article.id), words().feedback.back
    )
    return layout.page(site, title, main)


def not_found_page(site: Site, title: str = "", text: str = "") -> Markup:
    """Return the page for an address that leads nowhere."""
    title, text = title or words().frame.not_found_title, text or words().frame.not_found_text
    return layout.page(site, title, message.message(title, text) + ask.search_form(plain=True))


def message_page(site: Site, main: Markup) -> Markup:
    """Return a page with only a message about why there is nothing to read."""
    return layout.page(site, words().frame.unavailable_title, main)


def all_topics(library: Library) -> Markup:
    """Return the question form and every category: what start page and topics are without JavaScript."""
    return Markup('<h1>{}</h1>{}<h2>{}</h2>{}<p><a href="{}">{}</a></p>').format(
        words().ask.title,
        ask.search_form(plain=True),
        words().browse.title,
        cards.category_links(library, links.PLAIN),
        Page.CONTACT,
        words().contact.title,
    )


def contact_main(site: Site, library: Library | None = None) -> Markup:
    """Return the ways to an agent and the ladder: what the contact page is without JavaScript."""
    return Markup("<h1>{}</h1>{}{}").format(
        words().contact.title, contact.panel(site, level=2), contact.ladder(site, library, None, plain=True)
    )


def bill_main(library: Library, part: str) -> Markup:
    """Return the sample bill with one part open: what its page is without JavaScript.

    :param library: With the bill.
    :param part: Id of the part that is open.
    :return: HTML.
    """
    labels = words().bill
    return Markup("<h1>{}</h1><p>{}</p>{}").format(
        labels.title,
        labels.lead if library.bill else labels.none,
        bill.whole(library, part, plain=True) if library.bill else "",
    )
