"""Records of those who work on the help center, and what is needed of whoever keeps them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol


class Role(StrEnum):
    """What somebody may do."""

    EDITOR = "editor"
    """Reads both pages, and starts drafts."""
    LEAD = "lead"
    """Also moves gaps from state to state."""
    OPERATOR = "operator"
    """May do what a lead may; runs the server."""

    @property
    def moves_gaps(self) -> bool:
        """Whether every step of a gap is open to it, and not drafting alone."""
        return self is not Role.EDITOR


@dataclass(frozen=True, slots=True)
class User:
    """Whoever is signed in, as known at this moment."""

    name: str
    """What stands in histories."""
    role: Role
    is_local: bool = True
    """False when an identity provider vouches."""


@dataclass(frozen=True, slots=True)
class Account:
    """A local account as it is kept."""

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
    """A sign-in that was begun: it is counted as failed until it succeeds."""

    account: Account
    is_locked: bool
    """Whether it came too early after failed ones; then it was not counted."""


@dataclass(frozen=True, slots=True)
class StaffSession:
    """A session as it is kept."""

    account: Account
    created_at: datetime
    expires_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Who did what, when."""

    at: datetime
    who: str
    what: str
    target: str
    detail: str


class AccountStore(Protocol):
    """What :mod:`kb.accounts` needs of a database. Each call is one transaction, safe from any thread."""

    def add(self, name: str, role: Role, password_hash: str, at: datetime) -> bool:
        """Add an account; False when the name is taken."""
        ...

    def find(self, name: str) -> Account | None:
        """Return an account by its name."""
        ...

    def everyone(self) -> list[Account]:
        """Return all accounts by name."""
        ...

    def set_role(self, account_id: int, role: Role) -> None:
        """Change what an account may do."""
        ...

    def set_password(self, account_id: int, password_hash: str) -> None:
        """Change the hash, forget failed attempts, and end all sessions."""
        ...

    def set_disabled(self, account_id: int, *, disabled: bool) -> None:
        """Disable an account, which ends its sessions, or enable it, which forgets failed attempts."""
        ...

    def begin_attempt(self, name: str, at: datetime, wait: Callable[[int], timedelta]) -> Attempt | None:
        """Count an attempt as failed, and lock the account for as long as ``wait`` says for their number.

        :param name: As typed.
        :param at: Now.
        :param wait: From the number of failed attempts, this one included.
        :return: The attempt; None for an unknown name.
        """
        ...

    def succeed(self, account_id: int, password_hash: str = "") -> None:
        """Forget failed attempts; keep a new hash of the same password if one is given."""
        ...

    def open_session(self, token_hash: str, account_id: int, at: datetime, expires_at: datetime) -> None:
        """Keep a session, and remove those that have expired."""
        ...

    def session(self, token_hash: str) -> StaffSession | None:
        """Return a session with its account as it is now."""
        ...

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """Say that a session is in use."""
        ...

    def close_session(self, token_hash: str) -> None:
        """End a session."""
        ...

    def audit(self, entry: AuditEntry) -> None:
        """Write down what somebody did."""
        ...

    def audit_once(self, entry: AuditEntry) -> None:
        """Write down what somebody did, unless the same was written before, at whatever time."""
        ...

    def audited(self, last: int) -> list[AuditEntry]:
        """Return the last entries, the newest first."""
        ...
