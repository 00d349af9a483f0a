"""Records of gaps for pages, commands and reports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from kb.gaps.closing import why_not_closed

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from kb.gaps.states import GapState, Step
    from kb.gaps.unanswered import Unanswered


class WhyNot(StrEnum):
    """The reason why the nearest article did not answer."""

    BELOW_THRESHOLD = "below_threshold"
    OUT_OF_SCOPE = "out_of_scope"
    ELSEWHERE = "elsewhere"
    OFFERED_NOT_CHOSEN = "offered_not_chosen"
    SHOWN_UNSURE = "shown_unsure"
    SHOWN_NOT_HELPFUL = "shown_not_helpful"
    SHOWN_CONTACTED = "shown_contacted"
    SHOWN_JUDGED = "shown_judged"


WHY_NOT: Mapping[WhyNot, str] = {
    WhyNot.BELOW_THRESHOLD: "Found, but not sure enough to be shown.",
    WhyNot.OUT_OF_SCOPE: "Nothing in any article comes near.",
    WhyNot.ELSEWHERE: "Taken for a question about something that is not answered here.",
    WhyNot.OFFERED_NOT_CHOSEN: "Offered beside others; nobody chose it.",
    WhyNot.SHOWN_UNSURE: "Shown with a low confidence; nothing was opened.",
    WhyNot.SHOWN_NOT_HELPFUL: 'Shown, and rated "not helpful".',
    WhyNot.SHOWN_CONTACTED: "Shown, and an agent was contacted all the same.",
    WhyNot.SHOWN_JUDGED: "Shown, and judged by a lead not to answer.",
}
"""The text shown with each."""


@dataclass(frozen=True, slots=True)
class GapRow:
    """One gap, as a line of the list."""

    id: int
    name: str
    """Its most central question, after redaction."""
    state: GapState
    count: int
    """How often its questions were asked."""
    visits: int
    """The number of different visits that asked them."""
    first_seen: datetime | None
    last_seen: datetime | None
    nearest: str
    """The nearest article; empty when there is none."""
    why_not: str
    """A value of :class:`WhyNot`; empty when there is no nearest article."""
    article_id: str
    """The article that is drafted for it or that closes it; empty before."""
    owner: str
    reasons: tuple[tuple[Unanswered, int], ...]
    """How often its questions counted for each reason; a question may count for several."""
    recent: int
    """How often they were asked in the period shown."""
    before: int
    """How often they were asked in the period of the same length before it."""
    proposed: str
    """The article with which a replay proposes to close it; empty when there is none."""
    dismissed_for: str = ""
    closed_by: str = ""
    """A value of :class:`kb.gaps.states.ClosedBy` while it is closed."""
    merged_into: int | None = None
    """The gap that has its questions now, if it was merged."""

    @property
    def trend(self) -> int:
        """How much more often it was asked than in the period before."""
        return self.recent - self.before

    def as_json(self) -> dict[str, Any]:
        """Return the gap's line in ``kb gaps --json``."""
        return {
            "id": self.id,
            "name": self.name,
            "state": self.state.value,
            "count": self.count,
            "visits": self.visits,
            "first_seen": None if self.first_seen is None else self.first_seen.isoformat(),
            "last_seen": None if self.last_seen is None else self.last_seen.isoformat(),
            "nearest": self.nearest or None,
            "article_id": self.article_id or None,
            "why_not": self.why_not or None,
            "owner": self.owner or None,
            "reasons": {reason.value: count for reason, count in self.reasons},
            "recent": self.recent,
            "before": self.before,
            "proposed": self.proposed or None,
            "closed_by": self.closed_by or None,
            "merged_into": self.merged_into,
        }


@dataclass(frozen=True, slots=True)
class GapQuestion:
    """One question of a gap, with the number of times it was asked."""

    key: str
    """A digest of its words, by which it is chosen."""
    text: str
    asked: int
    reasons: tuple[Unanswered, ...]
    last_seen: datetime


@dataclass(frozen=True, slots=True)
class GapEvent:
    """One step of a gap's history."""

    at: datetime
    who: str
    old_state: str
    """Empty for the first."""
    new_state: str
    note: str
    article_id: str


@dataclass(frozen=True, slots=True)
class StoredReplay:
    """The stored result of a replay: how one index answered a gap's questions."""

    at: datetime
    index_version: str
    counted: int
    served: int
    article_id: str
    details: tuple[Mapping[str, Any], ...]
    """One entry per question, before and after; see :meth:`kb.gaps.replay.BeforeAndAfter.as_json`."""


@dataclass(frozen=True, slots=True)
class GapDetail:
    """Everything about one gap."""

    row: GapRow
    questions: tuple[GapQuestion, ...]
    """The most central first."""
    history: tuple[GapEvent, ...]
    """The oldest first."""
    replays: tuple[StoredReplay, ...]
    """The newest first."""
    comments: tuple[str, ...]
    """Comments that came with "not helpful", after redaction, the newest first."""
    feedback: tuple[tuple[str, int], ...]
    """How often each reason came with "not helpful", the most frequent first; the empty one: none was given."""
    steps: tuple[Step, ...]
    """The steps that are possible now."""

    def as_json(self) -> dict[str, Any]:
        """Return the row with questions, history, replays, comments and possible steps."""
        return {
            **self.row.as_json(),
            "questions": [
                {"key": q.key, "text": q.text, "asked": q.asked, "reasons": [r.value for r in q.reasons]}
                for q in self.questions
            ],
            "history": [
                {
                    "at": e.at.isoformat(),
                    "who": e.who,
                    "from": e.old_state or None,
                    "to": e.new_state,
                    "note": e.note,
                    "article_id": e.article_id or None,
                }
                for e in self.history
            ],
            "replays": [
                {
                    "at": r.at.isoformat(),
                    "index_version": r.index_version,
                    "counted": r.counted,
                    "served": r.served,
                    "article_id": r.article_id or None,
                    "questions": list(r.details),
                }
                for r in self.replays
            ],
            "comments": list(self.comments),
            "feedback": dict(self.feedback),
            "not_closed_because": why_not_closed(self) or None,
            "steps": [step.value for step in self.steps],
        }
