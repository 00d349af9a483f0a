"""The signed-in user, looked up on every run of a page, so that a revoked role is gone at the next click."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import streamlit as st

from kb.accounts import oidc
from kb.accounts.oidc import SignIn
from kb.app.container import current
from kb.app.staff_access import is_local_editor, session_user, uses_provider
from kb.errors import JournalUnavailable
from kb.html.words import words
from kb.types import Role, User

_log = logging.getLogger(__name__)


def current_user() -> User | None:
    """Return the user who is signed in, with the role of this moment; None for customers.

    Role, expiry and idleness are checked on each call. A database that fails signs nobody in, and the page is drawn.
    """
    if not uses_provider():
        return session_user(current(), st.context.cookies.to_dict())
    found = _sign_in(st.user.to_dict()) if st.user.is_logged_in else None
    if found is None:
        return None
    _note(lambda: current().sign_ins.met(found))
    return found.user


def current_writer() -> User | None:
    """Return who writes: the user who is signed in, or the editor on this computer, who has no account."""
    user = current_user()
    if user is None and is_open_to_writers():
        return User(words().lessons.local_editor, Role.EDITOR)
    return user


def is_open_to_writers() -> bool:
    """Return whether the page for writers is open without a sign-in, to the request that is answered now."""
    listens_on = current().listens_on
    if listens_on is None:  # under 'streamlit run' the address is Streamlit's own setting
        listens_on = str(st.get_option("server.address") or "")
    return is_local_editor(listens_on, _requested_host())


def _requested_host() -> str:
    return st.context.headers.get("host") or ""


def note_sign_out() -> None:
    """Record a provider user's sign-out; a database failure does not prevent it."""
    found = _sign_in(st.user.to_dict())
    if found is not None:
        _note(lambda: current().sign_ins.left(found))


def _sign_in(claims: Mapping[str, Any]) -> SignIn | None:
    settings = current().settings
    return oidc.sign_in_of(
        claims,
        settings.oidc_roles,
        claim=settings.oidc_claim,
        longest=timedelta(hours=settings.session_hours),
        now=datetime.now(UTC),
    )


def _note(write: Callable[[], None]) -> None:
    """Write a record; a database failure is logged, and the page is drawn all the same."""
    try:
        write()
    except JournalUnavailable as error:
        _log.error("A sign-in or sign-out is not recorded. %s", error)
