"""The people who may own a gap: accounts, and those who have signed in at the identity provider."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kb.errors import GapRefused

if TYPE_CHECKING:
    from kb.app.container import Container

_LATELY: Final = timedelta(days=365)
_NAMED: Final = 12
"""Most names that a message lists."""


def owners(container: Container) -> list[str]:
    """Return the names of the people who may own a gap.

    :param container: Holds the accounts.
    :return: Accounts that may sign in, and who has signed in through the identity provider in the last year, ordered.
    :raises JournalUnavailable: If the database fails.
    """
    local = {account.name for account in container.accounts.everyone() if not account.disabled}
    return sorted(local | container.sign_ins.names(datetime.now(UTC) - _LATELY), key=str.casefold)


def owner_named(container: Container, typed: str) -> str:
    """Return the owner that was typed, in upper or lower case.

    :param container: Holds the accounts.
    :param typed: A name.
    :return: The name as the account has it; where there are no accounts at all, the name as typed.
    :raises GapRefused: If there are accounts, and none has this name.
    :raises JournalUnavailable: If the database fails.
    """
    known, name = owners(container), typed.strip()
    found = next((owner for owner in known if owner.casefold() == name.casefold()), None)
    if found is not None or not known or not name:
        return found or name
    listed = ", ".join(known[:_NAMED]) + (", …" if len(known) > _NAMED else "")
    raise GapRefused(f"There is no account {name!r} to own a gap. Accounts: {listed}. Add one: kb users add NAME")
