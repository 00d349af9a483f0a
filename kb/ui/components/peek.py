"""The part of another article that was found, to be unfolded where it is listed: enough to tell whether it is meant."""

from __future__ import annotations

import re

from kb.html.words import words
from kb.types import Hit, Library, Query
from kb.ui import links, marks
from kb.ui.components import article_body
from kb.ui.formatting import escape
from kb.ui.links import Addresses

_ANCHOR = re.compile(r"(<h[1-6]) id=\"[^\"]*\"")
"""Parts of several articles on one page may have headings of the same name; nothing leads to these."""


def html(hit: Hit, query: Query, library: Library, to: Addresses = links.PAGES) -> str:
    """Return the part that was found, folded; its first unfolding is told by ``journal.js``.

    :param hit: The article and its part.
    :param query: What was asked, for the words that are marked.
    :param library: The articles.
    :param to: Where its links lead.
    :return: HTML; nothing for an article that is gone, whose title leads nowhere either.
    """
    article = library.resolve(hit.article_id)
    if article is None:
        return ""
    lang = words().articles_lang
    found = article_body.excerpt(article, hit.passage, marks.wanted(query, library), to)
    part = _ANCHOR.sub(r"\1", found)
    heading = hit.passage.heading
    title = f'<p class="kb-peek-part"{lang}>{escape(heading)}</p>' if heading not in ("", hit.title) else ""
    # The name says of which article, for whoever hears the summaries one after the other.
    label = f'{escape(words().ask.peek)}<span class="kb-heard">: <span{lang}>{escape(hit.title)}</span></span>'
    return (
        f'<details class="kb-peek" data-expand="{escape(hit.article_id)}"><summary>{label}</summary>'
        f'<div class="kb-peek-text">{title}{part}</div></details>'
    )
