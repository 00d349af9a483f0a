"""Corrects typing errors and short forms before a question is searched.

Only unknown words are changed: those that neither the articles nor the encoder's own vocabulary, some 30,000 English
words, has. So "bake" stays "bake" although "make" is close, and a question about something else stays one. The
correct words are those that editors use in titles and passages.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from rapidfuzz.distance import OSA
from rapidfuzz.process import extract

from kb.common.folding import without_accents
from kb.retrieval.index.passages import Unit
from kb.retrieval.query.language import is_spanish
from kb.types import SPANISH, Query, UnitKind

Knows = Callable[[str], bool]
"""Tells whether a word is in the encoder's vocabulary as a whole."""

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_MIN_LENGTH = 4
"""Shorter words have too many neighbors."""
_LONG = 7
"""From this length on, two errors are corrected; in shorter words only one."""
_MIN_COUNT = 2
"""A correct word occurs at least this often in titles and passages; a single one may be an error itself."""
_MIN_ASKED = 3
"""A word that occurs this often in examples is known; fewer may be examples of misspelling."""
_MIN_COMMON = 8
"""A word that occurs this often may also correct an error ("autopay", which editors write "Auto Pay")."""
_MIN_SKELETON = 3
_LEFT_OUT = 2
"""A word without its vowels has at least three letters, and two fewer than before."""

SHORT_FORMS: Mapping[str, str] = {
    "acct": "account", "accnt": "account", "abt": "about", "amt": "amount", "asap": "as soon as possible",
    "bc": "because", "b4": "before", "cuz": "because", "coz": "because", "cust": "customer", "dont": "don't",
    "cant": "can't", "gonna": "going to", "hav": "have", "inet": "internet", "kno": "know", "l8": "late",
    "mins": "minutes",
    "mo": "month", "mos": "months", "msg": "message", "mth": "month", "nite": "night", "pls": "please",
    "plz": "please", "pmt": "payment", "pymt": "payment", "ppl": "people", "prev": "previous", "r": "are",
    "rly": "really", "svc": "service", "thx": "thanks", "tmrw": "tomorrow", "u": "you", "ur": "your", "w": "with",
    "wanna": "want to", "wat": "what", "wut": "what", "wen": "when", "wont": "won't", "y": "why", "yrs": "years",
    "2day": "today", "2moro": "tomorrow", "n": "and",
}  # fmt: skip
"""Short forms in hurried messages that have only one meaning; "2" and "4" may be numbers and are left."""

_JOINT = "[\u00a0\u2007\u202f]"
"""Spaces at which no line is broken; a PDF or a web page may have one within a word."""
_APART = re.compile(rf"[^\W\d_]+(?:{_JOINT}[^\W\d_]+)+")

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


