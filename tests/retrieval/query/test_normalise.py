"""Queries to searched text, and text to words: any string, never an error."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.query.normalise import (
    MAX_QUERY_CHARACTERS,
    STOP_WORDS,
    character_ngrams,
    normalise,
    same_words,
    stem,
    without_name,
    words,
)

ANY = st.text(st.characters(), max_size=200) | st.binary(max_size=200).map(
    lambda b: b.decode("utf-8", "surrogateescape")
)


@given(ANY)
def test_normalise_takes_any_text_and_keeps_the_raw_one(text):
    """The raw text is untouched; the searched one holds no control character, no half pair, no double space."""
    query = normalise(text)
    assert query.raw == text
    assert query.text == query.text.strip()
    assert "  " not in query.text
    assert not [c for c in query.text if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Cn", "Co")]
    query.text.encode("utf-8")


@given(ANY)
def test_normalise_is_idempotent(text):
    """What was normalised stays as it is."""
    once = normalise(text).text
    assert normalise(once).text == once


@given(ANY)
def test_words_takes_any_text(text):
    """Words are lower case, without spaces or punctuation, and never empty."""
    for word in words(text):
        assert word
        assert word == word.lower()
        assert not any(c.isspace() or c in "'’.,!?-_" for c in word)


@given(st.text(st.characters(codec="ascii"), max_size=100))
def test_case_does_not_matter(text):
    """Upper and lower case give the same words."""
    assert words(text.upper()) == words(text.lower())


@given(st.text(st.characters(categories=["L", "N", "P", "Z"]), min_size=1, max_size=60))
def test_a_query_has_the_words_of_its_normalised_text(text):
    """Normalising loses no word that is counted."""
    assert words(normalise(unicodedata.normalize("NFKC", text)).text) == words(
        unicodedata.normalize("NFKC", text).strip()
    )


@pytest.mark.parametrize(
    "text",
    ["", " ", "\t\n\r", "\x00", "\x00\x01\x02", "?!…", "---", "😀🎉", "\u200b\u200d", "\ud800", "\ue000", "\ufeff"],
)
def test_without_a_letter_or_digit_nothing_is_searched(text):
    """Blank, control characters, punctuation, emoji and halves of pairs leave nothing."""
    assert normalise(text).text == ""


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("  why   did\tmy\nbill go up ", "why did my bill go up"),
        ("late\x00fee", "late fee"),
        ("ｌａｔｅ ｆｅｅ", "late fee"),
        ("ﬁnal bill", "final bill"),
        ("bill\u00a0up", "bill up"),
        ("<b>bill</b>", "<b>bill</b>"),
        ("bill \ud83d up", "bill up"),
        ("لماذا زادت فاتورتي", "لماذا زادت فاتورتي"),
        ("5", "5"),
    ],
)
def test_what_is_searched(raw, text):
    """Compatibility forms are unified and white space collapsed; letters of every script stay."""
    assert normalise(raw).text == text


PLAIN = 'why\'s my bill - "late fee" - different, José?'


@pytest.mark.parametrize(
    "typed",
    [
        'why\'s my bi\u00adll - "la\u00adte f\u00adee" - dif\u00adferent, José?',
        'wh\u200by\'s my b\u2060ill - "late\ufeff fee" - diff\u200derent, José?',
        '\u202awhy\'s\u202c my\u00a0bill\u2007- "late\u202ffee" - different,\u3000José?',
        '\uff57\uff48\uff59\'s my bill - "late fee" - di\ufb00erent, José?',
        "why\u2019s my bill \u2013 \u201clate fee\u201d \u2014 different, José?",
        'why\u00b4s my bill - "late fee" - different, Jose\u0301?',
        'why\'s my bill\ufe0f - "la\u034fte fee" - different, Jose\u034f\u0301?',
        'why\'s\tmy\x00bill\r\n- "late fee" - different, José?',
    ],
    ids=[
        "soft hyphens",
        "zero width",
        "other spaces",
        "full width and ligatures",
        "typographic",
        "combining",
        "selectors and joiners",
        "control characters",
    ],
)
def test_what_cannot_be_seen_makes_no_difference(typed):
    """A question copied from a web page or a PDF is searched, and known word for word, like one that was typed."""
    assert normalise(typed).text == PLAIN
    assert words(typed) == words(PLAIN)
    assert same_words(typed) == same_words(PLAIN)
    assert character_ngrams(typed) == character_ngrams(PLAIN)


def test_combining_marks_in_either_order():
    """A letter with two marks is the same letter, whichever was typed first."""
    assert normalise("tệ").text == normalise("te\u0302\u0323").text == normalise("te\u0323\u0302").text


def test_a_long_query_is_cut():
    """Of 50,000 characters the first 2,000 are searched, the raw text is kept."""
    query = normalise("bill " * 10_000)
    assert len(query.text) == MAX_QUERY_CHARACTERS - 1
    assert len(query.raw) == 50_000
    assert normalise(" " * 100_000 + "bill").text == ""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Bills billing billed bill", ["bill"] * 4),
        ("How do I pay my bill?", ["pay", "bill"]),
        ("¿Cómo pagar la factura?", ["pagar", "factura"]),
        ("don't I’ve customer's", ["dont", "customer"]),
        ("fees taxes charges", ["fee", "tax", "charg"]),
        ("policies stopping status", ["policy", "stop", "status"]),
        ("auto-pay 12.50", ["auto", "pay", "12", "50"]),
        ("snake_case", ["snak", "case"]),
        ("", []),
    ],
)
def test_words_of_a_text(text, found):
    """Stop words go, accents go, endings are cut."""
    assert words(text) == found


@given(st.text(st.characters(categories=["Ll"], codec="ascii"), max_size=20))
def test_a_stem_begins_as_its_word(word):
    """Nothing but the ending changes, and no more than four letters go."""
    found = stem(word)
    assert len(word) - 6 <= len(found) <= len(word)
    assert word.startswith(found) or (found.endswith("y") and word.startswith(found[:-1]))


def test_stop_words_are_what_words_gives_back():
    """No stop word has a form that could never match."""
    assert all(word == word.lower() and word.isalpha() for word in STOP_WORDS)


@pytest.mark.parametrize(
    ("text", "compared"),
    [
        ("Why did my Spectrum bill go up?", "Why did my bill go up?"),
        ("is this fee from spectrum?", "is this fee from?"),
        ("SPECTRUM - unfair billing, Spectrum's fault", "unfair billing, fault"),
        ("@Spectrum charged me twice #spectrum", "charged me twice"),
        ("¿Cómo leo la factura de Spectrum?", "¿Cómo leo la factura de?"),
        ("sign in at spectrum.net or www.spectrum.com", "sign in at spectrum.net or www.spectrum.com"),
        ("a broad-spectrumish fee", "a broad-spectrumish fee"),
        ("Spectrum", "Spectrum"),
        ("Spectrum pay", "Spectrum pay"),
        ("late  fee", "late  fee"),
    ],
)
def test_the_operator_s_name_is_left_out(text, compared):
    """The name is ignored as a word, a possessive or a tag, but not in an address or where it is nearly everything."""
    assert without_name(text, "Spectrum") == compared


def test_a_site_without_a_name_leaves_nothing_out():
    """An empty name removes nothing, and a name is not a pattern."""
    assert without_name("my Spectrum bill", "") == "my Spectrum bill"
    assert without_name("my Spectrum bill", "S.*m") == "my Spectrum bill"
    assert without_name("my A+ (plus) bill", "A+ (plus)") == "my bill"
