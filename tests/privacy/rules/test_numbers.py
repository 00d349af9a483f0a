"""Numbers with a shape, a check digit or a name."""

from __future__ import annotations

import pytest

from kb.privacy.rules.numbers import cards, codes, phones, pins, routing, social_security
from tests.privacy.rules.tables import found

SSN, CARD, ROUTING = "Social Security number: ", "card number: ", "routing number: "
PHONE, CODE, PIN = "phone number: ", "security code: ", "PIN: "


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("123-45-6789", [f"{SSN}123-45-6789"]),
        ("ssn 123456789", [f"{SSN}123456789"]),
        ("ssn 123 456 789", [f"{SSN}123 456 789"]),
        ("ssn is 12345678", []),
        ("123456789 was the social", [f"{SSN}123456789"]),
        ("last four of my ssn 6789", [f"{SSN}6789"]),
        ("ssn ending in 6789", [f"{SSN}6789"]),
    ],
)
def test_social_security_numbers(text, pieces):
    """By shape, by name on either side, or the last four in either order of words."""
    assert found(social_security, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("4111 1111 1111 1111", [f"{CARD}4111 1111 1111 1111"]),
        ("4111111111111112", []),
        ("378282246310005", [f"{CARD}378282246310005"]),
        ("7011000990139424", []),
        ("2223003122003222", [f"{CARD}2223003122003222"]),
        ("4111 1111 1111 1111 9", [f"{CARD}4111 1111 1111 1111"]),
        ("9 4111 1111 1111 1111", [f"{CARD}4111 1111 1111 1111"]),
        (
            "4111 1111 1111 1111 5555 5555 5555 4444",
            [f"{CARD}4111 1111 1111 1111", f"{CARD}5555 5555 5555 4444"],
        ),
    ],
)
def test_cards_have_a_length_an_issuer_and_a_check_digit(text, pieces):
    """Runs of whole groups; of the usual length, what follows is something else."""
    assert found(cards, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("4222222222222", [f"{CARD}4222222222222"]),
        ("400000000002", [f"{CARD}400000000002"]),
        ("40000000006", []),
        ("4000000000000000006", [f"{CARD}4000000000000000006"]),
        ("40000000000000000002", []),
    ],
)
def test_cards_have_twelve_to_nineteen_digits(text, pieces):
    """Each of these has its check digit right."""
    assert found(cards, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("4000 0000 0002 00", ["4000 0000 0002 00"]),
        ("4111 1111 1111 1111 003", ["4111 1111 1111 1111 003"]),
        ("4111 1111 1111 1111 003 77", ["4111 1111 1111 1111"]),
        ("4111111111111111 77", ["4111111111111111"]),
        ("4000 0000 0002 01", ["4000 0000 0002"]),
        ("4000 0000 0002 0000 77", ["4000 0000 0002 0000"]),
        ("4000 0000 0002 4111 1111 1111 1111", ["4000 0000 0002", "4111 1111 1111 1111"]),
        ("4222 2222 2222 2 4111 1111 1111 1111", ["4222 2222 2222 2", "4111 1111 1111 1111"]),
    ],
)
def test_of_several_cards_that_begin_at_a_group_the_longest_is_taken(text, pieces):
    """All groups together if they check, else up to the usual length; what follows is looked at from there on."""
    assert found(cards, text) == [f"{CARD}{piece}" for piece in pieces]


@pytest.mark.parametrize("n", [25, 30])
def test_a_group_is_read_to_its_end(n):
    """A chain is cut after some forty digits; the group it is cut in is still one number."""
    assert found(cards, "1" * n + " 4111111111111111") == [f"{CARD}4111111111111111"]
    assert found(cards, "1" * n + " 41111111111111111") == []
    assert found(cards, "1" * n + " 4111111111111111 4222222222222") == [
        f"{CARD}4111111111111111",
        f"{CARD}4222222222222",
    ]


@pytest.mark.parametrize("text", ["card ending in 4321", "last 4 of visa 4321", "xxxx-xxxx-xxxx-4321"])
def test_the_last_four_of_a_card(text):
    """In each of the three ways in which they are written."""
    assert found(cards, text) == [f"{CARD}4321"]


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("routing 021000022", [f"{ROUTING}021000022"]),
        ("021000022 is my routing", [f"{ROUTING}021000022"]),
        ("it is 021000021", [f"{ROUTING}021000021"]),
        ("it is 021000022", []),
        ("checking 021000021", []),
        (f"account {'y' * 49} 021000021", [f"{ROUTING}021000021"]),
        (f"account {'y' * 48} 021000021", []),
        (f"account 1 {'y' * 20} 021000021", [f"{ROUTING}021000021"]),
        (f"bank{' ' * 25}a{'y' * 49} 021000021", []),
        (f"bank{' ' * 26}a{'y' * 49} 021000021", [f"{ROUTING}021000021"]),
        ("it is 021000021 from checking", [f"{ROUTING}021000021"]),
    ],
)
def test_routing_numbers(text, pieces):
    """By name on either side; by check digits where no account is spoken of right before."""
    assert found(routing, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("614-555-0112", [f"{PHONE}614-555-0112"]),
        ("(614) 555-0112 x12", [f"{PHONE}(614) 555-0112 x12"]),
        ("+44 20 7946 0958", [f"{PHONE}+44 20 7946 0958"]),
        ("+999 1234567", []),
        ("+44 1234567", [f"{PHONE}+44 1234567"]),
        ("call 555-0112", [f"{PHONE}555-0112"]),
        ("my 555-0112", []),
    ],
)
def test_telephone_numbers(text, pieces):
    """North American by shape, others by a country that exists, seven digits by a word."""
    assert found(phones, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("cvv 123", [f"{CODE}123"]),
        ("123 is the security code", [f"{CODE}123"]),
        ("verification code 123456", [f"{CODE}123456"]),
        ("cvv 1999", [f"{CODE}1999"]),
        ("cvv since 1999", []),
        ("cvv since 1899", [f"{CODE}1899"]),
        ("cvv from 2019", []),
        ("2019 is my cvv", [f"{CODE}2019"]),
        ("in 2019 is my cvv", []),
    ],
)
def test_codes(text, pieces):
    """A card's, before or after its name, and one that was sent; a year is one only after a word such as since."""
    assert found(codes, text) == pieces


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("pin 4821", [f"{PIN}4821"]),
        ("4821 is my pin", [f"{PIN}4821"]),
        ("passcode 12345678", [f"{PIN}12345678"]),
        ("pin is 1 2 3 4", [f"{PIN}1 2 3 4"]),
        ("pin 123", []),
        ("my pin is 1999", [f"{PIN}1999"]),
        ("pin since 1999", []),
        ("pin since 19991", [f"{PIN}19991"]),
        ("since 1999 is my pin", []),
        ("since then my pin is 1999", [f"{PIN}1999"]),
        ("pin during  2019", []),
        ("pin during   2019", [f"{PIN}2019"]),
    ],
)
def test_pins(text, pieces):
    """Before or after their name; a year only by the word right before it."""
    assert found(pins, text) == pieces
