"""Addresses, and what of other people's becomes a link."""

from __future__ import annotations

import pytest

from kb.html import links


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (links.ask(), "/"),
        (links.ask("a b&c"), "/?q=a+b%26c"),
        (links.ask("a", none_of_these=True), "/?q=a&none=1"),
        (links.article("x", "y"), "/article?id=x#y"),
        (links.plain_article("x/../y"), "/a/x%2F..%2Fy"),
        (links.category("c d"), "/browse?category=c+d"),
        (links.within("me")("", "part"), "/article?id=me#part"),
        (links.within("me", links.plain_article)("you", ""), "/a/you"),
    ],
)
def test_addresses(address: str, expected: str) -> None:
    """Each address is percent-encoded, whatever is put into it."""
    assert address == expected


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.example.com/a", "example.com"),
        ("http://example.com:80", "example.com"),
        ("javascript:alert(1)", ""),
        ("http://[bad", ""),
        ("a letter", ""),
    ],
)
def test_only_web_addresses_become_links(address: str, host: str) -> None:
    """The label is the host that a reader recognizes; anything that is not a web address has none."""
    assert links.web_host(address) == host


def test_a_long_address_is_shortened_in_the_middle() -> None:
    """Host and last part stay readable."""
    short = links.web_short(f"https://www.example.com/{'folder/' * 20}bill-explained")
    assert short == "example.com/…/bill-explained"
    assert links.web_short("mailto:a@b") == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(833) 267-6094", "tel:+18332676094"),
        ("1-800-314-7195", "tel:+18003147195"),
        ("611", ""),
        ("+44 20 7946 0000", ""),
    ],
)
def test_only_whole_numbers_can_be_called(text: str, number: str) -> None:
    """A short code or a foreign number is shown, but not dialed."""
    assert links.telephone(text) == number
