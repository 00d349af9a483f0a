"""Slips of the finger and short forms."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.index.passages import Unit
from kb.retrieval.query.normalise import normalise
from kb.retrieval.query.speller import Speller, Vocabulary, count_words, plain_word, shipped_words
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
SPANISH = {"factura": 30, "automatico": 9, "cargos": 4, "cobran": 2, "cobrarme": 1, "llamar": 5}
ENGLISH = {"how", "do", "bake", "bread", "my", "the", "for", "number"}


@pytest.fixture
def speller():
    return Speller(Vocabulary(RIGHT, ["recibo"], SPANISH), ENGLISH.__contains__)


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("my acount number", "my account number"),  # a letter left out
        ("recepit for my payement", "receipt for my payment"),  # two changed places; one too many
        ("braodcast surhcarge", "broadcast surcharge"),
        ("the brodcst", "the broadcast"),  # two slips in a long word
        ("srvce", "service"),  # consonants alone, but for the last letter
        ("rcpt", "receipt"),  # consonants alone
        ("bll", "bll"),  # too few letters left out to tell
        ("how do u bake bread", "how do you bake bread"),  # English stays, near as "make" may be
        ("recibo", "recibo"),  # known from the examples
        ("pls acct", "please account"),
        ("xqzptlk", "xqzptlk"),  # near nothing
        ("8347-1000 a1b2", "8347-1000 a1b2"),
    ],
)
def test_unknown_words_are_put_right(speller, written, searched):
    """Unknown words are corrected, and all others are left alone."""
    assert speller.correct(written) == searched


def test_the_commoner_of_two_near_words_wins(speller):
    """Of two words one typo away, the more common one wins."""
    assert speller.correct("paymentt") == "payment"


def test_the_first_letter_is_not_changed(speller):
    """'gill' is not corrected to bill, since first letters are rarely mistyped."""
    assert speller.correct("gillx") == "gillx"


@pytest.mark.parametrize(
    ("written", "searched"),
    [
        ("¿por qué mi fctura?", "¿por qué mi factura?"),
        ("pago auutomático", "pago automatico"),
        ("me cobrarme", "me cobrarme"),  # known, though nobody asks with it often
        ("no entiendo el bill", "no entiendo el bill"),  # English words are known in Spanish questions, too
        ("¿dónde llmr?", "¿dónde llamar?"),  # consonants alone
        ("¿cuántos carges?", "¿cuántos cargos?"),
        ("¿dónde está mi perro?", "¿dónde está mi perro?"),
    ],
)
def test_spanish_slips_are_put_right_by_spanish_words(speller, written, searched):
    """The words of questions in Spanish say which are right; the encoder's English vocabulary does not."""
    assert speller.correct_spanish(written) == searched


def test_a_question_is_put_right_by_the_words_of_its_language(speller):
    """An English typo in a Spanish question stays, since no Spanish word is near it."""
    assert speller.searched(normalise("¿dónde veo mi acount y mi fctura?")) == "¿dónde veo mi acount y mi factura?"
    assert speller.searched(normalise("where is my acount")) == "where is my account"


@pytest.mark.parametrize(
    ("copied", "whole"),
    [
        ("my ac\u00a0count", "my account"),
        ("my\u00a0account", "my\u00a0account"),  # two words that are known
        ("a\u202fcc\u00a0ount\u2007bill", "account\u2007bill"),
        ("la fac\u00a0tura", "la factura"),
        ("ac count", "ac count"),  # an ordinary space was typed
        ("xq\u00a0zv", "xq\u00a0zv"),
        ("5\u00a0\u20ac\u00a0ac\u00a0count", "5\u00a0\u20ac\u00a0account"),
    ],
)
def test_a_word_torn_apart_by_a_space_that_breaks_no_line_is_one(speller, copied, whole):
    """As it comes from a PDF; only where the corpus knows the word, and not its pieces."""
    assert speller.joined(copied) == whole


@given(st.text(max_size=200))
def test_any_text_can_be_corrected(text):
    """Never an error, and nothing is left to do the second time."""
    speller = Speller(Vocabulary(RIGHT, [], {}), ENGLISH.__contains__)
    once = speller.correct(text)
    assert isinstance(once, str)
    assert speller.correct("") == ""


def test_right_words_come_from_titles_and_passages():
    """Examples may be misspelt on purpose: a word of theirs is known from three on, and right only if many have it."""
    units = [
        Unit(UnitKind.TITLE, "a", "Late fee", -1),
        Unit(UnitKind.PASSAGE, "a", "The fee's date. Fee", 0),
        Unit(UnitKind.EXAMPLE, "a", "wat is teh fee", -1),
        Unit(UnitKind.EXAMPLE, "a", "teh teh", -1),
        Unit(UnitKind.EXAMPLE, "a", "autopay " * 8, -1),
        Unit(UnitKind.EXAMPLE, "a", "¿qué es esta factura?", -1),
    ]
    found = count_words(units)
    assert found.right == {"autopay": 8, "fee": 2}
    assert {*found.asked} == {"teh", *shipped_words()} - {*found.right}
    assert found.spanish == {"es": 1, "esta": 1, "factura": 1, "que": 1}


def test_a_vocabulary_comes_back_as_it_was():
    """A vocabulary survives the round trip through JSON values."""
    words = Vocabulary({"fee": 2}, ["teh"], {"pago": 3})
    assert Vocabulary.from_json(words.to_json()) == words


def test_plain_words_have_no_accents_or_apostrophes():
    """So that "can't" and "cant", "día" and "dia" are the same."""
    assert [plain_word(w) for w in ("Can't", "día", "it’s")] == ["cant", "dia", "its"]
