"""Questions as people type them in a hurry, seeded by their own text: every run and every system gets the same ones."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Callable

MIN_TYPO = 4
"""The least length of a word that gets a typing error."""
MIN_SHORTENED = 6
_ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
_SENTENCE = re.compile(r"(?<=[.!?])\s+")
_WORD = re.compile(r"[^\W\d_]+")
_SMS = {
    "you": "u", "your": "ur", "are": "r", "to": "2", "too": "2", "for": "4", "please": "pls", "because": "cuz",
    "be": "b", "see": "c", "why": "y", "before": "b4", "with": "w", "without": "w/o", "and": "n", "know": "kno",
    "people": "ppl", "thanks": "thx", "what": "wat", "have": "hav", "message": "msg", "account": "acct",
    "payment": "pymt", "service": "svc", "number": "#", "month": "mo", "internet": "inet", "about": "abt",
}  # fmt: skip


def typos(edits: int) -> Callable[[str], str]:
    """Return a function that makes typing errors, each in a random word of four or more letters."""

    def change(text: str) -> str:
        chance = random.Random(f"typo {edits} {text}")
        for _ in range(edits):
            places = [m for m in _WORD.finditer(text) if len(m.group()) >= MIN_TYPO]
            if not places:
                break
            word = chance.choice(places)
            text = text[: word.start()] + _slip(word.group(), chance) + text[word.end() :]
        return text

    return change


def _slip(word: str, chance: random.Random) -> str:
    """Swap two letters, drop one, double one, or replace one with a neighboring key."""
    at = chance.randrange(1, len(word) - 1)
    kind = chance.randrange(4)
    if kind == 0:
        return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
    if kind == 1:
        return word[:at] + word[at + 1 :]
    if kind == 2:
        return word[:at] + word[at] + word[at:]
    return word[:at] + _beside(word[at], chance) + word[at + 1 :]


def _beside(letter: str, chance: random.Random) -> str:
    row = next((keys for keys in _ROWS if letter.lower() in keys), string.ascii_lowercase)
    at = row.find(letter.lower())
    return chance.choice([row[n] for n in (at - 1, at + 1) if 0 <= n < len(row)])


def no_punctuation(text: str) -> str:
    """Remove every character except letters, digits and spaces."""
    return " ".join(re.sub(r"[^\w\s]", "", text).split())


def sms(text: str) -> str:
    """Apply the most common abbreviations, and drop the inner vowels of every third long word."""
    chance = random.Random(f"sms {text}")

    def shorten(found: re.Match[str]) -> str:
        word = found.group().lower()
        if word in _SMS:
            return _SMS[word]
        if len(word) >= MIN_SHORTENED and chance.random() < 1 / 3:
            return word[0] + re.sub(r"[aeiou]", "", word[1:-1]) + word[-1]
        return word

    return _WORD.sub(shorten, text)


def word_order(text: str) -> str:
    """Shuffle the words of each sentence."""
    chance = random.Random(f"order {text}")
    return " ".join(" ".join(chance.sample(words, len(words))) for words in map(str.split, _SENTENCE.split(text)))


NOISE: dict[str, Callable[[str], str]] = {
    "1 typo": typos(1),
    "2 typos": typos(2),
    "no punctuation": no_punctuation,
    "SMS spelling": sms,
    "word order": word_order,
}
