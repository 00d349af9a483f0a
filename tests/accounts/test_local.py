"""Signing in, staying signed in, and losing access at once, with a real database."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from kb.accounts import passwords
from kb.accounts.attempts import BROWSER_FORGOTTEN, FREE_OF_STRANGERS, MOST_BROWSERS, wait_after
from kb.accounts.local import Accounts, check_name
from kb.accounts.passwords import Cost
from kb.accounts.store import SqlAccounts
from kb.errors import AccountRefused, SignInRefused
from kb.types import CameFrom, Role, User
from tests.accounts.conftest import Clock

PASSWORD = "three quiet words"


@pytest.fixture
def kim(accounts: Accounts) -> Accounts:
    """Accounts with one lead."""
    accounts.add("Kim", Role.LEAD, PASSWORD, who="ops")
    return accounts


def test_a_session_is_of_whoever_signed_in(kim: Accounts, store: SqlAccounts) -> None:
    """A login name works in any case, and the token itself is stored nowhere."""
    token = kim.sign_in(" KIM ", PASSWORD)
    assert kim.user_of(token) == User("kim", Role.LEAD)
    assert kim.user_of(token + "x") is None
    assert kim.user_of("") is None
    with store.engine.connect() as connection:
        kept = connection.exec_driver_sql("select token_hash from sessions").scalars().all()
        dump = [str(row) for row in connection.exec_driver_sql("select * from users")]
    assert token not in kept
    assert [len(digest) for digest in kept] == [64]
    assert PASSWORD not in str(dump)


def test_two_sessions_are_two_tokens(kim: Accounts) -> None:
    """Signing out of one session keeps the others."""
    first, second = kim.sign_in("kim", PASSWORD), kim.sign_in("kim", PASSWORD)
    kim.sign_out(first)
    assert first != second
    assert kim.user_of(first) is None
    assert kim.user_of(second) == User("kim", Role.LEAD)


def test_every_refusal_has_the_same_words(kim: Accounts) -> None:
    """An unknown, wrong, disabled or locked account gets the same message, so that names cannot be guessed."""
    kim.add("lou", Role.EDITOR, PASSWORD, who="ops")
    kim.set_disabled("lou", disabled=True, who="ops")
    said = set()
    for name, password in [("kim", "wrong"), ("nobody", PASSWORD), ("lou", PASSWORD), ("'; --", "x"), ("", "")]:
        with pytest.raises(SignInRefused) as refused:
            kim.sign_in(name, password)
        said.add(str(refused.value))
    for _ in range(8):
        with pytest.raises(SignInRefused) as refused:
            kim.sign_in("kim", "wrong")
        said.add(str(refused.value))
    assert len(said) == 1


def test_an_unknown_name_costs_a_hash_as_well(kim: Accounts, monkeypatch: pytest.MonkeyPatch) -> None:
    """Known and unknown names cost one comparison each; this counts comparisons instead of timing them."""
    seen = []
    honest = passwords.is_password

    def watched(password: str, kept: str) -> bool:
        seen.append(kept.split("$")[1:4])
        return honest(password, kept)

    monkeypatch.setattr(passwords, "is_password", watched)
    for name in ("kim", "nobody", "not a name!"):
        with pytest.raises(SignInRefused):
            kim.sign_in(name, "wrong")
    assert seen == [["16", "1", "1"]] * 3


def test_after_failed_attempts_even_the_right_password_has_to_wait(kim: Accounts, clock: Clock) -> None:
    """Four failures cost nothing, the fifth 30 seconds, the sixth a minute; a success resets the count."""
    for _ in range(5):
        with pytest.raises(SignInRefused):
            kim.sign_in("kim", "wrong")
    with pytest.raises(SignInRefused):
        kim.sign_in("kim", PASSWORD)
    clock.pass_by(seconds=30)
    with pytest.raises(SignInRefused):
        kim.sign_in("kim", "wrong")
    clock.pass_by(seconds=59)
    with pytest.raises(SignInRefused):
        kim.sign_in("kim", PASSWORD)
    clock.pass_by(seconds=1)
    assert kim.user_of(kim.sign_in("kim", PASSWORD)) is not None
    assert kim.find("kim").failed_attempts == 0


def test_the_wait_doubles_up_to_a_quarter_of_an_hour():
    """The wait depends on the number of consecutive failures."""
    seconds = [wait_after(n).total_seconds() for n in (0, 4, 5, 6, 7, 9, 10, 11, 10_000)]
    assert seconds == [0, 0, 30, 60, 120, 480, 900, 900, 900]


def test_many_guesses_at_once_gain_nothing(kim: Accounts) -> None:
    """Of twenty simultaneous attempts, only five are checked, whatever threads they come from."""
    looked: list[str] = []
    gate = threading.Barrier(20)

    def guess() -> None:
        gate.wait()
        try:
            kim.sign_in("kim", "wrong")
        except SignInRefused:
            looked.append("refused")

    threads = [threading.Thread(target=guess) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked) == 20
    assert kim.find("kim").failed_attempts == 5
    reasons = [e.detail for e in kim.audited(100) if e.what == "sign-in refused"]
    told = [f"locked, {n} times from there" for n in (2, 4, 8)]
    assert sorted(reasons) == ["locked", *told, *["wrong password"] * 5]
    assert kim.refused() == {"unknown name": 0, "wrong password": 5, "locked": 15, "disabled": 0}


def guess(accounts: Accounts, came_from: CameFrom, times: int = 1, name: str = "kim") -> None:
    """Try a wrong password."""
    for _ in range(times):
        with pytest.raises(SignInRefused):
            accounts.sign_in(name, "wrong", came_from)


def test_a_stranger_locks_himself_out_and_nobody_else(kim: Accounts, clock: Clock) -> None:
    """A network's failures lock that network alone, however long it goes on; who is locked is listed with the end."""
    stranger = CameFrom("203.0.113.0/24")
    for _ in range(20):
        clock.pass_by(minutes=15)
        guess(kim, stranger)
    assert kim.find("kim").failed_attempts == 5
    assert kim.sign_in("kim", PASSWORD, CameFrom("198.51.100.0/24"))
    assert kim.find("kim").failed_attempts == 0
    (lock,) = kim.locks()
    assert (lock.name, lock.is_browser, lock.failed) == ("kim", False, 20)
    assert lock.until == clock.now + timedelta(minutes=15)
    with pytest.raises(SignInRefused):
        kim.sign_in("kim", PASSWORD, stranger)


