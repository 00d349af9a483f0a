"""Personal data leaves a text before it is written: what goes, what stays, and what is always so."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import redaction
from benchmarks.redaction_lines import Label, Line, read_lines
from kb.evaluation.judgments import Half
from kb.privacy.redact import Redacted, find, redact
from kb.privacy.text import HARMLESS, Kind, mark, normalise_characters

LINES = read_lines()
KINDS = sorted({label.kind for line in LINES for label in line.labels})


@pytest.fixture(scope="module")
def reported() -> redaction.Counts:
    """Return the results for the half that nobody tuned on."""
    return redaction.measure([line for line in LINES if line.half is Half.REPORT])


@pytest.fixture(scope="module")
def guiding() -> redaction.Counts:
    """Return the results for the half that was tuned on."""
    return redaction.measure([line for line in LINES if line.half is Half.GUIDE])


# ------------------------------------------------------------------------------------------------- the gate


@pytest.mark.parametrize("kind", KINDS)
def test_recall_on_the_reported_half(reported, kind):
    """At least 98 % of the pieces of each kind that nobody tuned on are hidden completely."""
    assert reported.recall(kind) >= 0.98


@pytest.mark.parametrize("kind", KINDS)
def test_recall_on_the_guiding_half(guiding, kind):
    """The half that was tuned on must do at least as well."""
    assert guiding.recall(kind) >= 0.95


def test_false_alarms_on_the_reported_half(reported):
    """At most 1 % of the lines lose something harmless."""
    assert reported.false_alarms <= 0.01
    assert reported.harmless_alarms <= 0.01


def test_the_measure_counts_a_miss_and_an_alarm():
    """A label that no rule finds is a miss; a piece outside every label is an alarm."""
    text = "call 614-555-0112 about xyzzy"
    line = Line(text, "planted", (Label(24, 29, "password"),), Half.GUIDE)
    counts = redaction.measure([line, Line("late fee", "planted", (), Half.GUIDE)])
    assert counts.recall("password") == 0.0
    assert counts.missed == (line,)
    assert counts.alarms == ((line, "614-555-0112"),)
    assert counts.false_alarms == 0.5
    assert counts.harmless_alarms == 0.0


def test_a_piece_found_in_part_is_missed():
    """One digit left over is a digit written down."""
    line = Line("card 4111 1111 1111 1111 9", "planted", (Label(5, 26, "card number"),), Half.GUIDE)
    assert redaction.measure([line]).recall("card number") == 0.0


# ------------------------------------------------------------------------------------------------ examples

EXAMPLES = {
    "card": (
        "my card 4111 1111 1111 1111, cvv 123, was charged $84.99 on 03/15/2025",
        "my card [card number], cvv [security code], was charged $84.99 on 03/15/2025",
    ),
    "card, no check digit": ("is 4111 1111 1111 1112 mine", "is [account number] mine"),
    "two cards": ("4111111111111111 or 5555-5555-5555-4444", "[card number] or [card number]"),
    "full-width digits": ("４１１１ １１１１ １１１１ １１１１ declined", "[card number] declined"),
    "unseen characters": ("4111\u200b1111\u200b1111\u200b1111", "[card number]"),
    "mail and telephone": (
        "jo@example.com or (614) 555-0112, thanks",
        "[email address] or [phone number], thanks",
    ),
    "everything": (
        "I am at 12 Oak Street, ssn 123-45-6789, pin 4821, password is hunter2! and bill 84.99",
        "I am at [street address], ssn [Social Security number], pin [PIN], password is [password] and bill 84.99",
    ),
    "routing and account": (
        "routing 021000021 and checking account 000123456789",
        "routing [routing number] and checking account [bank account number]",
    ),
    "no password named": ("my password is not working", "my password is not working"),
    "a mark already there": ("pay with [card number] please", "pay with [card number] please"),
    "a mark inside brackets": ("[[card number]]", "[[card number]]"),
    "order number": ("order 4471 is late", "order 4471 is late"),
    "empty": ("", ""),
}


@pytest.mark.parametrize(("text", "wanted"), EXAMPLES.values(), ids=EXAMPLES.keys())
def test_an_example(text, wanted):
    """What is written in the place of what was typed."""
    assert redact(text).text == wanted


def test_kinds_are_given_in_the_order_of_the_text():
    """The result lists the kinds of what was removed, not the text."""
    assert redact("pin 4821, call 614-555-0112") == Redacted("pin [PIN], call [phone number]", ("PIN", "phone number"))
    assert redact("late fee") == Redacted("late fee", ())
    # What is found only once a mark is there comes after what was found before it.
    assert redact("pin 71197password hunter22").kinds == ("PIN", "password")
    assert redact("pin 71197password hunter22, call 614-555-0112").kinds == ("PIN", "phone number", "password")


def test_a_long_text_is_redacted_to_its_end():
    """Fifty thousand characters, the card in the last of them."""
    text = "why is my bill 84.99 since 2024, " * 1500 + "card 4111 1111 1111 1111"
    assert redact(text).text == text.replace("4111 1111 1111 1111", "[card number]")


@pytest.mark.parametrize(
    "part",
    [
        "1 ",
        "1-",
        "12 ",
        "1234 ",
        "password is ",
        "a at b dot ",
        "12 Oak ",
        "pw:",
        "555-01",
        "born ",
        "dob 1 ",
        "serial ",
        "four one ",
        "calle a ",
    ],
)
def test_a_text_made_to_be_slow_is_not(part):
    """The work grows with the length, not with its square, which would run into the time limit of every test."""
    text = part * (20_000 // len(part))
    assert redact(redact(text).text).kinds == ()


@pytest.mark.parametrize("part", ["1", "Ana Paz, "])
def test_twice_the_length_takes_about_twice_the_time(part):
    """The least of three times over 20,000 characters, against 10,000; a square would be four."""

    def took(length: int) -> float:
        text = part * (length // len(part))
        times = []
        for _ in range(3):
            started = time.thread_time()
            redact(text)
            times.append(time.thread_time() - started)
        return min(times)

    took(1000)
    assert took(20_000) < 3.2 * took(10_000)


# ---------------------------------------------------------------------------------------------- properties

PIECES = st.sampled_from(
    [
        *(line.text for line in LINES[::7]),
        *(mark(kind) for kind in Kind),
        *"0123456789 -./@()[]#:=\"'\n\t\x00\x01",
        "password is ",
        "account ",
        "4111111111111111",
        " at ",
        " dot com",
        "12 Oak St ",
        "²",
        "٣",
        "İ",
        "ß",
        "\ud800",
    ]
)
TEXTS = st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=12).map("".join))


@given(TEXTS)
def test_redacting_twice_is_redacting_once(text):
    """Idempotent, whatever was typed; and it never raises."""
    once = redact(text)
    assert redact(once.text) == Redacted(once.text, ())


@given(TEXTS)
def test_pieces_stand_apart_and_in_order(text):
    """Each piece is inside the text, and none overlaps another."""
    end = 0
    for piece in find(text):
        assert end <= piece.start < piece.end <= len(text)
        end = piece.end


@given(
    st.text(alphabet=st.characters(exclude_characters="@", exclude_categories=("Nd", "No", "Nl", "Cs")), max_size=200)
)
def test_a_text_without_figures_signs_or_passwords_stays_as_it_is(text):
    """Words alone are never touched, unless a password or a spelled-out address is spoken of."""
    words = ("pass", "pw", "arroba", "at", "contrase", "clave", "secret", "security", "answer", "respuesta", "maiden")
    if not any(word in text.lower() for word in words):
        assert redact(text) == Redacted(text, ())


@given(st.text(max_size=100))
def test_making_even_keeps_every_character_s_place(text):
    """Same length, so that a piece's place in one text is its place in the other."""
    assert len(normalise_characters(text)) == len(text)


@given(st.integers(0, 9999), st.integers(0, 99))
def test_amounts_stay(dollars, cents):
    """What a bill is about is not personal."""
    text = f"my bill is ${dollars}.{cents:02d} and was {dollars}.{cents:02d}"
    assert redact(text).text == text


@given(st.dates())
def test_dates_stay(day):
    """Dates stay, in every numeric format."""
    if day.year >= 1900:
        american = f"{day.month}/{day.day}/{day.year}"
        short = f"{day.month:02d}-{day.day:02d}-{day.year % 100:02d}"
        text = f"due {american}, {day.isoformat()} and {short}"
        if day.year < 2100:
            assert redact(text).text == text


@given(st.from_regex(r"[2-9][0-9]{2}[-. ][2-9][0-9]{2}[-. ][0-9]{4}", fullmatch=True))
def test_every_telephone_number_of_the_shape_goes(number):
    """Whatever its figures, not one of them is left."""
    assert not any(c.isdigit() for c in redact(f"call {number} please").text)


def test_no_mark_is_mistaken_for_something_harmless():
    """Marks hold no figures, and nothing of them is set aside."""
    assert [kind for kind in Kind if HARMLESS.search(mark(kind)) or any(c.isdigit() for c in mark(kind))] == []
