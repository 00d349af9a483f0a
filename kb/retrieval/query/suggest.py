"""Suggestions while a customer types: titles first, then well-formed questions, that fit the words typed so far.

Questions are those that several customers asked, and examples that an editor wrote as one.

An index in memory, made from the library in some milliseconds: the words of all texts, sorted, each with the texts
that contain it, in one array. So the texts with any word of a given beginning are one slice of it.

Examples that imitate hurried customers, fragments and slips included, are never shown. They are in the index all the
same and lead to the title of their article: customers type like them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kb.retrieval.query.language import is_spanish
from kb.retrieval.query.speller import SHORT_FORMS
from kb.retrieval.query.suggestible import (
    MOST_POPULAR,
    Suggestion,
    SuggestionKind,
    all_texts,
    edited,
    fit,
    folded,
    is_question,
    most_read,
)
from kb.types import ENGLISH, SPANISH, AskedOften, Library

if TYPE_CHECKING:
    import numpy.typing as npt

MOST: Final = 8
"""Suggestions per list; customers do not read more."""
LONGEST: Final = 200
"""Only so many typed characters are used; a customer who types more needs no suggestion."""
_MOST_WORDS: Final = 12
_QUESTIONS_OF_ONE: Final = 2
"""Most example questions of one article, so that a list shows several articles."""
_MOST_TITLES: Final = 5
"""Most titles of a list that has questions, too."""
_LAST: Final = "\U0010ffff"
"""A character that sorts after every word with the same beginning."""

_WHOLE, _BEGUN, _SLIPPED = 1.0, 0.8, 0.65
"""The value of a typed word that matches a whole word, the beginning of one, or one with a typing error."""
_LEAST: Final = 0.6
"""Least share of the typed words, by weight, that a suggestion must contain."""
_GOES_ON: Final = 0.6
"""Share added to a text that begins exactly with what was typed."""
_TITLE: Final = 0.1
"""Share added to a title that has the words itself."""
_ALIAS: Final = 0.95
"""Part of its examples' score that a title gets."""
_BEST_EXAMPLES: Final = 3
"""So many of an article's examples count, the best ones; if there are fewer, the others count as 0."""
_SPARE: Final = 0.03
"""Share subtracted for each further word of an example, up to fifteen."""
_POPULAR: Final = 0.25
"""Most share added to texts of the article that was read most often lately."""
_LEFT_OVER: Final = 0.01
"""Share subtracted for each further word of a text, up to thirty."""
_INFINITIVE_FROM: Final = 5
_VERB_ENDINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "ar": ("o", "as", "a", "amos", "an", "e", "es", "en", "aron", "aste", "ado", "ando"),
    "er": ("o", "es", "e", "emos", "en", "a", "as", "an", "i", "io", "ieron", "ido", "iendo"),
    "ir": ("o", "es", "e", "imos", "en", "a", "as", "an", "i", "io", "ieron", "ido", "iendo"),
}
"""Endings of Spanish verbs, without accents, by that of the infinitive."""
_SLIPS_FROM: Final = 4
"""Shorter words have too many neighbors."""
_TWO_SLIPS_FROM: Final = 7


