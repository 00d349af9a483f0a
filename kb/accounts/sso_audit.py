"""The audit of an identity provider's users: signed in, refused, signed out, each recorded once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

from kb.accounts.oidc import SignIn
from kb.types import AuditEntry

if TYPE_CHECKING:
    from kb.accounts.store import SqlAccounts

_PROVIDER: Final = "token of "
"""How the detail of an entry about the provider begins; those about local accounts have none."""
_REMEMBERED: Final = 1000
"""Recorded sign-ins that are remembered, so that the pages of one ask the database once."""


class SignIns:
    """The record of a provider's sign-ins, as pages notice them; shared by all threads.

    The provider redirects to Streamlit, so a sign-in is noticed when the first page is drawn with it, and again with
    every later page. The subject and time of its token tell one sign-in from the next.
    """

    def __init__(self, store: SqlAccounts, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Record in a store.

        :param store: The store with the audit.
        :param clock: Returns the moment, UTC.
        """
        self._store = store
        self._clock = clock
        self._lock = threading.Lock()
        self._noted: OrderedDict[tuple[str, ...], None] = OrderedDict()

    def met(self, sign_in: SignIn) -> None:
        """Record once, in whatever process, that a user signed in, or was refused for want of a role.

        :param sign_in: The content of the token.
        :raises JournalUnavailable: If the database fails; the next page tries again.
        """
        self._once(sign_in, "sign-in refused" if sign_in.user is None else "signed in")

    def names(self, since: datetime) -> set[str]:
        """Return the names of the users who have signed in with a role.

        :param since: From then on.
        :return: As the provider gives them.
        :raises JournalUnavailable: If the database fails.
        """
        return self._store.names_in_audit("signed in", _PROVIDER, since)

    def left(self, sign_in: SignIn) -> None:
        """Record that a user signed out.

        :param sign_in: The content of the token.
        :raises JournalUnavailable: If the database fails.
        """
        self._once(sign_in, "signed out")

    def _once(self, sign_in: SignIn, what: str) -> None:
        detail = f"{'no role; ' if what == 'sign-in refused' else ''}{_PROVIDER}{sign_in.issued:%Y-%m-%d %H:%M:%S} UTC"
        entry = AuditEntry(self._clock(), sign_in.name, what, sign_in.subject, detail)
        key = (entry.what, entry.target, entry.detail)
        with self._lock:
            if key in self._noted:
                self._noted.move_to_end(key)
                return
            self._noted[key] = None
            while len(self._noted) > _REMEMBERED:
                self._noted.popitem(last=False)
        try:
            self._store.audit_once(entry)
        except BaseException:
            with self._lock:
                self._noted.pop(key, None)
            raise
