"""Signing in and out."""

from __future__ import annotations

from typing import Final

ROLES: Final = {"editor": "editor", "lead": "lead", "operator": "operator"}
NAV_INSIGHTS: Final = "Insights"
NAV_SIGN_OUT: Final = "Sign out ({name})"
SIGN_IN_TITLE: Final = "Sign in"
SIGN_IN_LEAD: Final = "For those who work on this help center."
SIGN_IN_NAME: Final = "Name"
SIGN_IN_PASSWORD: Final = "Password"  # noqa: S105 — a label
SIGN_IN_SUBMIT: Final = "Sign in"
SIGN_IN_EXPIRED: Final = "This form was open for too long, or cookies are off. Type name and password once more."
SIGN_IN_TOO_OFTEN: Final = "There were too many attempts from this network. Wait a minute, then try again."
SIGN_IN_NO_DATABASE: Final = "Nobody can sign in at the moment: the database does not answer. The log says why."
SIGN_IN_PROVIDER: Final = "Sign in with your organization"
SIGN_IN_PROVIDER_LEAD: Final = "You sign in at your organization and come back here."
SIGN_IN_NO_ROLE_TITLE: Final = "No access"
SIGN_IN_NO_ROLE: Final = (
    "You are signed in as {name}, but have no role here, or signed in too long ago. Sign out and in again; if "
    "that does not help, ask whoever runs this help center."
)
SIGN_OUT_TITLE: Final = "Sign out"
SIGN_OUT_LEAD: Final = "You are signed in as {name} ({role})."
SIGN_OUT_SUBMIT: Final = "Sign out"
SIGNED_OUT_TITLE: Final = "You are signed out"
SIGN_IN_AGAIN: Final = "Sign in again"
ENDED_TITLE: Final = "You are no longer signed in"
ENDED_TEXT: Final = "Your session has ended. What you had not sent yet was not saved."
