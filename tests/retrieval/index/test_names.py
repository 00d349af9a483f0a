"""The organizations of an index: who mentions each, who is a stranger to an article, and which signpost is for whom."""

from __future__ import annotations

import json

import numpy as np
import pytest

from kb.retrieval.index.names import NAMES, Mentions, NameIndex
from kb.retrieval.index.passages import Unit
from kb.retrieval.query.organizations import Named, Organization, Organizations
from kb.types import UnitKind

ORGANIZATIONS = Organizations(
    (
        Organization("Alpha Air", "airlines"),
        Organization("Beta Bank", "banks", ("beta",)),
        Organization("Gamma Bank", "banks"),
        Organization("Delta Cable", "other_providers"),
        Organization("Omega Water", "water"),
    ),
    ("Us",),
)
UNITS = [
    Unit(UnitKind.TITLE, "autopay", "Pay from Beta Bank", -1),
    Unit(UnitKind.EXAMPLE, "autopay", "is beta better than Gamma Bank", -1),
    Unit(UnitKind.PASSAGE, "fees", "Nothing is named here.", 0),
    Unit(UnitKind.EXAMPLE, "sign-air", "alpha air ticket", -1),
    Unit(UnitKind.EXAMPLE, "sign-bank", "my Beta Bank card", -1),
    Unit(UnitKind.EXAMPLE, "sign-bank", "gamma bank fee", -1),
    Unit(UnitKind.EXAMPLE, "sign-cable", "delta cable and beta bank", -1),
]
SIGNPOSTS = ("sign-air", "sign-bank", "sign-cable")


@pytest.fixture(scope="module")
def mentions() -> Mentions:
    """What the units mention."""
    return Mentions.of(ORGANIZATIONS, UNITS)


@pytest.fixture(scope="module")
def names(mentions: Mentions) -> NameIndex:
    """The index of all units."""
    return mentions.index(UNITS, signposts=SIGNPOSTS)


def test_each_unit_mentions_its_organizations(mentions):
    """By name, also those that it only compares or pays with; the provider itself is none."""
    assert mentions.by_row == (
        ("Beta Bank",),
        ("Beta Bank", "Gamma Bank"),
        (),
        ("Alpha Air",),
        ("Beta Bank",),
        ("Gamma Bank",),
        ("Delta Cable", "Beta Bank"),
    )


def test_an_organization_is_mentioned_by_articles(names):
    """By those of whose units one names it; what nobody names is not there."""
    assert names.mentioned_by == {
        "Alpha Air": {"sign-air"},
        "Beta Bank": {"autopay", "sign-bank", "sign-cable"},
        "Gamma Bank": {"autopay", "sign-bank"},
        "Delta Cable": {"sign-cable"},
    }


def test_units_that_are_left_out_mention_nothing(mentions):
    """As in a trial run: the article is a stranger to a name that only its left-out example had."""
    kept = np.array([unit.text != "is beta better than Gamma Bank" for unit in UNITS])
    found = mentions.index(UNITS, kept)
    assert found.mentioned_by["Beta Bank"] == {"autopay", "sign-bank", "sign-cable"}
    assert found.mentioned_by["Gamma Bank"] == {"sign-bank"}
    assert found.signposts == frozenset()
    assert mentions.index(UNITS, np.zeros(len(UNITS), bool)).mentioned_by == {}


@pytest.mark.parametrize(
    ("text", "article", "strangers"),
    [
        ("my Delta Cable bill", "autopay", ("Delta Cable",)),
        ("my Omega Water bill", "fees", ("Omega Water",)),
        ("my beta account", "autopay", ()),
        ("my beta account", "fees", ("Beta Bank",)),
        ("beta and delta cable and omega water", "sign-cable", ("Omega Water",)),
        ("delta cable and Us", "fees", ()),
        ("is Us better than delta cable", "fees", ()),
        ("switched from delta cable", "fees", ()),
        ("why is my bill high", "fees", ()),
    ],
)
def test_strangers(names, text, article, strangers):
    """What a question is about and an article does not mention; nobody is one where this provider is named as well."""
    assert names.strangers(ORGANIZATIONS.named(text), article) == strangers


def test_who_is_only_mentioned_is_no_stranger(names):
    """The question is not about it."""
    assert names.strangers(Named(False, (), ("Delta Cable",)), "fees") == ()


