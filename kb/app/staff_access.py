"""Access to the staff pages: for a signed-in user, or an editor on the server's own computer."""

from __future__ import annotations

import logging
import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from kb.common.hosts import is_loopback
from kb.errors import JournalUnavailable
from kb.types import User

if TYPE_CHECKING:
    from kb.app.container import Container

SESSION_COOKIE: Final = "kb_session"
_PROVIDER_COOKIE: Final = "_streamlit_user"
LOCAL_EDITOR: Final = "KB_LOCAL_EDITOR"
"""The environment variable that opens the page for writers without a sign-in; read on each request."""
_log = logging.getLogger(__name__)


def session_user(container: Container, cookies: Mapping[str, str]) -> User | None:
    """Return the user whose local session a request's cookies name, with the role of this moment.

    :param container: Holds the accounts.
    :param cookies: The request's cookies; without a session's, the database is not asked.
    :return: None for customers, where an identity provider is used, and while the database fails.
    """
    token = cookies.get(SESSION_COOKIE, "")
    if not token or uses_provider():
        return None
    try:
        return container.accounts.user_of(token)
    except JournalUnavailable as error:
        _log.error("Nobody can be recognized as signed in. %s", error)
        return None


def was_signed_in(cookies: Mapping[str, str]) -> bool:
    """Return whether a browser was signed in before, and may be told where to sign in again."""
    return bool(cookies.get(SESSION_COOKIE)) or has_provider_cookie(cookies)


def has_provider_cookie(cookies: Mapping[str, str]) -> bool:
    """Return whether the identity provider may vouch for a browser; only the pages can read its cookie.

    Streamlit splits a long cookie and numbers its parts.
    """
    return uses_provider() and any(name.startswith(_PROVIDER_COOKIE) for name in cookies)


def uses_provider() -> bool:
    """Return whether the operator's secrets name an identity provider, which then replaces local accounts."""
    from streamlit.runtime.secrets import secrets_singleton

    try:
        return bool(secrets_singleton.load_if_toml_exists() and secrets_singleton.get("auth"))
    except FileNotFoundError:  # it was removed in the meantime
        return False


def is_local_editor(listens_on: str, requested: str) -> bool:
    """Return whether a request may open the page for writers without a sign-in.

    It may where KB_LOCAL_EDITOR=1 asks for it, the server listens to its own computer alone, and the request names that
    computer: a proxy's public name, or that of another page, does not.

    :param listens_on: The server's address; empty where it is not known.
    :param requested: The request's Host header, with or without a port.
    :return: Whether the page is open.
    """
    if os.environ.get(LOCAL_EDITOR) != "1" or not is_loopback(listens_on):
        return False
    try:
        name = urlsplit(f"//{requested}").hostname or ""
    except ValueError:
        return False
    return is_loopback(name)
