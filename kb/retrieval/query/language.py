"""Recognizes Spanish questions by their words alone. The articles are in English, and the customer is told so."""

from __future__ import annotations

import re

_SPANISH_SHARE = 0.2
"""Least share of Spanish function words, if English ones are fewer; with less, English place names would pass."""

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
