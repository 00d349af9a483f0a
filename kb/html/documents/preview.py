"""The pages of ``kb preview``: the list of all articles, and each article below its findings."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from kb.authoring.article_watch import PageState, PreviewPage, Snapshot
from kb.html import links
from kb.html.documents import layout, plain
from kb.html.format import article_count
from kb.html.parts.writing import findings, signpost
from kb.html.words import words
from kb.settings.site import Site
from kb.types import Article, ArticleStatus

_SCRIPT: Final = Markup('<script src="/assets/preview.js" defer></script>')


def list_page(site: Site, snapshot: Snapshot) -> Markup:
    """Return the list of all articles with their findings."""
    labels = words().preview
    shown = [page for page in snapshot.pages if page.state is not PageState.GONE]
    articles = [page for page in shown if not page.is_signpost]
    signposts = Markup().join(_item(page) for page in shown if page.is_signpost)
    gone = Markup().join(_gone_item(page) for page in snapshot.pages if page.state is PageState.GONE)
    gone_files = Markup('<ul class="kb-gone-files">{}</ul>').format(gone)
    others = findings.html(snapshot.others)
    main = Markup(
        '<h1>{title}</h1><p>{lead}</p><p class="kb-count">{count}</p>{gone}{others}<ul class="kb-list">{items}</ul>'
        "{signposts}"
    ).format(
        title=labels.title,
        lead=labels.lead,
        count=article_count(len(articles)),
        gone=_part(labels.gone_title, gone_files) if gone else "",
        others=_part(labels.other_findings, others) if others else "",
        items=Markup().join(map(_item, articles)),
        signposts=_part(words().writing.signposts, _signposts(signposts)) if signposts else "",
    )
    return _document(site, labels.title, main, snapshot)


def article_page(site: Site, page: PreviewPage, snapshot: Snapshot) -> Markup:
    """Return an article or signpost as the customer will see it, below its findings."""
    title = _title(page)
    if page.article is not None and page.article.is_signpost:
        content = signpost.html(page.article, Markup("<h1>{}</h1>").format(title), links.PLAIN)
    elif page.article is not None:
        content = plain.article_content(page.article, snapshot.library)
    else:
        content = Markup("<h1>{}</h1>").format(title)
    return _document(site, title, _notes(page) + content, snapshot)


def contact_page(site: Site, snapshot: Snapshot) -> Markup:
    """Return the ways to an agent."""
    return _document(site, words().contact.title, plain.contact_main(site), snapshot)


def unknown_page(site: Site, snapshot: Snapshot) -> Markup:
    """Return the page for an address that leads nowhere; it shows the article once its file is saved."""
    title = words().article.unknown_title
    main = Markup("<h1>{}</h1><p>{}</p>").format(title, words().preview.unknown)
    return _document(site, title, main, snapshot)


def _document(site: Site, title: str, main: Markup, snapshot: Snapshot) -> Markup:
    labels = words().preview
    revision = Markup('<meta name="kb-revision" content="{}">').format(snapshot.revision)
    bar = Markup(
        '<div class="kb-preview-bar"><p><a href="/">{labels.all}</a></p><p class="kb-preview-status" role="status" '
        'data-updated="{labels.updated}" data-lost="{labels.lost}"></p></div>'
    ).format(labels=labels)
    return layout.page(site, title, main, head=revision + _SCRIPT, before=bar)


def _part(title: str, content: Markup) -> Markup:
    return Markup("<section><h2>{}</h2>{}</section>").format(title, content)


def _signposts(items: Markup) -> Markup:
    return Markup('<p>{}</p><ul class="kb-list">{}</ul>').format(words().writing.signposts_lead, items)


def _title(page: PreviewPage) -> str:
    return page.article.title if page.article else page.article_id


# ----------------------------------------------------------------------------------------- one article


def _notes(page: PreviewPage) -> Markup:
    """Return everything that is above the article."""
    labels = words().preview
    paragraph = Markup("<p>{}</p>")
    state = Markup("<p><strong>{}</strong></p>").format(_state_words(page))
    return Markup(
        '<section class="kb-desk kb-{kind}" aria-label="{label}"><p class="kb-path"><code>{path}</code></p>'
        "{state}{draft}{count}{listed}</section>"
    ).format(
        kind=page.state.value,
        label=labels.findings,
        path=page.path,
        state="" if page.state is PageState.GOOD else state,
        draft=paragraph.format(labels.draft) if _is_draft(page.article) else "",
        count="" if page.state is PageState.GONE else paragraph.format(_count_words(page)),
        listed=findings.html(page.findings),
    )


def _state_words(page: PreviewPage) -> str:
    if page.state is PageState.GONE:
        return words().preview.gone
    return words().preview.broken if page.article else words().preview.broken_new


def _count_words(page: PreviewPage) -> str:
    counts = findings.count_words(page.findings)
    if page.is_checked:
        return counts
    return f"{counts}. {words().preview.checking}" if page.findings else words().preview.checking


def _is_draft(article: Article | None) -> bool:
    return article is not None and article.status is ArticleStatus.DRAFT


# -------------------------------------------------------------------------------------------- the list


def _item(page: PreviewPage) -> Markup:
    badges = [words().preview.badge_draft] if _is_draft(page.article) else []
    badges += [words().preview.badge_broken] if page.state is PageState.BROKEN else []
    return Markup('<li data-article="{id}"><a href="{address}">{title}</a>{badges}<p>{count}</p>{listed}</li>').format(
        id=page.article_id,
        address=links.plain_article(page.article_id),
        title=_title(page),
        badges=Markup().join(Markup(' <span class="kb-kind">{}</span>').format(badge) for badge in badges),
        count=_count_words(page),
        listed=findings.html(page.findings),
    )


def _gone_item(page: PreviewPage) -> Markup:
    return Markup('<li><a href="{}"><code>{}</code></a>{}</li>').format(
        links.plain_article(page.article_id), page.path, findings.html(page.findings)
    )
