"""Local accounts, their sessions, and the audit of both."""

from __future__ import annotations

import hashlib
import logging
import re
import secrets
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kb.accounts import passwords
from kb.accounts.passwords import STRONG, Cost
from kb.errors import AccountRefused, SignInRefused
from kb.types import Account, AccountLock, AuditEntry, CameFrom, Role, User

if TYPE_CHECKING:  # it loads the database's library
    from kb.accounts.store import SqlAccounts

_log = logging.getLogger(__name__)
_NAME = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")
_SEEN_EVERY: Final = timedelta(minutes=1)
"""The last use of a session is stored this often: reading must not write each time."""
_CLOCKS_APART: Final = timedelta(minutes=5)
"""How far the clocks of two servers may differ."""
_HASHED_AT_ONCE: Final = 2
"""Passwords hashed at once; each takes 32 MB and a processor."""
_UNKNOWN_NAME: Final = "unknown name"
"""What the audit calls every name that no account has."""
_NOWHERE: Final = CameFrom()
_REASONS: Final = (_UNKNOWN_NAME, "wrong password", "locked", "disabled")
_WARNED_FROM: Final = 8
"""Attempts with unknown names from one network, of which the log warns."""
_REFUSED: Final = (
    "Name and password do not belong together, or there were too many attempts. Check both, and wait a moment "
    "before you try again."
)
"""One message for every refusal, so that it does not tell which names exist."""


@dataclass(frozen=True, slots=True)
class Lifetime:
    """The lifetime of sessions."""

    longest: timedelta = timedelta(hours=12)
    idle: timedelta = timedelta(hours=1)


