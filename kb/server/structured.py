"""What machines read of a page: schema.org data of articles, and the card that is shown where a page is shared."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import urlsplit

from kb.content.markdown import render
from kb.html.format import escape
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
    common = {"@context": "https://schema.org", "url": address, "inLanguage": "en"}
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


def script(data: dict[str, Any]) -> str:
    """Return JSON-LD as a data block: no browser runs it, so no policy forbids it.

    :param data: Plain JSON values.
    :return: Safe HTML; nothing in the data can end the block.
    """
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/ld+json">{text}</script>'


def social_head(site: Site, title: str, description: str, address: str, kind: str = "website") -> str:
    """Return what is shown where a page's address is shared.

    :param site: The operator's words.
    :param title: Of the page.
    :param description: In a sentence; may be empty.
    :param address: Absolute; empty for a page that nobody should share.
    :param kind: ``article`` or ``website``.
    :return: Safe HTML.
    """
    if not address:
        return ""
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
    shown = "".join(
        f'<meta property="{name}" content="{escape(value)}">' for name, value in properties.items() if value
    )
    return f'{shown}<meta name="twitter:card" content="summary_large_image">'
