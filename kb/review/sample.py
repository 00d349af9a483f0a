"""The weekly sample: twenty answers of a week, drawn by digest and judged one by one by a lead.

Which answers are drawn depends on nothing but the week and their ids, so nobody chooses them; what is drawn is stored.
The share of wrong answers among them is the quantity that an index is certified for.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Final

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.statements import insert_once
from kb.database.tables.journal import queries
from kb.database.tables.review import sample_items, samples
from kb.errors import SampleRefused
from kb.review.judging import store_judgment
from kb.review.sample_records import Certified, Sample, SampleItem, SampleResult, counted
from kb.types import OutcomeKind, Traffic

SIZE: Final = 20
NOTHING_CERTIFIED: Final = Certified()
_SALT: Final = "weekly sample of answers"
_WEEK: Final = re.compile(r"(\d{4})-W(\d{2})")


def draw_order(week: str, query_id: str) -> str:
    """Return the digest by which answers of a week are drawn, the lowest first."""
    return hashlib.sha256(f"{_SALT}\x1f{week}\x1f{query_id}".encode()).hexdigest()


def week_of(day: date) -> str:
    """Return the ISO week of a day, such as ``2026-W48``."""
    year, number, _ = day.isocalendar()
    return f"{year:04}-W{number:02}"


def week_bounds(week: str) -> tuple[datetime, datetime]:
    """Return the first moment of an ISO week and the first one after it, UTC.

    :param week: Such as ``2026-W48``.
    :return: Two Mondays at midnight.
    :raises SampleRefused: If it is not a week.
    """
    match = _WEEK.fullmatch(week)
    try:
        monday = date.fromisocalendar(int(match[1]), int(match[2]), 1) if match is not None else None
        if monday is not None:
            start = datetime.combine(monday, time(), UTC)
            return start, start + timedelta(days=7)
    except (ValueError, OverflowError):  # a week that the year does not have
        pass
    raise SampleRefused(f"{week!r} is not a week. Use YYYY-Www, such as 2026-W48.")


class SampleBook:
    """The weekly samples of a journal."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Work on a journal's samples.

        :param engine: The journal's database; its tables are up to date.
        :param clock: Returns the moment, UTC.
        """
        self.engine = engine
        self._clock = clock

    def last_week(self) -> str:
        """Return the last week that is over, which is the one to judge."""
        return week_of(self._clock().astimezone(UTC).date() - timedelta(days=7))

    def weeks(self) -> tuple[str, ...]:
        """Return the weeks that have a sample, the latest first."""
        with reading(self.engine) as connection:
            return tuple(connection.execute(sa.select(samples.c.week).order_by(samples.c.week.desc())).scalars())

    def draw(self, week: str, *, who: str) -> Sample:
        """Draw the sample of a week, or return it if it was drawn before.

        :param week: An ISO week that is over, such as ``2026-W48``.
        :param who: The person who asks for it.
        :return: The sample; fewer than twenty answers if the week had fewer.
        :raises SampleRefused: If it is not a week, the week is not over, or it had no answer.
        """
        start, end = week_bounds(week)
        if self._clock() < end:
            raise SampleRefused(f"The week {week} is not over. Draw its sample from {end:%Y-%m-%d} on, UTC.")
        known = self.show(week)
        if known is not None:
            return known
        table = queries.c
        answered = sa.and_(
            table.asked_at >= start,
            table.asked_at < end,
            table.traffic == Traffic.CUSTOMER.value,
            table.outcome == OutcomeKind.ANSWERED.value,
        )
        with writing(self.engine) as connection:
            ids = connection.execute(sa.select(table.query_id).where(answered)).scalars().all()
            if not ids:
                raise SampleRefused(f"No question of {week} that is still kept was answered. Choose another week.")
            row = {"week": week, "answered": len(ids), "drawn_at": self._clock(), "drawn_by": who}
            if connection.execute(insert_once(connection, samples), [row]).rowcount:
                drawn = sorted(ids, key=lambda query_id: draw_order(week, query_id))[:SIZE]
                connection.execute(sa.insert(sample_items), _items(connection, week, drawn))
        drawn_sample = self.show(week)
        assert drawn_sample is not None  # noqa: S101 — written above, here or by another process
        return drawn_sample

    def show(self, week: str) -> Sample | None:
        """Return the sample of a week, or None if none was drawn.

        :param week: Such as ``2026-W48``.
        :return: The sample, in the order in which it was drawn.
        """
        with reading(self.engine) as connection:
            row = connection.execute(sa.select(samples).where(samples.c.week == week)).one_or_none()
            if row is None:
                return None
            joined = (
                sa.select(sample_items, queries.c.text, queries.c.heading, queries.c.confidence, queries.c.language)
                .join(queries, queries.c.query_id == sample_items.c.query_id, isouter=True)
                .where(sample_items.c.week == week)
                .order_by(sample_items.c.place)
            )
            items = tuple(map(_item, connection.execute(joined)))
        return Sample(week, row.answered, row.drawn_at, row.drawn_by, items)

    def judge(self, week: str, place: int, *, article_right: bool, part_right: bool | None, who: str) -> Sample:
        """Judge one answer of a sample; a later judgment takes the place of an earlier one.

        :param week: Such as ``2026-W48``.
        :param place: The answer's place in the sample, from 1.
        :param article_right: Whether the article answers the question.
        :param part_right: Whether the part shown answers it; None for a wrong article, whose parts do not count.
        :param who: The person who judges.
        :return: The sample after it.
        :raises SampleRefused: If there is no such answer, if it is no longer kept, or if the part is not judged.
        """
        if article_right and part_right is None:
            raise SampleRefused("The article is right. Say whether the part that was shown is right, too.")
        table = sample_items.c
        with writing(self.engine) as connection:
            mine = sa.and_(table.week == week, table.place == place)
            row = connection.execute(sa.select(table.query_id).where(mine).with_for_update()).one_or_none()
            if row is None:
                raise SampleRefused(f"The sample of {week} has no answer {place}. Look at it: kb sample {week}")
            if row.query_id is None:
                raise SampleRefused(
                    f"The question of answer {place} of {week} is no longer kept, so it stays as it is."
                )
            store_judgment(
                connection,
                row.query_id,
                article_right=article_right,
                part_right=part_right if article_right else None,
                who=who,
                at=self._clock(),
            )
        judged = self.show(week)
        assert judged is not None  # noqa: S101 — it has this answer
        return judged

    def result(self, weeks: Sequence[str] = (), certified: Certified = NOTHING_CERTIFIED) -> SampleResult:
        """Return what the judged answers of some weeks, or of all, say about the promise.

        :param weeks: The weeks; all that have a sample without.
        :param certified: What the index is certified for, of the same quantities.
        :return: The counts with their intervals.
        """
        table = sample_items.c
        where = [table.week.in_(weeks)] if weeks else []
        with reading(self.engine) as connection:
            rows = connection.execute(sa.select(table.week, table.article_right, table.part_right).where(*where)).all()
        judged = [(row.article_right, row.part_right) for row in rows if row.article_right is not None]
        return counted(judged, drawn=len(rows), weeks=len({row.week for row in rows}), certified=certified)


def _items(connection: sa.Connection, week: str, drawn: Sequence[str]) -> list[dict[str, Any]]:
    columns = (queries.c.query_id, queries.c.index_version, queries.c.article_id, queries.c.anchor)
    found = connection.execute(sa.select(*columns).where(queries.c.query_id.in_(drawn)))
    rows = {row.query_id: row for row in found}
    return [
        {
            "week": week,
            "place": place,
            "query_id": query_id,
            "index_version": rows[query_id].index_version,
            "article_id": rows[query_id].article_id,
            "anchor": rows[query_id].anchor,
        }
        for place, query_id in enumerate(drawn, start=1)
    ]


def _item(row: Any) -> SampleItem:
    return SampleItem(
        place=row.place,
        query_id=row.query_id or "",
        text=row.text or "",
        language=row.language or "",
        confidence=row.confidence,
        article_id=row.article_id,
        anchor=row.anchor,
        heading=row.heading or "",
        index_version=row.index_version,
        article_right=row.article_right,
        part_right=row.part_right,
        who=row.who,
        at=row.at,
    )
