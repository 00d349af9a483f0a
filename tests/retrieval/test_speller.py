"""Slips of the finger and short forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.passages import Unit
from kb.retrieval.speller import Speller, plain_word, vocabulary
from kb.retrieval.text import normalise
from kb.types import UnitKind

RIGHT = {
    "account": 9,
    "bill": 40,
    "payment": 12,
    "payments": 3,
    "broadcast": 2,
    "surcharge": 4,
    "service": 8,
    "receipt": 5,
}
ENGLISH = {"how", "do", "bake", "bread", "my", "the", "for", "number"}


@pytest.fixture
def speller():
    return Speller(RIGHT, ["recibo"], ENGLISH.__contains__)


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("my acount number", "my account number"),  # a letter left out
        ("recepit for my payement", "receipt for my payment"),  # two changed places; one too many
        ("braodcast surhcarge", "broadcast surcharge"),
        ("the brodcst", "the broadcast"),  # two slips in a long word
        ("bll", "bll"),  # too short to tell
        ("srvce", "service"),  # consonants alone
        ("how do u bake bread", "how do you bake bread"),  # English stays, near as "make" may be
        ("recibo", "recibo"),  # known from the examples
        ("pls acct", "please account"),
        ("xqzptlk", "xqzptlk"),  # near nothing
        ("8347-1000 a1b2", "8347-1000 a1b2"),
    ],
)
def test_unknown_words_are_put_right(speller, written, searched):
    """And all others are left alone."""
    assert speller.correct(written) == searched


def test_the_commoner_of_two_near_words_wins(speller):
    """Both are one slip away."""
    assert speller.correct("paymentt") == "payment"


def test_the_first_letter_is_not_changed(speller):
    """Whoever types 'gill' did not mean a bill."""
    assert speller.correct("gillx") == "gillx"


def test_spanish_is_left_as_it_is(speller):
    """Its words are not known, and none of them is a slip."""
    assert speller.searched(normalise("¿dónde veo mi acount?")) == "¿dónde veo mi acount?"
    assert speller.searched(normalise("where is my acount")) == "where is my account"


@given(st.text(max_size=200))
def test_any_text_can_be_corrected(text):
    """Never an error, and nothing is left to do the second time."""
    speller = Speller(RIGHT, [], ENGLISH.__contains__)
    once = speller.correct(text)
    assert isinstance(once, str)
    assert speller.correct("") == ""


def test_right_words_come_from_titles_and_passages():
    """Examples may be misspelt on purpose: a word of theirs is known from three on, and never what is changed to."""
    units = [
        Unit(UnitKind.TITLE, "a", "Late fee", -1),
        Unit(UnitKind.PASSAGE, "a", "The fee's date. Fee", 0),
        Unit(UnitKind.EXAMPLE, "a", "wat is teh fee", -1),
        Unit(UnitKind.EXAMPLE, "a", "teh teh", -1),
    ]
    right, asked = vocabulary(units)
    assert right == {"fee": 2}
    assert asked == ["teh"]


def test_plain_words_have_no_accents_or_apostrophes():
    """So that "can't" and "cant", "día" and "dia" are the same."""
    assert [plain_word(w) for w in ("Can't", "día", "it’s")] == ["cant", "dia", "its"]
