"""Records of customers' questions, as leads see, filter and judge them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date, datetime

    from kb.types import NoAnswerReason, OutcomeKind


class FollowUp(StrEnum):
    """What a customer did after a question; there may be several things, and the last member stands for none."""

    DISLIKED = "disliked"
    """Pressed "not helpful", or said that none of the articles offered was meant."""
    ASKED_AGAIN = "asked_again"
    """Asked another question, in other words, within the visit and the next 30 minutes."""
    CONTACTED = "contacted"
    """Went on to an agent, or to the page that says how to reach one."""
    HELPFUL = "helpful"
    """Pressed "helpful"."""
    OPENED = "opened"
    """Opened an article, unfolded a part or chose one of the articles offered."""
    ABANDONED = "abandoned"
    """None of these is known."""

    @property
    def bit(self) -> int:
        """The bit under which it is stored; 0 for nothing."""
        return 0 if self is FollowUp.ABANDONED else 1 << list(FollowUp).index(self)


def follow_ups(bits: int) -> tuple[FollowUp, ...]:
    """Return what a stored number stands for, in the order of the enum; never empty."""
    return tuple(kind for kind in FollowUp if bits & kind.bit) or (FollowUp.ABANDONED,)


class Verdict(StrEnum):
    """The judgment of a lead, as far as a filter tells them apart."""

    JUDGED = "judged"
    """Judged, whichever way."""
    RIGHT = "right"
    """Article and part are right, or it was right to give no answer."""
    WRONG = "wrong"
    """The article or the part is wrong."""
    NOT_JUDGED = "not_judged"


class QuestionOrder(StrEnum):
    """The order of a list of questions."""

    NEWEST = "newest"
    LEAST_SURE = "least_sure"
    """The lowest confidence first."""


@dataclass(frozen=True, slots=True)
class QuestionFilter:
    """Which questions are wanted; an empty field does not restrict."""

    text: str = ""
    """Words, or beginnings of words, all of which the question has, regardless of case and accents."""
    outcome: OutcomeKind | None = None
    reason: NoAnswerReason | None = None
    article: str = ""
    """The article that was given as the answer."""
    anchor: str | None = None
    """The part shown: the section's anchor, or empty for the direct answer."""
    language: str = ""
    followed: FollowUp | None = None
    first: date | None = None
    """The first day, UTC."""
    last: date | None = None
    """The last day, UTC, included."""
    least: float | None = None
    """The lowest confidence, 0 to 1."""
    most: float | None = None
    """The highest confidence, 0 to 1."""
    judged: Verdict | None = None
    order: QuestionOrder = QuestionOrder.NEWEST


@dataclass(frozen=True, slots=True)
class Judgment:
    """What a lead said about an answer, the latest word."""

    article_right: bool
    """Whether the article answers; for a question without an answer, whether it was right to give none."""
    part_right: bool | None
    """Whether the part shown answers; None where it was not judged, as for a wrong article."""
    who: str
    at: datetime

    @property
    def is_right(self) -> bool:
        """Whether nothing was wrong."""
        return self.article_right and self.part_right is not False

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        parts = {"article_right": self.article_right, "part_right": self.part_right}
        return {**parts, "who": self.who, "at": self.at.isoformat()}


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """One question, as a line of the list."""

    query_id: str
    asked_at: datetime
    text: str
    """After redaction."""
    language: str
    outcome: OutcomeKind
    reason: str
    """Why no answer was given, a value of :class:`kb.types.NoAnswerReason`; empty for another outcome."""
    confidence: float
    article_id: str
    """The article that answered; empty for another outcome."""
    anchor: str | None
    """The part shown: a section's anchor, or empty for the direct answer; None where none is known."""
    heading: str
    choices: tuple[str, ...]
    """The articles that were offered to choose from."""
    followed: tuple[FollowUp, ...]
    """Never empty."""
    judgment: Judgment | None

    def as_json(self) -> dict[str, Any]:
        """Return the question's line in ``kb questions --json``."""
        return {
            "query_id": self.query_id,
            "asked_at": self.asked_at.isoformat(),
            "text": self.text,
            "language": self.language,
            "outcome": self.outcome.value,
            "reason": self.reason or None,
            "confidence": round(self.confidence, 4),
            "article_id": self.article_id or None,
            "anchor": self.anchor,
            "heading": self.heading or None,
            "choices": list(self.choices),
            "followed": [kind.value for kind in self.followed],
            "judgment": self.judgment.as_json() if self.judgment is not None else None,
        }


@dataclass(frozen=True, slots=True)
class QuestionsPage:
    """Some questions of a list."""

    rows: tuple[QuestionRow, ...]
    total: int
    """How many questions the filter lets through, counted up to a bound."""
    is_capped: bool
    """Whether there are more than ``total``."""
    after: str
    """What the next page is asked for with; empty on the last page."""


@dataclass(frozen=True, slots=True)
class VisitStep:
    """Something that happened in a visit: a question, or an event."""

    at: datetime
    kind: str
    """``asked``, or a value of :class:`kb.types.EventKind`."""
    query_id: str
    """The question, or the one that the event followed; empty for an event without a question."""
    text: str = ""
    """The question, or what the customer wrote, after redaction."""
    article_id: str = ""
    reason: str = ""
    outcome: str = ""
    """Of a question."""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        rest = {"text": self.text, "article_id": self.article_id, "reason": self.reason, "outcome": self.outcome}
        return {"at": self.at.isoformat(), "kind": self.kind, "query_id": self.query_id or None, **rest}


@dataclass(frozen=True, slots=True)
class QuestionDetail:
    """Everything about one question."""

    row: QuestionRow
    hits: tuple[tuple[str, float], ...]
    """Articles with scores, best first."""
    index_version: str
    source: str
    """A value of :class:`kb.types.QuerySource`."""
    took_ms: float
    steps: tuple[VisitStep, ...]
    """The visit, the oldest first."""

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``kb questions show --json``."""
        return {
            **self.row.as_json(),
            "hits": [list(hit) for hit in self.hits],
            "index_version": self.index_version,
            "source": self.source,
            "took_ms": self.took_ms,
            "visit": [step.as_json() for step in self.steps],
        }
