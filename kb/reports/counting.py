"""What is counted of the questions and events of one day."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from kb.gaps.unanswered import reason_code
from kb.reports.slices import Slice, Sliced
from kb.types import EventKind, NoAnswerReason, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence


class Count(StrEnum):
    """A number that is counted for each day; those of articles are stored with the article's id."""

    QUESTIONS = "questions"
    VISITS = "visits"
    ANSWERED = "answered"
    UNDECIDED = "undecided"
    HANDED_OVER = "handed_over"
    CONFIRMED = "confirmed"
    ASSUMED = "assumed"
    NOT_SOLVED = "not_solved"
    UNKNOWN = "unknown"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    CONTACTED = "contacted"
    """Contacted in any way, the contact page included."""
    CONTACT_OPENED = "contact_opened"
    """Contacted by the contact page alone, as far as is known."""
    NONE_OF_THESE = "none_of_these"
    RATED = "rated"
    """Answered and rated, either way."""
    RATED_WRONG = "rated_wrong"
    ARTICLE_SHOWN = "article_shown"
    ARTICLE_OPENED = "article_opened"
    ARTICLE_HELPFUL = "article_helpful"
    ARTICLE_NOT_HELPFUL = "article_not_helpful"


_OUTCOMES = {
    OutcomeKind.ANSWERED.value: Count.ANSWERED,
    OutcomeKind.CLARIFY.value: Count.UNDECIDED,
    OutcomeKind.NO_ANSWER.value: Count.HANDED_OVER,
}
_SLICED = {
    OutcomeKind.ANSWERED.value: Sliced.ANSWERED,
    OutcomeKind.CLARIFY.value: Sliced.UNDECIDED,
    OutcomeKind.NO_ANSWER.value: Sliced.HANDED_OVER,
}
_OFF_TOPIC = frozenset({NoAnswerReason.OUT_OF_SCOPE, NoAnswerReason.ELSEWHERE, NoAnswerReason.AGENT})
"""Reasons for no answer after which the nearest article says nothing about the question's topic."""
_LONGEST_LANGUAGE = 8
_USED = (EventKind.OPENED, EventKind.EXPANDED, EventKind.CHOSE)
REACHED = frozenset({EventKind.CONTACTED, EventKind.CONTACT_OPENED})
"""Events that mean a contact: on a computer, people read a number and dial it elsewhere."""

Key = tuple[str, str, str]
"""Name, article id, detail; the last two may be empty."""


@dataclass(frozen=True, slots=True)
class CountedQuestion:
    """The part of a question that is counted."""

    query_id: str
    visit: str
    outcome: str
    leading: str
    """The article at rank 1; empty without hits."""
    choices: tuple[str, ...] = ()
    language: str = ""
    reason: str = ""
    """Why there was no answer; empty if there was one."""


@dataclass(frozen=True, slots=True)
class CountedEvent:
    """The part of an event that is counted."""

    kind: str
    article_id: str = ""
    reason: str = ""


def count_day(
    asked: Iterable[CountedQuestion],
    happened: Mapping[str, Sequence[CountedEvent]],
    contacted: Iterable[str],
    alone: Iterable[CountedEvent] = (),
) -> Counter[Key]:
    """Return the counts of one day.

    :param asked: The customers' questions.
    :param happened: Their events by query id.
    :param contacted: Visits in which an agent was contacted, or the contact page opened, at any time.
    :param alone: Events without a question, as on an article found by browsing.
    :return: All counts that are not zero.
    """
    counts: Counter[Key] = Counter()
    visits: set[str] = set()
    reached = set(contacted)
    for question in asked:
        visits.add(question.visit)
        for name, article, detail in _of_question(question, happened.get(question.query_id, ()), reached):
            counts[str(name), article, detail] += 1
    if visits:
        counts[Count.VISITS.value, "", ""] = len(visits)
    for event in alone:
        counts.update((count.value, article, detail) for count, article, detail in _of_article(event, ""))
    return counts


def _of_question(
    question: CountedQuestion, happened: Sequence[CountedEvent], contacted: set[str]
) -> Iterator[tuple[str, str, str]]:
    kinds = {event.kind for event in happened}
    yield Count.QUESTIONS, "", ""
    yield _OUTCOMES[question.outcome], "", ""
    yield _solved(question, kinds, contacted), "", ""
    yield from _of_slices(question, kinds)
    for kind, count in (
        (EventKind.HELPFUL, Count.HELPFUL),
        (EventKind.NOT_HELPFUL, Count.NOT_HELPFUL),
        (EventKind.NONE_OF_THESE, Count.NONE_OF_THESE),
    ):
        if kind in kinds:
            yield count, "", ""
    if kinds & REACHED:
        yield Count.CONTACTED, "", ""
        if EventKind.CONTACTED not in kinds:
            yield Count.CONTACT_OPENED, "", ""
    if question.outcome == OutcomeKind.ANSWERED and kinds & {EventKind.HELPFUL, EventKind.NOT_HELPFUL}:
        yield Count.RATED, "", ""
        if EventKind.NOT_HELPFUL in kinds:
            yield Count.RATED_WRONG, "", ""
    yield from _of_articles(question, happened)


def _of_slices(question: CountedQuestion, kinds: set[str]) -> Iterator[tuple[str, str, str]]:
    """Yield the counts of a question's language and of its topic, which the nearest article tells."""
    found = [Sliced.QUESTIONS, _SLICED[question.outcome]]
    found += [Sliced.NOT_HELPFUL] * (EventKind.NOT_HELPFUL in kinds) + [Sliced.CONTACTED] * bool(kinds & REACHED)
    near = "" if question.reason in _OFF_TOPIC else question.leading
    for what in found:
        yield what.by(Slice.LANGUAGE), "", question.language[:_LONGEST_LANGUAGE]
        yield what.by(Slice.TOPIC), near, ""


def _solved(question: CountedQuestion, kinds: set[str], contacted: set[str]) -> Count:
    """Return whether a question was solved: confirmed, assumed, not solved or unknown."""
    if EventKind.NOT_HELPFUL in kinds or EventKind.CONTACTED in kinds:
        return Count.NOT_SOLVED
    if EventKind.HELPFUL in kinds:
        return Count.CONFIRMED
    if question.visit in contacted or kinds & REACHED:
        return Count.NOT_SOLVED
    return Count.ASSUMED if kinds.intersection(_USED) else Count.UNKNOWN


def _of_articles(question: CountedQuestion, happened: Sequence[CountedEvent]) -> Iterator[tuple[Count, str, str]]:
    """Yield each count of an article once for all events of one question."""
    answer = question.leading if question.outcome == OutcomeKind.ANSWERED else ""
    found: set[tuple[Count, str, str]] = set()
    shown = question.choices if question.outcome == OutcomeKind.CLARIFY else (answer,)
    found.update((Count.ARTICLE_SHOWN, article, "") for article in shown if article)
    for event in happened:
        found.update(_of_article(event, answer))
    yield from sorted(found)


def _of_article(event: CountedEvent, answer: str) -> Iterator[tuple[Count, str, str]]:
    """Yield the count of an event for the article it names, or for the answer."""
    article = event.article_id or answer
    if not article:
        return
    if event.kind in _USED:
        yield Count.ARTICLE_OPENED, article, ""
    elif event.kind == EventKind.HELPFUL:
        yield Count.ARTICLE_HELPFUL, article, ""
    elif event.kind == EventKind.NOT_HELPFUL:
        yield Count.ARTICLE_NOT_HELPFUL, article, reason_code(event.reason)
