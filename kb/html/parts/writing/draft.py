"""A draft that was checked: its findings, and the draft as the customer will see it."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import quote

from markupsafe import Markup

from kb.authoring.draft_desk import CheckedDraft
from kb.html import links, prose
from kb.html.links import Addresses
from kb.html.parts import article_body
from kb.html.parts.writing import findings, signpost
from kb.html.words import words
from kb.types import Article, Library


def html(draft: CheckedDraft) -> Markup:
    """Return the findings of a draft and its rendering."""
    labels = words().writing
    return Markup(
        '<section class="kb-desk" data-draft="{path}" data-announce="{count}"><h2>{title}</h2>'
        "<p>{count}. {place}</p>{listed}{elsewhere}</section>"
        '<section class="kb-rendered"><h2>{rendered_title}</h2>{rendered}</section>'
    ).format(
        path=draft.path,
        count=findings.count_words(draft.findings),
        title=labels.draft_findings,
        place=labels.draft_place.format(path=draft.path),
        listed=findings.html(draft.findings, with_path=False),
        elsewhere=_elsewhere(draft),
        rendered_title=labels.draft_rendered,
        rendered=_rendered(draft),
    )


def _elsewhere(draft: CheckedDraft) -> Markup:
    if not draft.elsewhere:
        return Markup()
    return Markup("<h3>{}</h3>{}").format(words().writing.draft_elsewhere, findings.html(draft.elsewhere))


def _rendered(draft: CheckedDraft) -> Markup:
    if draft.readable is None:
        return Markup("<p>{}</p>").format(words().writing.draft_not_rendered)
    note = Markup('<p class="kb-hint">{}</p>').format(words().writing.draft_partly) if draft.article is None else ""
    return Markup('{}<div class="kb-sheet">{}</div>').format(note, article_html(draft.readable, draft.corpus.library))


def article_html(article: Article, library: Library) -> Markup:
    """Return an article or signpost as it is shown, its title not a heading of this page's first level."""
    title = Markup('<p class="kb-draft-title" role="heading" aria-level="3">{}</p>').format(article.title)
    if article.is_signpost:
        return signpost.html(article, title)
    return Markup(
        '<article class="kb-article" data-article="{id}">{breadcrumb}{title}{review}{contents}{body}</article>{related}'
        "{sources}"
    ).format(
        id=article.id,
        breadcrumb=article_body.breadcrumb(article, library),
        title=title,
        review=article_body.review_note(article),
        contents=article_body.contents(article, _staying(article.id)),
        body=prose.body(article, article.body, _staying(article.id)),
        related=article_body.related(article, library),
        sources=article_body.sources(article),
    )


@lru_cache(maxsize=64)
def _staying(article_id: str) -> Addresses:
    """Return where links lead: those to a heading of the article itself stay on the page, which shows it."""

    def to(target: str, anchor: str = "") -> str:
        return f"#{quote(anchor, safe='')}" if target == article_id and anchor else links.article(target, anchor)

    return Addresses(to, links.category)
