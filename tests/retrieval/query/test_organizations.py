"""The names of organizations in questions: found in every usual form, and not where they are everyday words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.query.organizations import Named, Organizations, shipped
from tests.retrieval.query.conftest import OTHERS

# ---------------------------------------------------------------------------------------------------- names


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my comcast bill is too high", "Comcast"),
        ("MY COMCAST BILL", "Comcast"),
        ("comcast's bill", "Comcast"),
        ("comcast’s bill", "Comcast"),
        ("Comcasts bill went up", "Comcast"),
        ("comcats bill", "Comcast"),
        ("what is my at&t bill", "AT&T"),
        ("Nowhere Cable charged me", "Nowhere Cable"),
        ("verison keeps billing me", "Verizon"),
        ("bank of amercia fee", "Bank of America"),
        ("my wells fargo account is locked", "Wells Fargo"),
        ("cancel Disney+", "Disney+"),
        ("cancel disney plus", "Disney+"),
        ("netflix subscription", "Netflix"),
        ("my GEICO policy", "GEICO"),
    ],
)
def test_a_name_is_found(known, text, name):
    """In any letters, in the possessive and the plural, and in usual misspellings."""
    assert known.named(text).others == (name,)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("my dish bill", "DISH"),
        ("how do i pay dish", "DISH"),
        ("is DISH down", "DISH"),
        ("why did Chase decline it", "Chase"),
        ("chase bank fee", "Chase"),
        ("my chase account is overdrawn", "Chase"),
        ("discover card statement", "Discover"),
        ("I owe money to Discover", "Discover"),
        ("why is Visible charging me", "Visible"),
        ("what is my Current account number", "Current"),
    ],
)
def test_an_everyday_word_is_a_name_with_evidence(known, text, name):
    """A capital letter within the sentence, or what customers put next to a name."""
    assert known.named(text).mentioned == (name,)


@pytest.mark.parametrize(
    "text",
    [
        "which dish soap is best",
        "Dish soap for sensitive hands",
        "how do I discover what I owe",
        "I discover charges on my bill every month",
        "Discover who called me",
        "what is the target date for the install",
        "Target date?",
        "My bill is high. Target date is June.",
        "do i have to chase payments myself",
        "where is my current statement",
        "what is the upgrade fee",
        "Upgrade Fee on my bill",
        "explain my Current Bill please",
        "is my final bill visible",
        "visible charges on my account",
        "wow my bill",
        "wow, a bill like that",
        "can you bill me later",
        "how many days per pay period",
        "por favor ayuda con mi factura",
        "la cuenta sigue igual",
        "dime cuanto debo",
        "how do ppl pay there bill",
        "is wi-fi included",
        "Wi-Fi fee",
        "what is the 911 fee",
        "E911 charge",
        "text msg fee",
        "what's my avg bill",
        "question abt my bill",
        "put the account in Dave's name",
        "my husband Albert wants to be added",
        "Marcus's account",
        "she's in Florida",
        "ESPN was off for two weeks",
        "sign in with my ZIP code",
        "i pass the store every day",
    ],
)
def test_an_everyday_word_is_no_name_without_it(known, text):
    """Nothing is named at all."""
    assert known.named(text) == Named()


PUT_BEFORE = [
    "current",
    "upgrade",
    "final",
    "first",
    "visible",
    "last",
    "new",
    "old",
    "late",
    "full",
    "partial",
    "monthly",
    "annual",
    "previous",
    "past",
    "overdue",
    "paper",
    "online",
    "digital",
    "electronic",
    "automatic",
    "extra",
    "regular",
    "standard",
    "basic",
    "premium",
    "maximum",
    "minimum",
    "max",
    "average",
    "general",
    "special",
    "regional",
    "local",
    "federal",
    "state",
    "county",
    "public",
    "private",
    "direct",
    "free",
    "prepaid",
    "internet",
    "cable",
    "phone",
    "mobile",
    "home",
    "wireless",
    "streaming",
    "sports",
    "broadcast",
    "activation",
    "service",
    "install",
    "self",
    "modem",
    "router",
    "chip",
    "express",
    "priority",
    "bank",
    "card",
    "promo",
    "family",
    "business",
    "enterprise",
    "seasonal",
    "shared",
    "neighbor",
    "wrong",
    "duplicate",
    "unknown",
    "weird",
    "terrible",
    "simple",
    "quick",
    "best",
    "fair",
    "whole",
    "itemized",
    "summary",
    "estimated",
    "pending",
    "recurring",
    "next",
    "original",
    "combined",
    "single",
    "flat",
    "adjusted",
    "renewal",
    "hidden",
    "popular",
    "select",
    "complete",
    "compass",
    "act",
    "care",
    "carrier",
    "match",
    "price",
    "going",
    "her",
    "rent",
    "route",
    "nationwide",
    "budget",
    "celebrity",
]
"""Words that customers put before what follows."""


@pytest.mark.parametrize("noun", ["bill", "fee", "charges", "payment", "statement", "plan", "account"])
def test_what_customers_put_before_a_bill_is_no_name(known, noun):
    """Not before a bill, nor where nothing follows."""
    texts = [f"why is my {word} {noun} so high" for word in PUT_BEFORE]
    texts += [f"{word} {noun}" for word in PUT_BEFORE]
    texts += [f"What is the {word.title()} {noun.title()}?" for word in PUT_BEFORE]
    assert [text for text in texts if known.named(text).mentioned] == []


def test_this_provider_is_us(known):
    """Its names in any letters; others may be named besides."""
    assert known.named("why is my spectrum bill higher") == Named(us=True)
    assert known.named("TIME WARNER CABLE fee") == Named(us=True)
    assert known.named("does Spectrum cost less than Comcast") == Named(True, (), ("Comcast",))
    assert known.named("comcast and charter") == Named(True, ("Comcast",), ("Comcast",))


def test_each_is_named_once_in_their_order(known):
    """However often it is mentioned."""
    found = known.named("netflix, comcast, netflix and COMCAST")
    assert found.others == ("Netflix", "Comcast")
    assert found.mentioned == ("Netflix", "Comcast")


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("I switched from Verizon last month", "Verizon"),
        ("is it better than comcast", "Comcast"),
        ("can I pay with my Chase card", "Chase"),
        ("pay using my wells fargo debit card", "Wells Fargo"),
        ("do you take PayPal", "PayPal"),
        ("i am on medicaid", "Medicaid"),
    ],
)
def test_an_aside_is_mentioned_only(known, text, name):
    """A question that leaves, compares or pays is about this provider."""
    assert known.named(text) == Named(False, (), (name,))


def test_a_list_of_asides_is_one(known):
    """The second way to pay is no more than the first; a sentence of its own is."""
    assert known.named("can i pay with paypal or apple pay or venmo").others == ()
    assert known.named("can i pay with paypal. venmo took my money").others == ("Venmo",)


@given(text=st.text(st.characters(), max_size=120))
def test_any_text_may_name(text):
    """Nothing raises; what a question is about is among what it mentions."""
    found = _ALL.named(text)
    assert set(found.others) <= set(found.mentioned)


@given(
    words=st.lists(
        st.sampled_from(
            [
                "my",
                "the",
                "dish",
                "chase",
                "current's",
                "to",
                "Dave",
                "&",
                "+",
                "AT&T",
                "pay",
                "from",
                "Us",
                "bill",
                ".",
                "7-eleven",
                "é",
            ]
        )
    )
)
def test_any_words_may_name(words):
    """Parts of names and of their evidence in any order."""
    text = " ".join(words)
    assert _ALL.named(text) == _ALL.named(f"  {text}  ")


# -------------------------------------------------------------------------------------------------- renaming


@pytest.mark.parametrize(
    ("text", "renamed"),
    [
        ("why is my Spectrum bill high", "why is my Comcast bill high"),
        ("is charter the same as SPECTRUM", "is charter the same as Comcast"),
        ("why is my bill high", "why is my Comcast bill high"),
        ("The account is locked, the bill too", "The Comcast account is locked, the bill too"),
        ("pagar mi factura", "pagar mi factura de Comcast"),
        ("how late is it", ""),
        ("my netflix bill", ""),
        ("mail help@spectrum.net", ""),
        ("spectrum.net is down", ""),
    ],
)
def test_a_renamed_question_is_about_another_company(known, text, renamed):
    """By its name in place of ours, or before the bill; where there is no such place, there is no question."""
    assert known.renamed(text, "Comcast") == renamed


@given(
    words=st.lists(
        st.sampled_from(
            ["why", "is", "my", "the", "Spectrum", "bill", "account", "la", "mi", "factura", "so", "high", "now", "pay"]
        ),
        max_size=9,
    ),
    name=st.sampled_from(["Comcast", "Verizon", "Wells Fargo", "AT&T"]),
)
def test_what_is_renamed_names_the_company(words, name):
    """And is empty, or differs from the question."""
    text = " ".join(words)
    renamed = _ALL.renamed(text, name)
    assert renamed == "" or (renamed != text and name in _ALL.named(renamed).mentioned)


def test_a_backslash_in_a_name_is_a_letter():
    """A name is inserted as it is."""
    assert Organizations((), ("Us",)).renamed("my Us bill", r"A\1B") == r"my A\1B bill"


_ALL = Organizations(tuple(shipped(OTHERS)), ("Spectrum", "Charter"))
