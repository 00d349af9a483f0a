"""One folding of text, used wherever what people type is compared."""

from __future__ import annotations

import pytest

from kb.common.folding import plain_words, without_accents


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("late fee's", "late fee's"),
        ("¿Cuánto pagué?", "¿Cuanto pague?"),
        ("cafe\u0301", "cafe"),
        ("ﬁne №", "fine No"),
        ("straße", "straße"),
        ("", ""),
    ],
)
def test_accents_and_compatibility_forms_are_folded(text, folded):
    """Marks go, letters and capitals stay."""
    assert without_accents(text) == folded


def test_plain_words_are_equal_for_the_same_question():
    """Capitals, accents, punctuation and spaces make no difference, apostrophes part words."""
    assert plain_words("  ¿CUÁNTO pagué?\n") == plain_words("cuanto, pague") == "cuanto pague"
    assert plain_words("What's it? STRASSE") == plain_words("what s it straße")
    assert plain_words("?!") == ""
