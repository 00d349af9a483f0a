"""The data for the support leads' page: the journal's figures and gaps, compared with the index that answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from kb.content.editing import scaffold
from kb.errors import JournalUnavailable, KbError
from kb.reports.figures import Insights, Period, insights
from kb.types import ArticleKind, Library

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from kb.app.container import Container
    from kb.database.engine import Database
    from kb.gaps.book import GapBook
    from kb.gaps.records import GapDetail, GapRow
    from kb.gaps.replaying import ReplayedGap
    from kb.retrieval.index.index import Index

_PROPOSED: Final = 20
"""Most of a gap's questions that a draft has as comments."""
_SHOWN_DAYS: Final = 30
GROUPING: Final = "Grouping new questions"
"""The name of the chore."""
_GROUPED_AT_ONCE: Final = 100
"""Most new questions that a page groups before it is drawn, in about a second; more are left to the background."""


@dataclass(frozen=True, slots=True)
class LeadDesk:
    """The journal's gaps, with the index that they are compared with."""

    book: GapBook
    index: Index | None
    """None while no index serves."""
    library: Library | None
    waiting: int = 0
    """New questions that are not grouped yet because there are many; the server groups them in the background."""


def open_desk(container: Container) -> LeadDesk:
    """Return the journal's gaps, with new questions grouped first unless there are many.

    Many are grouped in the background, where the server has a caretaker, so that no page waits for them.

    :param container: Holds the database and the index.
    :return: The desk.
    :raises JournalUnavailable: If the database cannot be used.
    """
    book = container.gaps
    try:
        index = container.answerer.index
    except KbError:  # the pages for customers report it; figures and gaps are there all the same
        return LeadDesk(book, None, None)
    grouper = container.grouper(index)
    waiting = book.waiting(grouper)
    if waiting > _GROUPED_AT_ONCE and container.caretaker.does(GROUPING):
        container.caretaker.hurry(GROUPING)
        return LeadDesk(book, index, index.library, waiting)
    book.refresh(grouper)
    return LeadDesk(book, index, index.library)


def group_new_questions(container: Container, breathe: Callable[[], None]) -> None:
    """Group the questions that are new since the last time: a chore of the server.

    :param container: Holds the database and the index.
    :param breathe: Called every few questions.
    :raises JournalUnavailable: If the database cannot be used.
    """
    try:
        index = container.answerer.index
    except KbError:  # without an index there is nothing to group by, and that is reported elsewhere
        return
    container.gaps.refresh(container.grouper(index), breathe)


def replay_all(container: Container, index: Index) -> tuple[ReplayedGap, ...]:
    """Group new questions, then ask the questions of every gap again.

    :param container: Holds the database.
    :param index: The index that is asked.
    :return: Every gap except the dismissed ones.
    :raises KbError: If the database cannot be used.
    """
    from kb.reports.rollup import roll_up
    from kb.retrieval.answering.answerer import IndexAnswerer
    from kb.retrieval.index.left_out import without_texts

    def apart(texts: Collection[str]) -> IndexAnswerer:
        return IndexAnswerer(without_texts(index, texts))

    book, grouper = container.gaps, container.grouper(index)
    roll_up(book.engine)  # so that no page is the first to do it
    container.questions.refresh()
    book.refresh(grouper)
    return book.replay(IndexAnswerer(index), apart, low_below=grouper.low_below)


def figures(desk: LeadDesk, period: Period) -> Insights:
    """Return the figures of a period."""
    manifest = desk.index.manifest if desk.index is not None else None
    articles = desk.library if desk.library is not None else ()
    return insights(desk.book.engine, period, manifest=manifest, articles=articles, today=today())


def listed(rows: list[GapRow], needle: str) -> list[GapRow]:
    """Return the gaps whose name, article, owner or number contains a text."""
    wanted = needle.strip().casefold()
    if not wanted:
        return rows
    return [
        row
        for row in rows
        if any(wanted in text.casefold() for text in (row.name, row.nearest, row.article_id, row.owner, str(row.id)))
    ]


def draft_text(detail: GapDetail, slug: str, library: Library | None) -> bytes:
    """Return the draft of an article for a gap, its questions as comments, as ``kb new --from-gap`` writes it.

    :param detail: The gap.
    :param slug: The article's id.
    :param library: Supplies the nearest article's category; without it, the first category is used.
    :return: A Markdown file.
    :raises ArticlesError: If the id cannot be an article's.
    """
    near = library.resolve(detail.row.nearest) if library is not None and detail.row.nearest else None
    shelf = next((c.id for c in library.categories), "") if library is not None else ""
    category = near.category if near is not None else shelf or "new-articles"
    asked = [question.text for question in detail.questions[:_PROPOSED]]
    title = draft_title(detail) or slug.replace("-", " ").capitalize()
    return scaffold.draft(slug, title, ArticleKind.FAQ, category, asked=asked)


def draft_title(detail: GapDetail) -> str:
    """Return a title for an article that answers a gap: the gap's own question, or the most central that can be one.

    :param detail: The gap.
    :return: The title; empty if no question can be one.
    """
    texts = (detail.row.name, *(question.text for question in detail.questions[:_PROPOSED]))
    return next((title for text in texts if (title := scaffold.title_from_question(text))), "")


def shown_lately(engine: Database) -> dict[str, int] | None:
    """Return how often customers were shown each article in the last 30 days; None while nothing is counted."""
    try:
        found = insights(engine, Period.last_days(_SHOWN_DAYS, today()))
    except JournalUnavailable:
        return None
    if found.figure("questions").value is None:
        return None
    return {row.article_id: row.shown for row in found.articles}


def today() -> date:
    """Return the day in UTC, by which everything is counted."""
    return datetime.now(UTC).date()
