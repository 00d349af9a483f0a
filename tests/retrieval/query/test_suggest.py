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


def test_what_goes_on_from_the_typed_words_comes_first():
    """A beginning in the middle of a word is enough; a title and questions of the same article follow."""
    assert texts("late fee a") == ["late fee amount", "Why was I charged a late fee?", "How do I dispute a late fee?"]


def test_a_suggestion_says_what_choosing_it_does():
    """A title opens its article, an example is asked."""
    kinds = {s.text: (s.kind, s.article_id) for s in SUGGESTER.suggest("auto pay")}
    assert kinds["How do I set up Auto Pay?"] == (SuggestionKind.ARTICLE, "set-up-autopay")
    assert kinds["auto pay sign up"] == (SuggestionKind.QUESTION, "set-up-autopay")


def test_keywords_find_the_title():
    """Keywords find the title even if it has other words."""
    assert texts("autop") == ["How do I set up Auto Pay?"]


@pytest.mark.parametrize("typed", ["recipt", "reciept", "recei"])
def test_a_slip_of_the_finger_is_forgiven(typed: str):
    """One letter too few, two changed places, or simply not done."""
    assert texts(typed) == ["Do I get a receipt?"]


def test_spanish_questions_are_suggested_without_their_accents():
    """Spanish questions are found when typed on an English keyboard, without accents."""
    assert texts("como activo") == ["¿Cómo activo el pago automático?"]


def test_examples_with_slips_or_too_long_are_never_shown():
    """They are there to be found by, not to be read."""
    shown = {s.text for s in SUGGESTER._texts}
    assert "y did i get a laet fee" not in shown
    assert ("late " * 30).strip() not in {text.strip() for text in shown}


def test_few_questions_of_one_article():
    """A list shows several articles; none twice."""
    found = SUGGESTER.suggest("late fee")
    assert [s.kind for s in found].count(SuggestionKind.QUESTION) == 2
    assert len({s.text for s in found}) == len(found)


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
