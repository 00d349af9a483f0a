"""Suggestions while a customer types: titles and example questions that continue the words typed so far.

An index in memory, made from the library in a few milliseconds: the words of all texts, sorted, each with the texts
that contain it, in one array. So the texts with any word of a given beginning are one slice of it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kb.common.folding import without_accents
from kb.types import Article, Library

if TYPE_CHECKING:
    import numpy.typing as npt

MOST: Final = 8
"""Suggestions per list; customers do not read more."""
LONGEST: Final = 200
"""Only so many typed characters are used; a customer who types more needs no suggestion."""
_MOST_WORDS: Final = 12
_LONGEST_SHOWN: Final = 90
"""Most characters of an example question that is suggested."""
_QUESTIONS_OF_ONE: Final = 2
"""Most example questions of one article, so that a list shows several articles."""
_LAST: Final = "\U0010ffff"
"""A character that sorts after every word with the same beginning."""

_WHOLE, _BEGUN, _SLIPPED = 1.0, 0.8, 0.65
"""The value of a typed word that matches a whole word, the beginning of one, or one with a typing error."""
_LEAST: Final = 0.6
"""Least share of the typed words, by weight, that a suggestion must contain."""
_GOES_ON: Final = 0.6
"""Share added to a text that begins exactly with what was typed."""
_TITLE: Final = 0.1
"""Share added to a title, which represents all questions of its article."""
_LEFT_OVER: Final = 0.01
"""Share subtracted for each further word of a text, up to thirty."""
_SLIPS_FROM: Final = 4
"""Shorter words have too many neighbors."""
_TWO_SLIPS_FROM: Final = 7

_WORD = re.compile(r"[^\W_]+")


class SuggestionKind(StrEnum):
    """The effect of choosing a suggestion."""

    ARTICLE = "article"
    """Opens the article; the text is its title."""
    QUESTION = "question"
    """Asks; the text is an example question."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A text to choose."""

    kind: SuggestionKind
    text: str
    article_id: str