class Suggester:
    """A suggester of one library's titles and of questions that it answers; safe to share between threads."""

    def __init__(
        self,
        library: Library,
        read: Mapping[str, int] | None = None,
        asked: Iterable[AskedOften] = (),
        *,
        language: str = ENGLISH,
    ) -> None:
        """Read all titles, keywords and examples.

        :param library: Published articles.
        :param read: How often customers read each article lately, by id.
        :param asked: What several customers asked lately. Only what is written as a question, in words that editors
            use, is ever shown: nobody can put words of their own into this list.
        :param language: The language of the titles that are suggested, as far as they are translated.
        """
        self._language = language
        self._others: dict[str, Suggester] = {}
        if language == ENGLISH:
            translated = {each for article in library for each in article.translations}
            asked = tuple(asked)
            self._others = {each: Suggester(library, read, asked, language=each) for each in sorted(translated)}
        self._texts: list[Suggestion] = []
        self._begin: list[str] = []
        holders: dict[str, set[int]] = defaultdict(set)
        titles: list[int] = []
        shown: list[bool] = []
        known = {word for article in library for word in edited(article.in_language(language))}
        self._asked = fit(asked, library, language)
        place: dict[str, int] = {}
        for suggestion in all_texts(library, self._asked, language):
            words = folded(suggestion.text)
            for word in words:
                holders[word].add(len(self._texts))
            title = place.setdefault(suggestion.article_id, len(self._texts))
            titles.append(title)
            shown.append(len(self._texts) == title or is_question(suggestion.text, known, language))
            self._texts.append(suggestion)
            self._begin.append(" ".join(words))
        self._words = sorted(holders)
        counts = [len(holders[word]) for word in self._words]
        self._starts = np.concatenate(([0], np.cumsum(counts, dtype=np.int64))).astype(np.int64)
        self._held: npt.NDArray[np.int32] = np.fromiter(
            (text for word in self._words for text in sorted(holders[word])), np.int32, int(self._starts[-1])
        )
        self._lengths = np.asarray([len(begin.split()) for begin in self._begin], np.float32)
        self._title_of = np.asarray(titles, np.int64)
        self._is_title = self._title_of == np.arange(len(titles))
        self._is_question = np.asarray(shown, np.bool_) & ~self._is_title
        counts = [(read or {}).get(text.article_id, 0) for text in self._texts]
        self._popular = _popularity(counts)
        if self._asked:  # they come last among the texts
            ours = self._popular[-len(self._asked) :]
            np.maximum(ours, _popularity([often.visits for often in self._asked]), out=ours)
        self._most_read = most_read(library, read or {}, language)
        self._beginnings: dict[tuple[str, int], list[str]] = {}

    def suggest(self, typed: str, most: int = MOST, language: str = ENGLISH) -> list[Suggestion]:
        """Return suggestions: titles, the likeliest first, and then questions.

        What is typed in Spanish gets Spanish titles; as long as no article is translated, the questions come first.

        Every word counts as a whole word, as the beginning of one, or, if neither is known, as a typing error; rare
        words count more. A suggestion need not contain all of them. A title is as likely as the best of its article's
        examples, nearly.

        :param typed: As typed so far; any string.
        :param most: Greatest number of suggestions.
        :param language: The language of the page; what is typed in another one is answered in that.
        :return: Empty for fewer than two letters or digits.
        """
        other = self._others.get(SPANISH if is_spanish(typed) else language)
        if other is not None:
            return other.suggest(typed, most)
        words = _spelled_out(folded(typed[:LONGEST])[:_MOST_WORDS])
        if sum(map(len, words)) < 2 or not self._texts:  # noqa: PLR2004 - a single letter says nothing
            return []
        scores = self._scores(words)
        articles = [self._opened(n, scores) for n in self._ordered(self._of_titles(scores, len(words)), most)]
        fitting = self._ordered(np.where(self._is_question, scores, 0.0), 50 * most)
        questions = self._varied((replace(self._texts[n], anchor="") for n in fitting), most)
        kept = articles[: max(_MOST_TITLES, most - len(questions))]
        if is_spanish(typed) and self._language == ENGLISH:  # the titles are in English
            return [*questions[: max(most - len(kept), most // 2)], *kept][:most]
        return [*kept, *questions][:most]

    def popular(self, language: str = ENGLISH, most: int = MOST_POPULAR) -> list[Suggestion]:
        """Return what is asked and read most, for a field in which nothing is typed yet.

        :param language: The language of the page: of the questions, and of the titles that are translated.
        :param most: Greatest number of suggestions.
        :return: Questions first, then titles of further articles; empty while too little is known.
        """
        other = self._others.get(language)
        if other is not None:
            return other.popular(language, most)
        asked = (Suggestion(SuggestionKind.QUESTION, a.text, a.article_id) for a in self._asked)
        questions = self._varied((q for q in asked if is_spanish(q.text) is (language == SPANISH)), most)
        named = {question.article_id for question in questions}
        return [*questions, *(title for title in self._most_read if title.article_id not in named)][:most]

    def _opened(self, title: int, scores: npt.NDArray[np.float32]) -> Suggestion:
        """Return a title, at the section that its likeliest example is tied to, if that fits better than the title."""
        mine = np.flatnonzero(self._title_of == title)
        best = int(mine[np.argmax(scores[mine])])
        return replace(self._texts[title], anchor=self._texts[best].anchor)

    def _of_titles(self, scores: npt.NDArray[np.float32], n_words: int) -> npt.NDArray[np.float32]:
        """Return the score of each title, by its own words or by those of its examples; 0 for other texts.

        One example may hold the words by chance, so the best few count together; a long one says something else too.
        """
        spare = np.clip(self._lengths - n_words, 0, 15) * np.float32(_SPARE)
        found = np.flatnonzero((scores > 0) & ~self._is_title)
        values = np.maximum(scores[found] - spare[found], 0.0)
        order = np.lexsort((-values, self._title_of[found]))
        owners, values = self._title_of[found][order], values[order]
        place = np.arange(len(owners)) - np.searchsorted(owners, owners)
        among = place < _BEST_EXAMPLES
        together = np.bincount(owners[among], values[among], len(scores)) / _BEST_EXAMPLES
        own = np.where(self._is_title & (scores > 0), scores + np.float32(_TITLE), 0.0)
        titles: npt.NDArray[np.float32] = np.maximum(together * _ALIAS, own).astype(np.float32)
        return titles

    @staticmethod
    def _ordered(scores: npt.NDArray[np.float32], most: int) -> list[int]:
        """Return the places of the texts with the greatest scores above 0; of equals the first."""
        likely = np.flatnonzero(scores > 0)
        if len(likely) > 2 * most:  # a full sort of thousands for eight is wasted
            least = np.partition(scores[likely], -most)[-most]
            likely = likely[scores[likely] >= least]
        ordered: list[int] = likely[np.lexsort((likely, -scores[likely]))][:most].tolist()
        return ordered

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
        fits = share >= _LEAST
        share[going_on] += _GOES_ON
        left_over = np.clip(self._lengths - len(words), 0, 30) * np.float32(_LEFT_OVER)
        scores: npt.NDArray[np.float32] = np.where(fits, share + self._popular - left_over, 0.0).astype(np.float32)
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
        for form in _verb_forms(word):
            own = self._held[self._slice(form, form + "\0")]
            gain[own] = np.maximum(gain[own], np.float32(_SLIPPED))
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
        """Return the first questions, few of one article and none twice."""
        chosen: list[Suggestion] = []
        seen: set[str] = set()
        of_article: Counter[str] = Counter()
        for suggestion in ordered:
            text = "".join(folded(suggestion.text))
            if text in seen or of_article[suggestion.article_id] >= _QUESTIONS_OF_ONE:
                continue
            of_article[suggestion.article_id] += 1
            seen.add(text)
            chosen.append(suggestion)
            if len(chosen) == most:
                break
        return chosen


def _spelled_out(words: list[str]) -> list[str]:
    """Return words with short forms such as "l8" spelled out, except the last, which may be unfinished."""
    found = [part for word in words[:-1] for part in SHORT_FORMS.get(word, word).split()]
    return [*found, *words[-1:]]


@lru_cache(maxsize=1024)
def _verb_forms(word: str) -> tuple[str, ...]:
    """Return the forms that a Spanish infinitive is used in, without accents; none for another word.

    A question says "¿Cómo pago…?" where a customer types "como pagar".
    """
    if len(word) < _INFINITIVE_FROM or word[-2:] not in _VERB_ENDINGS:
        return ()
    stem, endings = word[:-2], _VERB_ENDINGS[word[-2:]]
    soft = {"g": "gu", "c": "qu", "z": "c"}.get(stem[-1], "") if word.endswith("ar") else ""
    forms = [stem + ending for ending in endings]
    return tuple(forms + ([stem[:-1] + soft + ending for ending in ("e", "es", "en", "emos")] if soft else []))


def _popularity(times: Sequence[int]) -> npt.NDArray[np.float32]:
    """Return the share that is added to each text for how often its article was read, or it was asked."""
    counts = np.log1p(np.maximum(np.array(times, np.float64), 0.0))
    return (np.float32(_POPULAR) * counts / max(float(counts.max(initial=0.0)), 1.0)).astype(np.float32)
