"""Numbers that were dictated, read in digits, and traced back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.privacy.redact import redact
from kb.privacy.spoken import heard


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("pin four one oh nine", "pin 4109"),
        ("forty-one eleven", "4111"),
        ("double five triple zero", "55000"),
        ("cuarenta y uno, once", "4111"),
        ("veintidós tres", "223"),
        ("4111 then 1111 dash 1111", "411111111111"),
        ("4111%201111", "41111111"),
        ("nine\none one", "911"),
        ("eight hundred five five five oh one", "80055501"),
        ("four thousand one hundred eleven two", "41112"),
        ("mil novecientos setenta", "1970"),
        ("ochocientos trece quinientos cincuenta y cinco", "813555"),
        ("two zeros four", "004"),
        ("treintaicinco sero uno", "3501"),
        ("pin 7 oh 2", "pin 702"),
        ("nine, let me see, four and then one", "941"),
    ],
)
def test_words_become_digits(text, digits):
    """In both languages, over fillers and line ends."""
    found = heard(text)
    assert found is not None
    assert found.text == digits


@pytest.mark.parametrize(
    "text",
    [
        "no number",
        "two boxes and three phones",
        "once again",
        "4111 1111",
        "one bill",
        "oh no",
        "y luego nada",
        "dos veces",
    ],
)
def test_nothing_was_dictated(text):
    """Counts stay, and so do digits that the rules read as they are."""
    assert heard(text) is None


def test_a_piece_is_traced_back_to_its_words():
    """Whole words are covered, however few digits they stand for."""
    found = heard("my pin: double five oh one, thanks")
    assert found is not None
    start = found.text.index("5501")
    begin, end = found.span(start, start + 4)
    assert "my pin: double five oh one, thanks"[begin:end] == "double five oh one"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("my pin is nine three seven one", "my pin is [PIN]"),
        ("call me at eight one three, five five five, oh one nine nine", "call me at [phone number]"),
        ("4105 then 8830 then 3504 then 0943 declined", "[card number] declined"),
        ("I entered nine nine oh four for the pin", "I entered [PIN] for the pin"),
        ("the three numbers on the back are eight oh one", "the three numbers on the back are [security code]"),
        ("my account ends with four four one nine", "my account ends with [account number]"),
        ("it is seven one one oh five five", "it is [account number]"),
        ("channels seven eight nine and ten", "channels seven eight nine and ten"),
        ("zip code two eight two oh two", "zip code two eight two oh two"),
        ("five hundred megas por ochenta y nueve dólares", "five hundred megas por ochenta y nueve dólares"),
        ("mi tarjeta venció hace dos o tres meses", "mi tarjeta venció hace dos o tres meses"),
        ("it went from forty nine ninety nine to sixty four", "it went from forty nine ninety nine to sixty four"),
    ],
)
def test_what_is_dictated_is_removed(text, kept):
    """As if it were typed; prices in words stay."""
    assert redact(text).text == kept


@given(
    st.lists(
        st.sampled_from(
            ["one", "uno", "dos", "forty", "double", "oh", "then", "y", "4", "41", ",", "-", "card", "pin", "the"]
        ),
        max_size=30,
    )
)
def test_every_character_has_its_origin(words):
    """Origins grow, lie within the text, and redacting twice changes nothing."""
    text = " ".join(words)
    found = heard(text)
    if found is not None:
        assert len(found.origins) == len(found.text)
        assert all(0 <= a < b <= len(text) for a, b in found.origins)
        assert list(found.origins) == sorted(found.origins)
    once = redact(text).text
    assert redact(once).text == once
