"""The frame of every page: styles, the top with its links, and the footer with the notice."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from markupsafe import Markup

from kb.html import language
from kb.html.addresses import Page
from kb.html.parts import theme
from kb.html.words import words
from kb.settings.site import Site
from kb.types import User

STATIC = Path(__file__).resolve().parent.parent / "static"
ICON = STATIC / "icon.svg"
_STYLE_SHEETS = ("base.css", "pages.css", "suggest.css", "reading.css", "contact.css", "bill.css", "privacy.css")


@lru_cache(maxsize=8)
def styles(*names: str) -> Markup:
    r"""Return style sheets as an element of the page.

    :param \*names: Files of the static folder; none for those that every page has.
    :return: HTML.
    """
    return Markup("<style>{}</style>").format(Markup(_css(*names)))  # noqa: S704 — files of ours


def style_sheet() -> tuple[str, str]:
    """Return the style sheets that every page has as one file: its address, which changes with its text, and the text.

    :return: A path of the server, and CSS.
    """
    return _style_sheet(theme.css())


def theme_sheet() -> Markup:
    """Return the link from plain pages to the operator's color; empty for ours."""
    css = theme.css()
    address = f"/assets/theme.css?{hashlib.sha256(css.encode()).hexdigest()[:16]}"
    return Markup('<link rel="stylesheet" href="{}">').format(address) if css else Markup()


@lru_cache(maxsize=2)
def _style_sheet(themed: str) -> tuple[str, str]:
    css = _css() + themed
    return f"/assets/pages-{hashlib.sha256(css.encode()).hexdigest()[:16]}.css", css


def _css(*names: str) -> str:
    return "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names or _STYLE_SHEETS)


def top(site: Site, current: str, pages: Sequence[tuple[str, str]] | None = None) -> Markup:
    """Return brand and navigation.

    :param site: The operator's words.
    :param current: The path of the page that is open.
    :param pages: Addresses and names of the pages; None for those of the help center.
    :return: HTML.
    """
    return Markup(
        '<div class="kb-top" data-language="{language}"><a class="kb-brand" href="{home}">{name}</a>'
        '<nav class="kb-nav" aria-label="{label}">{links}</nav>{languages}</div>'
    ).format(
        language=words().language,
        home=Page.ASK,
        name=site.name,
        label=words().frame.nav_label,
        links=Markup().join(_nav_link(path, label, current) for path, label in pages or _navigation(site)),
        languages=_language_switch() if pages is None else "",
    )


def _language_switch() -> Markup:
    """Return the same page's address in the other language, named in that language."""
    others = Markup().join(
        Markup('<a href="{address}" hreflang="{lang}" lang="{lang}">{name}</a>').format(
            address=address, lang=other, name=words().frame.language_names[other]
        )
        for other, address in language.other_addresses()
    )
    if not others:
        return others
    return Markup('<nav class="kb-languages" aria-label="{}">{}</nav>').format(words().frame.language_label, others)


def footer(
    site: Site,
    *,
    for_writers: bool = False,
    user: User | None = None,
    pages: Sequence[tuple[str, str]] | None = None,
) -> Markup:
    """Return the footer: who runs the site, and the same links once more.

    :param site: The operator's words.
    :param for_writers: Whether the page for writers is open to the reader.
    :param user: Who is signed in; None for customers.
    :param pages: Addresses and names of the pages; None for those of the help center.
    :return: HTML.
    """
    said, lang = site.notice_in(words().language)
    notice = Markup("<p{}>{}</p>").format(words().marked(lang), said) if said else Markup()
    shown = [*(pages or (*_navigation(site), (str(Page.PRIVACY), words().privacy.title)))]
    if for_writers:
        shown.append((Page.WRITING, words().writing.nav))
    if user is not None:
        shown.append((Page.INSIGHTS, words().sign_in.nav_insights))
        shown.append(
            (Page.LOGOUT if user.is_local else Page.LOGIN, words().sign_in.nav_sign_out.format(name=user.name))
        )
    links = Markup().join(_nav_link(path, label, "") for path, label in shown)
    return Markup('<footer class="kb-footer">{}<p class="kb-footer-links">{}</p></footer>').format(notice, links)


def _navigation(site: Site) -> list[tuple[str, str]]:
    return [
        (Page.ASK, words().frame.nav_ask),
        (Page.BROWSE, words().frame.nav_browse),
        *([(Page.BILL, words().frame.nav_bill)] if site.has_bill_page else []),
        (Page.CONTACT, words().frame.nav_contact),
    ]


def _nav_link(path: str, label: str, current: str) -> Markup:
    here = Markup(' aria-current="page"') if path == current else Markup()
    return Markup('<a href="{}"{}><span>{}</span></a>').format(path, here, label)
