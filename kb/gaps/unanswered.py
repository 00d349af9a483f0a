"""Decide which questions count as unanswered, and why."""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kb.types import EventKind, NoAnswerReason, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

_LOW_PART = 1 / 3
"""A confidence in the lowest third between the threshold to answer and certainty is low."""
_FALLBACK_THRESHOLD = 0.9
"""The threshold to answer when an index states none, as one too small to learn from."""

_REASON = re.compile(r"[a-z_]{0,32}")
_OTHER_REASON = "other"

USED = frozenset({EventKind.OPENED, EventKind.EXPANDED, EventKind.CHOSE, EventKind.HELPFUL})
"""Events that show that an answer was of use."""


class Unanswered(StrEnum):
    """The reason why a question counts; it may count for several, each shown separately."""

    NO_ANSWER = "no_answer"
    """It was handed over: no article was sure enough."""
    ELSEWHERE = "elsewhere"
    """It was taken for a question that is not answered here, and the customer was told who helps."""
    LOW_CONFIDENCE = "low_confidence"
    """It was answered with a low confidence, or two or three articles were offered, and nothing was opened."""
    NOT_HELPFUL = "not_helpful"
    """The customer pressed "not helpful"."""
    CONTACTED = "contacted"
    """An agent was contacted after it."""
    NONE_OF_THESE = "none_of_these"
    """Two or three articles were offered, and the customer said that none of them was meant."""
    CONTACT_OPENED = "contact_opened"
    """The customer went to the contact page after it."""
    JUDGED = "judged"
    """A lead judged that it is not answered, and that something should be written."""


MEANINGS: Mapping[Unanswered, str] = {
    Unanswered.NO_ANSWER: "No article was sure enough, so the customer was sent to an agent.",
    Unanswered.ELSEWHERE: "Taken for a question about something else, so the customer was told who helps.",
    Unanswered.LOW_CONFIDENCE: "Answered with a low confidence, or asked back, and nothing was opened.",
    Unanswered.NOT_HELPFUL: 'The customer pressed "not helpful".',
    Unanswered.CONTACTED: "The customer contacted an agent after it.",
    Unanswered.NONE_OF_THESE: "Two or three articles were offered, and the customer said that none of them was meant.",
    Unanswered.CONTACT_OPENED: "The customer went to the contact page after it.",
    Unanswered.JUDGED: "A lead judged that something should be written about it.",
}
"""The text shown with each reason."""


def reason_code(reason: str) -> str:
    """Return the code of a reason for "not helpful", to be counted and shown; other texts become one code.

    Pages send codes, but the API takes any text, and what is counted must not keep words.

    :param reason: As it was recorded.
    :return: A code; empty when no reason was given.
    """
    return reason if _REASON.fullmatch(reason) else _OTHER_REASON


def low_confidence_below(answer_at: float | None) -> float:
    """Return the confidence below which an answer counts as unsure.

    :param answer_at: The index's threshold to answer, 0 to 1; None when unknown.
    :return: A third of the way from the threshold to 1.
    """
    threshold = _FALLBACK_THRESHOLD if answer_at is None else answer_at
    return threshold + (1.0 - threshold) * _LOW_PART


def answer_threshold(manifest: Mapping[str, Any] | None) -> float | None:
    """Return the threshold to answer that an index's manifest states, or None."""
    value = ((manifest or {}).get("calibration") or {}).get("answer_at")
    return float(value) if isinstance(value, int | float) else None


def why_unanswered(
    outcome: str,
    confidence: float,
    events: Collection[str],
    *,
    low_below: float,
    reason: str | None = None,
    is_judged: bool = False,
) -> tuple[Unanswered, ...]:
    """Return why a question counts as unanswered.

    :param outcome: The decision, a value of :class:`kb.types.OutcomeKind`.
    :param confidence: The confidence of the answer, 0 to 1.
    :param events: The kinds of the events that followed.
    :param low_below: The bound from :func:`low_confidence_below`.
    :param reason: The reason for giving no answer, a value of :class:`kb.types.NoAnswerReason`; None for none.
    :param is_judged: Whether a lead judged that something should be written about it.
    :return: The reasons, in the order of the enum; empty for a question that was answered, and for one that asks for
        an agent only, which no article needs to answer unless a lead says so.
    """
    if reason == NoAnswerReason.AGENT and not is_judged:
        return ()
    used = not USED.isdisjoint(events)
    refused = outcome == OutcomeKind.CLARIFY and EventKind.NONE_OF_THESE in events
    unsure = outcome == OutcomeKind.CLARIFY or (outcome == OutcomeKind.ANSWERED and confidence < low_below)
    helped = EventKind.HELPFUL in events
    is_open = outcome == OutcomeKind.NO_ANSWER and not helped
    holds = {
        Unanswered.NO_ANSWER: is_open and reason != NoAnswerReason.ELSEWHERE,
        Unanswered.ELSEWHERE: is_open and reason == NoAnswerReason.ELSEWHERE,
        Unanswered.LOW_CONFIDENCE: unsure and not used and not refused,
        Unanswered.NOT_HELPFUL: EventKind.NOT_HELPFUL in events,
        Unanswered.CONTACTED: EventKind.CONTACTED in events,
        Unanswered.NONE_OF_THESE: refused and not used,
        Unanswered.CONTACT_OPENED: EventKind.CONTACT_OPENED in events and not helped,
        Unanswered.JUDGED: is_judged,
    }
    return tuple(reason for reason, true in holds.items() if true)
