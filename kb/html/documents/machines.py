"""Documents that other programs read: Markdown, llms.txt, the feed, the sitemap, the description of the search.

They are in English, but for a translated article and the feed in another language. Addresses are absolute;
``site_address`` is the help center's own, without a slash at its end.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from kb.content.editing.edit import rewrite_links
from kb.content.markdown.render import as_written, internal_target
from kb.html import links
from kb.html.addresses import Machine, Page, Param
from kb.html.language import in_language
from kb.html.words import Language
from kb.settings.site import Site
from kb.types import ENGLISH, SPANISH, Article, Category, Library

MOST_ENTRIES: Final = 100
"""Entries of the feed; readers fetch it again and again."""
_ABOUT: Final = (
    "A self-service help center about bills. Every answer is an article that an editor wrote and checked against its "
    "sources; nothing is generated."
)
_SHORT_NAME: Final = 16
"""Most characters of an OpenSearch ShortName."""
_LONG_NAME: Final = 48
"""Most characters of an OpenSearch LongName."""
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_DECLARATION: Final = Markup('<?xml version="1.0" encoding="UTF-8"?>\n')
_NEVER: Final = "1970-01-01"


# ------------------------------------------------------------------------------------------------- Markdown


def article(shown: Article, library: Library, site: Site, site_address: str) -> str:
    """Return an article as Markdown that can be read by itself.

    :param shown: The article, in the language of its text.
    :param library: The articles around it.
    :param site: The operator's words.
    :param site_address: See the module.
    :return: Title, body with channels filled in and absolute links, then where it is from. Nothing of its examples.
        What it links to is in its language, too.
    """
    parts = [f"# {_one_line(shown.title)}"]
    if shown.summary:
        parts.append(f"> {_one_line(shown.summary)}")
    body = _linked(as_written(shown.body).strip(), shown.id, site_address, shown.language)
    parts += [body, "---", "\n".join(_about(shown, site, site_address))]
    others = library.in_language(shown.language).articles
    related = [others[other] for other in shown.related if other in others]
    if related:
        parts.append("\n".join(["Related:", "", *(_item(other, site_address) for other in related)]))
    if site.notice:
        parts.append(_one_line(site.notice))
    return "\n\n".join(parts) + "\n"


def llms(library: Library, site: Site, site_address: str) -> str:
    """Return the list of everything to read, in the form of llmstxt.org.

    :param library: The articles.
    :param site: The operator's words.
    :param site_address: See the module.
    :return: Markdown; each article links to its own Markdown.
    """
    parts = [f"# {_one_line(site.name)}", f"> {_ABOUT}"]
    if site.notice:
        parts.append(_one_line(site.notice))
    for category in library.categories:
        items = "\n".join(_item(each, site_address) for each in library.in_category(category.id))
        parts.append(f"## {_one_line(category.title)}\n\n{items}")
    more = (
        ("Contact an agent", Page.CONTACT, "for what no article answers"),
        ("API", "/api/openapi.json", "questions, articles and feedback as JSON; 'no answer' is an answer"),
        ("Changed articles", Machine.FEED, "an Atom feed"),
    )
    items = "\n".join(f"- [{name}]({site_address}{path}): {text}" for name, path, text in more)
    return "\n\n".join([*parts, f"## Optional\n\n{items}"]) + "\n"


def _about(shown: Article, site: Site, site_address: str) -> Iterable[str]:
    page = _in(links.plain_article(shown.id), shown.language)
    yield f"- From: {_one_line(site.name)}, <{site_address}{page}>"
    if shown.reviewed is not None:
        yield f"- Checked against its sources: {shown.reviewed.isoformat()}"
    for source in shown.sources:
        yield f"- Source: <{source.address}> (dated {source.dated}, read {source.read})"


def _item(shown: Article, site_address: str) -> str:
    text = f": {_one_line(shown.summary)}" if shown.summary else ""
    return f"- [{_label(shown.title)}]({site_address}{_in(links.markdown_article(shown.id), shown.language)}){text}"


@lru_cache(maxsize=1024)
def _linked(body: str, article_id: str, site_address: str, language: str) -> str:
    """Return a body whose links to articles are absolute; parsing it takes milliseconds, so it is done once."""

    def absolute(href: str) -> str | None:
        target = internal_target(href)
        if target is not None and target != ("", ""):
            wanted, anchor = target
            address = _in(links.markdown_article(wanted or article_id, anchor), language)
            return f"{site_address}{address}" if wanted else None
        return f"{site_address}{_in(href, language)}" if href.startswith("/") and not href.startswith("//") else None

    return rewrite_links(body, absolute)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _label(text: str) -> str:
    """Return the text of a link, in which a bracket is no end."""
    return re.sub(r"([\\\[\]])", r"\\\1", _one_line(text))


# ------------------------------------------------------------------------------------------------------ XML


def sitemap(library: Library | None, site: Site, site_address: str) -> Markup:
    """Return the addresses that search engines may read, with the days on which articles were last reviewed.

    :param library: The articles; None as long as no index serves.
    :param site: Says whether the pages lead to the sample bill.
    :param site_address: See the module.
    :return: A sitemap as sitemaps.org defines it.
    """
    pages = (Page.ASK, Page.BROWSE, *([Page.BILL] if site.has_bill_page else []), Page.CONTACT, Page.PRIVACY)
    listed: list[tuple[str, list[tuple[str, date | None]]]] = [
        (str(page), [(language, None) for language in Language]) for page in pages
    ]
    for shelf in library.categories if library else ():
        newest = _newest(library.in_category(shelf.id)) if library else None
        languages = (ENGLISH, SPANISH) if shelf.spanish is not None else (ENGLISH,)
        listed.append((links.plain_category(shelf.id), [(language, newest) for language in languages]))
    for _, article in sorted(library.articles.items()) if library else ():
        listed.append((links.plain_article(article.id), [(a.language, a.reviewed) for a in article.all_languages]))
    urls = [url for path, dated in listed for url in _urls(site_address, path, dated)]
    return _DECLARATION + Markup(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:xhtml="http://www.w3.org/1999/xhtml">'
        "{}</urlset>\n"
    ).format(Markup().join(urls))


def _urls(site_address: str, path: str, dated: Sequence[tuple[str, date | None]]) -> Iterable[Markup]:
    """Yield a page's entry in each language that it is in; each names them all, as search engines ask for."""
    addresses = {language: f"{site_address}{_in(path, language)}" for language, _ in dated}
    others = Markup()
    if len(addresses) > 1:
        link = Markup('<xhtml:link rel="alternate" hreflang="{}" href="{}"/>')
        others = Markup().join(link.format(*each) for each in addresses.items())
    for language, day in dated:
        changed = Markup("<lastmod>{}</lastmod>").format(day.isoformat()) if day else ""
        yield Markup("<url><loc>{}</loc>{}{}</url>").format(addresses[language], changed, others)