class Accounts:
    """The local accounts and their sessions, shared by all threads."""

    def __init__(
        self,
        store: SqlAccounts,
        lifetime: Lifetime = Lifetime(),
        cost: Cost = STRONG,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Work on the accounts of a store.

        :param store: The store.
        :param lifetime: The lifetime of sessions.
        :param cost: The cost of a password's hash.
        :param clock: Returns the moment, UTC.
        """
        self._store = store
        self._lifetime = lifetime
        self._cost = cost
        self._clock = clock
        self._hashing = threading.BoundedSemaphore(_HASHED_AT_ONCE)
        self._refused: Counter[str] = Counter()
        self._counting = threading.Lock()
        self._decoy_hash = passwords.hash_password(secrets.token_urlsafe(16), cost)

    @property
    def longest_session(self) -> timedelta:
        """The time after which everyone has to sign in again."""
        return self._lifetime.longest

    # -------------------------------------------------------------------------------------- signing in

    def sign_in(self, name: str, password: str, came_from: CameFrom = _NOWHERE) -> str:
        """Check name and password and open a session.

        The attempt counts as failed before the password is checked, so that many at once gain nothing. Unknown names
        take as long as known ones.

        :param name: As typed.
        :param password: As typed.
        :param came_from: The place that the attempt came from; each is locked by itself.
        :return: The session's token, for the cookie; only its hash is kept.
        :raises SignInRefused: Always with the same message.
        """
        name, now = name.strip().casefold(), self._clock()
        known = name if _NAME.fullmatch(name) else ""
        attempt = self._store.begin_attempt(known, now, came_from.network, _digest(came_from.browser))
        account = attempt.account
        with self._hashing:
            right = passwords.is_password(password, self._decoy_hash if account is None else account.password_hash)
        if account is None or attempt.is_locked or account.disabled or not right:
            self._refuse(account, "locked" if attempt.is_locked else "", attempt.again)
            raise SignInRefused(_REFUSED)
        self._store.succeed(account, came_from.network, self._rehashed(password, account))
        token = secrets.token_urlsafe(32)
        self._store.open_session(_digest(token), account.id, now, now + self._lifetime.longest)
        self._note(account.name, "signed in", account.name)
        return token

    def _refuse(self, account: Account | None, why: str, again: int) -> None:
        """Count a refused attempt and audit it; of the same kind from one place only the 1st, 2nd, 4th, 8th and so on.

        An unknown name is written nowhere: it may be a password in the wrong field.
        """
        is_told = again & (again - 1) == 0
        if account is None:
            self._count(_UNKNOWN_NAME)
            if is_told:
                self._note(_UNKNOWN_NAME, "sign-in refused", "", f"{again} from one network")
            if is_told and again >= _WARNED_FROM:
                _log.warning("%d attempts to sign in with unknown names came from one network within a day.", again)
            return
        why = why or ("disabled" if account.disabled else "wrong password")
        self._count(why)
        if is_told:
            times = f", {again} times from there" if again > 1 else ""
            self._note(account.name, "sign-in refused", account.name, f"{why}{times}")

    def _count(self, why: str) -> None:
        with self._counting:
            self._refused[why] += 1

    def refused(self) -> dict[str, int]:
        """Return how many attempts were refused since the start, by the reason."""
        with self._counting:
            return {why: self._refused[why] for why in _REASONS}

    def know_browser(self, token: str, browser: str = "") -> str:
        """Count the attempts of a browser by themselves from now on, so that no stranger's failures lock it out.

        :param token: The session's token, which :meth:`sign_in` has just returned.
        :param browser: The token that the browser sent; one that was not given out here is replaced.
        :return: The token that the browser is to send when its user signs in again; only its hash is kept.
        """
        user = self.user_of(token)
        if not (browser and self._store.knows_browser(_digest(browser))):
            browser = secrets.token_urlsafe(32)
        if user is not None:
            self._store.know_browser(user.name, _digest(browser), self._clock())
        return browser

    def locks(self) -> list[AccountLock]:
        """Return the locks of networks and known browsers that hold; that of a whole name is the account's own."""
        return self._store.locks(self._clock())

    def unknown_names(self) -> tuple[int, int]:
        """Return how many attempts were made with unknown names within a day, and from how many networks."""
        return self._store.unknown_names()

    def user_of(self, token: str) -> User | None:
        """Return the user whose session a token belongs to, with the role of this moment.

        :param token: The cookie's value, which may be anything.
        :return: None without such a session, when it expired or was idle too long, or when the account is disabled.
        """
        if not token:
            return None
        digest, now = _digest(token), self._clock()
        found = self._store.session(digest)
        if found is None or found.account.disabled:
            return None
        was_set_back = (
            found.last_seen_at - now > _CLOCKS_APART
        )  # by how much nobody knows, so nothing is known of its age
        if now >= found.expires_at or now - found.last_seen_at >= self._lifetime.idle or was_set_back:
            self._store.close_session(digest)
            return None
        if now - found.last_seen_at >= _SEEN_EVERY:
            self._store.touch_session(digest, now)
        return User(found.account.name, found.account.role)

    def sign_out(self, token: str) -> None:
        """End a session, if there is one."""
        user = self.user_of(token)
        self._store.close_session(_digest(token))
        if user is not None:
            self._note(user.name, "signed out", user.name)

    # ---------------------------------------------------------------------------------------- accounts

    def add(self, name: str, role: Role, password: str, *, who: str) -> None:
        """Add an account.

        :param name: Lower-case letters, digits and ``. _ @ + -``.
        :param role: Its role.
        :param password: At least :data:`kb.accounts.passwords.SHORTEST` characters.
        :param who: The person who adds it.
        :raises AccountRefused: If name or password cannot be used, or the name is taken.
        """
        name = check_name(name)
        passwords.check_new(password, name)
        if not self._store.add(name, role, passwords.hash_password(password, self._cost), self._clock()):
            raise AccountRefused(f"There is an account {name!r} already. Choose another name, or use: kb users passwd")
        self._note(who, "account added", name, role.value)

    def everyone(self) -> list[Account]:
        """Return all accounts, ordered by name."""
        return self._store.everyone()

    def set_password(self, name: str, password: str, *, who: str) -> None:
        """Change a password, which ends every session and every lock of the account.

        :param name: The account's name.
        :param password: The new password.
        :param who: The person who changes it.
        :raises AccountRefused: If there is no such account or the password cannot be used.
        """
        account = self.find(name)
        passwords.check_new(password, account.name)
        self._store.set_password(account.id, passwords.hash_password(password, self._cost))
        self._note(who, "password changed", account.name)

    def set_role(self, name: str, role: Role, *, who: str) -> None:
        """Change an account's role, from its next click on.

        :param name: The account's name.
        :param role: The new role.
        :param who: The person who changes it.
        :raises AccountRefused: If there is no such account.
        """
        account = self.find(name)
        self._store.set_role(account.id, role)
        self._note(who, "role changed", account.name, f"{account.role.value} to {role.value}")

    def set_disabled(self, name: str, *, disabled: bool, who: str) -> None:
        """Disable an account, which ends its sessions, or enable it again.

        :param name: The account's name.
        :param disabled: Whether signing in is refused.
        :param who: The person who changes it.
        :raises AccountRefused: If there is no such account.
        """
        account = self.find(name)
        self._store.set_disabled(account.id, disabled=disabled)
        self._note(who, "account disabled" if disabled else "account enabled", account.name)

    def find(self, name: str) -> Account:
        """Return an account.

        :param name: Its name.
        :return: The account.
        :raises AccountRefused: If there is no such account.
        """
        account = self._store.find(name.strip().casefold())
        if account is None:
            raise AccountRefused(f"There is no account {name!r}. List them: kb users list")
        return account

    def audited(self, last: int = 50) -> list[AuditEntry]:
        """Return the last entries of the audit, the newest first."""
        return self._store.audited(last)

    def note(self, user: User, what: str, target: str = "", detail: str = "") -> None:
        """Record in the audit what a signed-in user did."""
        self._note(user.name, what, target, detail)

    def _note(self, who: str, what: str, target: str = "", detail: str = "") -> None:
        self._store.audit(AuditEntry(self._clock(), who, what, target, detail))

    def _rehashed(self, password: str, account: Account) -> str:
        """Return the password's hash with the parameters now in use; empty when the kept hash has them."""
        if not passwords.is_outdated(account.password_hash, self._cost):
            return ""
        with self._hashing:
            return passwords.hash_password(password, self._cost)


def check_name(name: str) -> str:
    """Return an account's name as it is stored, in lower case.

    :param name: As typed.
    :return: The name.
    :raises AccountRefused: If it cannot be a name; the message says what one looks like.
    """
    name = name.strip().casefold()
    if not _NAME.fullmatch(name):
        raise AccountRefused(
            f"{name!r} cannot be an account's name. Use small letters, digits and . _ @ + - (up to 64)."
        )
    return name


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