def test_only_many_networks_lock_a_name_and_never_a_known_browser(kim: Accounts, clock: Clock) -> None:
    """A hundred strangers' failures lock unknown browsers out; one in which kim signed in before stays out of it."""
    home = CameFrom("198.51.100.0/24")
    token = kim.sign_in("kim", PASSWORD, home)
    browser = kim.know_browser(token, "planted by another")
    assert browser != "planted by another"
    assert kim.know_browser(token, browser) == browser
    for n in range(FREE_OF_STRANGERS // 5):
        guess(kim, CameFrom(f"203.0.{n}.0/24"), times=5)
    assert kim.find("kim").locked_until == clock.now + timedelta(seconds=30)
    with pytest.raises(SignInRefused):
        kim.sign_in("kim", PASSWORD, CameFrom("192.0.2.0/24"))
    assert kim.sign_in("kim", PASSWORD, CameFrom("203.0.1.0/24", browser))
    assert kim.find("kim").locked_until is None
    guess(kim, CameFrom("192.0.2.0/24", browser), times=5)
    assert [lock.is_browser for lock in kim.locks() if lock.until == clock.now + timedelta(seconds=30)].count(True) == 1
    assert kim.sign_in("kim", PASSWORD, home)


def test_a_known_browser_is_forgotten_with_time_password_and_number(kim: Accounts, clock: Clock) -> None:
    """Three months unused, a new password or twenty newer browsers make it a stranger's again; enabling does not."""
    token = kim.sign_in("kim", PASSWORD)

    def is_known(browser: str) -> bool:
        return kim.know_browser("", browser) == browser

    first = kim.know_browser(token)
    kim.set_disabled("kim", disabled=False, who="ops")
    assert is_known(first)
    token = kim.sign_in("kim", PASSWORD)
    others = []
    for _ in range(MOST_BROWSERS):
        clock.pass_by(seconds=1)
        others.append(kim.know_browser(token))
    assert [is_known(first), is_known(others[0])] == [False, True]
    clock.pass_by(seconds=BROWSER_FORGOTTEN.total_seconds() + 1)
    guess(kim, CameFrom("203.0.113.0/24"))
    assert not is_known(others[-1])
    browser = kim.know_browser(kim.sign_in("kim", PASSWORD))
    kim.set_password("kim", "four new quiet words", who="ops")
    assert not is_known(browser)


def test_trying_names_is_counted_without_the_names(
    kim: Accounts, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Of attempts with unknown names, the 1st, 2nd, 4th and so on of a network is audited, and none of the names."""
    guess(kim, CameFrom("203.0.113.0/24"), times=4, name="hunter2hunter2")
    guess(kim, CameFrom("203.0.113.0/24"), times=5, name="not a name!")
    guess(kim, CameFrom("198.51.100.0/24"), name="root")
    told = [(e.who, e.detail) for e in kim.audited(100) if e.what == "sign-in refused"]
    assert told == [("unknown name", f"{n} from one network") for n in (1, 8, 4, 2, 1)]
    assert kim.unknown_names() == (10, 2)
    assert kim.refused()["unknown name"] == 10
    assert "8 attempts to sign in with unknown names" in caplog.text
    assert "hunter2" not in caplog.text + str(kim.audited(100))
    clock.pass_by(hours=25)
    guess(kim, CameFrom("192.0.2.0/24"), name="admin")
    assert kim.unknown_names() == (1, 1)


def test_a_session_ends_after_its_time_and_when_it_rests(kim: Accounts, clock: Clock) -> None:
    """A session lasts eight hours at most, or half an hour without a click."""
    resting = kim.sign_in("kim", PASSWORD)
    clock.pass_by(minutes=29)
    assert kim.user_of(resting) is not None
    clock.pass_by(minutes=29)
    assert kim.user_of(resting) is not None
    clock.pass_by(minutes=30)
    assert kim.user_of(resting) is None
    busy = kim.sign_in("kim", PASSWORD)
    for _ in range(23):
        clock.pass_by(minutes=20)
        assert kim.user_of(busy) is not None
    clock.pass_by(minutes=20)
    assert kim.user_of(busy) is None


def test_a_clock_that_was_set_back_prolongs_nothing(kim: Accounts, clock: Clock) -> None:
    """Nobody knows how old a session of the future is, so it ends; a lock lasts as long as it does, and not a year."""
    token = kim.sign_in("kim", PASSWORD)
    clock.pass_by(minutes=-4)  # as between two servers
    assert kim.user_of(token) is not None
    clock.pass_by(days=-365)
    assert kim.user_of(token) is None
    clock.pass_by(days=365)
    for _ in range(5):
        with pytest.raises(SignInRefused):
            kim.sign_in("kim", "wrong words entirely")
    with pytest.raises(SignInRefused):
        kim.sign_in("kim", PASSWORD)
    clock.pass_by(days=-365)
    assert kim.user_of(kim.sign_in("kim", PASSWORD)) is not None


def test_what_an_operator_does_counts_at_once(kim: Accounts) -> None:
    """A role change takes effect within the session; disabling the account and a new password end it."""
    token = kim.sign_in("kim", PASSWORD)
    kim.set_role("kim", Role.EDITOR, who="ops")
    assert kim.user_of(token) == User("kim", Role.EDITOR)
    kim.set_password("kim", "four new quiet words", who="ops")
    assert kim.user_of(token) is None
    with pytest.raises(SignInRefused):
        kim.sign_in("kim", PASSWORD)
    token = kim.sign_in("kim", "four new quiet words")
    kim.set_disabled("kim", disabled=True, who="ops")
    assert kim.user_of(token) is None
    kim.set_disabled("kim", disabled=False, who="ops")
    assert kim.user_of(token) is None
    assert kim.user_of(kim.sign_in("kim", "four new quiet words")) is not None


def test_a_hash_of_old_parameters_is_made_anew_at_sign_in(kim: Accounts, store: SqlAccounts, clock: Clock) -> None:
    """A successful sign-in replaces an old hash with one that has the current parameters."""
    dearer = Accounts(store, cost=Cost(n=32, r=1, p=1), clock=clock)
    dearer.sign_in("kim", PASSWORD)
    assert kim.find("kim").password_hash.split("$")[1] == "32"
    dearer.sign_in("kim", PASSWORD)


def test_what_cannot_be_an_account_is_refused(kim: Accounts) -> None:
    """A taken, invalid or unknown name and a weak password are refused, and nothing is written."""
    for name, password, said in [
        ("kim", PASSWORD, "already"),
        ("Kim Lee", PASSWORD, "cannot be an account's name"),
        ("lou", "short", "too short"),
    ]:
        with pytest.raises(AccountRefused, match=said):
            kim.add(name, Role.EDITOR, password, who="ops")
    with pytest.raises(AccountRefused, match="no account 'lou'"):
        kim.set_role("lou", Role.LEAD, who="ops")
    assert [a.name for a in kim.everyone()] == ["kim"]
    assert check_name("Kim.Lee@example.com") == "kim.lee@example.com"


def test_who_did_what_is_written_down(kim: Accounts, clock: Clock) -> None:
    """The newest entry comes first."""
    kim.sign_out(kim.sign_in("kim", PASSWORD))
    clock.pass_by(hours=1)
    kim.set_role("kim", Role.OPERATOR, who="ops")
    kim.note(User("kim", Role.OPERATOR), "gap confirmed", "12")
    told = [(e.who, e.what, e.target, e.detail) for e in kim.audited()]
    assert told == [
        ("kim", "gap confirmed", "12", ""),
        ("ops", "role changed", "kim", "lead to operator"),
        ("kim", "signed out", "kim", ""),
        ("kim", "signed in", "kim", ""),
        ("ops", "account added", "kim", "lead"),
    ]
    assert kim.audited(1)[0].at - kim.audited(3)[2].at == timedelta(hours=1)


def test_roles_of_gaps():
    """An editor drafts; a lead and an operator may do everything."""
    assert [role for role in Role if role.moves_gaps] == [Role.LEAD, Role.OPERATOR]
