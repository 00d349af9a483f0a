"""Text without accents, capitals and punctuation, to compare what people type with what editors write."""

from __future__ import annotations

import re
import unicodedata


def without_accents(text: str) -> str:
    """Return a text decomposed for compatibility (NFKD) and without combining marks; capitals stay.

    Fold the case first: the decomposition of a lower-case letter may differ from that of its capital.
    """
    if text.isascii():  # nothing to decompose; nearly every text of a corpus
        return text
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def plain_words(text: str) -> str:
    """Return a text's words only: case folded, no accents, no punctuation, one space between two words."""
    return " ".join(re.findall(r"\w+", without_accents(text.casefold())))
