"""Names that are introduced, birthdays, licenses, and the numbers of devices."""

from __future__ import annotations

import pytest

from kb.privacy.rules.birthdays import birthdays
from kb.privacy.rules.devices import devices
from kb.privacy.rules.people import names
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
        ("Mr. Abernathy died", "Mr. Abernathy"),
        ("my name is J. R. Ewing", "J. R. Ewing"),
        ("agent Priyanka ended the chat", "Priyanka"),
        ("keisha told me so", "keisha"),
        ("remove Giselle Thibodeaux from it", "Giselle Thibodeaux"),
        ("account in the name of jebediah stroud", "jebediah stroud"),
        ("el técnico se llama Gumersindo Vela", "Gumersindo Vela"),
        ("mi esposo Heriberto quiere pagar", "Heriberto"),
        ("Zsigmond Harkany, account holder", "Zsigmond Harkany"),
        ("name on card OLIVER P SANDHURST", "OLIVER P SANDHURST"),
        ("soy la señora Villalobos", "señora Villalobos"),
        ("thanks, Winston", "Winston"),
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
        "my husband said the bill doubled",
        "moving to San Antonio in May",
        "service in Madison, or at Howard County",
        "Chase returned it, and Max is gone",
        "will April be free",
        "quiero una llamada y no llega",
        "sr citizen discount",
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
        ("nací el 12 de abril de 1961", "el 12 de abril de 1961"),
        ("my birthday is June 3rd", "June 3rd"),
        ("born in 1949", "1949"),
        ("12-25-1990 is my date of birth", "12-25-1990"),
        ("bday is four seventeen eighty-eight", "four seventeen eighty-eight"),
        ("I turned 65 on September 14th 2025", "September 14th 2025"),
        ("nací en marzo del 92", "marzo del 92"),
        ("cumplo años el 30 de abril", "el 30 de abril"),
    ],
)
def test_a_birthday_has_its_name_near(text, day):
    """In figures or words, in both languages."""
    assert found(birthdays, text) == [f"date of birth: {day}"]


def test_any_other_date_stays():
    """Bills are full of them."""
    for text in (
        "the bill of 04/12/2026 is due on May 3, 2026",
        "born in Ohio. Bill of 04/12/2026",
        "turned off on May 3 2026",
    ):
        assert found(birthdays, text) == []
    assert found(birthdays, "my birthday is in two months") == []


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("mac 00:1A:2b:3C:4d:5E", ["device number: 00:1A:2b:3C:4d:5E"]),
        ("it says 001a.2b3c.4d5e", ["device number: 001a.2b3c.4d5e"]),
        ("serial number on the box is PABC20447819", ["device number: PABC20447819"]),
        ("driver's license D123-4567", ["license number: D123-4567"]),
        ("serial K as in kilo nine nine oh four dash one", ["device number: K as in kilo nine nine oh four dash one"]),
        (
            "mac f c nine one one four b b three zero a e ok",
            ["device number: f c nine one one four b b three zero a e"],
        ),
        ("mac aa bb 0c 1d 2e 3f", ["device number: aa bb 0c 1d 2e 3f"]),
        ("4417RAX0092D is the serial number", ["device number: 4417RAX0092D"]),
        ("driver license no. 08814523 why", ["license number: 08814523"]),
        ("licencia F de foca cinco cinco uno", ["license number: F de foca cinco cinco uno"]),
        ("serie ese be hache siete ka cuatro cero", ["device number: ese be hache siete ka cuatro cero"]),
        ("serial number? 2 boxes and 3 modems", []),
        ("is model SAX1V1R or SB8200 ok", []),
        ("my license expired 03/04/2025", []),
        ("card 4111.1111.1111.1111", []),
        ("at 12:30:45 on channel 110", []),
        ("the serial is missing", []),
        ("license fees of 4.50", []),
    ],
)
def test_devices_and_licenses(text, pieces):
    """By shape or next to their name; a card is not a device."""
    assert found(devices, text) == pieces
