"""Articles' Markdown as HTML: all of it or the part that answers; a tutorial's steps can be ticked off."""

from __future__ import annotations

import re
from functools import lru_cache

from kb.content.markdown import render
from kb.html import highlight, links
from kb.html.format import escape
from kb.html.highlight import Wanted
from kb.html.links import Addresses
from kb.html.words import words
from kb.types import Article, ArticleKind, Passage


@lru_cache(maxsize=512)
def _rendered(article_id: str, text: str, to: Addresses) -> str:
    return render.render(text, links.within(article_id, to.article))


def body(article: Article, text: str, to: Addresses = links.PAGES) -> str:
    """Return Markdown of an article as safe HTML.

    :param article: The article it belongs to.
    :param text: All or part of its body.
    :param to: Where its links lead.
    :return: HTML.
    """
    html = _rendered(article.id, text, to)
    if article.kind is ArticleKind.TUTORIAL:
        html = with_boxes(html)
    return f'<div class="kb-prose"{words().articles_lang}>{html}</div>'


def passage(article: Article, found: Passage, wanted: Wanted = highlight.NOTHING, to: Addresses = links.PAGES) -> str:
    """Return the part of an article that answers a question, as safe HTML.

    :param article: The article.
    :param found: The part of it that was found.
    :param wanted: The question's words that are marked in it.
    :param to: Where its links lead.
    :return: HTML.
    """
    return highlight.marked(body(article, shown_markdown(article, found), to), wanted)


def excerpt(article: Article, found: Passage, wanted: Wanted = highlight.NOTHING, to: Addresses = links.PAGES) -> str:
    """Return the very part of an article that was found, as safe HTML to be read and not to be ticked off.

    :param article: The article.
    :param found: The part of it that was found.
    :param wanted: The question's words that are marked in it.
    :param to: Where its links lead.
    :return: HTML.
    """
    html = _rendered(article.id, found.markdown, to)
    return f'<div class="kb-prose"{words().articles_lang}>{highlight.marked(html, wanted)}</div>'


def shown_markdown(article: Article, found: Passage) -> str:
    """Return what is shown of an article for the part that was found.

    Of a tutorial all its steps, never half of them, and below its first words the steps that they are about.
    """
    if article.kind is not ArticleKind.TUTORIAL:
        return found.markdown
    section = next((s for s in article.sections if s.anchor == found.anchor), None)
    if section and render.steps(section.markdown):
        return section.markdown
    following = next((s for s in article.sections if render.steps(s.markdown)), None)
    if found.anchor or following is None:
        return found.markdown
    return f"{found.markdown}\n\n### {following.heading}\n\n{following.markdown}"


_TAG = re.compile(r"<(/?)(ol|ul|li)\b[^>]*>")


def with_boxes(safe: str) -> str:
    """Return HTML in which every item of an outermost numbered list can be ticked off.

    :param safe: Safe HTML of a tutorial.
    :return: The same with a checkbox at the beginning of each step.
    """
    open_lists: list[str] = []
    step = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal step
        closing, name = found[1] == "/", found[2]
        if name == "li":
            if closing or open_lists != ["ol"]:
                return found[0]
            step += 1
            label = escape(words().article.step_done.format(number=step))
            return f'{found[0]}<input type="checkbox" class="kb-step" aria-label="{label}">'
        if closing:
            open_lists.pop()
            return found[0]
        if not open_lists:
            step = 0
        open_lists.append(name)
        return found[0] if open_lists != ["ol"] else found[0].replace("<ol", '<ol class="kb-steps"', 1)

    return _TAG.sub(replace, safe)
