"""Articles' Markdown as HTML: steps to tick off, and how much of a tutorial is shown."""

from __future__ import annotations

from kb.html import prose
from kb.types import ArticleKind, Passage
from tests.ui import fakes


def test_steps_become_boxes() -> None:
    """The outermost numbered items become boxes, counted from one in each list; inner lists and bullets stay."""
    html = (
        "<ol>\n<li>A<ul><li>x</li></ul></li>\n<li>B<ol><li>y</li></ol></li></ol><ul><li>z</li></ul><ol><li>C</li></ol>"
    )
    found = prose.with_boxes(html)
    assert found.count("<input") == 3
    assert found.count('aria-label="Step 1 done"') == 2
    assert '<li><input type="checkbox" class="kb-step" aria-label="Step 2 done">B<ol><li>y' in found
    assert "<ul><li>z" in found


def test_the_first_words_of_a_tutorial_are_followed_by_its_steps() -> None:
    """The introduction of a tutorial is followed by its steps; another part is shown alone."""
    tutorial = next(a for a in fakes.ARTICLES if a.kind is ArticleKind.TUTORIAL)
    intro = Passage("x#0", tutorial.id, tutorial.title, "", "Have it ready.", "Have it ready.")
    shown = prose.shown_markdown(tutorial, intro)
    assert shown.startswith("Have it ready.\n\n### Set it up\n\n1. Sign in.")
    trouble = Passage("x#2", tutorial.id, "If it fails", "if-it-fails", "Ask.", "Ask.")
    assert prose.shown_markdown(tutorial, trouble) == "Ask."
