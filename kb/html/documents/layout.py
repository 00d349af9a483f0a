"""The frame of a plain page: a whole document around some content."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from kb.html.documents import structured
from kb.html.documents.structured import found_by, social_head
from kb.html.parts import frame
from kb.html.words import words
from kb.settings.site import Site

_NOTHING: Final = Markup()
# Everything is in an element of the class "stHtml", as on the application's pages: they share their styles.
_STYLES: Final = Markup().join(
    Markup('<link rel="stylesheet" href="/assets/{}.css">').format(name)
    for name in ("base", "pages", "reading", "contact", "bill", "privacy", "plain")
)


def page(
    site: Site,
    title: str,
    main: Markup,
    *,
    description: str = "",
    canonical: str = "",
    kind: str = "website",
    head: Markup = _NOTHING,
    before: Markup = _NOTHING,
    pages: Sequence[tuple[str, str]] | None = None,
    article_id: str = "",
    alternates: Sequence[tuple[str, str]] = (),
) -> Markup:
    """Return a whole document around some content.

    :param site: The operator's words.
    :param title: The title in the browser's tab, before the site's name.
    :param main: The content.
    :param description: For search engines.
    :param canonical: Absolute address; empty for none, and then search engines are told to leave the page out.
    :param kind: The page's Open Graph type.
    :param head: Added to the document's head.
    :param before: Between the top and the content.
    :param pages: Addresses and names of the pages that the top leads to; None for those of the help center.
    :param article_id: The article that the page shows; empty for another page.
    :param alternates: The same page by language, with absolute addresses.
    :return: HTML.
    """
    described = Markup('<meta name="description" content="{}">').format(description) if description else ""
    return Markup(
        '<!DOCTYPE html><html lang="{language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<title>{title} · {site.name}</title>{described}{linked}"
        '<link rel="icon" href="/assets/icon.svg" type="image/svg+xml">'
        '<link rel="preload" href="/assets/text.woff2" as="font" type="font/woff2" crossorigin>'
        "{styles}{themed}{social}{found_by}{head}</head>"
        '<body><a class="kb-skip" href="#main">{skip}</a><div class="kb-page stHtml">'
        '<header>{top}</header>{before}<main id="main">{main}</main>{footer}</div></body></html>'
    ).format(
        language=words().language,
        title=title,
        site=site,
        described=described,
        linked=_canonical(canonical) + structured.alternates(alternates),
        styles=_STYLES,
        themed=frame.theme_sheet(),
        social=social_head(site, title, description, canonical, kind),
        found_by=found_by(site, article_id) if pages is None else "",
        head=head,
        skip=words().frame.skip_to_main,
        top=frame.top(site, "", pages),
        before=before,
        main=main,
        footer=frame.footer(site, pages=pages),
    )


def _canonical(address: str) -> Markup:
    if not address:
        return Markup('<meta name="robots" content="noindex">')
    return Markup('<link rel="canonical" href="{}">').format(address)


def without_script(site: Site, main: Markup) -> Markup:
    """Return content for the noscript part of an application's page, with its frame and its styles.

    :param site: The operator's words.
    :param main: The content.
    :return: HTML.
    """
    return Markup('{}<div class="kb-page stHtml"><header>{}</header><main>{}</main>{}</div>').format(
        _STYLES + frame.theme_sheet(), frame.top(site, ""), main, frame.footer(site)
    )
