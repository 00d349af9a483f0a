"""Words of the pages that the operator gives."""

from __future__ import annotations

import pytest

from kb.errors import ConfigError
from kb.html.language import in_english_only
from kb.html.parts import frame
from kb.html.words import Language, use_language, words
from kb.html.words.catalog import _OWN_FIELDS
from kb.settings.own_words import FILLED_IN, OwnWords
from kb.settings.settings import load_site
from kb.settings.site import Site


@pytest.fixture(autouse=True)
def _our_words_afterwards():
    yield
    use_language(Language.ENGLISH, OwnWords())


def site(tmp_path, text):
    """Return the site of a file."""
    (tmp_path / "site.yaml").write_text(text, encoding="utf-8")
    return load_site(tmp_path / "site.yaml")[0]


def test_they_take_the_place_of_ours(tmp_path):
    """In their language; what is not given stays, and so do the words on pages for staff."""
    own = site(tmp_path, "words: {ask_title: Hello}\nwords_es: {ask_title: Hola, ask_lead: Escriba}\n").words
    use_language(Language.ENGLISH, own)
    assert (words().ask.title, words().ask.submit) == ("Hello", "Ask")
    use_language(Language.SPANISH)
    assert (words().ask.title, words().ask.lead) == ("Hola", "Escriba")
    in_english_only()
    assert words().ask.title == "Hello"
    use_language(Language.ENGLISH, OwnWords())
    assert words().ask.title == "Ask about your bill"


def test_every_word_that_may_be_given_has_a_place():
    """The names in site.yaml are those of the catalog, and what is filled in is what ours have."""
    assert set(FILLED_IN) == set(_OWN_FIELDS)
    for key, (area, name) in _OWN_FIELDS.items():
        ours = getattr(getattr(words(), area), name)
        assert {n for n in ("provider", "names") if f"{{{n}}}" in ours} == set(FILLED_IN[key])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("words: {title: x}", "unknown key 'title'. Use one of: ask_title"),
        (
            "words: {ask_title: 'about {provider}'}",
            "'{provider}' in 'ask_title' is not filled in. Leave the curly braces",
        ),
        ("words: {elsewhere_text: 'x {name} y'}", r"'{name}' in 'elsewhere_text' .*Use only {provider} and {names}"),
        ("words: {out_of_scope_text: 'x { y'}", "Use only {provider}"),
        ("words: [x]", "expected keys with values"),
        ("bill_page: maybe", "'bill_page' must be true or false"),
    ],
)
def test_what_cannot_be_used(tmp_path, text, said):
    """Line, what is wrong, and what to do."""
    with pytest.raises(ConfigError, match=said):
        site(tmp_path, text)


def test_the_sample_bill_can_be_left_out(tmp_path):
    """Of the navigation and the footer."""
    assert "/bill" in frame.top(Site(), "") + frame.footer(Site())
    without = site(tmp_path, "bill_page: false")
    assert "/bill" not in frame.top(without, "") + frame.footer(without)
