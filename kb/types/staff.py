"""Staff accounts: records and roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """The rights of an account."""

    EDITOR = "editor"
    """Reads both pages, starts drafts, and accepts or declines proposed changes."""
    LEAD = "lead"
    """Reads both pages, decides about questions, and moves gaps from state to state."""
    OPERATOR = "operator"
    """May do what editors and leads may; runs the server."""

    @property
    def moves_gaps(self) -> bool:
        """Whether it may take every step of a gap, not only drafting."""
        return self is not Role.EDITOR

    @property
    def edits_articles(self) -> bool:
        """Whether it may accept or decline what leads propose to change in an article."""
        return self is not Role.LEAD


@dataclass(frozen=True, slots=True)
class User:
    """A signed-in person, with the role of this moment."""

    name: str
    """The name that histories show."""
    role: Role
    is_local: bool = True
    """False if an identity provider vouches for the user."""


@dataclass(frozen=True, slots=True)
class Account:
    """A local account, as the database has it."""

    id: int
    name: str
    role: Role
    password_hash: str
    disabled: bool
    failed_attempts: int
    locked_until: datetime | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A sign-in that has begun; it counts as failed until it succeeds."""

    account: Account | None
    """None for a name that no account has."""
    is_locked: bool = False
    """Whether it came too early after failed attempts, and was therefore not counted."""
    again: int = 0
    """How often such an attempt (too early, or with an unknown name) came from the same place within a day, this one
    included."""


@dataclass(frozen=True, slots=True)
class CameFrom:
    """The place that an attempt to sign in came from."""

    network: str = ""
    """The network of the visitor's address; see :func:`kb.common.limits.network_of`."""
    browser: str = ""
    """The token that the browser got when its user signed in before; anything else is an unknown browser."""


@dataclass(frozen=True, slots=True)
class AccountLock:
    """A lock of an account for one place, which ends by itself."""

    name: str
    is_browser: bool
    """Whether it is a known browser; a network otherwise."""
    failed: int
    """Failed attempts in a row."""
    until: datetime


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A session, as the database has it."""

    account: Account
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One line of the audit: who did what, and when."""

    at: datetime
    who: str
    what: str
    target: str
    detail: str
