"""Articles' Markdown as HTML: all of it or the part that answers; a tutorial's steps can be ticked off."""

from __future__ import annotations

import re
from functools import lru_cache

from markupsafe import Markup

from kb.content.markdown import render
from kb.html import highlight, links
from kb.html.highlight import Wanted
from kb.html.links import Addresses
from kb.html.words import words
from kb.types import ENGLISH, Article, ArticleKind, Hit, Library, Passage, Section

_LIST_TAG = re.compile(r"<(/?)(ol|ul|li)\b[^>]*>")
_HEADING_ID = re.compile(r"(<h[1-6]) id=\"[^\"]*\"")


def article_of(hit: Hit, library: Library) -> Article | None:
    """Return the article of a hit in the language of the part that is shown; None if it is gone."""
    article = library.resolve(hit.article_id)
    return None if article is None else article.in_language(hit.passage.language)


def body(article: Article, text: str, to: Addresses = links.PAGES) -> Markup:
    """Return all or part of an article's Markdown as HTML."""
    return _framed(_body(article, text, to), article.language)


def passage(
    article: Article, found: Passage, wanted: Wanted = highlight.NOTHING, to: Addresses = links.PAGES
) -> Markup:
    """Return the part of an article that answers a question, with the question's words marked."""
    return _framed(highlight.marked(_body(article, shown_markdown(article, found), to), wanted), article.language)


def excerpt(
    article: Article, found: Passage, wanted: Wanted = highlight.NOTHING, to: Addresses = links.PAGES
) -> Markup:
    """Return only the part of an article that was found, to be read and not to be ticked off.

    Parts of several articles on one page may have headings of the same name, so theirs have no ids.

    :param article: The article.
    :param found: The part of it that was found.
    :param wanted: The question's words that are marked in it.
    :param to: Where its links lead.
    :return: HTML.
    """
    rendered = _HEADING_ID.sub(r"\1", _rendered(article, found.markdown, to))
    return _framed(highlight.marked(rendered, wanted), article.language)


def in_language_of_page(article: Article, text: str, to: Addresses = links.PAGES) -> Markup:
    """Return Markdown as HTML that is in the language of the page, unlike an article's body."""
    return _framed(_rendered(article, text, to), words().language)


def shown_markdown(article: Article, found: Passage) -> str:
    """Return what is shown of an article for the part that was found.

    For a tutorial, return all its steps, never half of them; for its introduction, also the steps that follow.
    """
    if article.kind is not ArticleKind.TUTORIAL:
        return found.markdown
    section = next((s for s in article.sections if s.anchor == found.anchor), None)
    if section and render.steps(section.markdown):
        return section.markdown
    following = None if found.anchor else _steps_of(article)
    if following is None:
        return found.markdown
    return f"{found.markdown}\n\n### {following.heading}\n\n{following.markdown}"


def shown_anchors(article: Article, found: Passage) -> set[str]:
    """Return the anchors of what :func:`passage` shows for the part that was found."""
    steps = _steps_of(article) if article.kind is ArticleKind.TUTORIAL and not found.anchor else None
    return {found.anchor} | ({steps.anchor} if steps else set())


def _steps_of(article: Article) -> Section | None:
    return next((section for section in article.sections if render.steps(section.markdown)), None)


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
            return found[0] + _box(step)
        if closing:
            open_lists.pop()
            return found[0]
        if not open_lists:
            step = 0
        open_lists.append(name)
        return found[0] if open_lists != ["ol"] else found[0].replace("<ol", '<ol class="kb-steps"', 1)

    return _LIST_TAG.sub(replace, safe)


def _box(step: int) -> str:
    label = words().article.step_done.format(number=step)
    return str(Markup('<input type="checkbox" class="kb-step" aria-label="{}">').format(label))


def _rendered(article: Article, text: str, to: Addresses) -> str:
    own = () if article.language == ENGLISH else tuple((s.heading, s.anchor) for s in article.sections if s.heading)
    return _kept(article.id, text, to, tuple(article.pictures.items()), own)


@lru_cache(maxsize=512)
def _kept(
    article_id: str,
    text: str,
    to: Addresses,
    pictures: tuple[tuple[str, str], ...],
    anchors: tuple[tuple[str, str], ...],
) -> str:
    return render.render(text, links.within(article_id, to.article), dict(pictures), anchors)


def _body(article: Article, text: str, to: Addresses) -> str:
    rendered = _rendered(article, text, to)
    return with_boxes(rendered) if article.kind is ArticleKind.TUTORIAL else rendered


def _framed(rendered: str, language: str) -> Markup:
    """Return rendered Markdown as what it is: HTML that went through the allow-list of ``render``."""
    return Markup('<div class="kb-prose"{}>{}</div>').format(words().marked(language), Markup(rendered))  # noqa: S704 — see above
