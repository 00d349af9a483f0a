"""``kb users``: accounts by command; a password is never an argument and never printed."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from kb.cli.users import app
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
    assert kb("users", "list", "--json").json == {"name": "kim", "role": "lead", "disabled": False}
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
