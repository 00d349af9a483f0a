"""Postal addresses: what leads to a door, and what only looks like it."""

from __future__ import annotations

import pytest

from kb.privacy.rules.address import addresses
from tests.privacy.rules.tables import found

ADDRESS = "street address: "


@pytest.mark.parametrize(
    "text",
    [
        "12 Oak Street",
        "12 oak st, apt 4",
        "12 NW 5th Ave Apt 2B",
        "12 Mtn. View Road",
        "12 Mont. View Road",
        "12 Xin Street",
        "po box 123",
        "calle luna 12",
        "12 Broadway",
    ],
)
def test_an_address_is_taken_whole(text):
    """With its side and apartment; boxes and other languages too."""
    assert found(addresses, f"pay {text}") == [f"{ADDRESS}{text}"]


def test_a_numbered_road_is_one():
    """With its number."""
    assert found(addresses, "12 county road 44") == [f"{ADDRESS}12 county road 44"]


@pytest.mark.parametrize(
    "text",
    [
        "12 more oak street",
        "12 oak bill street",
        "12 Bill. Street",
        "12 BILL Street",
        "12 Mountain. View Road",
        "at 12 minutes drive",
    ],
)
def test_a_word_that_no_street_is_called_makes_it_none(text):
    """However it is written and wherever in the name; nor does a sentence end within a name."""
    assert found(addresses, text) == []


@pytest.mark.parametrize(
    ("name", "is_street"),
    [
        ("oak street", True),
        ("oak Terrace", True),
        ("Oak Drive", True),
        ("Oak 5th Court", True),
        ("Oak Park", True),
        ("Oak Way", True),
        ("oak drive", False),
        ("oak court", False),
        ("oak circle", False),
        ("oak ter", False),
        ("oak Drive", False),
        ("Oak drive", False),
        ("oak Tall Drive", False),
        ("oak park", False),
        ("oak Park", False),
        ("oak way", False),
    ],
)
def test_a_name_is_told_by_its_type_and_its_capitals(name, is_street):
    """Some types are always streets, some only when all is written as a name."""
    assert found(addresses, f"pay 12 {name}") == ([f"{ADDRESS}12 {name}"] if is_street else [])


@pytest.mark.parametrize(
    ("before", "is_street"),
    [("at ", True), ("pay ", False), ("", True), (f"at{' ' * 18}", True), (f"at{' ' * 19}", False)],
)
def test_a_word_of_place_right_before_makes_it_one(before, is_street):
    """A place counts within twenty characters, or with nothing before it."""
    for street in ("12 oak way", "12 oak drive"):
        assert found(addresses, f"{before}{street}") == ([f"{ADDRESS}{street}"] if is_street else [])


def test_a_word_of_place_does_not_help_everyday_words():
    """Words such as park count only as a name."""
    assert found(addresses, "at 12 oak park") == []
    assert found(addresses, "pay 12 Oak park") == []
