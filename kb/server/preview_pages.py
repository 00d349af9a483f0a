"""The pages of ``kb preview``: the list of all articles, and each article under what the check says of it."""

from __future__ import annotations

from kb.authoring.article_watch import PageState, PreviewPage, Snapshot
from kb.html import links
from kb.html.format import article_count, escape
from kb.html.words import words
from kb.server import plain
from kb.settings.site import Site
from kb.types import Article, ArticleStatus
from kb.ui.components import writing_findings

_SCRIPT = '<script src="/assets/preview.js" defer></script>'


def list_page(site: Site, snapshot: Snapshot) -> str:
    """Return the list of all articles with their findings."""
    shown = [page for page in snapshot.pages if page.state is not PageState.GONE]
    gone = "".join(_gone_item(page) for page in snapshot.pages if page.state is PageState.GONE)
    gone_files = f'<ul class="kb-gone-files">{gone}</ul>'
    others = writing_findings.html(snapshot.others)
    main = (
        f"<h1>{escape(words().preview.title)}</h1><p>{escape(words().preview.lead)}</p>"
        f'<p class="kb-count">{article_count(len(shown))}</p>'
        f"{_part(words().preview.gone_title, gone_files) if gone else ''}"
        f"{_part(words().preview.other_findings, others) if others else ''}"
        f'<ul class="kb-list">{"".join(_item(page) for page in shown)}</ul>'
    )
    return _document(site, words().preview.title, main, snapshot)


def article_page(site: Site, page: PreviewPage, snapshot: Snapshot) -> str:
    """Return an article as the customer will see it, below its findings."""
    title = page.article.title if page.article else page.article_id
    content = plain.article_content(page.article, snapshot.library) if page.article else f"<h1>{escape(title)}</h1>"
    return _document(site, title, f"{_notes(page)}{content}", snapshot)


def contact_page(site: Site, snapshot: Snapshot) -> str:
    """Return the ways to an agent."""
    return _document(site, words().contact.title, plain.contact_main(site), snapshot)


def unknown_page(site: Site, snapshot: Snapshot) -> str:
    """Return what is said of an address that leads nowhere; it shows the article once its file is saved."""
    title = words().article.unknown_title
    text = f"<p>{escape(words().preview.unknown)}</p>"
    return _document(site, title, f"<h1>{escape(title)}</h1>{text}", snapshot)


def _document(site: Site, title: str, main: str, snapshot: Snapshot) -> str:
    revision = f'<meta name="kb-revision" content="{snapshot.revision}">'
    status = (
        f'<p class="kb-preview-status" role="status" data-updated="{escape(words().preview.updated)}" '
        f'data-lost="{escape(words().preview.lost)}"></p>'
    )
    bar = f'<div class="kb-preview-bar"><p><a href="/">{escape(words().preview.all)}</a></p>{status}</div>'
    return plain.page(site, title, main, head=revision + _SCRIPT, before=bar)


def _part(title: str, content: str) -> str:
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


# ----------------------------------------------------------------------------------------- one article


def _notes(page: PreviewPage) -> str:
    """Return everything that stands above the article."""
    state = f"<p><strong>{escape(_state_words(page))}</strong></p>" if page.state is not PageState.GOOD else ""
    draft = f"<p>{escape(words().preview.draft)}</p>" if _is_draft(page.article) else ""
    count = "" if page.state is PageState.GONE else f"<p>{escape(_count_words(page))}</p>"
    return (
        f'<section class="kb-desk kb-{page.state.value}" aria-label="{escape(words().preview.findings)}">'
        f'<p class="kb-path"><code>{escape(page.path)}</code></p>'
        f"{state}{draft}{count}{writing_findings.html(page.findings)}</section>"
    )


def _state_words(page: PreviewPage) -> str:
    if page.state is PageState.GONE:
        return words().preview.gone
    return words().preview.broken if page.article else words().preview.broken_new


def _count_words(page: PreviewPage) -> str:
    said = writing_findings.count_words(page.findings)
    if page.is_checked:
        return said
    return f"{said}. {words().preview.checking}" if page.findings else words().preview.checking


def _is_draft(article: Article | None) -> bool:
    return article is not None and article.status is ArticleStatus.DRAFT


# -------------------------------------------------------------------------------------------- the list


def _item(page: PreviewPage) -> str:
    title = page.article.title if page.article else page.article_id
    badges = [words().preview.badge_draft] if _is_draft(page.article) else []
    badges += [words().preview.badge_broken] if page.state is PageState.BROKEN else []
    marks = "".join(f' <span class="kb-kind">{escape(badge)}</span>' for badge in badges)
    return (
        f'<li data-article="{escape(page.article_id)}"><a href="{escape(links.plain_article(page.article_id))}">'
        f"{escape(title)}</a>{marks}<p>{escape(_count_words(page))}</p>{writing_findings.html(page.findings)}</li>"
    )


def _gone_item(page: PreviewPage) -> str:
    link = f'<a href="{escape(links.plain_article(page.article_id))}"><code>{escape(page.path)}</code></a>'
    return f"<li>{link}{writing_findings.html(page.findings)}</li>"