FILE = "spelling-words.json"


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words of a corpus, counted."""

    right: Mapping[str, int]
    """English words that may correct an error, with their counts."""
    asked: Sequence[str]
    """Further known words, to which no other word is changed."""
    spanish: Mapping[str, int]
    """Words of the questions in Spanish, with their counts."""

    def to_json(self) -> list[Any]:
        """Return the words as plain JSON values."""
        return [dict(self.right), list(self.asked), dict(self.spanish)]

    @classmethod
    def from_json(cls, values: Sequence[Any]) -> Vocabulary:
        """Return the words of :meth:`to_json`."""
        right, asked, spanish = values
        return cls(right, asked, spanish)


class Speller:
    """A corrector of unknown words; safe to share between threads."""

    def __init__(self, vocabulary: Vocabulary, knows: Knows) -> None:
        """Use the words of a corpus.

        :param vocabulary: From :func:`count_words`.
        :param knows: Tells whether the encoder knows a word as a whole.
        """
        self._english = _Language(vocabulary.right, {*vocabulary.asked, *vocabulary.right})
        spanish = {word: count for word, count in vocabulary.spanish.items() if count >= _MIN_COUNT}
        # A Spanish question may contain English words, so those are also known there.
        self._spanish = _Language(spanish, {*vocabulary.spanish, *vocabulary.asked, *vocabulary.right})
        self._knows = knows

    def joined(self, typed: str) -> str:
        """Return a text in which no word is torn apart by a space that no line is broken at.

        Two pieces are one word if the corpus knows the word and does not know each of the pieces: "bi ll" is one,
        "my bill" and "auto pay" are two.

        :param typed: As typed or copied; any string.
        :return: The text; every other space is as it was.
        """
        return typed if typed.isascii() else _APART.sub(lambda found: self._whole(found.group()), typed)

    def _whole(self, run: str) -> str:
        pieces, joints = re.split(_JOINT, run), [*re.findall(_JOINT, run), ""]
        whole = ""
        while pieces:
            length = next((n for n in range(len(pieces), 1, -1) if self._is_one(pieces[:n])), 1)
            whole += "".join(pieces[:length]) + joints[length - 1]
            del pieces[:length], joints[:length]
        return whole

    def _is_one(self, pieces: Sequence[str]) -> bool:
        return self._has("".join(pieces)) and not all(map(self._has, pieces))

    def _has(self, word: str) -> bool:
        return self._english.has(word) or self._spanish.has(word)

    def searched(self, query: Query) -> str:
        """Return the text that is searched for a query: its text, corrected with the words of its language."""
        return self.correct_spanish(query.text) if query.language == "es" else self.correct(query.text)

    def correct(self, text: str) -> str:
        """Return a question with its unknown words corrected; the same text if there is nothing to correct.

        :param text: Normalized; English.
        :return: The text; everything but unknown words is as it was.
        """
        return _TOKEN.sub(lambda found: self._word(found.group()), text)

    def correct_spanish(self, text: str) -> str:
        """Return a question in Spanish with its unknown words corrected to words of questions in Spanish.

        The encoder's vocabulary is English and does not tell which Spanish words exist.

        :param text: Normalized.
        :return: The text; everything but unknown words is as it was.
        """
        return _TOKEN.sub(lambda found: self._spanish.right_word(found.group()) or found.group(), text)

    def _word(self, written: str) -> str:
        word = plain_word(written)
        if word in SHORT_FORMS:
            return SHORT_FORMS[word]
        return written if self._knows(word) else self._english.right_word(written) or written


class _Language:
    """The words of one language: those that are known, and those that may correct an error."""

    def __init__(self, right: Mapping[str, int], known: Iterable[str]) -> None:
        self._right = dict(right)
        self._known = frozenset(known)
        self._candidates = sorted(word for word in right if len(word) >= _MIN_LENGTH)
        self._skeletons: dict[str, list[str]] = defaultdict(list)
        for word in self._candidates:
            self._skeletons[_skeleton(word)].append(word)

    def has(self, written: str) -> bool:
        """Return whether a word is known."""
        return plain_word(written) in self._known

    def right_word(self, written: str) -> str | None:
        """Return the correction of an unknown word; None if it is known, or if nothing is close."""
        word = plain_word(written)
        if len(word) < _MIN_SKELETON or not word.isalpha() or word in self._known:
            return None
        # A customer who leaves out vowels leaves out all of them, so no other error is as likely.
        shortened = self._without_vowels(word) if word == _skeleton(word) else None
        return shortened or (self._nearest(word) if len(word) >= _MIN_LENGTH else None)

    def _nearest(self, word: str) -> str | None:
        """Return the word with the fewest errors, the most common of several; the first letter is seldom wrong."""
        most = 2 if len(word) >= _LONG else 1
        found = extract(word, self._candidates, scorer=OSA.distance, score_cutoff=most, limit=20)
        near = [(distance, -self._right[right], right) for right, distance, _ in found if right[0] == word[0]]
        return min(near)[2] if near else None

    def _without_vowels(self, word: str) -> str | None:
        """Return the most common word of which only the consonants were typed."""
        found = [right for right in self._skeletons.get(word, ()) if len(right) - len(word) >= _LEFT_OUT]
        return max(found, key=lambda right: (self._right[right], right)) if found else None


def shipped_words() -> list[str]:
    """Return the shipped words that are spelled correctly, although few texts have them."""
    text = files("kb.retrieval").joinpath("data/known_words.txt").read_text(encoding="utf-8")
    return [plain_word(word) for line in text.splitlines() if not line.startswith("#") for word in line.split()]


def count_words(units: Iterable[Unit], names: Iterable[str] = ()) -> Vocabulary:
    """Count the words of a corpus.

    :param units: All units.
    :param names: Words of the names of organizations, which are never changed either.
    :return: The words of titles and passages and the frequent ones of questions may be corrections.
    """
    edited: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    spanish: Counter[str] = Counter()
    for unit in units:
        counted = edited
        if unit.kind is UnitKind.EXAMPLE:
            counted = spanish if is_spanish(unit.text) else asked
        if unit.language == SPANISH:
            counted = spanish
        counted.update(plain_word(word) for word in _WORD.findall(unit.text))
    right = {word: count for word, count in edited.items() if count >= _MIN_COUNT}
    right |= {word: count for word, count in asked.items() if count >= _MIN_COMMON and word not in right}
    known = {word for word, count in asked.items() if count >= _MIN_ASKED} | {*shipped_words(), *names}
    return Vocabulary(dict(sorted(right.items())), sorted(known - {*right}), dict(sorted(spanish.items())))


def plain_word(word: str) -> str:
    """Return a word in lower case, without accents or apostrophes."""
    return without_accents(word.lower()).replace("'", "").replace("’", "")


def _skeleton(word: str) -> str:
    """Return a word without its inner vowels, as it is written in short messages."""
    return word[0] + re.sub("[aeiou]", "", word[1:-1]) + word[-1]
