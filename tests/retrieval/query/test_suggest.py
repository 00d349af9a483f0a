"""Suggestions while a question is typed: whole words, beginnings, slips, and nothing where nothing is meant."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.retrieval.query.suggest import MOST, Suggester, SuggestionKind, folded
from kb.types import Article, ArticleKind, Library


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
