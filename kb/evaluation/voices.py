"""In which voice a question is asked, told from its words alone.

Simple rules that anybody can check by hand, in this order: Spanish, then keywords, then a story, then a full question;
what is left is messy. A file of questions may state its own voices instead.
"""

from __future__ import annotations

import re
from enum import StrEnum

MAX_KEYWORDS = 4
"""At most this many words, and no question mark, are keywords."""
_SPANISH_SHARE = 0.2
"""Least share of Spanish function words, where English ones are fewer; lower lets English names of places through."""

_WORD = re.compile(r"[^\W\d_]+")
_SPANISH_LETTERS = re.compile(r"[¿¡ñáéíóú]", re.IGNORECASE)
_SENTENCE_END = re.compile(r"[.!?…]+(?:[\"')\]]*)(?:\s+|$)")


def _set(text: str) -> frozenset[str]:
    return frozenset(text.split())


_SPANISH = _set(
    """al antes aun cobran cobraron como con cual cuando cuanto cuesta dan de debo del dice donde el ella en es esa ese
    esta estan este esto factura hacer hago hay la las le les lo los mas mi mis mucho muy necesito nos otra otro pagar
    pago para pero poner por porque puedo que quien quiero quitar se si sobre su sus tengo tiene todo todavia un una
    unos van voy y ya yo"""
)
_ENGLISH = _set(
    """a about and any are at be bill but by can charge did do does for from get has have how i im in is it my not of
    off on or out pay she should so than that the their they this to up was we what when where which who why will with
    would you your"""
)


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
    words = _WORD.findall(text.casefold())
    if _is_spanish(text, words):
        return Voice.SPANISH
    if len(text.split()) <= MAX_KEYWORDS and "?" not in text:
        return Voice.KEYWORDS
    if len([part for part in _SENTENCE_END.split(text.strip()) if _WORD.search(part)]) > 1:
        return Voice.STORY
    return Voice.QUESTION if text.rstrip().endswith("?") else Voice.MESSY


def _is_spanish(text: str, words: list[str]) -> bool:
    """Return whether letters that English lacks, or enough Spanish function words, give a text away."""
    if _SPANISH_LETTERS.search(text):
        return True
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    return spanish > english and spanish >= _SPANISH_SHARE * len(words)
