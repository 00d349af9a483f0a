"""Suggestions while a question is typed: whole words, beginnings, slips, and nothing where nothing is meant."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.query.suggest import MOST, Suggester
from kb.retrieval.query.suggestible import SuggestionKind, folded
from kb.types import Article, ArticleKind, AskedOften, Library


def article(article_id: str, title: str, body: str, examples: tuple[str, ...], keywords: tuple[str, ...] = ()):
    """Return an article of which only the words matter."""
    return Article(article_id, title, ArticleKind.FAQ, "c", body, (), examples=examples, keywords=keywords)


LATE = article(
    "late-fee",
    "Why was I charged a late fee?",
    "The amount of a late fee and how to dispute one.",
    ("late fee amount", "How do I dispute a late fee?", "late fee on my bill", "y did i get a laet fee", "late " * 30),
)
AUTO = article(
    "set-up-autopay",
    "How do I set up Auto Pay?",
    "Sign up for Auto Pay; you get a receipt.",
    ("auto pay sign up", "¿Cómo activo el pago automático?", "Do I get a receipt?"),
    ("autopay", "automatic payment"),
)
RISE = article("why-bill-went-up", "Why did my bill go up?", "Read the bill.", ("bill go up",))
SUGGESTER = Suggester(Library({a.id: a for a in (LATE, AUTO, RISE)}, ()))


def texts(typed: str) -> list[str]:
    """Return the texts suggested."""
    return [s.text for s in SUGGESTER.suggest(typed)]


def test_titles_come_first_and_questions_follow():
    """A beginning in the middle of a word is enough; a fragment such as "late fee amount" is no suggestion."""
    assert texts("late fee a") == ["Why was I charged a late fee?", "How do I dispute a late fee?"]


def test_a_suggestion_says_what_choosing_it_does():
    """A title opens its article, a question is asked."""
    kinds = {s.text: (s.kind, s.article_id) for s in SUGGESTER.suggest("get a receipt")}
    assert kinds["How do I set up Auto Pay?"] == (SuggestionKind.ARTICLE, "set-up-autopay")
    assert kinds["Do I get a receipt?"] == (SuggestionKind.QUESTION, "set-up-autopay")


@pytest.mark.parametrize("typed", ["autop", "auto pay sign", "laet fee", "bill go"])
def test_keywords_and_examples_lead_to_the_title(typed: str):
    """Customers type like them; what they read is the title."""
    title = {"autop": AUTO, "auto pay sign": AUTO, "laet fee": LATE, "bill go": RISE}[typed].title
    assert texts(typed)[0] == title


@pytest.mark.parametrize("typed", ["recipt", "reciept", "recei"])
def test_a_slip_of_the_finger_is_forgiven(typed: str):
    """One letter too few, two changed places, or simply not done."""
    assert "Do I get a receipt?" in texts(typed)


def test_spanish_questions_are_suggested_without_their_accents():
    """They come first for a customer who types Spanish, with and without accents, as an infinitive too."""
    for typed in ("cómo activo", "como activar el pago", "cómo activas"):
        assert texts(typed)[0] == "¿Cómo activo el pago automático?", typed


def test_short_forms_are_spelled_out():
    """The last word may be unfinished, so it stays."""
    assert texts("l8 fee") == texts("late fee")
    assert texts("fee l8") != texts("fee late")


def test_only_well_formed_questions_are_shown():
    """Examples with slips, fragments and long stories are there to be found by, not to be read."""
    typed = ("late", "fee", "auto", "bill", "how do", "amount", "sign up", "laet fee", "late late late")
    shown = {text for each in typed for text in texts(each)}
    questions = {"How do I dispute a late fee?", "¿Cómo activo el pago automático?"}
    assert shown == {LATE.title, AUTO.title, RISE.title, *questions}


def test_few_questions_of_one_article():
    """A list shows several articles; none twice."""
    questions = tuple(f"How much is fee {n}?" for n in ("one", "two", "three"))
    many = article("m", "Fees", "how much is each fee one two three", questions)
    found = Suggester(Library({"m": many}, ())).suggest("how much")
    assert [s.kind for s in found].count(SuggestionKind.QUESTION) == 2
    assert len({s.text for s in found}) == len(found)


def test_what_is_read_more_comes_first():
    """Of two titles that fit as well, the more popular one; fit still counts for more."""
    pair = {name: article(name, f"Fee {name}", "", ()) for name in ("east", "west")}
    library = Library(pair, ())
    assert [s.article_id for s in Suggester(library).suggest("fee")] == ["east", "west"]
    assert [s.article_id for s in Suggester(library, {"west": 9, "gone": 99}).suggest("fee")] == ["west", "east"]
    assert next(s.article_id for s in Suggester(library, {"west": 9}).suggest("fee east")) == "east"


ASKED = (
    AskedOften("Was the late fee for my bill?", "late-fee", 9),
    AskedOften("was the late fee for my bill", "late-fee", 99),
    AskedOften("Call 555-0199 for your late fee?", "late-fee", 99),
    AskedOften("Why was I charged a late fee?", "late-fee", 8),
    AskedOften("Do you dispute Auto Pay?", "set-up-autopay", 7),
    AskedOften("¿Cómo activo el pago?", "set-up-autopay", 6),
    AskedOften("¿Cómo llamo al 5550199?", "set-up-autopay", 6),
    AskedOften("Is the late fee gone?", "gone", 9),
)


def test_what_several_customers_asked_is_suggested_in_words_of_editors():
    """Whole questions alone; nobody puts a number, a slip or words of their own into the field of others."""
    suggester = Suggester(Library({a.id: a for a in (LATE, AUTO, RISE)}, ()), {}, ASKED)
    shown = {
        s.text
        for typed in ("late fee", "call 555", "auto pay", "como llamo", "como activo", "gone")
        for s in suggester.suggest(typed)
    }
    assert shown & {often.text for often in ASKED} == {
        ASKED[0].text, ASKED[3].text, ASKED[4].text, ASKED[5].text,
    }  # fmt: skip
    found = suggester.suggest("late fee")
    assert [s.kind for s in found if s.text == LATE.title] == [SuggestionKind.ARTICLE]
    assert next(s.text for s in found if s.kind is SuggestionKind.QUESTION) == ASKED[0].text  # before the editor's


def test_an_empty_field_offers_what_is_asked_and_read_most():
    """In the language of the page, few of one article, then titles of others; nothing while nothing is known."""
    library = Library({a.id: a for a in (LATE, AUTO, RISE)}, ())
    suggester = Suggester(library, {"late-fee": 50, "why-bill-went-up": 3, "set-up-autopay": 2}, ASKED)
    assert [s.text for s in suggester.popular()] == [ASKED[0].text, ASKED[4].text, RISE.title]
    assert [s.text for s in suggester.popular("es")] == [ASKED[5].text, LATE.title, RISE.title]
    assert Suggester(library).popular() == []


def test_a_title_opens_at_the_section_that_its_example_is_tied_to():
    """If that fits better than the title itself; a question is asked, so it has none."""
    tied = replace(LATE, example_sections={"late fee amount": "how-much", "How do I dispute a late fee?": "dispute"})
    suggester = Suggester(Library({a.id: a for a in (tied, AUTO)}, ()))
    opened = {
        typed: {s.text: s.anchor for s in suggester.suggest(typed)} for typed in ("late fee amount", "charged a late")
    }
    assert opened["late fee amount"][LATE.title] == "how-much"
    assert opened["charged a late"][LATE.title] == ""
    assert suggester.suggest("dispute a late fee")[-1].anchor == ""


def test_signposts_are_never_suggested():
    """They are no articles, and their examples lead nowhere either."""
    signpost = article("slow", "Slow internet", "", ("slow wifi",))
    library = Library({LATE.id: LATE}, (), signposts={"slow": signpost})
    suggester = Suggester(library, {"slow": 99}, (AskedOften("Slow internet on the late fee?", "slow", 9),))
    assert suggester.suggest("slow wifi") == suggester.suggest("slow internet") == suggester.popular() == []


@pytest.mark.parametrize("typed", ["", " ", "?", "l", "xyzzy plugh", "how to bake bread at home"])
def test_nothing_is_suggested_for_nothing(typed: str):
    """No letter, one letter, or words of something else."""
    assert texts(typed) == []


def test_an_empty_library_suggests_nothing():
    """An index without articles serves, too."""
    assert Suggester(Library({}, ())).suggest("late") == []


@given(st.text(max_size=400))
def test_any_text_is_taken(typed: str):
    """Nothing typed breaks it, and a list is never longer than it is read."""
    found = SUGGESTER.suggest(typed)
    assert len(found) <= MOST
    assert SUGGESTER.suggest(typed) == found


def test_words_are_folded_for_comparing():
    """Case, accents, apostrophes and marks do not matter."""
    assert folded("Didn’t PAY, ¿Cómo?") == ["didnt", "pay", "como"]
