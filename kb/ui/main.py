"""The router: which pages there are, and what stands around each. Called by ``app.py`` and the server's script."""

from __future__ import annotations

from pathlib import Path as File

import streamlit as st

from kb.app import container
from kb.errors import ConfigError, KbError
from kb.settings.site import Site
from kb.types import User
from kb.ui import language, local_editor, words
from kb.ui.components import building, contact_panel, frame, message
from kb.ui.current_user import current_user, uses_provider
from kb.ui.keys import Key, Path

PAGES = File(__file__).resolve().parent / "pages"


def run() -> None:
    """Draw the page that the address names."""
    language.follow_visit("")
    user = _user()
    for_writers = user is not None or local_editor.is_open_to(_requested_host())
    page = st.navigation(_pages(user, for_writers=for_writers), position="hidden")
    st.set_page_config(page_icon=str(frame.ICON), layout="centered", initial_sidebar_state="collapsed")
    try:
        site = container.get_settings().site
    except ConfigError as error:
        # Only the operator meets this, before anything serves: the message names file and line.
        frame.show_top(Site(), "")
        message.show(words.UNAVAILABLE_TITLE, str(error))
        return
    language.follow_visit(f"/{page.url_path}")
    frame.show_top(site, f"/{page.url_path}")
    is_first_build = building.show(container.get_settings().index)
    try:
        page.run()
    except KbError as error:
        if is_first_build:  # the page has said already why it has no answers yet
            contact_panel.show(site)
        else:
            message.show_unavailable(error, site)
    frame.show_footer(site, for_writers=for_writers, user=user)


def _user() -> User | None:
    """Return who is signed in; None where the settings cannot be read, which the page says by itself."""
    try:
        user = current_user()
    except ConfigError:
        return None
    if user is not None:
        st.session_state[Key.WAS_SIGNED_IN] = True
    return user


def _requested_host() -> str:
    return st.context.headers.get("host") or ""


def _pages(user: User | None, *, for_writers: bool) -> list[st.Page]:
    pages = [
        st.Page(PAGES / "ask.py", title=words.ASK_TITLE, default=True),
        st.Page(PAGES / "article.py", title=words.NAV_BROWSE, url_path=Path.ARTICLE.url_path),
        st.Page(PAGES / "browse.py", title=words.BROWSE_TITLE, url_path=Path.BROWSE.url_path),
        st.Page(PAGES / "bill.py", title=words.BILL_TITLE, url_path=Path.BILL.url_path),
        st.Page(PAGES / "contact.py", title=words.CONTACT_TITLE, url_path=Path.CONTACT.url_path),
        st.Page(PAGES / "privacy.py", title=words.PRIVACY_TITLE, url_path=Path.PRIVACY.url_path),
    ]
    if for_writers:
        pages.append(st.Page(PAGES / "writing.py", title=words.WRITING_TITLE, url_path=Path.WRITING.url_path))
    if user is not None:
        pages.append(st.Page(PAGES / "insights.py", title=words.INSIGHTS_TITLE, url_path=Path.INSIGHTS.url_path))
    elif st.session_state.get(Key.WAS_SIGNED_IN):
        # In a window that is still open the page is not gone, but shut: it says where to sign in again.
        shut = [Path.INSIGHTS] if for_writers else [Path.INSIGHTS, Path.WRITING]
        pages += [st.Page(PAGES / "ended.py", title=words.ENDED_TITLE, url_path=path.url_path) for path in shut]
    if uses_provider():
        pages.append(st.Page(PAGES / "login.py", title=words.SIGN_IN_TITLE, url_path=Path.LOGIN.url_path))
    return pages
