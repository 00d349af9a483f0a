"""Recognizes the language of a question by its words alone."""

from __future__ import annotations

import re

from kb.types import ENGLISH, SPANISH

_SPANISH_SHARE = 0.2
"""Least share of Spanish function words, if English ones are fewer; with less, English place names would pass."""

_ENOUGH_ENGLISH = 2
"""Least number of English function words that tell the language; a Spanish question may have one."""

_WORD = re.compile(r"[^\W\d_]+")
_SPANISH_LETTERS = re.compile(r"[¿¡ñáéíóú]", re.IGNORECASE)


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


def is_spanish(text: str) -> bool:
    """Return whether a text has letters that English lacks, or enough Spanish function words."""
    if _SPANISH_LETTERS.search(text):
        return True
    words = _WORD.findall(text.casefold())
    spanish = sum(word in _SPANISH for word in words)
    english = sum(word in _ENGLISH for word in words)
    return spanish > english and spanish >= _SPANISH_SHARE * len(words)


def told_by_words(text: str) -> str:
    """Return the language that the words of a question tell; empty if they are words of both, such as "internet"."""
    if is_spanish(text):
        return SPANISH
    english = sum(word in _ENGLISH for word in _WORD.findall(text.casefold()))
    return ENGLISH if english >= _ENOUGH_ENGLISH else ""