def _in(path: str, language: str) -> str:
    return path if language == ENGLISH else in_language(path, language)


def _newest(articles: Sequence[Article]) -> date | None:
    return max((a.reviewed for a in articles if a.reviewed), default=None)


def feed(library: Library, site: Site, site_address: str, language: str = ENGLISH) -> Markup:
    """Return the articles as an Atom feed (RFC 4287), the last reviewed first.

    An entry's id depends on the help center's name, the article's id and the language of its text alone, so that a
    reader knows it again under any host. Articles without a review date are left out, since nothing says when they
    changed.

    :param library: The articles.
    :param site: The operator's words.
    :param site_address: See the module.
    :param language: Of titles and summaries; an article without a translation is in English, and marked as such.
    :return: XML with at most :data:`MOST_ENTRIES` entries.
    """
    library = library.in_language(language)
    dated = [(a.reviewed, a) for a in library.articles.values() if a.reviewed is not None]
    dated.sort(key=lambda item: (-item[0].toordinal(), item[1].id))
    shelves = {category.id: category for category in library.categories}
    return _DECLARATION + Markup(
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{language}"><id>{id}</id><title>{name}</title>'
        "<updated>{updated}</updated><author><name>{name}</name></author>"
        '<link rel="self" type="application/atom+xml" href="{base}{own}"/><link rel="alternate" href="{base}{home}"/>'
        "{entries}</feed>\n"
    ).format(
        language=language,
        id=_permanent(site, "" if language == ENGLISH else f".{language}"),
        name=_xml(site.name),
        updated=_moment(dated[0][0].isoformat() if dated else _NEVER),
        base=site_address,
        own=_in(Machine.FEED, language),
        home=_in(Page.ASK, language),
        entries=Markup().join(
            _entry(a, day, shelves.get(a.category), site, site_address, language) for day, a in dated[:MOST_ENTRIES]
        ),
    )


def _entry(shown: Article, day: date, shelf: Category | None, site: Site, site_address: str, language: str) -> Markup:
    category = Markup('<category term="{}" label="{}"/>').format(shelf.id, _xml(shelf.title)) if shelf else ""
    return Markup(
        "<entry{other}><id>{id}</id><title>{title}</title><updated>{updated}</updated>"
        '<link rel="alternate" type="text/html" href="{base}{page}"/>'
        '<link rel="alternate" type="text/markdown" href="{base}{markdown}"/>'
        "{category}<summary>{summary}</summary></entry>"
    ).format(
        other="" if shown.language == language else Markup(' xml:lang="{}"').format(shown.language),
        id=_permanent(site, shown.name),
        title=_xml(shown.title),
        updated=_moment(day.isoformat()),
        base=site_address,
        page=_in(links.plain_article(shown.id), shown.language),
        markdown=_in(links.markdown_article(shown.id), shown.language),
        category=category,
        summary=_xml(shown.summary),
    )


def search(site: Site, site_address: str) -> Markup:
    """Return the description by which a browser offers the help center as a search engine (OpenSearch 1.1).

    :param site: The operator's words.
    :param site_address: See the module.
    :return: XML.
    """
    return _DECLARATION + Markup(
        '<OpenSearchDescription xmlns="http://a9.com/-/spec/opensearch/1.1/"><ShortName>{short}</ShortName>'
        "<LongName>{long}</LongName><Description>{about}</Description><Language>en</Language><Language>es</Language>"
        "<InputEncoding>UTF-8</InputEncoding><OutputEncoding>UTF-8</OutputEncoding>"
        '<Image width="16" height="16" type="image/svg+xml">{base}/assets/icon.svg</Image>'
        '<Url type="text/html" template="{base}/?{query}={{searchTerms}}"/>'
        '<Url type="application/opensearchdescription+xml" rel="self" template="{base}{own}"/>'
        "</OpenSearchDescription>\n"
    ).format(
        short=_xml(site.name)[:_SHORT_NAME].strip(),
        long=_xml(site.name)[:_LONG_NAME].strip(),
        about=_ABOUT,
        base=site_address,
        query=Param.QUERY,
        own=Machine.SEARCH,
    )


def _permanent(site: Site, article_id: str) -> str:
    return uuid.uuid5(uuid.NAMESPACE_URL, f"{site.name}\n{article_id}").urn


def _moment(day: str) -> str:
    return f"{day}T00:00:00Z"


def _xml(text: str) -> str:
    """Return a text without the characters that no XML document may hold."""
    return _NOT_XML.sub("", text)
