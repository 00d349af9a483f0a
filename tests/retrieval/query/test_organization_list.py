"""The shipped list of companies: its form, and how few of its everyday words the articles need."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest

from kb.content.articles.corpus import load_articles
from kb.retrieval.query.organizations import OTHER_PROVIDERS, Organization, Organizations, _tokens_of_name, shipped
from kb.settings.settings import Settings
from tests.retrieval.query.conftest import OTHERS
from tests.support import ROOT, real_settings


def rows() -> list[list[str]]:
    """Return the fields of the shipped rows."""
    text = files("kb.retrieval").joinpath("data/organizations.tsv").read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if not line.startswith("#")]


def test_every_row_has_four_fields():
    """None is empty but the further names and the everyday words; nothing has a space at its end."""
    found = rows()
    assert len(found) > 3000
    assert {len(row) for row in found} == {4}
    assert all(name and field for name, field, *_ in found)
    assert all(part == part.strip() for row in found for cell in row for part in cell.split("|"))
    assert [row for row in found if row[2] and not all(row[2].split("|"))] == []


def test_no_name_is_listed_twice():
    """Neither in a row nor in two: the second would never be found."""
    keys = [" ".join(_tokens_of_name(name)) for row in rows() for name in (row[0], *filter(None, row[2].split("|")))]
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_every_everyday_word_is_a_name_of_its_row():
    """A word that is not a name marks nothing."""
    for name, _, aliases, words in rows():
        listed = Organization(
            name, "", tuple(filter(None, aliases.split("|"))), frozenset(filter(None, words.split("|")))
        )
        for word in listed.words:
            one = Organization(name, "", (), frozenset({word}))
            assert any(one.evidence(_tokens_of_name(n)) is not None for n in (name, *listed.aliases)), (name, word)


def test_other_providers_have_a_field_of_their_own(known):
    """Listed or not, by any of their names; all others keep theirs."""
    assert {known.field_of(name) for name in OTHERS} == {OTHER_PROVIDERS}
    assert known.field_of("Netflix") == "streaming"
    assert known.field_of("nobody") == ""
    by_alias = {o.name: o.field for o in shipped(["xfinty"])}
    assert by_alias["Xfinity"] == OTHER_PROVIDERS
    assert "xfinty" not in by_alias
    assert [o.name for o in shipped(OTHERS)] == sorted(o.name for o in shipped(OTHERS))


def test_the_list_survives_json(known):
    """As text; the copy finds the same."""
    again = Organizations.from_json(json.loads(json.dumps(known.to_json())), known.own)
    assert (again.listed, again.own) == (known.listed, known.own)
    for text in ("my dish bill", "current statement", "Dave's account", "spectrum"):
        assert again.named(text) == known.named(text)


# ---------------------------------------------------------------------------------------------- the articles


@pytest.fixture(scope="module")
def settings() -> Settings:
    """The repository's settings; no index is built."""
    return real_settings(ROOT / "no-index")


def test_articles_name_few_everyday_words(settings):
    """What an article's own questions are about, of the names that are everyday words: all looked at by hand."""
    site = settings.site
    ours = Organizations(tuple(shipped(site.other_providers)), (site.provider, *site.names))
    everyday = {organization.name for organization in ours.listed if organization.words}
    found = {
        name
        for article in load_articles(settings.articles, site.channel_texts()).articles
        if not article.is_signpost
        for text in (article.title, *article.examples, *article.tests, *(other.question for other in article.not_for))
        for name in ours.named(text).others
    }
    assert found & everyday <= {*MEANT, *TAKEN_FOR}


MEANT = (
    "7-Eleven",
    "AT&T",
    "Attorney General",
    "Cox Communications",
    "Discover",
    "Discovery+",
    "Disney+",
    "Google Play",
    "HBO Max",
    "Lifeline Program",
    "Paramount+",
    "Peacock",
    "Small Claims Court",
    "Target Circle Card",
    "UPS",
)
"""Each of them is meant where it is found."""
TAKEN_FOR = ("Apple", "PODS")
"""The Spectrum App Store and Wi-Fi pods are taken for companies. Their own articles name them, so no answer is lost."""
