"""The router: the pages and their frame. Called by ``app.py`` and the server's script."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from kb.app.container import current
from kb.app.staff_access import uses_provider
from kb.errors import ConfigError, KbError
from kb.html.addresses import Page
from kb.html.parts import contact, frame, message
from kb.html.words import words
from kb.settings.site import Site
from kb.types import User
from kb.ui import case_state, language, moved
from kb.ui.current_user import current_user, is_open_to_writers
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets import building

PAGES = Path(__file__).resolve().parent / "pages"


def run() -> None:
    """Draw the page that the address names."""
    with current().ending.in_hand():
        _run()


def _run() -> None:
    moved.take_over()
    language.follow_visit("")
    user = _user()
    for_writers = user is not None or is_open_to_writers()
    page = st.navigation(_pages(user, for_writers=for_writers), position="hidden")
    if not _has_own_shell():
        st.set_page_config(page_icon=str(frame.ICON), layout="centered", initial_sidebar_state="collapsed")
    try:
        site = current().settings.site
    except ConfigError as error:
        # Only the operator meets this, before anything serves: the message names file and line.
        _top(Site(), "")
        draw(message.message(words().frame.unavailable_title, str(error)))
        return
    language.follow_visit(f"/{page.url_path}")
    _top(site, f"/{page.url_path}")
    is_first_build = building.show(current().settings.index)
    try:
        page.run()
    except KbError as error:
        if not is_first_build:  # else the page has said already why it has no answers yet
            draw(message.unavailable(error))
        draw(contact.panel(site, level=2, zone=case_state.customer_zone()))
    draw(frame.footer(site, for_writers=for_writers, user=user))


def _top(site: Site, here: str) -> None:
    if not _has_own_shell():
        draw(frame.styles())
    draw(frame.top(site, here))


def _has_own_shell() -> bool:
    """Return whether our server sent the first HTML, with icon and styles, so that no run needs to send them again."""
    return current().listens_on is not None


def _user() -> User | None:
    """Return the signed-in user; None if the settings cannot be read, which the page reports itself."""
    try:
        user = current_user()
    except ConfigError:
        return None
    if user is not None:
        st.session_state[Key.WAS_SIGNED_IN] = True
    return user


def _pages(user: User | None, *, for_writers: bool) -> list[st.Page]:
    pages = [
        st.Page(PAGES / "ask.py", title=words().ask.title, default=True),
        st.Page(PAGES / "article.py", title=words().frame.nav_browse, url_path=Page.ARTICLE.url_path),
        st.Page(PAGES / "browse.py", title=words().browse.title, url_path=Page.BROWSE.url_path),
        st.Page(PAGES / "bill.py", title=words().bill.title, url_path=Page.BILL.url_path),
        st.Page(PAGES / "contact.py", title=words().contact.title, url_path=Page.CONTACT.url_path),
        st.Page(PAGES / "privacy.py", title=words().privacy.title, url_path=Page.PRIVACY.url_path),
    ]
    if for_writers:
        pages.append(st.Page(PAGES / "writing.py", title=words().writing.title, url_path=Page.WRITING.url_path))
    if user is not None:
        pages.append(st.Page(PAGES / "insights.py", title=words().insights.title, url_path=Page.INSIGHTS.url_path))
    elif st.session_state.get(Key.WAS_SIGNED_IN):
        # In a window that is still open the page is not gone, but shut: it says where to sign in again.
        shut = [Page.INSIGHTS] if for_writers else [Page.INSIGHTS, Page.WRITING]
        pages += [
            st.Page(PAGES / "ended.py", title=words().sign_in.ended_title, url_path=path.url_path) for path in shut
        ]
    if uses_provider():
        pages.append(st.Page(PAGES / "login.py", title=words().sign_in.title, url_path=Page.LOGIN.url_path))
    return pages
