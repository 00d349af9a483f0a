"""A signpost as an editor sees it: what customers read in place of an answer, in both languages."""

from __future__ import annotations

from markupsafe import Markup

from kb.html import links, prose
from kb.html.links import Addresses
from kb.html.parts import article_body
from kb.html.words import words
from kb.types import Article


def html(signpost: Article, heading: Markup, to: Addresses = links.PAGES) -> Markup:
    """Return a signpost in English and, if it has a translation, in Spanish.

    :param signpost: The signpost.
    :param heading: Its title, as a heading of the level that the page needs.
    :param to: The destinations of its links.
    :return: HTML.
    """
    labels = words().writing
    return Markup(
        '<article class="kb-article" data-signpost="{id}"><p class="kb-hint">{note}</p>{heading}{body}{spanish}'
        "</article>{sources}"
    ).format(
        id=signpost.id,
        note=labels.signpost_note,
        heading=heading,
        body=prose.body(signpost, signpost.body, to),
        spanish=_spanish(signpost, to),
        sources=article_body.sources(signpost),
    )


def _spanish(signpost: Article, to: Addresses) -> Markup:
    translation = signpost.spanish
    if translation is None:
        return Markup('<p class="kb-hint">{}</p>').format(words().writing.signpost_english_only)
    return Markup('<section lang="es"><p><strong>{}</strong></p>{}</section>').format(
        translation.title, prose.body(signpost, translation.text, to)
    )
