"""What is on every page in the same place: styles, the top with its links, and the footer with the notice."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kb.html import language
from kb.html.addresses import Page
from kb.html.format import escape
from kb.html.words import words
from kb.settings.site import Site
from kb.types import User

STATIC = Path(__file__).resolve().parent.parent / "static"
ICON = STATIC / "icon.svg"
_STYLE_SHEETS = ("base.css", "pages.css", "suggest.css", "reading.css", "contact.css", "bill.css", "privacy.css")


@lru_cache(maxsize=8)
def styles(*names: str) -> str:
    """Return style sheets as an element of the page.

    :param names: Files of the static folder; none for those that every page has.
    :return: HTML.
    """
    css = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in names or _STYLE_SHEETS)
    return f"<style>{css}</style>"


def top(site: Site, current: str) -> str:
    """Return brand and navigation.

    :param site: The operator's words.
    :param current: The path of the page that is open.
    :return: HTML.
    """
    links = "".join(_nav_link(path, label, current) for path, label in _navigation())
    return (
        '<div class="kb-top">'
        f'<a class="kb-brand" href="{Page.ASK}">{escape(site.name)}</a>'
        f'<nav class="kb-nav" aria-label="{escape(words().frame.nav_label)}">{links}</nav>{_language_switch()}</div>'
    )


def _language_switch() -> str:
    """Return the same page's address in the other language, named in that language."""
    others = "".join(
        f'<a href="{escape(address)}" hreflang="{other}" lang="{other}">'
        f"{escape(words().frame.language_names[other])}</a>"
        for other, address in language.other_addresses()
    )
    if not others:
        return ""
    return f'<nav class="kb-languages" aria-label="{escape(words().frame.language_label)}">{others}</nav>'


def footer(site: Site, *, for_writers: bool = False, user: User | None = None) -> str:
    """Return the footer: who runs the site, and the same links once more.

    :param site: The operator's words.
    :param for_writers: Whether the page for writers is open to whoever reads this.
    :param user: Who is signed in; None for customers.
    :return: HTML.
    """
    said, lang = site.notice_in(words().language)
    notice = f"<p{words().marked(lang)}>{escape(said)}</p>" if said else ""
    shown = _navigation()
    shown.append((Page.PRIVACY, words().privacy.title))
    if for_writers:
        shown.append((Page.WRITING, words().writing.nav))
    if user is not None:
        shown.append((Page.INSIGHTS, words().sign_in.nav_insights))
        shown.append(
            (Page.LOGOUT if user.is_local else Page.LOGIN, words().sign_in.nav_sign_out.format(name=user.name))
        )
    links = "".join(_nav_link(path, label, "") for path, label in shown)
    return f'<footer class="kb-footer">{notice}<p class="kb-footer-links">{links}</p></footer>'


def _navigation() -> list[tuple[Page, str]]:
    return [
        (Page.ASK, words().frame.nav_ask),
        (Page.BROWSE, words().frame.nav_browse),
        (Page.BILL, words().frame.nav_bill),
        (Page.CONTACT, words().frame.nav_contact),
    ]


def _nav_link(path: Page, label: str, current: str) -> str:
    here = ' aria-current="page"' if path == current else ""
    return f'<a href="{path}"{here}><span>{escape(label)}</span></a>'
