"""The words that matter, marked in an answer: those of the question that tell this passage from the others."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from kb.retrieval.query.normalise import stem, words
from kb.types import Library, Query

_COMMON: Final = 0.65
"""A word that more than this share of the articles has says nothing about one of them."""
_FEW: Final = 3
"""A word of so few articles is common in none of them, however few there are."""
_LOOKED_AT: Final = 300
"""Most articles that are counted; enough to find common words."""
_MOST: Final = 12
"""Most marks in one answer; more would be hard to read."""
_SHORTEST: Final = 3
_LIGHT: Final = frozenset({"why", "get", "got", "want", "need", "help", "know", "give", "tell"})
"""Words used in asking, which answers contain only by chance."""
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_RUN = re.compile(rf"(<[^>]*>)|{_WORD.pattern}(?:[ \n-]{_WORD.pattern})*")
"""A tag, or words with nothing but a space between them."""
_HEADING = re.compile(r"</?h[1-6]\b")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The words of a question, as stems."""

    telling: frozenset[str]
    """Those that are marked."""
    all: frozenset[str]
    """Those that are marked next to one of them: "pay" in "auto pay"."""


NOTHING: Final = Wanted(frozenset(), frozenset())


def wanted(query: Query, library: Library) -> Wanted:
    """Return the words of a question worth marking.

    :param query: As it was searched.
    :param library: The articles that were searched.
    :return: Stems, as :func:`kb.retrieval.query.normalise.words` gives them.
    """
    asked = frozenset(words(query.searched or query.text)) - _LIGHT
    telling = {word for word in asked if len(word) >= _SHORTEST}
    return Wanted(frozenset(telling) - _common_words(_Same(library)), asked)


def marked(safe: str, sought: Wanted) -> str:
    """Return HTML with some words marked.

    :param safe: Safe HTML; its tags and attributes stay as they are.
    :param sought: The words.
    :return: The same HTML with ``<mark>`` around up to twelve words, or runs of words; headings are left as they are.
    """
    if not sought.telling:
        return safe
    count, in_heading = 0, False

    def replace(found: re.Match[str]) -> str:
        nonlocal count, in_heading
        run = found[0]
        if found[1] and _HEADING.match(run):
            in_heading = run[1] != "/"
        if found[1] or in_heading or count >= _MOST:
            return run
        stems = [_stem(word) for word in _WORD.findall(run)]
        parts, at = [], 0
        while at < len(stems):
            end = at
            while end < len(stems) and stems[end] in sought.all:
                end += 1
            if not sought.telling.isdisjoint(stems[at:end]):
                parts.append((at, end))
                count += 1
            at = max(end, at + 1)
        return _with_marks(run, parts)

    # Entities are opened first and closed again: "&amp;" holds no word "amp".
    return _RUN.sub(replace, _without_entities(safe))


def _with_marks(run: str, parts: list[tuple[int, int]]) -> str:
    """Return some words with marks around parts of them, each given as its first word and the one after its last."""
    places = [found.span() for found in _WORD.finditer(run)]
    for first, end in reversed(parts):
        begin, stop = places[first][0], places[end - 1][1]
        run = "".join((run[:begin], "<mark>", run[begin:stop], "</mark>", run[stop:]))
    return run


def _without_entities(safe: str) -> str:
    """Return HTML whose named entities are numbers, in which no word can be found."""
    return re.sub(r"&([A-Za-z]+);", lambda found: _numbered(found[0]), safe)


def _numbered(entity: str) -> str:
    return "".join(f"&#{ord(character)};" for character in html.unescape(entity))


@lru_cache(maxsize=4096)
def _stem(word: str) -> str:
    found = words(word)
    return found[0] if found else stem(word.lower())


class _Same:
    """A library as a key: the same only as itself."""

    def __init__(self, library: Library) -> None:
        self.library = library

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.library is self.library

    def __hash__(self) -> int:
        return id(self.library)


@lru_cache(maxsize=2)
def _common_words(key: _Same) -> frozenset[str]:
    """Return the stems that most articles have."""
    articles = list(key.library)[:_LOOKED_AT]
    counted: Counter[str] = Counter()
    for article in articles:
        counted.update(set(words(f"{article.title} {article.body}")))
    return frozenset(word for word, count in counted.items() if count > max(_COMMON * len(articles), _FEW))
