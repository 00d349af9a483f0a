"""Read the journal's unanswered questions for grouping, as far as they or their events are new."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import sqlalchemy as sa

from kb.database.progress import OVERLAP, Progress
from kb.database.statements import in_chunks
from kb.database.tables.journal import events, queries
from kb.database.tables.review import lesson_history, lessons
from kb.gaps.clustering import grouped_text, question_key
from kb.gaps.records import WhyNot
from kb.gaps.replay import RecordedAnswer, article_digest
from kb.gaps.unanswered import Unanswered, answer_threshold, low_confidence_below, why_unanswered
from kb.types import (
    CONTACT_CATEGORY,
    Encoder,
    EventKind,
    LessonKind,
    Library,
    NoAnswerReason,
    OutcomeKind,
    Traffic,
    Vector,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

_READ_AT_MOST = 100_000
"""The most unanswered questions that one run reads, the newest; there are more only at first, in a large journal."""


@dataclass(frozen=True, slots=True)
class Grouper:
    """Everything that grouping needs from outside the journal."""

    encoder: Encoder
    encoder_id: str
    """Name and revision; vectors of another encoder are computed again."""
    low_below: float
    """The confidence below which an answer is unsure."""
    names: tuple[str, ...] = ()
    """The provider's names, which any question may hold."""
    digests: Mapping[str, str] = field(default_factory=dict)
    """A digest of each article's text by id, by which a replay sees whether it was rewritten since."""
    about_contact: frozenset[str] = frozenset()
    """Articles about reaching an agent: who goes to the contact page after one of them was answered."""

    def vector(self, text: str) -> Vector:
        """Return the vector by which a question is grouped."""
        return self.encoder.encode_query(grouped_text(text, self.names))


def grouper_for(
    encoder: Encoder, manifest: Mapping[str, Any], library: Library, names: tuple[str, ...] = ()
) -> Grouper:
    """Return what grouping needs, from the parts of an index.

    :param encoder: The index's encoder.
    :param manifest: The index's manifest.
    :param library: The index's articles.
    :param names: The provider's names, as customers write them.
    :return: The argument of :func:`kb.gaps.collect.group_new`.
    """
    card = manifest.get("encoder") or {}
    return Grouper(
        encoder=encoder,
        encoder_id=f"{card.get('name', '')}@{card.get('revision', '')}"[-200:],
        low_below=low_confidence_below(answer_threshold(manifest)),
        names=names,
        digests={article.id: article_digest(article) for article in library},
        about_contact=frozenset(article.id for article in library.in_category(CONTACT_CATEGORY)),
    )


def read_vector(data: bytes) -> Vector:
    """Return a stored vector with unit norm, of which half precision loses a thousandth."""
    vector = np.frombuffer(data, "<f2").astype(np.float32)
    unit: Vector = vector / max(float(np.linalg.norm(vector)), 1e-6)
    return unit


@dataclass(frozen=True, slots=True)
class Member:
    """One asking of a question that was not answered."""

    query_id: str
    key: str
    text: str
    reasons: tuple[Unanswered, ...]
    visit: str
    asked_at: datetime
    nearest: str
    why_not: str
    before: Mapping[str, Any]


def read_unanswered(
    connection: sa.Connection, read: Progress, grouper: Grouper, since: datetime
) -> tuple[list[str], list[Member]]:
    """Return the ids of the questions of which something is new, and those of them that count as unanswered."""
    table = queries.c
    columns = (table.query_id, table.visit, table.asked_at, table.text, table.outcome, table.confidence, table.reason,
               table.hits)  # fmt: skip
    customers = sa.select(*columns).where(table.traffic == Traffic.CUSTOMER.value)
    unsure = sa.or_(table.outcome != OutcomeKind.ANSWERED.value, table.confidence < grouper.low_below)
    fresh = table.seq > read.queries - OVERLAP
    newest = customers.where(fresh, unsure, table.asked_at >= since).order_by(table.seq.desc()).limit(_READ_AT_MOST)
    asked: dict[str, Any] = {row.query_id: row for row in connection.execute(newest)}
    of_event = sa.select(events.c.query_id).where(events.c.seq > read.events - OVERLAP).distinct()
    followed = list(connection.execute(of_event.limit(_READ_AT_MOST)).scalars())
    followed += _led_to_contact(connection, events.c.seq > read.events - OVERLAP)
    followed += _decided_on(connection, lesson_history.c.seq > read.lessons - OVERLAP)
    for part in in_chunks([query_id for query_id in followed if query_id is not None]):
        asked.update({row.query_id: row for row in connection.execute(customers.where(table.query_id.in_(part)))})
    happened: dict[str, set[str]] = defaultdict(set)
    for part in in_chunks(list(asked)):
        kinds = sa.select(events.c.query_id, events.c.kind).where(events.c.query_id.in_(part))
        for query_id, kind in connection.execute(kinds):
            happened[query_id].add(kind)
    for part in in_chunks(sorted({row.visit for row in asked.values()})):
        for query_id in _led_to_contact(connection, events.c.visit.in_(part)):
            happened[query_id].add(EventKind.CONTACTED)
    judged = _to_be_written(connection)
    members = []
    for query_id, row in asked.items():
        events_after = happened[query_id]
        if row.outcome == OutcomeKind.ANSWERED and row.hits and row.hits[0][0] in grouper.about_contact:
            events_after.discard(EventKind.CONTACT_OPENED)  # the article told the customer to go there
        reasons = why_unanswered(
            row.outcome,
            row.confidence,
            events_after,
            low_below=grouper.low_below,
            reason=row.reason,
            is_judged=query_id in judged,
        )
        if reasons and row.reason != NoAnswerReason.EMPTY_QUERY and any(c.isalnum() for c in row.text):
            members.append(_member(row, reasons, grouper.digests))
    return list(asked), members


