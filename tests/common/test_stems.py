"""Words without their endings."""

from __future__ import annotations

from kb.common.stems import stems


def test_endings_and_small_words_do_not_count() -> None:
    """Bill, bills and billed are one; what all questions have is left out; short words keep their ends."""
    assert stems("How do I pay my BILLS?") == stems("pay, billed") == {"pay", "bill"}
    assert stems("a ring and the boss's fees") == {"ring", "boss", "s", "fee"}
    assert stems("late_fee ¿cuándo?") == {"late", "fee", "cuando"}
    assert stems("how do i") == frozenset()