class Suggester:
    """A suggester of one library's titles and example questions; safe to share between threads."""

    def __init__(self, library: Library) -> None:
        """Read all titles, keywords and those examples that read well.

        :param library: Published articles.
        """
        self._texts: list[Suggestion] = []
        self._begin: list[str] = []
        holders: dict[str, set[int]] = defaultdict(set)
        lengths: list[int] = []
        edited = {word for article in library for word in folded(_edited(article))}
        for article in library:
            for suggestion, keywords in _suggestions(article, edited):
                words = folded(suggestion.text)
                for word in {*words, *folded(keywords)}:
                    holders[word].add(len(self._texts))
                self._texts.append(suggestion)
                self._begin.append(" ".join(words))
                lengths.append(len(words))
        self._words = sorted(holders)
        counts = [len(holders[word]) for word in self._words]
        self._starts = np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64)
        self._held: npt.NDArray[np.int32] = np.fromiter(
            (text for word in self._words for text in sorted(holders[word])), np.int32, int(self._starts[-1])
        )
        titles = np.fromiter((t.kind is SuggestionKind.ARTICLE for t in self._texts), np.bool_, len(self._texts))
        self._lengths = np.asarray(lengths, np.float32)
        self._title_share = np.where(titles, 1.0 + _TITLE, 1.0).astype(np.float32)
        self._beginnings: dict[tuple[str, int], list[str]] = {}

    def suggest(self, typed: str, most: int = MOST) -> list[Suggestion]:
        """Return suggestions, the likeliest first.

        Every word counts as a whole word, as the beginning of one, or, if neither is known, as a typing error; rare
        words count more. A suggestion need not contain all of them.

        :param typed: As typed so far; any string.
        :param most: Greatest number of suggestions.
        :return: Empty for fewer than two letters or digits.
        """
        words = folded(typed[:LONGEST])[:_MOST_WORDS]
        if sum(map(len, words)) < 2 or not self._texts:  # noqa: PLR2004 - a single letter says nothing
            return []
        scores = self._scores(words)
        likely = np.flatnonzero(scores > 0)
        if len(likely) > 50 * most:  # a full sort of thousands for eight is wasted
            likely = likely[np.argpartition(-scores[likely], 50 * most)[: 50 * most]]
        ordered = likely[np.lexsort((likely, -scores[likely]))]
        return self._varied((self._texts[n] for n in ordered.tolist()), most)

    def _scores(self, words: list[str]) -> npt.NDArray[np.float32]:
        """Return how well each text continues some words; 0 if it contains too few of them."""
        total = np.zeros(len(self._texts), np.float32)
        wanted = 0.0
        for word in words:
            gain, weight = self._gain(word)
            total += gain * np.float32(weight)
            wanted += weight
        share = total / np.float32(wanted)
        typed = " ".join(words)
        first = self._slice(words[0], words[0] + _LAST)
        going_on = [n for n in set(self._held[first].tolist()) if self._begin[n].startswith(typed)]
        share[going_on] += _GOES_ON
        left_over = np.clip(self._lengths - len(words), 0, 30) * np.float32(_LEFT_OVER)
        scores: npt.NDArray[np.float32] = share * self._title_share - left_over
        scores[share < _LEAST] = 0.0
        return scores

    def _gain(self, word: str) -> tuple[npt.NDArray[np.float32], float]:
        """Return the value of a typed word in each text, 0 to 1, and its weight, which is high for a rare word."""
        gain = np.zeros(len(self._texts), np.float32)
        begun = self._slice(word, word + _LAST)
        if begun.start < begun.stop:
            gain[self._held[begun]] = _BEGUN
            gain[self._held[self._slice(word, word + "\0")]] = _WHOLE
        else:
            for near in self._near(word):
                gain[self._held[self._slice(near, near + _LAST)]] = _SLIPPED
        holding = int(np.count_nonzero(gain))
        return gain, float(np.log1p(len(self._texts) / (1 + holding)))

    def _slice(self, first: str, end: str) -> slice:
        """Return the positions of the texts that contain any word from one up to, but not including, another."""
        low, high = bisect_left(self._words, first), bisect_left(self._words, end)
        return slice(int(self._starts[low]), int(self._starts[high]))

    def _near(self, word: str) -> list[str]:
        """Return the beginnings of words with the fewest errors; the first letter is seldom wrong."""
        if len(word) < _SLIPS_FROM:
            return []
        slips = 2 if len(word) >= _TWO_SLIPS_FROM else 1
        candidates = [
            beginning
            for length in range(len(word) - 1, len(word) + 2)
            for beginning in self._of_length(word[0], length)
        ]
        found = extract(word, candidates, scorer=OSA.distance, score_cutoff=slips, limit=30)
        fewest = min((distance for _, distance, _ in found), default=0)
        return [beginning for beginning, distance, _ in found if distance == fewest]

    def _of_length(self, letter: str, length: int) -> list[str]:
        """Return the distinct beginnings of a length among the words with a first letter."""
        known = self._beginnings.get((letter, length))
        if known is None:
            low, high = bisect_left(self._words, letter), bisect_left(self._words, letter + _LAST)
            known = sorted({word[:length] for word in self._words[low:high] if len(word) >= length})
            self._beginnings[letter, length] = known
        return known

    @staticmethod
    def _varied(ordered: Iterable[Suggestion], most: int) -> list[Suggestion]:
        """Return the first suggestions, few of one article and none twice."""
        chosen: list[Suggestion] = []
        seen: set[str] = set()
        questions: Counter[str] = Counter()
        for suggestion in ordered:
            text = "".join(folded(suggestion.text))
            is_question = suggestion.kind is SuggestionKind.QUESTION
            if text in seen or (is_question and questions[suggestion.article_id] >= _QUESTIONS_OF_ONE):
                continue
            questions[suggestion.article_id] += is_question
            seen.add(text)
            chosen.append(suggestion)
            if len(chosen) == most:
                break
        return chosen


def folded(text: str) -> list[str]:
    """Return the words of a text in lower case, without accents or apostrophes."""
    return _WORD.findall(without_accents(text.lower()).replace("'", "").replace("’", ""))


def _suggestions(article: Article, edited: Collection[str]) -> list[tuple[Suggestion, str]]:
    """Return an article's texts, each with further words that find it."""
    title = Suggestion(SuggestionKind.ARTICLE, article.title, article.id)
    asked = [
        (Suggestion(SuggestionKind.QUESTION, text, article.id), "")
        for text in article.examples
        if _is_fit_to_show(text, edited)
    ]
    return [(title, " ".join(article.keywords)), *asked]


def _edited(article: Article) -> str:
    return " ".join((article.title, article.summary, article.body, *article.keywords))


def _is_fit_to_show(text: str, edited: Collection[str]) -> bool:
    """Return whether an example reads well; many imitate hurried customers, errors included.

    :param text: The example.
    :param edited: All words that editors use in articles; other words are errors, or Spanish.
    :return: True for a short example in edited words, or a whole question in Spanish.
    """
    if len(text) > _LONGEST_SHOWN:
        return False
    return text.startswith("¿") or all(word in edited for word in folded(text))
