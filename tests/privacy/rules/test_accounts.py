"""Account numbers: what a bank's is, what the provider's is, and what is long enough to be personal."""

from __future__ import annotations

import pytest

from kb.privacy.rules.accounts import accounts, any_long_number, ibans, long_accounts
from tests.privacy.rules.tables import found

OURS, BANK = "account number: ", "bank account number: "


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("to GB82 WEST 1234 5698 7654 32 please", [f"{BANK}GB82 WEST 1234 5698 7654 32"]),
        ("to GB83 WEST 1234 5698 7654 32 please", []),
        ("DE89370400440532013000", [f"{BANK}DE89370400440532013000"]),
    ],
)
def test_an_iban_has_check_digits(text, pieces):
    """Grouped or not, one wrong digit makes a number invalid."""
    assert found(ibans, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("my 8347 10 027 0123456 number", [f"{OURS}8347 10 027 0123456"]),
        ("8347-1002-7012-3456 ok", [f"{OURS}8347-1002-7012-3456"]),
        ("8347100270123456", [f"{OURS}8347100270123456"]),
        ("8347 10-027 0123456", []),
        ("7347 10 027 0123456", []),
    ],
)
def test_the_providers_numbers_have_a_shape(text, pieces):
    """Sixteen digits from 8, with one kind of sign between the groups."""
    assert found(long_accounts, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("account for 123456", [f"{OURS}123456"]),
        ("account for 12345", []),
        ("account number 1234", [f"{OURS}1234"]),
        ("account number is 123", []),
        ("account: 4471", [f"{OURS}4471"]),
        ("account no: 4471", [f"{OURS}4471"]),
        ("account 12 345678", [f"{OURS}12 345678"]),
        ("account 123-45 6", [f"{OURS}123-45 6"]),
    ],
)
def test_a_number_after_what_it_is_called(text, pieces):
    """Four digits right after its name, six further on."""
    assert found(accounts, text) == pieces


@pytest.mark.parametrize(
    ("year", "pieces"), [("1999", []), ("2024", []), ("2124", [f"{OURS}2124"]), ("1899", [f"{OURS}1899"])]
)
def test_a_year_is_no_account(year, pieces):
    """Nor are more digits that begin like one a year."""
    assert found(accounts, f"account number is {year}") == pieces
    assert found(accounts, f"account number is {year}1") == [f"{OURS}{year}1"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("account for 12345678 90 days", [f"{OURS}12345678"]),
        ("account for 1234567 90 days", [f"{OURS}1234567 90"]),
        ("account for 12345678 90 12 days", [f"{OURS}12345678"]),
        ("account for 123 456 789", [f"{OURS}123 456 789"]),
    ],
)
def test_what_follows_a_whole_number_is_no_part_of_it(text, pieces):
    """Eight digits are whole; fewer go on."""
    assert found(accounts, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("123456 is my account", [f"{OURS}123456"]),
        ("12345 is my account", []),
        ("654321 was the savings", [f"{BANK}654321"]),
        ("account ending in 4321", [f"{OURS}4321"]),
        ("checking ends 4321", [f"{BANK}4321"]),
        ("account ending in ach4321", [f"{BANK}4321"]),
        ("last 4 of my account is 4321", [f"{OURS}4321"]),
        ("last four of my bank account 4321", [f"{BANK}4321", f"{BANK}4321"]),
    ],
)
def test_a_number_before_its_name_and_the_last_four(text, pieces):
    """Six digits before a name; four where they are called the last."""
    assert found(accounts, text) == pieces


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        (f"bank {'y' * 31} ", "", BANK),
        (f"bank {'y' * 32} ", "", OURS),
        ("", f" {'y' * 39} bank", BANK),
        ("", f" {'y' * 40} bank", OURS),
        ("", "", OURS),
    ],
)
def test_a_bank_is_looked_for_around_a_number(before, after, kind):
    """A bank's name counts within 45 characters before or after a number."""
    assert found(accounts, f"{before}account 123456{after}") == [f"{kind}123456"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("123456789", [f"{OURS}123456789"]),
        ("12345678", []),
        ("ab123456789", [f"{OURS}ab123456789"]),
        ("1234 5678 9012", [f"{OURS}1234 5678 9012"]),
        ("1234 5678 901", []),
        ("123 456 789 012", []),
        ("12 34 56 78 90 12", []),
        ("1 2 3 4 5 6 7 8 9", [f"{OURS}1 2 3 4 5 6 7 8 9"]),
        ("1 2 3 4 5 6 7 8", []),
        ("1234 5678 2024 1999", []),
        ("1999 5678 9012 3456", [f"{OURS}1999 5678 9012 3456"]),
        ("2024 2025 1999", []),
        (f"bank {'y' * 39} 123456789", [f"{BANK}123456789"]),
        (f"bank {'y' * 40} 123456789", [f"{OURS}123456789"]),
    ],
)
def test_a_long_number_is_personal(text, pieces):
    """Nine digits unbroken or one by one, twelve in groups with one of four; years do not count."""
    assert found(any_long_number, text) == pieces