def _led_to_contact(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[str]:
    """Return the last question before each contact with an agent elsewhere in the visit."""
    alone = sa.select(events.c.visit, events.c.at).where(
        which, events.c.query_id.is_(None), events.c.kind == EventKind.CONTACTED.value
    )
    found: list[str] = []
    for visit, at in connection.execute(alone).all():
        last = sa.select(queries.c.query_id).where(queries.c.visit == visit, queries.c.asked_at <= at)
        found += connection.execute(last.order_by(queries.c.asked_at.desc()).limit(1)).scalars()
    return found


def _decided_on(connection: sa.Connection, which: sa.ColumnElement[bool]) -> list[str]:
    """Return the questions about which leads have decided, so that they are looked at again."""
    joined = sa.join(lesson_history, lessons, lesson_history.c.lesson_id == lessons.c.lesson_id)
    found = sa.select(lessons.c.query_id).select_from(joined).where(which, lessons.c.query_id.is_not(None))
    return [str(query_id) for query_id in connection.execute(found.distinct().limit(_READ_AT_MOST)).scalars()]


def _to_be_written(connection: sa.Connection) -> set[str]:
    """Return the questions of which a lead's decision, not replaced by a later one, says that they are a gap."""
    stands = sa.and_(lessons.c.kind == LessonKind.GAP.value, lessons.c.standing.is_not(None))
    found = sa.select(lessons.c.query_id).where(stands, lessons.c.query_id.is_not(None))
    return {str(query_id) for query_id in connection.execute(found).scalars()}


def _member(row: Any, reasons: tuple[Unanswered, ...], digests: Mapping[str, str]) -> Member:
    hits = [(str(article), float(score)) for article, score in (row.hits or ())]
    digest = digests.get(hits[0][0], "") if hits else ""
    before = RecordedAnswer(row.outcome, row.confidence, tuple(hits), digest).as_json()
    return Member(
        query_id=row.query_id,
        key=question_key(row.text),
        text=row.text,
        reasons=reasons,
        visit=row.visit,
        asked_at=row.asked_at,
        nearest=hits[0][0] if hits else "",
        why_not=why_not(row.outcome, row.reason, reasons).value if hits else "",
        before=before,
    )


def why_not(outcome: str, reason: str | None, reasons: Iterable[Unanswered]) -> WhyNot:
    """Return why the nearest article did not answer a question."""
    if outcome == OutcomeKind.NO_ANSWER:
        by_reason = {
            NoAnswerReason.OUT_OF_SCOPE.value: WhyNot.OUT_OF_SCOPE,
            NoAnswerReason.ELSEWHERE.value: WhyNot.ELSEWHERE,
        }
        return by_reason.get(reason or "", WhyNot.BELOW_THRESHOLD)
    if Unanswered.NOT_HELPFUL in reasons:
        return WhyNot.SHOWN_NOT_HELPFUL
    if Unanswered.CONTACTED in reasons:
        return WhyNot.SHOWN_CONTACTED
    if Unanswered.JUDGED in reasons:
        return WhyNot.SHOWN_JUDGED
    return WhyNot.OFFERED_NOT_CHOSEN if outcome == OutcomeKind.CLARIFY else WhyNot.SHOWN_UNSURE
