"""The pages of ``kb preview``: the list of all articles, and each article with its findings beside it."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from markupsafe import Markup

from kb.authoring.article_watch import PageState, PreviewPage, Snapshot
from kb.html import links
from kb.html.addresses import Page
from kb.html.documents import layout, plain, preview_cards, preview_list
from kb.html.language import in_language
from kb.html.links import Addresses
from kb.html.parts.writing import findings, signpost
from kb.html.words import words
from kb.settings.site import Site

_HEAD: Final = Markup(
    '<link rel="stylesheet" href="/assets/preview.css"><script src="/assets/preview.js" defer></script>'
)
_FINDINGS: Final = "findings"
"""The id of an article's findings on its page."""


def _topic(category_id: str) -> str:
    return f"{Page.BROWSE}#{preview_list.TOPIC}{category_id}"


_TO: Final = Addresses(links.plain_article, _topic)
_TO_READ: Final = Addresses(links.plain_article, _topic, is_read_only=True)


def list_page(site: Site, snapshot: Snapshot) -> Markup:
    """Return the list of all articles with their findings."""
    return _document(site, words().preview.title, preview_list.main(snapshot), snapshot, before=preview_list.search())


def article_page(site: Site, page: PreviewPage, snapshot: Snapshot) -> Markup:
    """Return an article or signpost as the customer will see it, with its findings beside it."""
    title = preview_list.title_of(page)
    if page.article is not None and page.article.is_signpost:
        content = signpost.html(page.article, Markup("<h1>{}</h1>").format(title), _TO)
    elif page.article is not None:
        content = plain.article_content(page.article, snapshot.library, to=_TO)
        content += preview_cards.html(page.article, snapshot.library, site, _TO_READ)
    else:
        content = Markup("<h1>{}</h1>").format(title)
    main = Markup('{note}<div class="kb-beside"><div>{content}</div>{found}</div>').format(
        note=_note(page), content=content, found=_found(page)
    )
    return _document(site, title, main, snapshot)


def contact_page(site: Site, snapshot: Snapshot) -> Markup:
    """Return the ways to an agent."""
    return _document(site, words().contact.title, plain.contact_main(site), snapshot)


def unknown_page(site: Site, snapshot: Snapshot) -> Markup:
    """Return the page for an article that is not there; it shows the article once its file is saved."""
    title = words().article.unknown_title
    main = Markup("<h1>{}</h1><p>{}</p>").format(title, words().preview.unknown)
    return _document(site, title, main, snapshot)


def no_page(site: Site, snapshot: Snapshot) -> Markup:
    """Return the page for an address that the preview does not have, although the help center may."""
    labels = words().preview
    main = Markup("<h1>{}</h1><p>{}</p>").format(labels.no_page_title, labels.no_page)
    return _document(site, labels.no_page_title, main, snapshot)


def _document(site: Site, title: str, main: Markup, snapshot: Snapshot, before: Markup = Markup()) -> Markup:  # noqa: B008 — it never changes
    labels = words().preview
    revision = Markup('<meta name="kb-revision" content="{}">').format(snapshot.revision)
    status = Markup(
        '<div class="kb-preview-bar">{before}<p class="kb-preview-status" role="status" '
        'data-updated="{labels.updated}" data-lost="{labels.lost}"></p></div>'
    ).format(labels=labels, before=before)
    # The customers' other pages need an index, which the preview does not have.
    pages = ((str(Page.ASK), labels.all), (str(Page.CONTACT), words().frame.nav_contact))
    return layout.page(site, title, main, head=revision + _HEAD, before=status, pages=pages)


# ----------------------------------------------------------------------------------------- one article


def _note(page: PreviewPage) -> Markup:
    """Return one line above the article: its file, its state, and how many findings there are."""
    labels = words().preview
    said = [*([_state_words(page)] if page.state is not PageState.GOOD else [])]
    said += [labels.draft] if preview_list.is_draft(page) else []
    count = Markup('<a href="#{}">{}</a>').format(_FINDINGS, findings.count_words(page.findings))
    counted = count if page.findings else words().findings.none if page.is_checked else ""
    checking = labels.checking if not page.is_checked and page.state is not PageState.GONE else ""
    return Markup(
        '<div class="kb-preview-note kb-{kind}"><p class="kb-path"><code>{path}</code> {count} {checking}</p>{said}'
        "</div>"
    ).format(
        kind=page.state.value,
        path=page.path,
        count=counted if page.state is not PageState.GONE else "",
        checking=checking,
        said=Markup().join(Markup("<p><strong>{}</strong></p>").format(text) for text in said) + _translations(page),
    )


def _translations(page: PreviewPage) -> Markup:
    """Return links to an article's translations, by the names of their files."""
    found = page.article.translations if page.article is not None else {}
    link = Markup('<p><a href="{}" hreflang="{}">{}</a></p>')
    return Markup().join(
        link.format(in_language(links.plain_article(text.id), language), language, PurePath(text.path).name)
        for language, text in found.items()
    )


def _state_words(page: PreviewPage) -> str:
    labels = words().preview
    if page.state is PageState.GONE:
        return labels.gone
    if page.article is None:
        return labels.broken_new
    return labels.broken_partly if page.is_partial else labels.broken


def _found(page: PreviewPage) -> Markup:
    """Return the findings; the file is named above."""
    if not page.findings:
        return Markup()
    return Markup('<section class="kb-desk" id="{}"><h2>{}</h2>{}</section>').format(
        _FINDINGS, words().preview.findings, findings.html(page.findings, with_path=False)
    )
