"""Records of writing in the browser, for pages and for the desk."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum

from kb.authoring.draft_desk import CheckedDraft
from kb.common.findings import BY_FIX, OR_FIX
from kb.types import Answer, Article, Finding, OutcomeKind, Severity


class DraftState(StrEnum):
    """The state of a draft."""

    EDITING = "editing"
    SUBMITTED = "submitted"
    """Handed in for review by a second person."""
    APPROVED = "approved"
    PUBLISHED = "published"
    DISCARDED = "discarded"

    @property
    def is_open(self) -> bool:
        """Whether it may still be published."""
        return self in (DraftState.EDITING, DraftState.SUBMITTED, DraftState.APPROVED)


@dataclass(frozen=True, slots=True)
class Review:
    """What was last said of a draft on its way through a review."""

    reviewer: str
    """Who approved it or gave it back; empty while nobody has."""
    note: str


@dataclass(frozen=True, slots=True)
class Draft:
    """One editor's draft of one article."""

    id: int
    article_id: str
    path: str
    """The file that it would become, as messages name it."""
    text: str
    """With plain line feeds; the file's own line ends come back when it is published."""
    base_digest: str
    """SHA-256 of the saved file when the draft was begun; empty for a new article."""
    author: str
    created_at: datetime
    updated_at: datetime
    state: DraftState
    review: Review | None
    number: int
    """Grows with every save; a save has to name the one that it has seen."""
    questions: tuple[str, ...] = ()
    """Customers' questions that it is written for, redacted."""

    @property
    def is_new(self) -> bool:
        """Whether there was no saved file when it was begun."""
        return not self.base_digest


@dataclass(frozen=True, slots=True)
class DraftVersion:
    """A text that a draft had, or one that lost a race and was kept beside it."""

    number: int
    at: datetime
    who: str
    text: str
    is_aside: bool = False


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two texts of one article, of which neither may replace the other unseen."""

    mine: str
    theirs: str
    """What is kept: the draft as another window saved it, or the file as it is now; empty if the file is gone."""
    who: str
    """Who saved it; empty if that is not known, as of a file."""
    at: datetime | None
    is_file: bool
    """Whether the other text is the saved file, not a draft."""
    draft: Draft
    """The draft as it is kept."""
    aside: int = 0
    """The version in which my text is kept; 0 if it is the draft's own."""


@dataclass(frozen=True, slots=True)
class Other:
    """Someone else who has a draft of the same article."""

    who: str
    since: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class DraftFinding:
    """A finding about a draft, and whether one click mends it."""

    finding: Finding
    mend: str = ""
    """What the mend does, in a few words; empty if only a person can mend it."""

    @classmethod
    def of(cls, finding: Finding, mend: str) -> DraftFinding:
        """Return a finding for a page, whose readers are not sent to the command line for what one click mends."""
        if not mend:
            return cls(finding)
        fix = "" if finding.fix == BY_FIX else finding.fix.removesuffix(OR_FIX)
        return cls(replace(finding, fix=fix), mend)


@dataclass(frozen=True)
class CheckedText:
    """A draft's text, checked as if it were saved and published."""

    checked: CheckedDraft
    findings: tuple[DraftFinding, ...]
    """Of the draft itself, in the order of its lines."""

    @property
    def path(self) -> str:
        """The file that it would become."""
        return self.checked.path

    @property
    def article(self) -> Article | None:
        """The article; None if the text has errors."""
        return self.checked.article

    @property
    def readable(self) -> Article | None:
        """What can be read of it in spite of errors; None if nothing can."""
        return self.checked.readable

    @property
    def elsewhere(self) -> tuple[Finding, ...]:
        """New findings in other files that it would cause."""
        return self.checked.elsewhere

    @property
    def errors(self) -> tuple[Finding, ...]:
        """What stands in the way of publishing it, here and in other files."""
        found = (*(item.finding for item in self.findings), *self.elsewhere)
        return tuple(finding for finding in found if finding.severity is Severity.ERROR)


@dataclass(frozen=True, slots=True)
class Tried:
    """A question asked of an index that has the draft in it."""

    question: str
    is_found: bool
    """Whether a customer would read the draft's article, or be offered it."""
    rank: int | None
    """The article's place among the hits; None if it is not among them."""
    heading: str
    """The heading of the part that would be shown of it; empty for its direct answer, or if it is not found."""
    outcome: OutcomeKind
    answer: Answer = field(repr=False)


class PublicationState(StrEnum):
    """The state of a publication."""

    WAITING = "waiting"
    """For one that was asked for earlier."""
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"

    @property
    def is_over(self) -> bool:
        """Whether nothing more happens to it."""
        return self in (PublicationState.DONE, PublicationState.FAILED)


class PublicationStep(StrEnum):
    """The step that a running publication is at."""

    CHECKING = "checking"
    WRITING = "writing"
    BUILDING = "building"
    KEEPING = "keeping"
    """Making a commit, or keeping a copy."""


@dataclass(frozen=True, slots=True)
class Publication:
    """One text on its way to the customers."""

    id: int
    article_id: str
    title: str
    who: str
    message: str
    state: PublicationState
    step: PublicationStep | None
    created_at: datetime
    updated_at: datetime
    draft_id: int | None = None
    """None for an undo."""
    done: int = 0
    total: int = 0
    """Steps of the build's current stage; 0 if they cannot be counted."""
    seconds_left: float | None = None
    """Of that stage; None if that cannot be estimated."""
    reason: str = ""
    """Why it failed, or what did not work although it is live."""
    revision: str = ""
    """What :meth:`WritingDesk.history` calls it."""
    waiting: int = 0
    """Publications that come before it."""


@dataclass(frozen=True, slots=True)
class Revision:
    """One published state of an article."""

    id: str
    who: str
    at: datetime
    message: str
    is_current: bool = False
    """Whether it is the newest."""
    is_kept_copy: bool = False
    """Whether it is kept in the database, because git does not have it."""


@dataclass(frozen=True)
class WritingRow:
    """One article in the list of everything that can be written at."""

    article_id: str
    title: str
    path: str
    category: str
    is_signpost: bool
    state: str
    """``published``, ``draft`` (saved, but not shown), ``broken`` (the file has errors) or ``new`` (not saved yet)."""
    owner: str
    reviewed: date | None
    review_due: date | None
    overdue_days: int
    """0 while the review is not due."""
    findings: Mapping[Severity, int]
    """Of the saved file."""
    tests_total: int | None = None
    tests_found: int | None = None
    """Tests that are answered by it, or offer it, in the index that serves; None if they were not asked yet."""
    draft: Draft | None = None
    """One's own open draft."""
    others: tuple[Draft, ...] = ()
    """Open drafts of others."""