def test_a_signpost_is_for_its_line_of_business(names):
    """Also for a company that it does not mention; the one that mentions most of the field; articles do not count."""
    assert names.signpost_for("Alpha Air") == "sign-air"
    assert names.signpost_for("Delta Cable") == "sign-cable"
    assert names.signpost_for("Beta Bank") == names.signpost_for("Gamma Bank") == "sign-bank"
    assert names.signpost_for("Omega Water") is None
    assert names.signpost_for("nobody") is None


def test_the_signpost_that_mentions_a_company_is_its_own():
    """Though another mentions more of its line of business: the tax office is not asked for food stamps."""
    units = [
        Unit(UnitKind.EXAMPLE, "sign-bank", "beta bank fee", -1),
        Unit(UnitKind.EXAMPLE, "sign-bank", "gamma bank fee", -1),
        Unit(UnitKind.EXAMPLE, "sign-card", "beta bank card", -1),
        Unit(UnitKind.EXAMPLE, "sign-loan", "alpha air loan", -1),
        Unit(UnitKind.EXAMPLE, "sign-air", "alpha air flight", -1),
    ]
    banks = Organizations(
        (*ORGANIZATIONS.listed[:3], Organization("Theta Bank", "banks"), Organization("Iota", "banks"))
    )
    units.append(Unit(UnitKind.EXAMPLE, "sign-loan", "theta bank loan", -1))
    found = Mentions.of(banks, units).index(units, signposts=("sign-bank", "sign-card", "sign-loan", "sign-air"))
    assert found.signpost_for("Theta Bank") == "sign-loan"
    assert found.signpost_for("Beta Bank") == "sign-bank"
    assert found.signpost_for("Iota") == "sign-bank"
    assert found.signpost_for("Alpha Air") == "sign-air"


def test_of_equal_signposts_the_first_is_taken():
    """In the order of their ids, however they are given."""
    twins = [Unit(UnitKind.EXAMPLE, name, "omega water bill", -1) for name in ("b", "a", "c")]
    found = Mentions.of(ORGANIZATIONS, twins).index(twins, signposts=("c", "b", "a"))
    assert found.signpost_for("Omega Water") == "a"


def test_an_article_is_no_signpost(mentions):
    """Without signposts nobody is told whom to ask."""
    assert mentions.index(UNITS).signpost_for("Beta Bank") is None


def test_it_survives_json(names):
    """As text, lists in a fixed order."""
    files = names.to_files()
    kept, again = json.loads(files[NAMES]), NameIndex.from_files(files)
    assert (again.mentioned_by, again.signposts) == (names.mentioned_by, names.signposts)
    assert again.organizations.listed == names.organizations.listed
    assert kept["signposts"] == [*SIGNPOSTS]
    assert kept["own"] == ["Us"]
    assert list(kept["mentioned_by"]) == sorted(kept["mentioned_by"])
    assert kept["mentioned_by"]["Beta Bank"] == ["autopay", "sign-bank", "sign-cable"]


def test_the_words_decide_between_signposts_that_name_the_company():
    """A mobile carrier that also sells internet: the signpost that the question's words are nearest to."""
    both = Organizations((Organization("Sigma", "other_providers"), Organization("Tau", "other_providers")))
    mentioned_by = {"Sigma": frozenset({"cable", "mobile"}), "Tau": frozenset({"cable"})}
    names = NameIndex(both, mentioned_by, frozenset({"cable", "mobile"}))
    assert names.signpost_for("Sigma") == "cable"
    assert names.signpost_for("Sigma", "mobile") == "mobile"
    assert names.signpost_for("Tau", "mobile") == "cable"


def test_a_line_of_business_without_a_signpost_of_its_own_has_none():
    """Three signposts each mention one of its companies in passing."""
    listed = tuple(Organization(name, "loans") for name in ("One", "Two", "Three", "Four"))
    mentioned_by = {name: frozenset({f"sign-{n}"}) for n, name in enumerate(("One", "Two", "Three"))}
    names = NameIndex(Organizations(listed), mentioned_by, frozenset({"sign-0", "sign-1", "sign-2"}))
    assert names.signpost_for("Four") is None
    assert names.signpost_for("Two") == "sign-1"
