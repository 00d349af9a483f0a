"""The book of questions: customers' questions with what followed them, filtered, in pages, one by one, or exported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kb.common.folding import plain_words
from kb.database.engine import reading
from kb.database.statements import in_chunks
from kb.database.tables.journal import events, queries
from kb.database.tables.review import asked_questions, judgments
from kb.errors import QueryUnknown
from kb.review import following
from kb.review.records import (
    FollowUp,
    Judgment,
    QuestionDetail,
    QuestionFilter,
    QuestionOrder,
    QuestionRow,
    QuestionsPage,
    Verdict,
    VisitStep,
    follow_ups,
)
from kb.types import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Callable

EVERYTHING: Final = QuestionFilter()
COUNTED_AT_MOST: Final = 100_000
"""Above so many questions a list says "more than"."""
_EXPORTED_AT_ONCE: Final = 1_000
_STEPS: Final = 200
"""Most questions and most events of a visit that are shown; a program that asks for many people has more."""

EXPORT_COLUMNS: Final = (
    "Asked at (UTC)",
    "Question",
    "Language",
    "Outcome",
    "Reason",
    "Article",
    "Section",
    "Heading",
    "Confidence",
    "What followed",
    "Judged by",
    "Article right",
    "Part right",
)
"""The headings of :meth:`QuestionsBook.export`."""


class QuestionsBook:
    """The customers' questions of a journal; tests and bots never count."""

    def __init__(self, engine: sa.Engine) -> None:
        """Read a journal.

        :param engine: The journal's database; its tables are up to date.
        """
        self.engine = engine

    def waiting(self) -> int:
        """Return the number of questions that are not listed yet, because :meth:`refresh` has not read them."""
        return following.waiting(self.engine)

    def refresh(self, breathe: Callable[[], None] = lambda: None) -> int:
        """Read what is new: a hundred questions take some hundredths of a second, a hundred thousand some seconds.

        :param breathe: Called between two portions; an error it raises is passed on, and the rest is left for later.
        :return: The number of questions that were added.
        """
        return following.catch_up(self.engine, breathe)

    def list(self, wanted: QuestionFilter = EVERYTHING, *, after: str = "", limit: int = 50) -> QuestionsPage:
        """Return a page of the questions that a filter lets through.

        :param wanted: The filter and the order.
        :param after: :attr:`QuestionsPage.after` of the page before; anything else begins at the first page.
        :param limit: The most questions of a page.
        :return: The questions, and how many there are.
        """
        where = _conditions(wanted)
        with reading(self.engine) as connection:
            capped = sa.select(sa.literal(1)).select_from(asked_questions).where(*where).limit(COUNTED_AT_MOST + 1)
            found = int(connection.scalar(sa.select(sa.func.count()).select_from(capped.subquery())) or 0)
            narrow = _portion(connection, wanted, where, after, limit + 1)
            rows = _rows(connection, narrow[:limit])
        following_page = _cursor(wanted.order, narrow[limit - 1]) if len(narrow) > limit else ""
        return QuestionsPage(rows, min(found, COUNTED_AT_MOST), found > COUNTED_AT_MOST, following_page)

    def show(self, query_id: str) -> QuestionDetail:
        """Return everything about a question, with what else happened in its visit.

        :param query_id: Its id.
        :return: The question as the customer saw it answered, and the visit.
        :raises QueryUnknown: If there is no such question, or no longer.
        """
        with reading(self.engine) as connection:
            narrow = connection.execute(sa.select(asked_questions).where(asked_questions.c.query_id == query_id)).all()
            if not narrow:
                raise QueryUnknown(
                    f"There is no question {query_id!r} of a customer, or it is no longer kept. List them: kb questions"
                )
            (row,) = _rows(connection, narrow)
            full = connection.execute(sa.select(queries).where(queries.c.query_id == query_id)).one()
            steps = _visit(connection, full.visit, full.asked_at)
        hits = tuple((str(article), float(score)) for article, score in full.hits)
        return QuestionDetail(row, hits, full.index_version, full.source, full.took_ms, steps)

    def export(self, wanted: QuestionFilter = EVERYTHING) -> Iterator[tuple[str | float | datetime | None, ...]]:
        """Yield the questions that a filter lets through, as rows under :data:`EXPORT_COLUMNS`.

        They are read in portions, each in a transaction of its own, so that a slow reader holds nothing up.

        :param wanted: The filter and the order.
        :yield: Cells; texts are as the customer typed them after redaction, so a CSV has to make them safe.
        """
        where, after = _conditions(wanted), ""
        while True:
            with reading(self.engine) as connection:
                narrow = _portion(connection, wanted, where, after, _EXPORTED_AT_ONCE)
                rows = _rows(connection, narrow)
            yield from map(_cells, rows)
            if len(narrow) < _EXPORTED_AT_ONCE:
                return
            after = _cursor(wanted.order, narrow[-1])


