"""Who may own a gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from kb.accounts.local import Accounts
from kb.accounts.oidc import SignIn
from kb.accounts.passwords import Cost
from kb.accounts.sso_audit import SignIns
from kb.accounts.store import SqlAccounts
from kb.app.people import owner_named, owners
from kb.errors import GapRefused
from kb.types import Role, User
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    import sqlalchemy as sa

NOW = datetime.now(UTC)


@pytest.fixture
def staffed(engine: sa.Engine) -> FakeContainer:
    """A container over an empty database."""
    made = FakeContainer()
    made.put(engine=engine)
    return made


def accounts(engine: sa.Engine, *names: str) -> Accounts:
    """Add local accounts."""
    made = Accounts(SqlAccounts(engine), cost=Cost(n=16, r=1, p=1))
    for name in names:
        made.add(name, Role.LEAD, "three quiet words", who="ops")
    return made


def test_owners_are_accounts_and_users_of_the_provider(engine: sa.Engine, staffed: FakeContainer) -> None:
    """Who may sign in; of the provider's users, who did lately, with a role."""
    accounts(engine, "lee", "kim", "old").set_disabled("old", disabled=True, who="ops")
    for name, days, user in (("Ana", 1, User("Ana", Role.LEAD)), ("Bo", 400, User("Bo", Role.LEAD)), ("Cy", 1, None)):
        at = NOW - timedelta(days=days)
        SignIns(SqlAccounts(engine), clock=lambda at=at: at).met(SignIn(name, name.lower(), at, user))  # type: ignore[misc]
    assert owners(staffed) == ["Ana", "kim", "lee"]


def test_an_owner_is_one_of_them(engine: sa.Engine, staffed: FakeContainer) -> None:
    """In upper or lower case; where there are no accounts at all, any name is taken."""
    assert owner_named(staffed, " Kim Lee ") == "Kim Lee"
    accounts(engine, "kim", *(f"lead-{n:02}" for n in range(12)))
    assert owner_named(staffed, "KIM ") == "kim"
    assert owner_named(staffed, " ") == ""
    with pytest.raises(GapRefused, match=r"no account 'nobody' to own a gap. Accounts: kim, .*, …\. Add one: kb users"):
        owner_named(staffed, "nobody")
