"""What only mentions an organization, by the words around its name."""

from __future__ import annotations

import pytest

from kb.retrieval.query.asides import is_aside, is_list


def aside(text: str, field: str) -> bool:
    """Return whether X is an aside in a text of lower-case words."""
    tokens = text.split()
    at = tokens.index("X")
    return is_aside(tokens, at, at + 1, field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("i switched from X", "mobile"),
        ("moving over to X next week", "mobile"),
        ("me cambie de X", "mobile"),
        ("cheaper than X", "internet-tv-phone"),
        ("you vs X", "internet-tv-phone"),
        ("pay with my X", "banks"),
        ("put it on my X", "banks"),
        ("put it on my X card", "credit-cards"),
        ("taken from my X account", "banks"),
        ("pay with my new X card", "credit-cards"),
        ("pagar con mi tarjeta X", "credit-cards"),
        ("do you take X", "payment-apps"),
        ("they took my X number", "card-networks"),
        ("my X was charged", "card-networks"),
        ("can i pay my bill at X", "shops"),
        ("pague en el X ayer", "supermarkets"),
        ("discount for people on X", "government"),
        ("copy of the bill for the X", "government"),
        ("they want my X number", "government"),
        ("we only watch X", "streaming"),
        ("we watch it all through X", "internet-tv-phone"),
        ("i mailed the X back", "phones-and-electronics"),
    ],
)
def test_an_aside(text, field):
    """It is compared with, left, paid with or at; the customer is in its program, watches it, or owns its device."""
    assert aside(text, field)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("X", "banks"),
        ("my X bill", "internet-tv-phone"),
        ("X charged me twice", "banks"),
        ("i sent the money to X", "shops"),
        ("pay with my X", "internet-tv-phone"),
        ("my X statement", "card-networks"),
        ("a late fee on my X statement", "banks"),
        ("can i return it at X", "shops"),
        ("can i pay my bill at X", "mobile"),
        ("my X benefits stopped", "government"),
        ("cancel X", "streaming"),
        ("my X order is late", "phones-and-electronics"),
        ("watch out for X", "banks"),
    ],
)
def test_no_aside(text, field):
    """The question is about the organization."""
    assert not aside(text, field)


def test_a_list_goes_on_after_a_conjunction():
    """In both languages, and not at the start."""
    assert is_list(["paypal", "or", "venmo"], 2)
    assert is_list(["paypal", "o", "venmo"], 2)
    assert not is_list(["paypal", "venmo"], 1)
    assert not is_list(["venmo"], 0)
