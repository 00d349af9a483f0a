"""The questions that leads review: read up to now, unless so many are new that a page must not wait for them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from kb.errors import KbError, LessonRefused
from kb.review.questions import EXPORT_COLUMNS, QuestionsBook

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.app.container import Container
    from kb.review.lesson_records import LessonDetail
    from kb.types import Library

__all__ = ["EXPORT_COLUMNS", "READING", "QuestionDesk", "decisions_on", "open_questions", "read_new_questions"]

READING: Final = "Reading new questions"
"""The name of the chore."""
_READ_AT_ONCE: Final = 2_000
"""Most new questions that a page reads before it is drawn, in some tenths of a second."""


@dataclass(frozen=True, slots=True)
class QuestionDesk:
    """The customers' questions, with the articles that serve now."""

    book: QuestionsBook
    library: Library | None
    """None while no index serves."""
    waiting: int = 0
    """New questions that are not listed yet because there are many; the server reads them in the background."""


def open_questions(container: Container) -> QuestionDesk:
    """Return the questions, with new ones read first unless there are many.

    :param container: Holds the database and the index.
    :return: The desk.
    :raises JournalUnavailable: If the database cannot be used.
    """
    book = container.questions
    try:
        library: Library | None = container.answerer.library
    except KbError:  # the pages for customers report it; questions are there all the same
        library = None
    waiting = book.waiting()
    if waiting > _READ_AT_ONCE and container.caretaker.does(READING):
        container.caretaker.hurry(READING)
        return QuestionDesk(book, library, waiting)
    book.refresh()
    return QuestionDesk(book, library)


def decisions_on(container: Container, query_id: str) -> tuple[LessonDetail, ...]:
    """Return what was decided about a question, and what that took the place of, the latest first.

    :param container: Holds the database.
    :param query_id: The question; what it replaced may have been decided when another customer asked the same.
    :return: With their histories.
    :raises JournalUnavailable: If the database cannot be used.
    """
    book = container.lessons
    wanted = [lesson.id for lesson in book.list(query_id=query_id)]
    found: dict[int, LessonDetail] = {}
    while wanted:
        number = wanted.pop()
        if number in found:
            continue
        try:
            found[number] = book.show(number)
        except LessonRefused:  # erased with the question that it was about
            continue
        replaced = found[number].lesson.replaces
        wanted += [replaced] if replaced is not None else []
    return tuple(found[number] for number in sorted(found, reverse=True))


def read_new_questions(container: Container, breathe: Callable[[], None]) -> None:
    """Read the questions that are new since the last time: a chore of the server.

    :param container: Holds the database.
    :param breathe: Called between portions.
    :raises JournalUnavailable: If the database cannot be used.
    """
    container.questions.refresh(breathe)
