"""Questions from elsewhere, each assigned to its article, as proposals that an editor accepts or declines.

What customers typed into another search box or wrote to a help desk may hold anything. Only what has nothing personal
in it is proposed; the rest is named by its line and shown redacted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Final

from kb.common.folding import plain_words
from kb.errors import ArticlesError, LessonRefused
from kb.privacy.redact import redact
from kb.review.wording import example_words
from kb.types import Answered, LessonKind, NoAnswer

if TYPE_CHECKING:
    from kb.app.lessons import LessonDesk
    from kb.content.importing.questions import ForeignQuestion
    from kb.types import Answerer

MOST: Final = 200
"""Proposals of one import by default: more than a person looks at in an afternoon are looked at by nobody."""


class Assignment(StrEnum):
    """What became of a question."""

    PROPOSED = "proposed"
    """It is an example of the article, if an editor accepts it."""
    KNOWN = "known"
    """An article has it as an example or a test already."""
    DECIDED = "decided"
    """Somebody has decided about it, whatever came of it."""
    NO_ARTICLE = "no article"
    """No article is near enough; it may be a gap."""
    PERSONAL = "personal"
    """It holds personal data."""
    UNFIT = "unfit"
    """It is too long, or the article cannot have it."""
    LATER = "later"
    """As many are proposed as were asked for."""


@dataclass(frozen=True, slots=True)
class Assigned:
    """One question, and the article that it is assigned to."""

    question: str
    """Redacted."""
    times: int
    line: int
    assignment: Assignment
    article_id: str = ""
    confidence: float = 0.0
    """That the article answers it; 1 if the table names the article."""
    is_sure: bool = False
    """Whether the help center would answer with that article, or a person named it."""
    reason: str = ""

    def as_json(self) -> dict[str, object]:
        """Return the same for programs."""
        return {
            "question": self.question,
            "times": self.times,
            "line": self.line,
            "assignment": self.assignment.value,
            "article_id": self.article_id,
            "confidence": round(self.confidence, 4),
            "sure": self.is_sure,
            "reason": self.reason,
        }


def assign(
    questions: Iterable[ForeignQuestion], answerer: Answerer, desk: LessonDesk, *, most: int = MOST
) -> list[Assigned]:
    """Assign questions to the articles that answer them, the most frequent first; nothing is written.

    An article is assigned if the help center would answer with it, or offer it first among others. One that the table
    names is taken as it is.

    :param questions: As they were read.
    :param answerer: Of the index that serves.
    :param desk: Knows what was decided before.
    :param most: The greatest number of proposals.
    :return: One for each question, in their order.
    """
    clerk = _Clerk(answerer, desk)
    left, done = most, list[Assigned]()
    for question in questions:
        found = clerk.assign(question, is_full=left <= 0)
        left -= found.assignment is Assignment.PROPOSED
        done.append(found)
    return done


def propose(assigned: Iterable[Assigned], desk: LessonDesk, *, who: str, source: str) -> list[Assigned]:
    """Propose what was assigned, as lessons that an editor accepts or declines.

    :param assigned: From :func:`assign`.
    :param desk: Where they are proposed.
    :param who: The person who imports them.
    :param source: The table's name, for the lessons' history.
    :return: The same; what an article cannot have is unfit, with the reason.
    """
    done = []
    for item in assigned:
        if item.assignment is Assignment.PROPOSED:
            note = f"imported from {source}, line {item.line}; asked {item.times} times there"
            try:
                desk.propose(LessonKind.BELONGS, item.question, who=who, article_id=item.article_id, note=note)
            except (LessonRefused, ArticlesError) as problem:
                done.append(replace(item, assignment=Assignment.UNFIT, reason=str(problem)))
                continue
        done.append(item)
    return done


class _Clerk:
    """Assigns one question after the other."""

    def __init__(self, answerer: Answerer, desk: LessonDesk) -> None:
        self._answerer = answerer
        self._library = answerer.library
        every = [*self._library, *self._library.signposts.values()]
        self._known = {plain_words(text) for article in every for text in (*article.examples, *article.tests)}
        self._is_decided = desk.book.decided()

    def assign(self, question: ForeignQuestion, *, is_full: bool) -> Assigned:
        """Return what becomes of a question; it is only asked while there is room for another proposal."""
        redaction = redact(question.text)
        made = partial(Assigned, redaction.text, question.times, question.line)
        aside, reason = self._set_aside(question.text, redaction.kinds)
        if aside is None and is_full:
            aside = Assignment.LATER
        if aside is not None:
            return made(aside, reason=reason)
        if question.article:
            article = self._library.resolve(question.article)
            if article is None:
                return made(Assignment.UNFIT, reason=f"there is no article {question.article!r}")
            return made(Assignment.PROPOSED, article_id=article.id, confidence=1.0, is_sure=True)
        answer = self._answerer.ask(redaction.text)
        outcome, sure = answer.outcome, answer.confidence
        if isinstance(outcome, NoAnswer):
            return made(Assignment.NO_ARTICLE, confidence=sure, reason=outcome.reason.value)
        first = outcome.hit if isinstance(outcome, Answered) else outcome.choices[0]
        is_sure = isinstance(outcome, Answered)
        return made(Assignment.PROPOSED, article_id=first.article_id, confidence=sure, is_sure=is_sure)

    def _set_aside(self, text: str, personal: Sequence[str]) -> tuple[Assignment | None, str]:
        """Return why a question is not asked at all, with the reason in words; None if it is."""
        if personal:
            return Assignment.PERSONAL, ", ".join(dict.fromkeys(personal))
        try:
            words = example_words(text)
        except LessonRefused as problem:
            return Assignment.UNFIT, str(problem)
        if plain_words(words) in self._known:
            return Assignment.KNOWN, ""
        return (Assignment.DECIDED if self._is_decided(words) else None), ""
