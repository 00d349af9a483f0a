"""The parts of a page that machines read: schema.org data of articles, the card of a shared page, links."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final
from urllib.parse import urlsplit

from markupsafe import Markup

from kb.content.markdown import render
from kb.html import links
from kb.html.addresses import Machine
from kb.html.language import in_language
from kb.html.words import Language, words
from kb.settings.site import Site
from kb.types import Article, ArticleKind

CARD: Final = "/assets/card.png"
CARD_SIZE: Final = (1200, 630)


def article(shown: Article, address: str) -> dict[str, Any]:
    """Return an article as schema.org names it: a tutorial with steps is a HowTo, anything else a question answered.

    :param shown: The article.
    :param address: Its absolute address.
    :return: JSON-LD.
    """
    common = {"@context": "https://schema.org", "url": address, "inLanguage": shown.language}
    if shown.reviewed is not None:
        common["dateModified"] = shown.reviewed.isoformat()
    steps = [step for section in shown.sections for step in render.steps(section.markdown)]
    if shown.kind is ArticleKind.TUTORIAL and steps:
        return {
            **common,
            "@type": "HowTo",
            "name": shown.title,
            "description": shown.summary,
            "step": [{"@type": "HowToStep", "position": n, "text": step} for n, step in enumerate(steps, 1)],
        }
    question = {
        "@type": "Question",
        "name": shown.title,
        "acceptedAnswer": {"@type": "Answer", "text": render.plain_text(shown.body), "url": address},
    }
    return {**common, "@type": "FAQPage", "mainEntity": [question]}


def alternates(by_language: Iterable[tuple[str, str]]) -> Markup:
    """Return links that tell search engines where the same page is in each language.

    :param by_language: Languages with absolute addresses; the first is for readers of any other language.
    :return: HTML; nothing for a page in one language.
    """
    found = list(by_language)
    found += [("x-default", found[0][1])] if found else []
    return Markup().join(Markup('<link rel="alternate" hreflang="{}" href="{}">').format(*each) for each in found)


def script(data: dict[str, Any]) -> Markup:
    """Return JSON-LD as a data block: no browser runs it, so no policy forbids it.

    :param data: Plain JSON values.
    :return: HTML; nothing in the data can end the block.
    """
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    safe = Markup(text)  # noqa: S704 - JSON, with nothing of HTML left in it
    return Markup('<script type="application/ld+json">{}</script>').format(safe)


def social_head(site: Site, title: str, description: str, address: str, kind: str = "website") -> Markup:
    """Return the card that is shown where a page's address is shared.

    :param site: The operator's words.
    :param title: The page's title.
    :param description: In a sentence; may be empty.
    :param address: Absolute; empty for a page that should not be shared.
    :param kind: ``article`` or ``website``.
    :return: HTML.
    """
    if not address:
        return Markup()
    parts = urlsplit(address)
    width, height = CARD_SIZE
    properties = {
        "og:type": kind,
        "og:site_name": site.name,
        "og:title": title,
        "og:description": description,
        "og:url": address,
        "og:image": f"{parts.scheme}://{parts.netloc}{CARD}",
        "og:image:width": str(width),
        "og:image:height": str(height),
    }
    tag = Markup('<meta property="{}" content="{}">')
    shown = Markup().join(tag.format(name, value) for name, value in properties.items() if value)
    return shown + Markup('<meta name="twitter:card" content="summary_large_image">')


def found_by(site: Site, article_id: str = "") -> Markup:
    """Return links to the forms of the help center that browsers, feed readers and other programs look for.

    Feed and Markdown are in the language of the page.

    :param site: The operator's words.
    :param article_id: The article that the page shows; empty for another page.
    :return: HTML for a page's head.
    """
    shown = Markup(
        '<link rel="search" type="application/opensearchdescription+xml" title="{name}" href="{search}">'
        '<link rel="alternate" type="application/atom+xml" title="{name}" href="{feed}">'
    ).format(name=site.name, search=Machine.SEARCH, feed=_in_words(Machine.FEED))
    if article_id:
        address = _in_words(links.markdown_article(article_id))
        shown += Markup('<link rel="alternate" type="text/markdown" href="{}">').format(address)
    return shown


def _in_words(address: str) -> str:
    """Return an address in the language of the page that is being made."""
    language = words().language
    return address if language is Language.ENGLISH else in_language(address, language)
