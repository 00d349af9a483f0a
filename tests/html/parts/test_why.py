"""Why a question is answered as it is, in a writer's words."""

from __future__ import annotations

import pytest

from kb.html.parts.writing import why
from kb.types import (
    Answer,
    Answered,
    Clarify,
    Elsewhere,
    Hit,
    HitEvidence,
    NoAnswer,
    NoAnswerReason,
    Outcome,
    PartEvidence,
    Passage,
    Query,
    UnitKind,
)
from tests.support import make_article, make_library

BODY = "It is a fee. You pay it late.\n\n## How much\n\nThe amount is on the bill. It is ten dollars at most.\n"
LIBRARY = make_library(
    make_article("late-fee", BODY, title="Late fee"), make_article("other", "Words.\n", title="Other")
)
LEAD = Passage("late-fee#0", "late-fee", "Late fee", "", "It is a fee. You pay it late.", "It is a fee.")
MUCH = Passage("late-fee#1", "late-fee", "How much", "how-much", "The amount is on the bill.", "The amount.")
EXAMPLE = HitEvidence(UnitKind.EXAMPLE, "what is the late fee", {})


def _hit(
    evidence: HitEvidence | None = EXAMPLE, passage: Passage = LEAD, lead: Passage | None = LEAD, score: float = 0.9
) -> Hit:
    return Hit(1, "late-fee", "Late fee", passage, score, evidence, lead)


def _told(
    hit: Hit, outcome: Outcome | None = None, asked: str = "how many dollars", second: float = 0.5, **signals: float
) -> list[str]:
    hits = (hit, Hit(2, "other", "Other", Passage("other#0", "other", "Other", "", "W.", "W."), second))
    return why.reasons(
        Answer(Query(asked, asked), outcome or Answered(hit, ()), 0.914, hits, "v1", 0.1, signals), LIBRARY
    )


def test_an_answer_is_explained_by_example_part_and_second() -> None:
    """How sure it is, which example brought it up, what the customer reads, and what was second."""
    assert _told(_hit()) == [
        "The help center is 91% sure that “Late fee” answers it.",
        "Found by its example “what is the late fee”.",
        "The customer reads its direct answer; no section of it is nearer.",
        "Second was “Other”, far behind.",
    ]


def test_a_question_that_is_an_example_is_said_to_be_one() -> None:
    """Capitals, accents and punctuation do not matter."""
    assert (
        _told(_hit(), asked="What is the LATE fee?")[1] == "The question is, word for word, an example of “Late fee”."
    )


@pytest.mark.parametrize(
    ("unit", "found"),
    [
        ("Late fee\nIt is a fee. You pay it late.", "the sentence “You pay it late.” in its direct answer."),
        ("Late fee\nHow much\nThe amount is on the bill. It is ten dollars at most.",
         "the sentence “It is ten dollars at most.” in its section “How much”."),
        ("Late fee", "the sentence “Late fee” in its direct answer."),
    ],
)  # fmt: skip
def test_of_a_passage_the_nearest_sentence_is_named(unit: str, found: str) -> None:
    """The one that shares most words with the question, and the heading above it."""
    told = _told(_hit(HitEvidence(UnitKind.PASSAGE, unit, {})), asked="how many dollars do i pay late at most")
    assert told[1] == f"Found by {found}"


def test_a_title_is_enough() -> None:
    """No text of it is repeated; without evidence nothing is said."""
    assert _told(_hit(HitEvidence(UnitKind.TITLE, "Late fee. A summary.", {})))[1] == "Found by its title."
    assert _told(_hit(None))[1] == "The customer reads its direct answer; no section of it is nearer."


@pytest.mark.parametrize(
    ("kind", "text", "share", "reason"),
    [
        (UnitKind.EXAMPLE, "how big", 0.9, ", for the example “how big”. It is much nearer than the other parts."),
        (UnitKind.EXAMPLE, "how big", 0.6, ", for the example “how big”. It is nearer than the other parts."),
        (UnitKind.PASSAGE, "Late fee\nHow much\nThe amount. Ten dollars.", 0.4,
         ", for the sentence “Ten dollars.”. Another part is nearly as near."),
    ],
)  # fmt: skip
def test_a_section_is_shown_for_an_example_or_a_sentence(kind: UnitKind, text: str, share: float, reason: str) -> None:
    """With how far ahead of the other parts it is."""
    told = _told(_hit(HitEvidence(UnitKind.TITLE, "Late fee", {}, PartEvidence(kind, text, share)), MUCH))
    assert told[2] == f"Below its direct answer the customer reads the section “How much”{reason}"


def test_parts_without_a_reason() -> None:
    """An article may have no direct answer, and an older index no evidence; a close choice is said to be one."""
    close = HitEvidence(UnitKind.TITLE, "", {}, PartEvidence(UnitKind.TITLE, "", 0.45))
    assert _told(_hit(close))[2] == "The customer reads its direct answer; a section of it is nearly as near."
    assert _told(_hit(passage=MUCH))[2] == "Below its direct answer the customer reads the section “How much”."
    alone = "The customer reads the section “How much”; the article has no direct answer."
    assert _told(_hit(passage=MUCH, lead=None))[2] == alone


@pytest.mark.parametrize(("second", "behind"), [(0.88, "close"), (0.85, "some way"), (0.79, "far"), (0.1, "far")])
def test_the_second_is_close_or_far(second: float, behind: str) -> None:
    """By what its score means for its likelihood."""
    assert _told(_hit(), second=second)[-1] == f"Second was “Other”, {behind} behind."


def test_choices_and_hand_overs_are_explained() -> None:
    """The first article is named each time, with what brought it up."""
    hit = _hit()
    assert _told(hit, Clarify((hit,)))[:2] == [
        "“Late fee” is first, but not far enough ahead to be the answer.",
        "Found by its example “what is the late fee”.",
    ]
    unsure = _told(hit, NoAnswer(NoAnswerReason.BELOW_THRESHOLD, (hit,)))
    assert unsure[0] == "The nearest article, “Late fee”, answers it with a likelihood of 91%, which is too little."
    assert _told(hit, NoAnswer(NoAnswerReason.OUT_OF_SCOPE, ()))[0].endswith("the nearest is “Late fee”.")
    assert _told(hit, NoAnswer(NoAnswerReason.AGENT, ()))[0].startswith("Such a question is handed over")
    signpost = make_article("x", title="Power cuts")
    sent = _told(hit, NoAnswer(NoAnswerReason.ELSEWHERE, (), Elsewhere(signpost, ("Acme",))), stranger=1.0)
    assert sent[1:4] == [
        "Found by its example “what is the late fee”.", "Signpost: Power cuts", "Companies named: Acme",
    ]  # fmt: skip
    assert "It names a company that “Late fee” does not mention." in sent


def test_an_empty_question_has_no_reasons() -> None:
    """There is no article to speak of."""
    assert (
        why.reasons(Answer(Query("", ""), NoAnswer(NoAnswerReason.EMPTY_QUERY, ()), 0.0, (), "v1", 0.1), LIBRARY) == []
    )


def test_the_part_that_would_be_shown_of_others() -> None:
    """For every article of the ranking."""
    assert why.part_of(_hit()) == "Its direct answer would be shown."
    assert why.part_of(_hit(passage=MUCH)) == "Its direct answer and the section “How much” would be shown."
    assert why.part_of(_hit(passage=MUCH, lead=None)) == ""
