"""Questions that several customers asked in the same words, for the suggestions of the question field."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from kb.common.folding import plain_words
from kb.database.engine import reading
from kb.database.tables.journal import queries
from kb.privacy.text import Kind, mark
from kb.types import AskedOften, OutcomeKind, Traffic

if TYPE_CHECKING:
    from datetime import date

DAYS: Final = 90
"""The days looked at, up to today."""
FEWEST_VISITS: Final = 3
FEWEST_DAYS: Final = 2
"""A question that fewer visits asked, or that was asked on fewer days, may be one person's."""
MOST: Final = 500
_LONGEST: Final = 120
"""Characters; a longer question is a story, which no two people tell alike."""
_MARKS: Final = tuple(mark(kind) for kind in Kind)


@dataclass(slots=True)
class _Asked:
    wordings: Counter[str] = field(default_factory=Counter)
    articles: Counter[str] = field(default_factory=Counter)
    visits: set[str] = field(default_factory=set)
    days: set[date] = field(default_factory=set)


def asked_often(engine: sa.Engine, today: date) -> tuple[AskedOften, ...]:
    """Return the questions that several visits asked lately and that were answered.

    Questions of tests and bots do not count, nor any from which something personal was taken out.

    :param engine: The journal's database.
    :param today: The last day looked at, UTC.
    :return: The most frequent first, each once, whatever its capitals, accents and punctuation; at most :data:`MOST`.
    """
    found: defaultdict[str, _Asked] = defaultdict(_Asked)
    table = queries.c
    since = datetime.combine(today - timedelta(days=DAYS - 1), time(), UTC)
    answered = (
        sa.select(table.text, table.article_id, table.visit, table.asked_at)
        .where(
            table.asked_at.between(since, datetime.combine(today, time.max, UTC)),
            table.traffic == Traffic.CUSTOMER.value,
            table.outcome == OutcomeKind.ANSWERED.value,
            table.article_id != "",
            sa.func.length(table.text) <= _LONGEST,
        )
        .execution_options(yield_per=5000)
    )
    with reading(engine) as connection:
        for text, article_id, visit, asked_at in connection.execute(answered):
            if not any(known in text for known in _MARKS):
                asked = found[plain_words(text)]
                asked.wordings[" ".join(text.split())] += 1
                asked.articles[article_id] += 1
                asked.visits.add(visit)
                asked.days.add(asked_at.date())
    often = [
        AskedOften(_best(asked.wordings), _most(asked.articles), len(asked.visits))
        for asked in found.values()
        if len(asked.visits) >= FEWEST_VISITS and len(asked.days) >= FEWEST_DAYS
    ]
    return tuple(sorted(often, key=lambda asked: (-asked.visits, asked.text))[:MOST])


def _best(wordings: Counter[str]) -> str:
    """Return the wording that most customers used, one that is written as a question before all others."""
    whole = Counter({text: n for text, n in wordings.items() if text.endswith("?") and not text[0].islower()})
    return _most(whole or wordings)


def _most(counted: Counter[str]) -> str:
    """Return what was counted most; of equals the first by name."""
    return min(counted, key=lambda name: (-counted[name], name))
