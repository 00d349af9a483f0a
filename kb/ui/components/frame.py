"""What stands on every page in the same place: the top with its three links, and the footer with the notice."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path as File

import streamlit as st

from kb.settings.site import Site
from kb.types import User
from kb.ui import language, words
from kb.ui.formatting import escape
from kb.ui.keys import Path

STATIC = File(__file__).resolve().parent.parent / "static"
ICON = STATIC / "icon.svg"
_STYLE_SHEETS = ("base.css", "pages.css", "suggest.css", "reading.css", "contact.css", "bill.css", "privacy.css")


@lru_cache(maxsize=1)
def _styles() -> str:
    css = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in _STYLE_SHEETS)
    return f"<style>{css}</style>"


def show_style(name: str) -> None:
    """Draw the styles of one page alone.

    :param name: A file of the static folder.
    """
    st.html(f"<style>{(STATIC / name).read_text(encoding='utf-8')}</style>")


def top_html(site: Site, current: str) -> str:
    """Return brand and navigation.

    :param site: The operator's words.
    :param current: The path of the page that is open.
    :return: HTML.
    """
    links = "".join(_nav_link(path, label, current) for path, label in _navigation())
    return (
        '<div class="kb-top">'
        f'<a class="kb-brand" href="{Path.ASK}">{escape(site.name)}</a>'
        f'<nav class="kb-nav" aria-label="{escape(words.NAV_LABEL)}">{links}</nav>{_language_switch()}</div>'
    )


def _language_switch() -> str:
    """Return the same page's address in the other language, named in that language."""
    others = "".join(
        f'<a href="{escape(address)}" hreflang="{other}" lang="{other}">{escape(words.LANGUAGE_NAMES[other])}</a>'
        for other, address in language.other_addresses()
    )
    if not others:
        return ""
    return f'<nav class="kb-languages" aria-label="{escape(words.LANGUAGE_LABEL)}">{others}</nav>'


def footer_html(site: Site, *, for_writers: bool = False, user: User | None = None) -> str:
    """Return the footer: who runs the site, and the same links once more.

    :param site: The operator's words.
    :param for_writers: Whether the page for writers is open to whoever reads this.
    :param user: Who is signed in; None for customers.
    :return: HTML.
    """
    said, lang = site.notice_in(words.language())
    notice = f"<p{words.marked(lang)}>{escape(said)}</p>" if said else ""
    shown = _navigation()
    shown.append((Path.PRIVACY, words.PRIVACY_TITLE))
    if for_writers:
        shown.append((Path.WRITING, words.NAV_WRITING))
    if user is not None:
        shown.append((Path.INSIGHTS, words.NAV_INSIGHTS))
        shown.append((Path.LOGOUT if user.is_local else Path.LOGIN, words.NAV_SIGN_OUT.format(name=user.name)))
    links = "".join(_nav_link(path, label, "") for path, label in shown)
    return f'<footer class="kb-footer">{notice}<p class="kb-footer-links">{links}</p></footer>'


def show_top(site: Site, current: str) -> None:
    """Draw the top of a page, with the styles of all of them."""
    st.html(_styles())
    st.html(top_html(site, current))


def show_footer(site: Site, *, for_writers: bool = False, user: User | None = None) -> None:
    """Draw the foot of a page."""
    st.html(footer_html(site, for_writers=for_writers, user=user))


def _navigation() -> list[tuple[Path, str]]:
    return [
        (Path.ASK, words.NAV_ASK),
        (Path.BROWSE, words.NAV_BROWSE),
        (Path.BILL, words.NAV_BILL),
        (Path.CONTACT, words.NAV_CONTACT),
    ]


def _nav_link(path: Path, label: str, current: str) -> str:
    here = ' aria-current="page"' if path == current else ""
    return f'<a href="{path}"{here}><span>{escape(label)}</span></a>'
