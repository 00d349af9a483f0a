"""The same figures by language and by topic, from daily counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from kb.database.tables.gaps import daily_counts

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from kb.types import Article

LANGUAGES: Final[Mapping[str, str]] = {"en": "English", "es": "Spanish"}
"""What the languages are called that questions are told apart by."""
NO_TOPIC: Final = ""
"""The topic of a question that is about none: taken for something else, or a wish for an agent and nothing else."""


class Slice(StrEnum):
    """What questions are counted by, besides the day."""

    LANGUAGE = "language"
    """The language of the question, stored as a detail."""
    TOPIC = "topic"
    """The article nearest to the question, stored as an article, whose category is looked up when it is shown."""


class Sliced(StrEnum):
    """What is counted of each slice."""

    QUESTIONS = "questions"
    ANSWERED = "answered"
    UNDECIDED = "undecided"
    HANDED_OVER = "handed_over"
    NOT_HELPFUL = "not_helpful"
    CONTACTED = "contacted"

    def by(self, of: Slice) -> str:
        """Return the name under which a daily count of it is stored."""
        return f"{of.value}_{self.value}"


@dataclass(frozen=True, slots=True)
class SliceRow:
    """The figures of one language or topic."""

    key: str
    """A language's code or a category's id; :data:`NO_TOPIC` for questions about none."""
    counts: Mapping[Sliced, int]

    def __getitem__(self, what: Sliced) -> int:
        return self.counts.get(what, 0)


@dataclass(frozen=True, slots=True)
class Slices:
    """All languages and topics of a period, the most asked first."""

    languages: tuple[SliceRow, ...] = ()
    topics: tuple[SliceRow, ...] = ()
    uncounted: int = 0
    """Questions of the period that are in no row: they were purged before there were these counts."""


NOTHING_SLICED: Final = Slices()


def slices(
    connection: sa.Connection, first: date, last: date, articles: Iterable[Article], questions: float | None
) -> Slices:
    """Return the figures of a period by language and by topic.

    :param connection: A connection to the journal.
    :param first: The first day, UTC.
    :param last: The last day.
    :param articles: All published articles, for their categories; a question near one that is gone has no topic.
    :param questions: All questions of the period; None if they are not known.
    :return: The rows.
    """
    shelf = {name: article.category for article in articles for name in (article.id, *article.redirects)}
    languages = _rows(connection, first, last, Slice.LANGUAGE)
    by_topic: dict[str, Counter[Sliced]] = defaultdict(Counter)
    for article, counts in _rows(connection, first, last, Slice.TOPIC).items():
        by_topic[shelf.get(article, NO_TOPIC)].update(counts)
    counted = sum(counts[Sliced.QUESTIONS] for counts in languages.values())
    return Slices(_sorted(languages), _sorted(by_topic), max(0, int(questions or 0) - counted))


def _rows(connection: sa.Connection, first: date, last: date, of: Slice) -> dict[str, Counter[Sliced]]:
    table = daily_counts.c
    key = table.detail if of is Slice.LANGUAGE else table.article_id
    names = {what.by(of): what for what in Sliced}
    found = (
        sa.select(key.label("key"), table.name, sa.func.sum(table.value).label("value"))
        .where(table.day.between(first, last), table.name.in_(list(names)))
        .group_by(key, table.name)
    )
    counts: dict[str, Counter[Sliced]] = defaultdict(Counter)
    for row in connection.execute(found):
        counts[row.key][names[row.name]] += int(row.value)
    return counts


def _sorted(counts: Mapping[str, Mapping[Sliced, int]]) -> tuple[SliceRow, ...]:
    rows = (SliceRow(key, dict(found)) for key, found in counts.items())
    return tuple(sorted(rows, key=lambda row: (row.key == NO_TOPIC, -row[Sliced.QUESTIONS], row.key)))
