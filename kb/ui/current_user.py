"""Who is signed in: looked up anew on every run of a page, so that a role taken away is gone at the next click."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import streamlit as st
from streamlit.runtime.secrets import secrets_singleton

from kb.accounts import oidc
from kb.accounts.oidc import SignIn
from kb.app import container
from kb.errors import JournalUnavailable
from kb.types import User

SESSION_COOKIE: Final = "kb_session"
_PROVIDER_COOKIE: Final = "_streamlit_user"
_log = logging.getLogger(__name__)


def current_user() -> User | None:
    """Return who is signed in at this moment, with the role of this moment; None for customers.

    Role, end and idleness are checked anew on each call. Without a cookie nothing is asked of the database; one that
    fails signs nobody in, and takes no page down.
    """
    if uses_provider():
        return _vouched_for()
    return of_cookies(st.context.cookies.to_dict())


def of_cookies(cookies: Mapping[str, str]) -> User | None:
    """Return whose local session a request's cookies name.

    :param cookies: Of the request.
    :return: None for customers, and where an identity provider is used.
    """
    token = cookies.get(SESSION_COOKIE, "")
    if not token or uses_provider():
        return None
    try:
        return container.get_accounts().user_of(token)
    except JournalUnavailable as error:
        _log.error("Nobody can be recognized as signed in. %s", error)
        return None


def was_here(cookies: Mapping[str, str]) -> bool:
    """Return whether a browser comes back that was signed in before, and may be told where to sign in again."""
    return bool(cookies.get(SESSION_COOKIE)) or has_provider_cookie(cookies)


def has_provider_cookie(cookies: Mapping[str, str]) -> bool:
    """Return whether the identity provider may have vouched: the pages look more closely.

    Streamlit splits a long cookie and numbers its parts.
    """
    return uses_provider() and any(name.startswith(_PROVIDER_COOKIE) for name in cookies)


def uses_provider() -> bool:
    """Return whether the operator's secrets name an identity provider, which then replaces local accounts."""
    try:
        return bool(secrets_singleton.load_if_toml_exists() and secrets_singleton.get("auth"))
    except FileNotFoundError:  # it went while it was looked for
        return False


def note_sign_out() -> None:
    """Write down that whoever the provider vouches for signs out, which a failing database does not keep from it."""
    found = _sign_in(st.user.to_dict())
    if found is not None:
        _note(lambda: container.get_sign_ins().left(found))


def _vouched_for() -> User | None:
    if not st.user.is_logged_in:
        return None
    found = _sign_in(st.user.to_dict())
    if found is None:
        return None
    _note(lambda: container.get_sign_ins().met(found))
    return found.user


def _sign_in(claims: Mapping[str, Any]) -> SignIn | None:
    settings = container.get_settings()
    return oidc.sign_in_of(
        claims,
        settings.oidc_roles,
        claim=settings.oidc_claim,
        longest=timedelta(hours=settings.session_hours),
        now=datetime.now(UTC),
    )


def _note(write: Callable[[], None]) -> None:
    """Write something down; a database that fails is said in the log, and takes no page down."""
    try:
        write()
    except JournalUnavailable as error:
        _log.error("A sign-in or sign-out is not written down. %s", error)
