"""Records of lessons: what leads decided about questions, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import datetime

    from kb.types import LessonKind


class LessonState(StrEnum):
    """The state of a lesson."""

    PROPOSED = "proposed"
    """An editor has to look at it."""
    ACCEPTED = "accepted"
    """An editor took it into the file; a decision that changes no file is accepted at once."""
    DECLINED = "declined"
    OUTDATED = "outdated"
    """The file was changed since the decision: it has to be renewed or declined."""
    REPLACED = "replaced"
    """A later decision about the same question took its place."""

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to do something about it."""
        return self in (LessonState.PROPOSED, LessonState.OUTDATED)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One decision about a question."""

    id: int
    kind: LessonKind
    state: LessonState
    question: str
    """Redacted twice; empty when it is no longer kept."""
    article_id: str
    """The article or signpost whose file it changes; empty if it changes none."""
    anchor: str | None
    """The section, or empty for the direct answer; None if none is named."""
    belongs: str
    """For ``not_for``: where the question belongs; may be empty."""
    base: str
    """SHA-256 of the file's bytes when it was decided; empty if it changes none."""
    query_id: str
    """The question in the journal; empty if there was none, or if it is erased."""
    who: str
    note: str
    replaces: int | None
    """The lesson whose place it took."""
    stands: bool
    """Whether no later decision about the same question has taken its place."""
    created_at: datetime
    updated_at: datetime

    def as_json(self) -> dict[str, Any]:
        """Return the lesson's line in ``kb lessons --json``."""
        return {
            "id": self.id,
            "kind": self.kind.value,
            "state": self.state.value,
            "question": self.question or None,
            "article_id": self.article_id or None,
            "anchor": self.anchor,
            "belongs": self.belongs or None,
            "base": self.base or None,
            "query_id": self.query_id or None,
            "who": self.who,
            "note": self.note,
            "replaces": self.replaces,
            "stands": self.stands,
            "created_at": self.created_at.isoformat(),
            "updated_at": self.updated_at.isoformat(),
        }


@dataclass(frozen=True, slots=True)
class LessonEvent:
    """One step of a lesson's history."""

    at: datetime
    who: str
    old_state: str
    """Empty for the first."""
    new_state: str
    note: str


@dataclass(frozen=True, slots=True)
class LessonDetail:
    """A lesson with its history, the oldest step first."""

    lesson: Lesson
    history: tuple[LessonEvent, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the object of ``kb lessons show --json``."""
        steps = [
            {"at": e.at.isoformat(), "who": e.who, "old_state": e.old_state, "new_state": e.new_state, "note": e.note}
            for e in self.history
        ]
        return {**self.lesson.as_json(), "history": steps}


@dataclass(frozen=True, slots=True)
class Proposed:
    """A new lesson, and the one whose place it took, if there was one."""

    lesson: Lesson
    replaced: Lesson | None = None


@dataclass(frozen=True, slots=True)
class Judgments:
    """How many questions leads have judged, for statistics."""

    right: int
    wrong_articles: int
    wrong_parts: int

    @property
    def judged(self) -> int:
        """The number of answers that were judged."""
        return self.right + self.wrong_articles + self.wrong_parts