def _cells(row: QuestionRow) -> tuple[str | float | datetime | None, ...]:
    judged = row.judgment
    said = {True: "yes", False: "no", None: None}
    return (
        row.asked_at,
        row.text,
        row.language,
        row.outcome.value,
        row.reason,
        row.article_id or ", ".join(row.choices),
        row.anchor,
        row.heading,
        row.confidence,
        ", ".join(kind.value for kind in row.followed),
        judged.who if judged is not None else None,
        said[judged.article_right] if judged is not None else None,
        said[judged.part_right] if judged is not None else None,
    )


# --------------------------------------------------------------------------------------------- the filter


def _conditions(wanted: QuestionFilter) -> list[sa.ColumnElement[bool]]:
    table = asked_questions.c
    equal = {
        table.outcome: wanted.outcome and wanted.outcome.value,
        table.reason: wanted.reason and wanted.reason.value,
        table.article_id: wanted.article,
        table.language: wanted.language,
    }
    found: list[sa.ColumnElement[bool]] = [column == value for column, value in equal.items() if value]
    found += [table.words.contains(word, autoescape=True) for word in plain_words(wanted.text).split()]
    if wanted.anchor is not None:
        found.append(table.anchor == wanted.anchor)
    if wanted.first is not None:
        found.append(table.asked_at >= _midnight(wanted.first))
    if wanted.last is not None:
        found.append(table.asked_at < _midnight(wanted.last + timedelta(days=1)))
    if wanted.least is not None:
        found.append(table.confidence >= wanted.least)
    if wanted.most is not None:
        found.append(table.confidence <= wanted.most)
    if wanted.followed is FollowUp.ABANDONED:
        found.append(table.followed == 0)
    elif wanted.followed is not None:
        found.append(table.followed.bitwise_and(wanted.followed.bit) != 0)
    return found + _of_verdict(wanted.judged)


def _of_verdict(verdict: Verdict | None) -> list[sa.ColumnElement[bool]]:
    if verdict is None:
        return []
    wrong = sa.or_(judgments.c.article_right.is_(False), judgments.c.part_right.is_(False))
    which = {Verdict.RIGHT: [sa.not_(wrong)], Verdict.WRONG: [wrong]}
    judged = sa.select(judgments.c.query_id).where(*which.get(verdict, []))
    is_in = asked_questions.c.query_id.in_(judged)
    return [sa.not_(is_in) if verdict is Verdict.NOT_JUDGED else is_in]


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _portion(
    connection: sa.Connection,
    wanted: QuestionFilter,
    where: Sequence[sa.ColumnElement[bool]],
    after: str,
    limit: int,
) -> Sequence[Any]:
    """Return the narrow rows that come after a cursor."""
    table = asked_questions.c
    select = sa.select(asked_questions).where(*where).limit(limit)
    place = _place(wanted.order, after)
    if wanted.order is QuestionOrder.LEAST_SURE:
        select = select.order_by(table.confidence, table.seq)
        beyond = sa.tuple_(table.confidence, table.seq) > sa.tuple_(*place) if place else None
    else:
        select = select.order_by(table.asked_at.desc(), table.seq.desc())
        beyond = sa.tuple_(table.asked_at, table.seq) < sa.tuple_(*place) if place else None
    return connection.execute(select if beyond is None else select.where(beyond)).all()


