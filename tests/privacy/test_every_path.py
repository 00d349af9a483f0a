"""What is dictated or introduced is redacted alike wherever words of a customer are kept."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from kb.contact import casesheet
from kb.contact.request import RequestKind, clean_request
from kb.journal.encode import event_row, query_row
from kb.types import Answer, EventKind, NoAnswer, NoAnswerReason, Query, QuerySource, Traffic

AT = datetime(2026, 11, 30, tzinfo=UTC)
SAID = [
    ("my card is four one one one, then 1111 double one eleven 1111", "my card is [card number]"),
    ("me llamo Nayeli Tapia y mi pin es nueve tres siete uno", "me llamo [name] y mi pin es [PIN]"),
    ("dob march third nineteen sixty", "dob [date of birth]"),
    ("vivo en calle Nogal 214", "vivo en [street address]"),
]


@pytest.mark.parametrize(("typed", "kept"), SAID)
def test_every_path_keeps_the_same_words(typed: str, kept: str) -> None:
    """Question, feedback, and the question of a call-back."""
    answer = Answer(Query(typed, typed), NoAnswer(NoAnswerReason.BELOW_THRESHOLD, ()), 0.0, (), "v", 1.0)
    question = query_row(answer, source=QuerySource.PAGE, visit="v", traffic=Traffic.CUSTOMER, at=AT)
    feedback = event_row("", EventKind.NOT_HELPFUL, article_id="a", reason=typed, text=typed, visit="v", at=AT)
    request = clean_request(RequestKind.CALLBACK, "Ana", "614-555-0112", typed, "en").message("0" * 32, AT)
    assert question["text"] == kept
    assert (feedback["reason"], feedback["text"]) == (kept, kept)
    assert json.loads(request.payload)["question"] == kept


def test_a_case_sheet_can_keep_nothing() -> None:
    """It has nothing to write with: it lives in the visit, and on what the customer copies or prints."""
    own = {name for name, value in vars(casesheet).items() if getattr(value, "__module__", "").startswith("kb.")}
    assert {vars(casesheet)[name].__module__ for name in own} == {"kb.contact.casesheet"}
