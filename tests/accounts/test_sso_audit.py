"""The audit of sign-ins through an identity provider."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from kb.accounts.oidc import SignIn
from kb.accounts.sso_audit import SignIns
from kb.accounts.store import SqlAccounts
from kb.errors import JournalUnavailable
from kb.types import AuditEntry, Role, User
from tests.accounts.conftest import Clock

KIM = SignIn("Kim Lee", "kim-1", datetime(2026, 11, 25, 8, 59, tzinfo=UTC), User("Kim Lee", Role.LEAD, is_local=False))
TOKEN = "token of 2026-11-25 08:59:00 UTC"


def told(store: SqlAccounts) -> list[tuple[str, str, str, str]]:
    """Return what was written down, the oldest first."""
    return [(e.who, e.what, e.target, e.detail) for e in reversed(store.audited(50))]


def test_a_sign_in_is_written_down_once_and_the_next_one_again(store: SqlAccounts, clock: Clock) -> None:
    """A sign-in is recorded once, however many pages load, before and after a restart; a later token is another one."""
    sign_ins = SignIns(store, clock)
    sign_ins.met(KIM)
    clock.pass_by(minutes=5)
    sign_ins.met(KIM)
    SignIns(store, clock).met(KIM)
    sign_ins.left(KIM)
    sign_ins.left(KIM)
    sign_ins.met(replace(KIM, issued=KIM.issued + timedelta(hours=1)))
    assert told(store) == [
        ("Kim Lee", "signed in", "kim-1", TOKEN),
        ("Kim Lee", "signed out", "kim-1", TOKEN),
        ("Kim Lee", "signed in", "kim-1", "token of 2026-11-25 09:59:00 UTC"),
    ]
    assert store.audited(50)[-1].at == datetime(2026, 11, 25, 9, 0, tzinfo=UTC)


def test_who_has_no_role_is_written_down_as_refused(store: SqlAccounts, clock: Clock) -> None:
    """A refused sign-in is recorded once, and again as a sign-in if the same token gets a role afterwards."""
    sign_ins = SignIns(store, clock)
    nobody = replace(KIM, user=None)
    sign_ins.met(nobody)
    sign_ins.met(nobody)
    sign_ins.met(KIM)
    assert told(store) == [
        ("Kim Lee", "sign-in refused", "kim-1", f"no role; {TOKEN}"),
        ("Kim Lee", "signed in", "kim-1", TOKEN),
    ]


def test_two_people_of_one_name_are_two(store: SqlAccounts, clock: Clock) -> None:
    """The provider's own id distinguishes people who sign in during the same second."""
    sign_ins = SignIns(store, clock)
    sign_ins.met(KIM)
    sign_ins.met(replace(KIM, subject="kim-2"))
    assert [target for _, _, target, _ in told(store)] == ["kim-1", "kim-2"]


def test_pages_drawn_at_once_write_it_down_once(store: SqlAccounts, clock: Clock) -> None:
    """Twenty threads with separate memories, like separate processes, record one sign-in."""
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: SignIns(store, clock).met(KIM), range(20)))
    assert told(store) == [("Kim Lee", "signed in", "kim-1", TOKEN)]


def test_what_a_failing_database_did_not_take_is_tried_again(
    store: SqlAccounts, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next page records what the failing database could not."""
    sign_ins = SignIns(store, clock)

    def fail(_entry: AuditEntry) -> None:
        raise JournalUnavailable("It fails.")

    with monkeypatch.context() as failing:
        failing.setattr(store, "audit_once", fail)
        with pytest.raises(JournalUnavailable):
            sign_ins.met(KIM)
    sign_ins.met(KIM)
    assert told(store) == [("Kim Lee", "signed in", "kim-1", TOKEN)]
