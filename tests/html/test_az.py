"""The index from A to Z."""

from __future__ import annotations

from kb.html.az import LetterIndex, index_of
from kb.html.parts import shelf
from kb.types import Article, Library
from tests.ui.fakes import make_article


def lexicon() -> tuple[Article, ...]:
    """Return three articles with keywords."""
    return (
        make_article("a", title="About A", keywords=("Éclair", "auto pay")),
        make_article("b", title="About B", keywords=("autopay", "Auto Pay", "611")),
        make_article("c", title="Zebra"),
    )


def test_the_index_lists_keywords_by_letter() -> None:
    """Without regard to case and accents; an article without keywords by its title; digits last."""
    index = LetterIndex(Library({a.id: a for a in lexicon()}, ()))
    assert list(index.letters.items()) == [("A", 2), ("E", 1), ("Z", 1), ("#", 1)]
    assert [(term, [a.id for a in found]) for term, found in index.terms("A")] == [
        ("auto pay", ["a", "b"]),
        ("autopay", ["b"]),
    ]
    assert index.terms("Q") == []


def test_the_index_is_made_once_for_a_library() -> None:
    """The index is built once per library, and again for the next."""
    first = Library({}, ())
    assert index_of(first) is index_of(first)
    assert index_of(Library({}, ())).library is not first


def test_letters_say_which_one_is_shown() -> None:
    """The chosen letter is marked for screen readers too."""
    html = shelf.letters(Library({a.id: a for a in lexicon()}, ()), "A")
    assert '<a href="/browse?letter=A" aria-current="page">A</a>' in html
    assert '<a href="/browse?letter=%23">0–9</a>' in html
