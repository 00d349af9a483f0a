"""Two texts compared in words."""

from __future__ import annotations

from kb.html.parts.writing import comparison

BEFORE = "A late fee is added.\n\nPay it online.\n\nOne.\n\nTwo.\n\nThree.\n\nThe end."


def test_only_the_words_that_changed_are_marked() -> None:
    """A line with one other word is one line; what is far from it is folded and counted."""
    html = comparison.html(BEFORE, BEFORE.replace("Pay it online", "Pay it by phone <b>"), "Before and after")
    assert "Pay it <del>online</del><ins>by phone &lt;b&gt;</ins>." in html
    assert "<p>A late fee is added.</p>" in html
    assert "… 6 lines are the same …" in html
    assert "Three." not in html
    assert "1 word taken out, 3 words put in" in html


def test_lines_put_in_and_taken_out_are_whole() -> None:
    """Where there are more lines than before, each is out or in, and so is a line that says something else."""
    html = comparison.html("One.\nTwo.", "One.\nA new thought.\nTwo.\nLast.", "x")
    assert '<p class="kb-changed"><ins>A new thought.</ins></p>' in html
    assert "<p>Two.</p>" in html
    html = comparison.html("Call us at night.", "Nobody answers letters!", "x")
    assert "<del>Call us at night.</del><ins>Nobody answers letters!</ins>" in html


def test_the_same_texts_are_said_to_be_the_same() -> None:
    """Line ends at the end don't count."""
    assert "Both texts are the same." in comparison.html("One.\n", "One.", "x")
