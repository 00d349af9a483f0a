"""Text without accents, capitals and punctuation, to compare what people type with what editors write."""

from __future__ import annotations

import re
import unicodedata

_IGNORED = re.compile(
    # Of Unicode's Default_Ignorable_Code_Point what is no format character (Cf): fillers, joiners, variation selectors.
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u180f\u2065\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)
_NOT_ASCII = re.compile(r"[^\x00-\x7f]")
"""What has to be looked up one by one; some letters of a Spanish question, and nothing of most others."""
_TYPED = str.maketrans(
    {
        **dict.fromkeys("\u2018\u2019\u201a\u201b\u02bc\u2032\u00b4", "'"),
        **dict.fromkeys("\u201c\u201d\u201e\u201f\u2033\u00ab\u00bb", '"'),
        **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"),
    }
)
"""Typographic quotes and dashes as keyboards have them."""


def without_invisible(text: str) -> str:
    """Return a text without characters that a reader can't see and that may stand within a word.

    Soft hyphens, zero-width spaces, joiners and marks of direction come along when a text is copied from a web page or
    a PDF.
    """
    if text.isascii():
        return text
    return _NOT_ASCII.sub(_visible, _IGNORED.sub("", text))


def _visible(found: re.Match[str]) -> str:
    return "" if unicodedata.category(found[0]) == "Cf" else found[0]


def as_typed(text: str) -> str:
    """Return a text with the quotes and dashes of a keyboard in place of a typesetter's."""
    return text if text.isascii() else text.translate(_TYPED)


def without_accents(text: str) -> str:
    """Return a text decomposed for compatibility (NFKD) and without combining marks; capitals stay.

    Fold the case first: the decomposition of a lower-case letter may differ from that of its capital.
    """
    if text.isascii():  # nothing to decompose; nearly every text of a corpus
        return text
    return _NOT_ASCII.sub(_base, unicodedata.normalize("NFKD", text))


def _base(found: re.Match[str]) -> str:
    return "" if unicodedata.combining(found[0]) else found[0]


def plain_words(text: str) -> str:
    """Return a text's words only: case folded, no accents, no punctuation, one space between two words."""
    return " ".join(re.findall(r"\w+", without_accents(text.casefold())))
