"""An index of words, as at the end of a book: an article's keywords, by letter."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from kb.common.folding import without_accents
from kb.types import Article, Library

OTHERS = "#"
"""The place of words that do not begin with a letter."""


class LetterIndex:
    """The index of one library; as a cache key it is compared by identity."""

    def __init__(self, library: Library) -> None:
        """Sort all keywords; an article without any is listed under its title.

        :param library: The articles.
        """
        self.library = library
        found: dict[str, dict[str, tuple[str, list[Article]]]] = defaultdict(dict)
        for article in library:
            for term in article.keywords or (article.title,):
                key = _folded(term)
                if key:
                    _, articles = found[_letter(key)].setdefault(key, (term, []))
                    articles.append(article)
        self._terms = {
            letter: [terms[key] for key in sorted(terms)] for letter, terms in sorted(found.items(), key=_letters_first)
        }

    @property
    def letters(self) -> Mapping[str, int]:
        """Every letter with its number of words, A to Z, then words that do not begin with a letter."""
        return {letter: len(terms) for letter, terms in self._terms.items()}

    def terms(self, letter: str) -> list[tuple[str, list[Article]]]:
        """Return the words of a letter, each with its articles."""
        return self._terms.get(letter, [])


_made: list[LetterIndex] = []
_KEPT = 2
"""As many as there are languages."""


def index_of(library: Library) -> LetterIndex:
    """Return the index of a library that serves, in one of the languages; made once for it."""
    found = next((index for index in _made if index.library is library), None)
    if found is None:
        found = LetterIndex(library)
        _made[:] = [found, *_made[: _KEPT - 1]]
    return found


@lru_cache(maxsize=16384)
def _folded(term: str) -> str:
    return without_accents(term.casefold()).strip()


def _letter(key: str) -> str:
    return key[0].upper() if key[0].isalpha() else OTHERS


def _letters_first(item: tuple[str, object]) -> tuple[bool, str]:
    return item[0] == OTHERS, item[0]
