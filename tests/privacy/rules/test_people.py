"""Names that are introduced, birthdays, licenses, and the numbers of devices."""

from __future__ import annotations

import pytest

from kb.privacy.rules.people import birthdays, devices, names
from tests.privacy.rules.tables import found


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my name is Ana Maria de la Cruz, and I", "Ana Maria de la Cruz"),
        ("my name is ana cruz and i pay", "ana cruz"),
        ("me llamo José Ángel. No pagué", "José Ángel"),
        ("I spoke with Carla in billing", "Carla"),
        ("this is O'Neill speaking", "O'Neill"),
        ("soy Ximena", "Ximena"),
        ("Mr. Abernathy died", "Abernathy"),
        ("my name is J. R. Ewing", "J. R. Ewing"),
    ],
)
def test_a_name_that_is_introduced_is_found(text, name):
    """To its last word; particles are part of it."""
    assert found(names, text) == [f"name: {name}"]


@pytest.mark.parametrize(
    "text",
    [
        "I am being charged twice",
        "I AM BEING CHARGED",
        "I'm DONE",
        "this is Spectrum billing, right",
        "this is the third time",
        "soy cliente desde 2015",
        "my name is misspelled on the bill",
        "I spoke with customer service",
        "I spoke with Spectrum",
        "the name on the account is wrong",
    ],
)
def test_what_is_no_name_stays(text):
    """Billing talk has the same beginnings."""
    assert found(names, text) == []


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("born on 04/12/1961 in Ohio", "04/12/1961"),
        ("DOB: April 12, 1961", "April 12, 1961"),
        ("nací el 12 de abril de 1961", "12 de abril de 1961"),
        ("my birthday is June 3rd", "June 3rd"),
    ],
)
def test_a_birthday_has_its_name_near(text, day):
    """In figures or words, in both languages."""
    assert found(birthdays, text) == [f"date of birth: {day}"]


def test_any_other_date_stays():
    """Bills are full of them."""
    assert found(birthdays, "the bill of 04/12/2026 is due on May 3, 2026") == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("mac 00:1A:2b:3C:4d:5E", ["device number: 00:1A:2b:3C:4d:5E"]),
        ("it says 001a.2b3c.4d5e", ["device number: 001a.2b3c.4d5e"]),
        ("serial number on the box is PABC20447819", ["device number: PABC20447819"]),
        ("driver's license D123-4567", ["license number: D123-4567"]),
        ("card 4111.1111.1111.1111", []),
        ("at 12:30:45 on channel 110", []),
        ("the serial is missing", []),
        ("license fees of 4.50", []),
    ],
)
def test_devices_and_licenses(text, pieces):
    """By shape or next to their name; a card is not a device."""
    assert found(devices, text) == pieces
