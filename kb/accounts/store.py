"""Accounts, sessions and the audit in the journal's database."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa

from kb.accounts import attempts
from kb.database.engine import reading, writing
from kb.database.statements import insert_once
from kb.database.tables.journal import audit, sessions, users
from kb.types import Account, AccountLock, Attempt, AuditEntry, Role, StaffSession

_LONGEST_TARGET: Final = 200
_LONGEST_WHAT: Final = 64


class SqlAccounts:
    """The accounts of one database. Each call is one transaction, safe from any thread."""

    def __init__(self, engine: sa.Engine) -> None:
        """Work on a database.

        :param engine: The journal's database; its tables exist.
        """
        self.engine = engine

    # ---------------------------------------------------------------------------------------- accounts

    def add(self, name: str, role: Role, password_hash: str, at: datetime) -> bool:
        """Add an account; False when the name is taken."""
        values = {"name": name, "role": role.value, "password_hash": password_hash, "created_at": at}
        with writing(self.engine) as connection:
            return bool(connection.execute(insert_once(connection, users).values(**values)).rowcount)

    def find(self, name: str) -> Account | None:
        """Return an account by its name."""
        with reading(self.engine) as connection:
            row = connection.execute(sa.select(users).where(users.c.name == name)).one_or_none()
        return None if row is None else _account(row)

    def everyone(self) -> list[Account]:
        """Return all accounts, ordered by name."""
        with reading(self.engine) as connection:
            return [_account(row) for row in connection.execute(sa.select(users).order_by(users.c.name))]

    def set_role(self, account_id: int, role: Role) -> None:
        """Change an account's role."""
        self._change(account_id, role=role.value)

    def set_password(self, account_id: int, password_hash: str) -> None:
        """Change the hash, end all sessions and locks, and forget known browsers."""
        self._change(
            account_id, ends=True, forgets=True, password_hash=password_hash, failed_attempts=0, locked_until=None
        )

    def set_disabled(self, account_id: int, *, disabled: bool) -> None:
        """Disable an account, which ends its sessions and forgets its browsers, or enable it, which ends its locks."""
        values = {"disabled": disabled, "failed_attempts": 0, "locked_until": None}
        self._change(account_id, ends=True, forgets=disabled, **values)

    def _change(self, account_id: int, *, ends: bool = False, forgets: bool = False, **values: Any) -> None:
        with writing(self.engine) as connection:
            connection.execute(sa.update(users).where(users.c.id == account_id).values(**values))
            if ends:
                connection.execute(sa.delete(sessions).where(sessions.c.user_id == account_id))
                attempts.forget_all(connection, account_id, browsers=forgets)

    # -------------------------------------------------------------------------------------- signing in

    def begin_attempt(self, name: str, at: datetime, network: str = "", browser: str = "") -> Attempt:
        """Count an attempt as failed, unless its place or the name is locked; see :mod:`kb.accounts.attempts`.

        :param name: As typed; anything that no account is called counts as the same unknown name.
        :param at: Now.
        :param network: The visitor's network.
        :param browser: The SHA-256 of the token that the visitor's browser sent.
        :return: The attempt.
        """
        source, known = attempts.network_source(network), attempts.browser_source(browser)
        with writing(self.engine) as connection:
            attempts.forget_old(connection, at)
            # The row is held until the transaction ends: of two attempts at once, the second sees the first's count.
            row = connection.execute(sa.select(users).where(users.c.name == name).with_for_update()).one_or_none()
            if row is None:
                return Attempt(None, again=attempts.refuse(connection, attempts.NO_NAME, source, at))
            account = _account(row)
            if attempts.is_known(connection, name, known):
                source = known
            elif attempts.holds(account.locked_until, at):
                return Attempt(account, is_locked=True, again=attempts.refuse(connection, name, source, at))
            failed, locked = attempts.count(connection, name, source, at)
            if locked is not None:
                return Attempt(account, is_locked=True, again=attempts.refuse(connection, name, source, at))
            if source != known and failed <= attempts.FREE:
                self._count_stranger(connection, account, at)
            return Attempt(account)

    def _count_stranger(self, connection: sa.Connection, account: Account, at: datetime) -> None:
        """Count a failure for the name; a network cannot add more of them than it has free."""
        last = account.locked_until
        is_old = last is not None and at - last > attempts.NETWORK_FORGOTTEN
        failed = 1 if is_old else account.failed_attempts + 1
        until = at + attempts.wait_after(failed, attempts.FREE_OF_STRANGERS)
        values = {"failed_attempts": failed, "locked_until": until}
        connection.execute(sa.update(users).where(users.c.id == account.id).values(**values))

    def succeed(self, account: Account, network: str = "", password_hash: str = "") -> None:
        """Reset the failed attempts on a name, those of the network that its user came from included.

        :param account: The account.
        :param network: The visitor's network.
        :param password_hash: A new hash of the same password; empty to keep the old one.
        """
        values: dict[str, Any] = {"failed_attempts": 0, "locked_until": None}
        if password_hash:
            values["password_hash"] = password_hash
        with writing(self.engine) as connection:
            connection.execute(sa.update(users).where(users.c.id == account.id).values(**values))
            attempts.forget(connection, account.name, attempts.network_source(network))

    def know_browser(self, name: str, digest: str, at: datetime) -> None:
        """Count a browser's attempts on a name by themselves from now on."""
        with writing(self.engine) as connection:
            attempts.know_browser(connection, name, digest, at)

    def knows_browser(self, digest: str) -> bool:
        """Return whether a browser's token was given out here."""
        with reading(self.engine) as connection:
            return attempts.knows(connection, attempts.browser_source(digest))

    def locks(self, at: datetime) -> list[AccountLock]:
        """Return the locks of networks and known browsers that hold; that of a whole name is the account's own."""
        with reading(self.engine) as connection:
            return attempts.locks(connection, at)

    def unknown_names(self) -> tuple[int, int]:
        """Return how many attempts were made with unknown names within a day, and from how many networks."""
        with reading(self.engine) as connection:
            return attempts.unknown_names(connection)

    def open_session(self, token_hash: str, account_id: int, at: datetime, expires_at: datetime) -> None:
        """Store a session, and remove the expired ones."""
        values = {"token_hash": token_hash, "user_id": account_id, "created_at": at, "last_seen_at": at}
        with writing(self.engine) as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.expires_at <= at))
            connection.execute(sa.insert(sessions).values(expires_at=expires_at, **values))

    def session(self, token_hash: str) -> StaffSession | None:
        """Return a session with its account as it is now."""
        s = sessions.c
        times = (s.created_at.label("opened_at"), s.expires_at, s.last_seen_at)
        joined = sa.select(users, *times).join(sessions, s.user_id == users.c.id).where(s.token_hash == token_hash)
        with reading(self.engine) as connection:
            row = connection.execute(joined).one_or_none()
        return None if row is None else StaffSession(_account(row), row.opened_at, row.expires_at, row.last_seen_at)

    def touch_session(self, token_hash: str, at: datetime) -> None:
        """Store that a session is in use."""
        with writing(self.engine) as connection:
            mine = sessions.c.token_hash == token_hash
            connection.execute(sa.update(sessions).where(mine).values(last_seen_at=at))

    def close_session(self, token_hash: str) -> None:
        """End a session."""
        with writing(self.engine) as connection:
            connection.execute(sa.delete(sessions).where(sessions.c.token_hash == token_hash))

    # ------------------------------------------------------------------------------------------- audit

    def audit(self, entry: AuditEntry) -> None:
        """Add an entry to the audit."""
        with writing(self.engine) as connection:
            connection.execute(sa.insert(audit).values(**_audit_values(entry)))

    def audit_once(self, entry: AuditEntry) -> None:
        """Add an entry to the audit, unless the same one was added before, at whatever time."""
        values = _audit_values(entry)
        same = sa.and_(*(audit.c[name] == value for name, value in values.items() if name != "at"))
        with writing(self.engine) as connection:
            if connection.dialect.name == "postgresql":  # SQLite has one writer at a time anyway
                connection.execute(sa.text("LOCK TABLE audit IN SHARE ROW EXCLUSIVE MODE"))
            if connection.execute(sa.select(audit.c.seq).where(same).limit(1)).first() is None:
                connection.execute(sa.insert(audit).values(**values))

    def names_in_audit(self, what: str, detail: str, since: datetime) -> set[str]:
        """Return who has done something.

        :param what: The kind of entry.
        :param detail: The beginning of its detail.
        :param since: From then on.
        :return: Names, each once.
        """
        of_kind = sa.and_(audit.c.what == what, audit.c.detail.startswith(detail, autoescape=True), audit.c.at >= since)
        with reading(self.engine) as connection:
            return {
                str(name) for name in connection.execute(sa.select(audit.c.who).where(of_kind).distinct()).scalars()
            }

    def audited(self, last: int) -> list[AuditEntry]:
        """Return the last entries, the newest first."""
        newest = sa.select(audit).order_by(audit.c.seq.desc()).limit(last)
        with reading(self.engine) as connection:
            rows = connection.execute(newest).all()
        return [AuditEntry(row.at, row.who, row.what, row.target, row.detail) for row in rows]


def _audit_values(entry: AuditEntry) -> dict[str, Any]:
    return {
        "at": entry.at,
        "who": entry.who[:_LONGEST_TARGET],
        "what": entry.what[:_LONGEST_WHAT],
        "target": entry.target[:_LONGEST_TARGET],
        "detail": entry.detail,
    }


def _account(row: Any) -> Account:
    return Account(
        id=row.id,
        name=row.name,
        role=Role(row.role),
        password_hash=row.password_hash,
        disabled=row.disabled,
        failed_attempts=row.failed_attempts,
        locked_until=row.locked_until,
        created_at=row.created_at,
    )
