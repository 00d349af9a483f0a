"""The voice in which a question is asked, recognized by its words alone.

Simple rules that can be checked by hand, in this order: Spanish, then keywords, then a story, then a full question;
the rest is messy. A file of questions may give its own voices instead.
"""

from __future__ import annotations

import re
from enum import StrEnum

from kb.retrieval.query.language import is_spanish

MAX_KEYWORDS = 4
"""At most this many words, and no question mark, are keywords."""

_WORD = re.compile(r"[^\W\d_]+")
_SENTENCE_END = re.compile(r"[.!?…]+(?:[\"')\]]*)(?:\s+|$)")


class Voice(StrEnum):
    """The ways in which customers ask."""

    QUESTION = "question"
    """A full sentence that ends in a question mark."""
    KEYWORDS = "keywords"
    MESSY = "messy"
    """Hurried, without punctuation, often with typing errors."""
    STORY = "story"
    """Two sentences or more."""
    SPANISH = "spanish"


def voice_of(text: str) -> Voice:
    """Return the voice of a question.

    :param text: As typed.
    :return: The first voice whose rule fits.
    """
    if is_spanish(text):
        return Voice.SPANISH
    if len(text.split()) <= MAX_KEYWORDS and "?" not in text:
        return Voice.KEYWORDS
    if len([part for part in _SENTENCE_END.split(text.strip()) if _WORD.search(part)]) > 1:
        return Voice.STORY
    return Voice.QUESTION if text.rstrip().endswith("?") else Voice.MESSY
