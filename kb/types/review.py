"""What a lead can decide about a question."""

from __future__ import annotations

from enum import StrEnum


class LessonKind(StrEnum):
    """The decision of a lead about a question."""

    BELONGS = "belongs"
    """It belongs to an article, and becomes an example of it, of one of its sections if that is named."""
    PART = "part"
    """The article is right; the right part of it is another one, which the question becomes an example of."""
    ELSEWHERE = "elsewhere"
    """It is not answered here: it becomes an example of a signpost."""
    NOT_FOR = "not_for"
    """The article that answered does not answer it, and is told so; where it belongs may be named."""
    RIGHT = "right"
    """It is answered rightly. Nothing changes."""
    GAP = "gap"
    """No article answers it, and one should be written."""

    @property
    def changes_file(self) -> bool:
        """Whether it proposes a change of an article's or a signpost's file."""
        return self not in (LessonKind.RIGHT, LessonKind.GAP)
