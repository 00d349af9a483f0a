"""``kb users``: accounts by command; a password is never an argument and never printed."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kb.accounts.store import SqlAccounts
from kb.cli.users import app
from kb.database.engine import open_engine
from tests.cli.conftest import Kb

PASSWORD = "three quiet words"


@pytest.fixture(autouse=True)
def _database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of the test's own, found by the environment."""
    monkeypatch.setenv("KB_DATABASE_URL", f"sqlite:///{tmp_path / 'journal.db'}")


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch) -> io.StringIO:
    """Standard input, with a password on its first line."""
    given = io.StringIO(f"{PASSWORD}\nnot this\n{PASSWORD}\n")
    monkeypatch.setattr("sys.stdin", given)
    return given


def test_an_account_goes_its_way_by_command(kb: Kb, typed: io.StringIO) -> None:
    """Added, listed, its role changed, disabled, enabled; who did it is written down."""
    assert kb("users", "list").out == "No accounts. Add one: kb users add NAME --role lead\n"
    assert kb("users", "add", "Kim", "--role", "lead", "--who", "ops").out == "kim: lead\n"
    listed = {"name": "kim", "role": "lead", "disabled": False, "failed_attempts": 0, "locks": []}
    assert kb("users", "list", "--json").json == listed
    assert kb("users", "role", "kim", "operator", "--who", "ops").out == "kim: operator\n"
    assert kb("users", "disable", "kim", "--who", "ops").out == "kim: disabled\n"
    assert "disabled" in kb("users", "list").out
    assert kb("users", "enable", "kim", "--who", "ops").out == "kim: enabled\n"
    entries = kb("users", "log", "--json").lines
    assert [(e["who"], e["what"], e["target"], e["detail"]) for e in entries] == [
        ("ops", "account enabled", "kim", ""),
        ("ops", "account disabled", "kim", ""),
        ("ops", "role changed", "kim", "lead to operator"),
        ("ops", "account added", "kim", "lead"),
    ]
    assert kb("users", "log", "--last", "1").out.endswith(" ops: account enabled kim\n")


def test_a_password_comes_from_standard_input_and_is_never_said(kb: Kb, typed: io.StringIO) -> None:
    """The password is the first line of input; a weak one is refused without being repeated."""
    assert kb("users", "add", "kim").status == 0
    weak = kb("users", "passwd", "kim")
    assert (weak.status, "at least 12" in weak.err, "not this" in weak.err) == (1, True, False)
    assert kb("users", "passwd", "kim").out == "kim: password changed\n"
    nothing = kb("users", "passwd", "kim")
    assert nothing.status == 1
    assert "No password came" in nothing.err
    assert {o for c in app.registered_commands for o in (c.name or c.callback.__name__,)} == {  # type: ignore[union-attr]
        "add", "list", "disable", "enable", "passwd", "role", "log"
    }  # fmt: skip


def test_what_cannot_be_is_said(kb: Kb, typed: io.StringIO) -> None:
    """An unknown account, a taken name, and an invalid name or role are refused."""
    unknown = kb("users", "disable", "lou")
    assert (unknown.status, unknown.err) == (1, "kb: There is no account 'lou'. List them: kb users list\n")
    assert "cannot be an account's name" in kb("users", "add", "Kim Lee").err
    assert kb("users", "add", "kim", "--role", "boss").status == 2
    kb("users", "add", "kim")
    typed.seek(0)
    assert "already" in kb("users", "add", "kim").err


def test_locks_are_listed_with_their_end(kb: Kb, typed: io.StringIO) -> None:
    """Who is locked, for which place and until when, and that names are being tried; enabling ends a lock."""
    kb("users", "add", "kim")
    engine = open_engine(os.environ["KB_DATABASE_URL"])
    store, now = SqlAccounts(engine), datetime.now(UTC)
    for _ in range(20):
        store.begin_attempt("kim", now, "203.0.113.0/24")
    for _ in range(3):
        store.begin_attempt("", now, "203.0.113.0/24")
    engine.dispose()
    said = kb("users", "list").out
    until = now + timedelta(seconds=30)
    assert f"kim is locked for one network until {until:%Y-%m-%d %H:%M} UTC; 5 failed attempts in a row" in said
    assert "names that no account has, within a day: 3, from 1 network(s)" in said
    (lock,) = kb("users", "list", "--json").json["locks"]
    assert lock == {"place": "one network", "until": until.isoformat(), "failed_attempts": 5}
    kb("users", "enable", "kim")
    assert "locked" not in kb("users", "list").out
