"""The result of a known question in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kb.evaluation.runner import JudgedResult, ShownPart
from kb.html.parts.writing.changes import result_words
from kb.types import TOP
from tests.evaluation.fakes import ANSWERED, CLARIFY, NO_ANSWER, result
from tests.support import make_article, make_library

A = {"a": 1}
LEAD, MUCH = ShownPart(TOP, "", "Text."), ShownPart("how-much", "How much", "Ten.")


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (replace(result(A, "ab", ANSWERED, 0.91), part=LEAD), "answered, 91% sure; shown is the direct answer"),
        (replace(result(A, "ab", ANSWERED, 0.91), part=MUCH), "answered, 91% sure; shown is the section “How much”"),
        (result(A, "ba", ANSWERED, 0.5), "answered with b, 50% sure; this article is second"),
        (result(A, "bc", ANSWERED, 0.5), "answered with b, 50% sure; this article is not found"),
        (result({}, "bc", ANSWERED, 0.5), "answered with b, 50% sure"),
        (result(A, "ab", CLARIFY, 0.691), "offered as one of 2 choices, 69% sure of the first"),
        (result(A, "bca", CLARIFY, 0.4), "2 other articles to choose from; this article is third"),
        (result({}, "bc", CLARIFY), "2 articles to choose from"),
        (result(A, "ab", NO_ANSWER, 0.2), "handed over to an agent, 20% sure; this article is first"),
        (result({}, "ab", NO_ANSWER), "handed over to an agent"),
        (replace(result(A, "ab"), signpost="s"), "sent to the signpost s; this article is first"),
        (replace(result({}, "ab"), signpost="s"), "sent to the signpost s"),
        (result(A, error="it fell over"), "failed: it fell over"),
    ],
)
def test_every_result_has_words(found: JudgedResult, said: str) -> None:
    """What the customer gets, how sure the help center is, and where the right article is."""
    assert result_words(found) == said


def test_another_part_than_a_test_names_is_said() -> None:
    """Sections are called by their headings, or by their anchors where the article does not have them."""
    found = result(A, "ab", ANSWERED, 0.9)
    found = replace(
        found, judged=replace(found.judged, sections=("how-much", "gone", TOP)), part=ShownPart("x", "X", "")
    )
    library = make_library(make_article("a", "Text.\n\n## How much\n\nTen.\n"))
    wanted = "the section “How much” or the section “gone” or the direct answer"
    assert result_words(found, library) == f"answered, 90% sure; shown is the section “X” instead of {wanted}"
    assert "the section “how-much”" in result_words(found)


def test_a_rank_without_a_word_is_a_number() -> None:
    """Only the first ten have one."""
    assert result_words(result(A, [*"bcdefghijkl", "a"], ANSWERED)).endswith("this article is 12")
