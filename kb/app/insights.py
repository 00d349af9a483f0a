"""What the page for support leads reads: figures and gaps of the journal, held against the index that answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

from kb.app import container
from kb.content.editing import scaffold
from kb.errors import JournalUnavailable, KbError
from kb.gaps.book import GapBook
from kb.gaps.collect import Grouper, grouper_for
from kb.reports.figures import Insights, Period, insights
from kb.types import ArticleKind, Library

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.gaps.records import GapDetail, GapRow
    from kb.retrieval.index.index import Index

_PROPOSED: Final = 20
"""How many of a gap's questions a draft holds as comments."""
_SHOWN_DAYS: Final = 30
_GROUPED_AT_ONCE: Final = 100
"""New questions that a page groups before it is drawn, in a second or so; more are left to the background."""


@dataclass(frozen=True, slots=True)
class Desk:
    """A journal, and the index beside which it is read."""

    book: GapBook
    index: Index | None
    """None while none serves."""
    library: Library | None
    waiting: int = 0
    """Questions that are not grouped yet, since there are so many; it goes on in the background."""


def open_desk() -> Desk:
    """Return the journal's gaps, with the questions grouped that came since the last time, unless there are many.

    Nobody waits for the grouping of many: it goes on in the background, where the server has a caretaker.

    :return: The desk.
    :raises JournalUnavailable: If the database cannot be used.
    """
    book = GapBook(container.get_engine())
    try:
        answerer = container.get_answerer()
    except KbError:  # said on the pages for customers; figures and gaps are there all the same
        return Desk(book, None, None)
    index = getattr(answerer, "index", None)
    if index is None:
        return Desk(book, None, answerer.library)
    grouper, caretaker = _grouper(index), container.get_caretaker()
    waiting = book.waiting(grouper)
    if waiting > _GROUPED_AT_ONCE and caretaker.is_running:
        caretaker.hurry(container.GROUPING)
        return Desk(book, index, answerer.library, waiting)
    book.refresh(grouper)
    return Desk(book, index, answerer.library)


def group(breathe: Callable[[], None]) -> None:
    """Group the questions that came since the last time: a chore of the server.

    :param breathe: Called every few questions.
    :raises JournalUnavailable: If the database cannot be used.
    """
    try:
        index = getattr(container.get_answerer(), "index", None)
    except KbError:  # without an index there is nothing to group by, and that is said elsewhere
        return
    if index is not None:
        GapBook(container.get_engine()).refresh(_grouper(index), breathe)


def _grouper(index: Index) -> Grouper:
    settings = container.get_settings()
    names = tuple(name for name in (settings.site.provider, *settings.provider_names) if name)
    return grouper_for(index.encoder, index.manifest, index.library, names)


def figures(desk: Desk, period: Period) -> Insights:
    """Return the figures of a period."""
    manifest = desk.index.manifest if desk.index is not None else None
    articles = desk.library if desk.library is not None else ()
    return insights(desk.book.engine, period, manifest=manifest, articles=articles, today=today())


def listed(rows: list[GapRow], needle: str) -> list[GapRow]:
    """Return the gaps in which a text occurs, in name, article, owner or number."""
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
    :param library: Where the nearest article's category is found; the first one's without.
    :return: A Markdown file.
    :raises ArticlesError: If the id cannot be an article's.
    """
    near = library.resolve(detail.row.nearest) if library is not None and detail.row.nearest else None
    shelf = next((c.id for c in library.categories), "") if library is not None else ""
    category = near.category if near is not None else shelf or "new-articles"
    asked = [question.text for question in detail.questions[:_PROPOSED]]
    title = slug.replace("-", " ").capitalize()
    return scaffold.draft(slug, title, ArticleKind.FAQ, category, asked=asked)


def shown_lately() -> dict[str, int] | None:
    """Return how often customers were shown each article in the last 30 days; None while nobody counts."""
    try:
        found = insights(container.get_engine(), Period.last_days(_SHOWN_DAYS, today()))
    except JournalUnavailable:
        return None
    if found.figure("questions").value is None:
        return None
    return {row.article_id: row.shown for row in found.articles}


def today() -> date:
    """Return the day in UTC, by which everything is counted."""
    return datetime.now(UTC).date()
