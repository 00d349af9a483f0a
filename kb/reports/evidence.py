"""Questions that customers judged by choosing or rating, for ``kb evaluate`` and ``kb impact``.

A customer who is offered two or three articles and chooses one has judged them, and so has one who presses "helpful".
That is evidence, not truth: people choose by titles. A choice that was followed by "not helpful", by "none of these" or
by a contact is left out, and so is a question whose customers chose different articles equally often.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from kb.database.engine import reading
from kb.database.tables.journal import events, queries
from kb.gaps.clustering import question_key
from kb.types import EventKind, OutcomeKind, Traffic

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_FOR = (EventKind.CHOSE.value, EventKind.HELPFUL.value)
_AGAINST = tuple(
    kind.value
    for kind in (EventKind.NOT_HELPFUL, EventKind.CONTACTED, EventKind.CONTACT_OPENED, EventKind.NONE_OF_THESE)
)


@dataclass(frozen=True, slots=True)
class JudgedQuestion:
    """A question, after redaction, and the article that its customers chose."""

    query_id: str
    """The first 16 digits of its key, the same in every export."""
    text: str
    article_id: str
    times: int
    """The number of customers who chose it."""


def judged_questions(engine: Engine, since: datetime) -> tuple[JudgedQuestion, ...]:
    """Return the questions that customers judged.

    :param engine: The journal's database.
    :param since: Only questions asked from then on, UTC.
    :return: One entry per question, the most often judged first.
    """
    with reading(engine) as connection:
        kinds = (*_FOR, *_AGAINST)
        asked = (queries.c.query_id, queries.c.text, queries.c.outcome, queries.c.hits)
        found = (
            sa.select(*asked, events.c.kind, events.c.article_id)
            .join(events, events.c.query_id == queries.c.query_id)
            .where(queries.c.asked_at >= since, queries.c.traffic == Traffic.CUSTOMER.value, events.c.kind.in_(kinds))
            .order_by(queries.c.seq, events.c.seq)
        )
        rows = connection.execute(found).all()
    against = {row.query_id for row in rows if row.kind in _AGAINST}
    judged: dict[str, str] = {}
    texts: dict[str, str] = {}
    for row in rows:
        answer = row.hits[0][0] if row.hits and row.outcome == OutcomeKind.ANSWERED else ""
        article = row.article_id or answer
        if article and row.query_id not in against:
            judged[row.query_id] = article  # the last word counts
            texts[row.query_id] = row.text
    return _by_question(judged, texts)


def _by_question(judged: dict[str, str], texts: dict[str, str]) -> tuple[JudgedQuestion, ...]:
    votes: dict[str, Counter[str]] = defaultdict(Counter)
    first: dict[str, str] = {}
    for query_id, article in judged.items():
        key = question_key(texts[query_id])
        votes[key][article] += 1
        first.setdefault(key, texts[query_id])
    found = []
    for key, counts in votes.items():
        (article, times), *others = counts.most_common(2)
        if not others or others[0][1] < times:
            found.append(JudgedQuestion(key[:16], first[key], article, times))
    return tuple(sorted(found, key=lambda e: (-e.times, e.query_id)))