def _cursor(order: QuestionOrder, row: Any) -> str:
    place = repr(row.confidence) if order is QuestionOrder.LEAST_SURE else row.asked_at.isoformat()
    return f"{place}~{row.seq}"


def _place(order: QuestionOrder, cursor: str) -> tuple[Any, Any] | None:
    """Return what a cursor stands for; None for the beginning, or if it is not one of this order."""
    place, _, seq = cursor.rpartition("~")
    table = asked_questions.c
    try:
        if order is QuestionOrder.LEAST_SURE:
            return sa.literal(float(place), table.confidence.type), sa.literal(int(seq), table.seq.type)
        at = datetime.fromisoformat(place)
        return (sa.literal(at, table.asked_at.type), sa.literal(int(seq), table.seq.type)) if at.tzinfo else None
    except ValueError:
        return None


# ------------------------------------------------------------------------------------------------- rows


def _rows(connection: sa.Connection, narrow: Sequence[Any]) -> tuple[QuestionRow, ...]:
    """Return questions in the order of their narrow rows; one that was erased meanwhile is left out."""
    full: dict[str, Any] = {}
    said: dict[str, Judgment] = {}
    columns = (queries.c.query_id, queries.c.text, queries.c.heading, queries.c.choices)
    for part in in_chunks([row.query_id for row in narrow]):
        of_part = sa.select(*columns).where(queries.c.query_id.in_(part))
        full.update({row.query_id: row for row in connection.execute(of_part)})
        for row in connection.execute(sa.select(judgments).where(judgments.c.query_id.in_(part))):
            said[row.query_id] = Judgment(row.article_right, row.part_right, row.who, row.at)
    return tuple(_row(row, full[row.query_id], said.get(row.query_id)) for row in narrow if row.query_id in full)


def _row(narrow: Any, full: Any, judgment: Judgment | None) -> QuestionRow:
    return QuestionRow(
        query_id=narrow.query_id,
        asked_at=narrow.asked_at,
        text=full.text,
        language=narrow.language,
        outcome=OutcomeKind(narrow.outcome),
        reason=narrow.reason,
        confidence=narrow.confidence,
        article_id=narrow.article_id,
        anchor=narrow.anchor,
        heading=full.heading,
        choices=tuple(full.choices or ()),
        followed=follow_ups(narrow.followed),
        judgment=judgment,
    )


def _visit(connection: sa.Connection, visit: str, moment: datetime) -> tuple[VisitStep, ...]:
    """Return what happened in a visit within a day of a moment, the oldest first."""
    day = timedelta(days=1)
    mine = sa.and_(queries.c.visit == visit, queries.c.asked_at.between(moment - day, moment + day))
    asked = connection.execute(sa.select(queries).where(mine).order_by(queries.c.seq).limit(_STEPS)).all()
    after = sa.select(events).join(queries, queries.c.query_id == events.c.query_id).where(mine)
    alone = sa.select(events).where(events.c.visit == visit, events.c.query_id.is_(None))
    found = [
        row for select in (after, alone) for row in connection.execute(select.order_by(events.c.seq).limit(_STEPS))
    ]
    steps = [
        VisitStep(row.asked_at, "asked", row.query_id, row.text, row.article_id, row.reason or "", row.outcome)
        for row in asked
    ]
    steps += [VisitStep(row.at, row.kind, row.query_id or "", row.text, row.article_id, row.reason) for row in found]
    return tuple(sorted(steps, key=lambda step: step.at))
