"""The words of a text that say what it is about, without their endings."""

from __future__ import annotations

from typing import Final

from kb.common.folding import plain_words

_SMALL: Final = frozenset(
    ("a", "an", "and", "are", "can", "do", "does", "for", "how", "i", "in", "is", "it", "me", "my", "of", "on", "or",
     "the", "to", "up", "what", "when", "why", "you", "your")
)  # fmt: skip
"""Words that most questions have."""
_ENDINGS: Final = ("ing", "ed", "es", "s")
_SHORTEST: Final = 3
"""Fewest letters that are left of a word without its ending."""


def stems(text: str) -> frozenset[str]:
    """Return the words of a text without small ones and without endings, so that bill, bills and billed are one."""
    return frozenset(_stem(word) for word in plain_words(text).replace("_", " ").split() if word not in _SMALL)


def _stem(word: str) -> str:
    is_whole = word.endswith("ss")
    endings = [e for e in _ENDINGS if word.endswith(e) and len(word) - len(e) >= _SHORTEST and not is_whole]
    return word.removesuffix(next(iter(endings), ""))
