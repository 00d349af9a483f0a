"""The articles that customers read most, for the page of topics, from daily counts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import sqlalchemy as sa

from kb.database.engine import reading
from kb.database.tables.gaps import daily_counts
from kb.reports.counting import Count
from kb.reports.rollup import roll_up

DAYS: Final = 30
"""The days counted, up to today."""
FEWEST: Final = 3
"""An article read less often than this is not listed."""


def most_read(engine: sa.Engine, today: date, limit: int = 6) -> list[str]:
    """Return the articles that were opened, or shown as an answer, most often lately.

    :param engine: The journal's database; its daily counts are brought up to date first.
    :param today: The last day counted, UTC.
    :param limit: The most articles returned.
    :return: Ids, the most read first; ties are ordered by id.
    """
    often = {name: count for name, count in read_counts(engine, today).items() if count >= FEWEST}
    return sorted(often, key=lambda name: (-often[name], name))[:limit]


def read_counts(engine: sa.Engine, today: date) -> dict[str, int]:
    """Return how often each article was opened, or shown as an answer, lately.

    :param engine: The journal's database; its daily counts are brought up to date first.
    :param today: The last day counted, UTC.
    :return: By article id.
    """
    roll_up(engine)
    table = daily_counts.c
    found = (
        sa.select(table.article_id, sa.func.sum(table.value))
        .where(
            table.day.between(today - timedelta(days=DAYS - 1), today),
            table.name.in_([Count.ARTICLE_OPENED, Count.ARTICLE_SHOWN]),
            table.article_id != "",
        )
        .group_by(table.article_id)
    )
    with reading(engine) as connection:
        return {str(article_id): int(count) for article_id, count in connection.execute(found)}
