"""Accounts on SQLite and PostgreSQL: each call is one transaction that holds against others at the same time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from kb.accounts.store import SqlAccounts
from kb.types import AuditEntry, Role

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

NOW = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_an_account_is_kept_as_it_was_given(engine: Engine) -> None:
    """A name is unique."""
    store = SqlAccounts(engine)
    assert store.add("kim", Role.LEAD, "hash", NOW)
    assert not store.add("kim", Role.EDITOR, "other", NOW)
    assert store.add("ann", Role.EDITOR, "hash", NOW)
    kept = store.find("kim")
    assert kept is not None
    assert (kept.name, kept.role, kept.password_hash, kept.disabled) == ("kim", Role.LEAD, "hash", False)
    assert (kept.failed_attempts, kept.locked_until, kept.created_at) == (0, None, NOW)
    assert store.find("lou") is None
    assert [a.name for a in store.everyone()] == ["ann", "kim"]


def test_attempts_at_once_are_all_counted(engine: Engine) -> None:
    """Eight threads on four networks record eight failures, and none overwrites another's."""
    store = SqlAccounts(engine)
    store.add("kim", Role.LEAD, "hash", NOW)
    gate = threading.Barrier(8)

    def attempt(n: int) -> None:
        gate.wait()
        store.begin_attempt("kim", NOW, f"network {n % 4}")

    threads = [threading.Thread(target=attempt, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = store.find("kim")
    assert kept is not None
    assert kept.failed_attempts == 8


def test_a_locked_network_is_not_counted_further(engine: Engine) -> None:
    """The fifth failure locks the network for 30 seconds; a success resets everything."""
    store = SqlAccounts(engine)
    store.add("kim", Role.LEAD, "hash", NOW)
    attempts = [store.begin_attempt("kim", NOW + n * MINUTE / 60, "here") for n in range(7)]
    assert [a.is_locked for a in attempts] == [False] * 5 + [True] * 2
    assert [a.again for a in attempts] == [0] * 5 + [1, 2]
    assert store.begin_attempt("lou", NOW, "here").account is None
    (lock,) = store.locks(NOW + 10 * MINUTE / 60)
    assert (lock.name, lock.failed, lock.until) == ("kim", 5, NOW + 34 * MINUTE / 60)
    kept = store.find("kim")
    assert kept is not None
    assert kept.failed_attempts == 5
    store.succeed(kept, "here", "new hash")
    kept = store.find("kim")
    assert kept is not None
    assert (kept.failed_attempts, kept.locked_until, kept.password_hash) == (0, None, "new hash")
    assert store.locks(NOW + 10 * MINUTE / 60) == []


def test_sessions_end_with_password_and_account(engine: Engine) -> None:
    """Sessions end one by one, all of an account's together, or when they have expired and another begins."""
    store = SqlAccounts(engine)
    store.add("kim", Role.LEAD, "hash", NOW)
    kim = store.find("kim")
    assert kim is not None
    for name, minutes in (("a", 1), ("b", 10), ("c", 10)):
        store.open_session(name * 64, kim.id, NOW, NOW + minutes * MINUTE)
    store.open_session("d" * 64, kim.id, NOW + MINUTE, NOW + 9 * MINUTE)
    store.touch_session("b" * 64, NOW + 2 * MINUTE)
    store.close_session("c" * 64)
    seen = store.session("b" * 64)
    assert seen is not None
    assert (seen.created_at, seen.expires_at, seen.last_seen_at) == (NOW, NOW + 10 * MINUTE, NOW + 2 * MINUTE)
    assert seen.account == kim
    assert [store.session(name * 64) is None for name in "abcd"] == [True, False, True, False]
    store.set_role(kim.id, Role.EDITOR)
    now = store.session("b" * 64)
    assert now is not None
    assert now.account.role is Role.EDITOR
    store.set_password(kim.id, "other")
    assert [store.session(name * 64) for name in "bd"] == [None, None]
    store.open_session("e" * 64, kim.id, NOW, NOW + MINUTE)
    store.set_disabled(kim.id, disabled=True)
    assert store.session("e" * 64) is None
    kept = store.find("kim")
    assert kept is not None
    assert (kept.disabled, kept.password_hash) == (True, "other")


def test_the_audit_returns_the_newest_first(engine: Engine) -> None:
    """The log returns as many entries as requested; text too long for its column is cut, not lost."""
    store = SqlAccounts(engine)
    entries = [AuditEntry(NOW + n * MINUTE, "kim", "did", str(n), "") for n in range(3)]
    for entry in entries:
        store.audit(entry)
    store.audit(AuditEntry(NOW, "k" * 300, "w" * 99, "t" * 300, "d" * 999))
    assert store.audited(10) == [AuditEntry(NOW, "k" * 200, "w" * 64, "t" * 200, "d" * 999), *reversed(entries)]
    assert len(store.audited(2)) == 2


def test_what_happens_once_is_written_once_by_many_at_once(engine: Engine) -> None:
    """Twenty threads write the same entry once; another target or detail is another entry."""
    store = SqlAccounts(engine)
    entry = AuditEntry(NOW, "kim", "signed in", "k-1", "token of today")
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda n: store.audit_once(replace(entry, at=NOW + n * MINUTE)), range(20)))
    store.audit_once(replace(entry, target="k-2"))
    store.audit_once(replace(entry, detail="token of tomorrow"))
    told = [(e.target, e.detail) for e in reversed(store.audited(50))]
    assert told == [("k-1", "token of today"), ("k-2", "token of today"), ("k-1", "token of tomorrow")]
