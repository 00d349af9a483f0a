"""The files of a new help center."""

from __future__ import annotations

from datetime import date

import pytest

from kb.content.articles.corpus import load_articles
from kb.content.checks.corpus_check import check_corpus
from kb.content.starting import Start, contents, read_languages, start
from kb.errors import ConfigError
from kb.settings.settings import load_site

TODAY = date(2026, 11, 30)
NORTHWIND = Start("Northwind Help", "Northwind Power", ("en", "es"), {"phone": "555-0100", "store": "our shop"})


@pytest.mark.parametrize(
    "given",
    [
        NORTHWIND,
        Start("Help", "Plain"),
        Start('Quoted "Help": #1', "O'Neill & Sons: {power}", ("en", "es"), {"web": "https://help.example.org"}),
    ],
)
def test_nothing_is_wrong_with_it(tmp_path, given):
    """No error, no warning and no advice, whatever it is called; the operator's file says what was given."""
    start(tmp_path / "new", given, TODAY)
    site, settings = load_site(tmp_path / "new/site.yaml", required=True)
    assert (site.name, site.provider, site.has_bill_page) == (given.name, given.provider, False)
    assert {channel.name: channel.text for channel in site.shown_channels()} == dict(given.channels)
    assert settings == {"target_wrong_answers": 0.05}
    corpus = load_articles(tmp_path / "new/articles", site.channel_texts())
    assert check_corpus(corpus, today=TODAY, git={}) == []
    assert len(corpus.library.articles) == 3
    assert [category.title for category in corpus.library.categories] == ["Your account", "Orders and returns"]
    (signpost,) = corpus.library.signposts.values()
    assert (signpost.spanish is not None) == ("es" in given.languages)


def test_nothing_of_the_shipped_provider_is_in_it():
    """Neither its name, nor bills outside the comment that explains them."""
    for name, text in contents(NORTHWIND, TODAY).items():
        assert "spectrum" not in text.lower()
        assert "charter" not in text.lower()
        assert name in ("site.yaml", "articles") or "bill" not in text.lower()


@pytest.mark.parametrize("taken", ["articles", "site.yaml", "Makefile", ".gitignore"])
def test_nothing_is_overwritten(tmp_path, taken):
    """What is there stays, and nothing is put beside it."""
    (tmp_path / taken).write_text("mine")
    with pytest.raises(ConfigError, match=f"{taken} exists, so nothing was written"):
        start(tmp_path, NORTHWIND, TODAY)
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [(taken, "mine")]


def test_a_folder_that_is_a_file(tmp_path):
    """One sentence, not a traceback."""
    (tmp_path / "new").write_text("mine")
    with pytest.raises(ConfigError, match="is a file"):
        start(tmp_path / "new", NORTHWIND, TODAY)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (Start(" ", "P"), "The name ' ' cannot be used"),
        (Start("N", "a\nb"), "The provider 'a.nb' cannot be used"),
        (Start("N", "P", ("en",), {"pigeon": "coo"}), "no kind of channel 'pigeon'. Use one of: phone, chat, web"),
    ],
)
def test_what_cannot_be_used(tmp_path, given, said):
    """The value is named, and nothing is written."""
    with pytest.raises(ConfigError, match=said):
        start(tmp_path / "new", given, TODAY)
    assert not (tmp_path / "new").exists()


def test_languages():
    """English is always among them; one without pages is refused."""
    assert read_languages("") == ("en",)
    assert read_languages("es") == read_languages("EN, es") == ("en", "es")
    with pytest.raises(ConfigError, match="no pages in 'fr'"):
        read_languages("en,fr")
